package projection

import (
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// What is folded of some members is what they are in the whole document.
func TestNarrowFoldsAsMergeDoes(t *testing.T) {
	whole, ok := 0, 0
	tries := 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		p, err := Parse("merge", Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := []string{"a", "b", "c", "dd", "x/y~z", mergeType, mergeCount, mergeFirst, mergeLast, mergeData}
		names := rapid.SliceOfDistinct(rapid.SampledFrom(all), func(s string) string { return s }).Draw(t, "names")
		narrow, folder := p.(Narrowing).Narrow(names), p.NewFolder()
		docs := [2]*value.Doc{value.NewDoc(), value.NewDoc()}
		for stamp := range uint64(rapid.IntRange(1, 8).Draw(t, "events")) {
			data := payloads(3).Draw(t, "payload")
			e := event.Event{Type: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "type"), Raw: []byte(data), Payload: event.Whole(0, len(data))}
			if rapid.Bool().Draw(t, "timed") {
				e.Time = event.Unix(int64(stamp), 0, 0)
			}
			x, takes := narrow.Read(&e)
			if !takes {
				whole++
				return
			}
			ok++
			var errs [2]error
			for i, apply := range []func(*value.Doc) error{
				func(d *value.Doc) error { return folder.Apply(d, &e, "") }, func(d *value.Doc) error { return narrow.Apply(d, &x) },
			} {
				docs[i].Begin(stamp + 1)
				if errs[i] = apply(docs[i]); errs[i] != nil {
					docs[i].Rollback()
				}
				docs[i].Commit()
			}
			if (errs[0] == nil) != (errs[1] == nil) {
				t.Fatalf("%s: %v, want %v", data, errs[1], errs[0])
			}
			for _, name := range all {
				want := docs[0].Root().Get(name)
				if !slices.Contains(names, name) {
					want = nil
				}
				if got := docs[1].Root().Get(name); string(got.JSON()) != string(want.JSON()) {
					t.Fatalf("%s: %s is %s, want %s", data, name, got.JSON(), want.JSON())
				}
			}
			if (docs[0].Root() == nil) != (docs[1].Root() == nil) {
				t.Fatalf("%s: one document is not there", data)
			}
		}
	})
	if tries >= 100 && (whole == 0 || ok == 0) { // a short run draws too few to see both
		t.Errorf("%d events are folded as a whole, %d are not", whole, ok)
	}
}
