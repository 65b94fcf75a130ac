package timeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"pgregory.net/rapid"
)

func picture(rows []Row) string {
	var lines []string
	for _, r := range rows {
		text := r.Text
		if r.Kind == value.Array || r.Kind == value.Object {
			text = fmt.Sprintf("(%d)", r.Len)
		}
		if r.Old != "" {
			text = r.Old + " → " + text
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%c%s%s %s @%d", r.Effect, strings.Repeat(" ", r.Depth), r.Label, text, r.Changed), " "))
	}
	return strings.Join(lines, "\n")
}

func TestDocument(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), Projections: []string{"last"}})
	doc := must(s.Document(ctx, DocumentQuery{Point: Point{Key: "order-1", At: 4}}))(t)
	if got, want := picture(doc.Rows), "=status paid @3\n+note Zoë said \"hi\" @4"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	doc = must(s.Document(ctx, DocumentQuery{Point: Point{Key: "order-1", At: 6}}))(t)
	if got, want := picture(doc.Rows), "~status paid → refunded @6\n-note Zoë said \"hi\" →  @0\n+refund 10.5 @6"; !doc.Touched || !strings.HasPrefix(got, "~status") || len(doc.Rows) != 3 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	doc = must(s.Document(ctx, DocumentQuery{Point: Point{Key: "order-1", At: 5}}))(t)
	if doc.Touched || doc.Rows[0].Effect != Untouched || doc.Rows[0].Age.Seconds() != 10 {
		t.Errorf("an event of another key shows as %+v", doc.Rows[0])
	}
	doc = must(s.Document(ctx, DocumentQuery{Point: Point{Key: "order-9", At: 5}}))(t)
	if doc.Exists || len(doc.Rows) != 0 {
		t.Errorf("a key that is not there shows as %+v", doc)
	}
	folded := must(s.Document(ctx, DocumentQuery{
		Point: Point{Key: "order-1", At: 1}, Open: func(value.Pointer, int, int) bool { return false }, Times: -1,
	}))(t)
	if last := folded.Rows[len(folded.Rows)-1]; !last.Folded || last.Len != 1 || !last.Time.IsZero() {
		t.Errorf("a fold shows as %+v", last)
	}
}

func TestStateBeforeItsIndex(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop()), NoIndex: true})
	if _, err := s.State(ctx, Point{Key: "order-1", At: 1}); err == nil || !strings.Contains(err.Error(), "no projection is in use") {
		t.Errorf("got %v", err)
	}
}

// Rows are the documents before and after the event: what is not new is what stood there, what is not removed stands there now.
func TestRowsTellBeforeAndAfter(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			for pos := event.Position(1); pos <= s.Head(); pos++ {
				for _, key := range must(s.KeysOf(ctx, "", pos))(t) {
					doc := must(s.Document(ctx, DocumentQuery{Point: Point{Key: key, At: pos}}))(t)
					before := must(s.State(ctx, Point{Key: key, At: pos - 1}))(t)
					for _, r := range doc.Rows {
						now, then := doc.Root.At(r.Path), before.Root.At(r.Path)
						wrong := false
						switch r.Effect {
						case Added:
							wrong = then != nil || now == nil
						case Removed:
							wrong = then == nil || now != nil
						case Changed:
							wrong = then == nil || now == nil || value.Equal(now, then)
						case Inside:
							wrong = value.Equal(now, then)
						default:
							wrong = !value.Equal(now, then)
						}
						if wrong || r.Effect != Removed && uint64(r.Changed) != now.Changed() {
							rt.Fatalf("event %d, %s%s is marked %c: before %s, after %s", pos, key, r.Path, r.Effect, then.JSON(), now.JSON())
						}
					}
				}
			}
		})
	})
}

func TestBlameAndHistory(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	rows := must(s.Blame(ctx, Point{Key: "order-1", At: 8}, "/status"))(t)
	if len(rows) != 1 || rows[0].Position != 6 || rows[0].Type != "PaymentRefunded" || rows[0].Changes != 3 {
		t.Errorf("blame of the status: %+v", rows)
	}
	var got []string
	for r, err := range s.History(ctx, HistoryQuery{Key: "order-1", Path: "/status"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %s %s→%s", r.Position, r.Op, r.Old.Text(), r.New.Text()))
	}
	if want := "1 add →placed|3 replace placed→paid|6 replace paid→refunded"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	writes := 0
	for r, err := range s.History(ctx, HistoryQuery{Key: "order-1", Path: "/status", Writes: true, Reverse: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if writes == 0 && (r.Op != value.Same || r.Position != 7) {
			t.Errorf("the last write is %+v", r)
		}
		writes++
	}
	if writes != 5 {
		t.Errorf("%d writes of the status", writes)
	}
}

// Blame is the last row of a history, and its count the history's length.
func TestBlameIsTheEndOfHistory(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			for _, key := range must(s.Keys(ctx, KeysQuery{At: s.Head()}))(t) {
				for _, b := range must(s.Blame(ctx, Point{Key: key, At: s.Head()}, ""))(t) {
					n, last := 0, HistoryRow{}
					for r, err := range s.History(ctx, HistoryQuery{Key: key, Path: b.Path}) {
						if err != nil {
							rt.Fatal(err)
						}
						n, last = n+1, r
					}
					if n != b.Changes || last.Position > b.Position || !value.Equal(last.New, b.Value) {
						rt.Fatalf("%s%s: blamed on %d with %d changes; its history has %d and ends at %d", key, b.Path, b.Position, b.Changes, n, last.Position)
					}
				}
			}
		})
	})
}
