package timeline

import (
	"context"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"pgregory.net/rapid"
)

// What is watched is what the document shows in its rows.
func TestWatchedAsInTheDocument(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			for pos := event.Position(1); pos <= s.Head(); pos++ {
				for _, key := range must(s.KeysOf(ctx, "", pos))(t) {
					doc := must(s.Document(ctx, DocumentQuery{Point: Point{Key: key, At: pos}}))(t)
					items := make([]WatchItem, len(doc.Rows))
					for i, r := range doc.Rows {
						items[i] = WatchItem{Key: []string{"", key}[i%2], Path: r.Path}
					}
					for i, w := range must(s.Watch(ctx, WatchQuery{Point: doc.Point, Items: items}))(t) {
						r := doc.Rows[i]
						if !value.Equal(w.Value, doc.Root.At(r.Path)) || w.Key != key {
							rt.Fatalf("event %d, %s%s is %s", pos, key, r.Path, w.Value.JSON())
						}
						want := r.Effect
						if want == Same {
							want = Untouched
						}
						if w.Effect != want || r.Effect != Removed && w.Changed != r.Changed || w.Type == "" {
							rt.Fatalf("event %d, %s%s: %+v, want %+v", pos, key, r.Path, w, r)
						}
					}
				}
			}
		})
	})
}

func TestWatched(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{"last"}})
	items := []WatchItem{{Key: "order-1", Path: "/note"}, {Path: "/status"}, {Key: "order-9", Path: "/x"}, {Key: "order-1"}}
	got := must(s.Watch(ctx, WatchQuery{Point: Point{Key: "order-2", At: 7}, Items: items}))(t)
	if w := got[0]; w.Value != nil || w.Changed != 6 || w.Type != "PaymentRefunded" {
		t.Errorf("what is gone: %+v", w)
	}
	if w := got[1]; w.Value.Text() != "paid" || w.Changed != 5 || w.Key != "order-2" {
		t.Errorf("of the key shown: %+v", w)
	}
	if w := got[2]; w.Value != nil || w.Changed != 0 {
		t.Errorf("what never was: %+v", w)
	}
	if w := got[3]; w.Effect != Inside {
		t.Errorf("a whole document: %+v", w)
	}
	got = must(s.Watch(ctx, WatchQuery{Point: Point{At: 8}, Items: items[1:2]}))(t)
	if got[0].Key != "" || got[0].Value != nil {
		t.Errorf("of no key: %+v", got[0])
	}
}
