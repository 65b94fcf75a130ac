package projection

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// slow is a projection whose time is known: it waits at one type, and fails at another.
type slow struct{ Projection }

func (slow) NewFolder() Folder { return slowFolder{} }

type slowFolder struct{}

func (slowFolder) Prepare(e *event.Event) (*event.Event, error) { return e, nil }

func (slowFolder) Keys(e *event.Event, dst []string) ([]string, error) {
	return append(dst, string(e.Stream)), nil
}

func (slowFolder) Apply(_ *value.Doc, e *event.Event, _ string) error {
	switch e.Type {
	case "Slow":
		time.Sleep(3 * time.Millisecond)
	case "Bad":
		return errors.New("bad")
	}
	return nil
}

// TestMeter: every event is counted once by its type and once by its key, whichever folder took it and whether it failed, and
// the time lies where it was spent.
func TestMeter(t *testing.T) {
	m := NewMeter(slow{})
	folders := []Folder{m.NewFolder(), m.NewFolder()}
	for i := range 60 {
		e := &event.Event{Position: event.Position(i + 1), Type: "Quick", Stream: event.StreamID(fmt.Sprint("s-", i%3))}
		switch i {
		case 20, 40:
			e.Type = "Slow"
		case 50:
			e.Type = "Bad"
		}
		f := folders[i%2]
		e, _ = f.Prepare(e)
		keys, _ := f.Keys(e, nil)
		_ = f.Apply(value.NewDoc(), e, keys[0])
	}
	types, keys := m.Costs()
	count := map[string]uint64{}
	for _, c := range append(types, keys...) {
		count[c.Name] = c.Events
		if c.Name == "Slow" && (c.Fold < 6*time.Millisecond || c.Slowest < 3*time.Millisecond || c.Position != 21 && c.Position != 41) {
			t.Errorf("%+v", c)
		}
		if c.Slowest > c.Fold || c.Position == 0 {
			t.Errorf("%+v", c)
		}
	}
	for name, want := range map[string]uint64{"Quick": 57, "Slow": 2, "Bad": 1, "s-0": 20, "s-1": 20, "s-2": 20} {
		if count[name] != want {
			t.Errorf("%s: %d events, not %d", name, count[name], want)
		}
	}
	if len(types) != 3 || len(keys) != 3 {
		t.Errorf("%d types, %d keys", len(types), len(keys))
	}
}
