package timeline

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"pgregory.net/rapid"
)

func TestStep(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	for _, pos := range []event.Position{2, 6} {
		if _, err := s.SetMark(ctx, "", pos, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		from event.Position
		step Step
		want event.Position
		why  string
	}{
		{"next event", 3, Step{}, 4, ""},
		{"previous event", 3, Step{Direction: Backward}, 2, ""},
		{"five events", 1, Step{Count: 5}, 6, ""},
		{"more than there are", 6, Step{Count: 5}, 8, endOfHistory},
		{"beyond the end", 8, Step{}, 8, endOfHistory},
		{"before the start", 1, Step{Direction: Backward}, 1, startOfHistory},
		{"from before everything", 0, Step{}, 1, ""},
		{"same stream", 4, Step{Kind: StepStream}, 6, ""},
		{"same stream backwards", 5, Step{Kind: StepStream, Direction: Backward}, 2, ""},
		{"last of a stream", 5, Step{Kind: StepStream}, 5, "no later event of stream order-2"},
		{"same correlation", 3, Step{Kind: StepCorrelation}, 6, ""},
		{"no correlation", 4, Step{Kind: StepCorrelation}, 4, "this event has no correlation id"},
		{"change of a field", 1, Step{Kind: StepChange, Key: "order-1", Path: "/status"}, 3, ""},
		{"over a write of the same value", 3, Step{Kind: StepChange, Key: "order-1", Path: "/status"}, 6, ""},
		{"change of a field, key of the cursor", 3, Step{Kind: StepChange, Path: "/status"}, 6, ""},
		{"no later change", 6, Step{Kind: StepChange, Key: "order-1", Path: "/status"}, 6, "no later change of /status"},
		{"previous change", 6, Step{Kind: StepChange, Key: "order-1", Path: "/status", Direction: Backward}, 3, ""},
		{"change of a key", 2, Step{Kind: StepKey, Key: "order-2"}, 5, ""},
		{"gap", 1, Step{Kind: StepGap, Gap: time.Minute}, 6, ""},
		{"gap backwards", 8, Step{Kind: StepGap, Gap: time.Minute, Direction: Backward}, 6, ""},
		{"no gap", 6, Step{Kind: StepGap, Gap: time.Minute}, 6, "no later gap of 1m0s or more"},
		{"mark", 2, Step{Kind: StepMark}, 6, ""},
		{"mark backwards", 6, Step{Kind: StepMark, Direction: Backward}, 2, ""},
		{"first", 5, Step{Kind: StepFirst}, 1, ""},
		{"last", 5, Step{Kind: StepLast}, 8, ""},
		{"filtered", 1, Step{Filter: Filter{Type: "OrderPaid"}, Count: 2}, 5, ""},
		{"no failed fold", 1, Step{Kind: StepProblem}, 1, "no later failed fold"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := s.Step(ctx, c.from, c.step)
			if err != nil || got.Position != c.want || got.Reason != c.why || got.Moved != (c.from != c.want) {
				t.Errorf("got %+v, %v; want %d %q", got, err, c.want, c.why)
			}
		})
	}
}

// facts draws a log of few streams, types and values, in which times now and then stand still or are missing.
func facts() *rapid.Generator[[]fact] {
	return rapid.Custom(func(t *rapid.T) []fact {
		var list []fact
		at := 0
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			at += rapid.SampledFrom([]int{0, 1, 5, 3600}).Draw(t, "pause")
			f := fact{
				stream: rapid.SampledFrom([]string{"a-1", "a-2", "b-1"}).Draw(t, "stream"), at: at,
				kind: rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "type"), correlation: rapid.SampledFrom([]string{"", "c"}).Draw(t, "correlation"),
			}
			if rapid.IntRange(0, 9).Draw(t, "untimed") == 0 {
				f.at = -1
			}
			var members []string
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3, rapid.ID).Draw(t, "names") {
				members = append(members, fmt.Sprintf("%q:%s", name, rapid.SampledFrom([]string{"1", "2", `"s"`, "null", `{"x":1}`, `[1,2]`, "[]"}).Draw(t, "value")))
			}
			f.data = "{" + strings.Join(members, ",") + "}"
			list = append(list, f)
		}
		return list
	})
}

// drawn is a session over a drawn log, for one check.
func drawn(t *rapid.T, tb testing.TB, check func(s *Session)) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Dir: folder(tb, facts().Draw(t, "log"))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	if err := s.Await(ctx, "", s.Head(), nil); err != nil {
		t.Fatal(err)
	}
	check(s)
}

func TestStepThenBackIsWhereItBegan(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		drawn(rt, t, func(s *Session) {
			kinds := []StepKind{StepEvent, StepStream, StepCorrelation, StepKey, StepChange, StepGap}
			for pos := event.Position(1); pos <= s.Head(); pos++ {
				for _, kind := range kinds {
					step := Step{Kind: kind, Path: "/x", Gap: time.Minute}
					there := must(s.Step(ctx, pos, step))(t)
					if !there.Moved {
						continue
					}
					if kind == StepKey || kind == StepChange {
						step.Key = must(s.KeysOf(ctx, "", pos))(t)[0]
					}
					step.Direction = Backward
					back := must(s.Step(ctx, there.Position, step))(t)
					// Where the first place is itself one that the step goes to, back leads there; else to the one before, if any.
					if back.Moved && back.Position > pos {
						rt.Fatalf("kind %d: from %d to %d and back to %d", kind, pos, there.Position, back.Position)
					}
					if again := must(s.Step(ctx, back.Position, Step{Kind: kind, Path: "/x", Key: step.Key, Gap: time.Minute}))(t); back.Position == pos && again.Position != there.Position {
						rt.Fatalf("kind %d: from %d to %d, back, and then to %d", kind, pos, there.Position, again.Position)
					}
				}
			}
		})
	})
}
