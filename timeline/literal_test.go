package timeline

import (
	"testing"

	"asof/engine/event"
	"pgregory.net/rapid"
)

// TestASieveDropsNothingThatIsFound draws events whose parts lie in the record, beside it, or are put together of it.
func TestASieveDropsNothingThatIsFound(t *testing.T) {
	dropped, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOfN(rapid.SampledFrom([]rune("abA,")), 0, 4, -1)
		draw := func(what string) string { return letters.Draw(t, what) }
		raw := []byte(`{"` + draw("name") + `":"` + draw("value") + `", "x":1,"b":"` + draw("last") + `"}`)
		e := &event.Event{Raw: raw, Type: draw("type"), Stream: event.StreamID(draw("stream")), ID: draw("id")}
		part := func() event.Part {
			switch rapid.IntRange(0, 3).Draw(t, "part") {
			case 0:
				return event.Whole(0, len(raw))
			case 1:
				return event.Built([]byte(`"` + draw("own") + `"`))
			case 2:
				return event.Part{Members: true, Spans: []event.Span{{Off: 1, Len: 4}, {Off: uint32(len(raw)) - 6, Len: 4}}}
			}
			return event.Part{}
		}
		e.Payload, e.Meta = part(), part()
		if rapid.Bool().Draw(t, "inside") {
			e.ID = string(raw)
		}
		what := rapid.OneOf(rapid.StringOfN(rapid.SampledFrom([]rune("abA,")), 1, 3, -1),
			rapid.SampledFrom([]string{"/a+b/", "/(ab|A)a/", "/^b[aA]{1,2},/", "/(?i:A)b?a/", "/ab*/", "/[ab]/", "/(ba){2}/", "/,.*A/"}))
		m, err := NewMatcher(what.Draw(t, "what"))
		if err != nil {
			t.Fatal(err)
		}
		drops := m.needs != nil && m.needs.sieve().drops(e)
		holds := false
		for _, text := range [][]byte{[]byte(e.Type), []byte(e.Stream), []byte(e.ID), e.Data(), e.Metadata()} {
			holds = holds || m.find(text, true) != nil
		}
		if drops && holds {
			t.Fatalf("%s is in %+v, which the sieve drops", m, e)
		}
		if drops {
			dropped++
		}
		if holds {
			found++
		}
	})
	for pattern, want := range map[string]string{"no+where": "where", "(?i:paKet)": "pa", "a|b": "", "x(abc)+y*": "abc", "é12": "12"} {
		got := ""
		if l := needed(pattern); l != nil {
			got = string(l.text)
		}
		if got != want {
			t.Errorf("%s needs %q, not %q", pattern, got, want)
		}
	}
	if !testing.Short() && (dropped == 0 || found == 0) { // a short run draws too few to see both
		t.Errorf("%d events were dropped, %d hold the text", dropped, found)
	}
}
