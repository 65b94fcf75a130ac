package timeline

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"asof/timeline/debug"
)

// many is a log in which much is found.
func many(n int) []fact {
	facts := make([]fact, n)
	for i := range facts {
		facts[i] = fact{fmt.Sprintf("k%d", i%50), "Set", fmt.Sprintf(`{"v":%d,"note":"here"}`, i), i, ""}
	}
	return facts
}

// TestNothingIsFoundOnceASearchIsCancelled cancels searches when they have found three things, and counts what they say after that.
func TestNothingIsFoundOnceASearchIsCancelled(t *testing.T) {
	s := session(t, Options{Dir: folder(t, many(3000))})
	for _, what := range []string{`state.v % 2 == 0`, `state.v % 100 < 50`, `event.data.v % 2 == 0`, `before.v != state.v`, `len(state or {}) > 1`, "text:here", "re:h.re", "value:here"} {
		cancelled(t, what, func(ctx context.Context, found func() bool) error {
			for _, err := range s.Find(ctx, FindQuery{What: what}, nil) {
				if err != nil || !found() {
					return err
				}
			}
			return nil
		})
	}
	for _, point := range []string{"watch /v", "b Set", "b if state.v % 2 == 0", "b if event.data.v > 3"} {
		p := must(debug.Parse(point))(t)
		cancelled(t, point, func(ctx context.Context, found func() bool) error {
			for _, err := range s.Hits(ctx, "", p, 1, 0, nil) {
				if err != nil || !found() {
					return err
				}
			}
			return nil
		})
	}
}

func cancelled(t *testing.T, what string, search func(ctx context.Context, found func() bool) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	err := search(ctx, func() bool {
		if n++; n == 3 {
			cancel()
		}
		return true
	})
	if n != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %d things were found, and %v; it was cancelled at the third", what, n, err)
	}
}
