package projection

import (
	"context"
	"sync"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// Meter is a projection that measures what each event costs. Whoever folds with it folds as with the projection, but for briefs
// and for what is told beforehand: every event is folded by itself, so that its time is its own.
//
// Every event is timed, none is sampled: reading the clock twice takes some 80 ns, of which what an empty measurement takes is
// subtracted, and a seldom handler that is slow shows as well as one that is called always.
type Meter struct {
	Projection
	empty   time.Duration // what a measurement of nothing takes
	mu      sync.Mutex
	folders []*meterFolder
}

// Cost is what the events of one kind cost.
type Cost struct {
	Name     string // of the type, or the key
	Events   uint64 // times that an event was folded into a document
	Fold     time.Duration
	Prepare  time.Duration // to find the keys, and to bring old versions up to date; of types only
	Slowest  time.Duration // the longest Fold of one event
	Position event.Position
}

// NewMeter makes a projection that measures p.
func NewMeter(p Projection) *Meter {
	m := &Meter{Projection: p, empty: time.Hour}
	for range 1000 {
		m.empty = min(m.empty, time.Since(time.Now()))
	}
	return m
}

// NewFolder makes a folder whose measurements are the meter's.
func (m *Meter) NewFolder() Folder {
	f := &meterFolder{Folder: m.Projection.NewFolder(), empty: m.empty, types: map[string]*Cost{}, keys: map[string]*Cost{}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.folders = append(m.folders, f)
	return f
}

// Costs are the measurements of all folders, which must be at rest: by type and by key, in no order.
func (m *Meter) Costs() (types, keys []Cost) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byType, byKey := map[string]*Cost{}, map[string]*Cost{}
	for _, f := range m.folders {
		collect(byType, f.types)
		collect(byKey, f.keys)
	}
	return values(byType), values(byKey)
}

func collect(into, from map[string]*Cost) {
	for name, c := range from {
		t, ok := into[name]
		if !ok {
			one := *c
			into[name] = &one
			continue
		}
		t.Events, t.Fold, t.Prepare = t.Events+c.Events, t.Fold+c.Fold, t.Prepare+c.Prepare
		if c.Slowest > t.Slowest {
			t.Slowest, t.Position = c.Slowest, c.Position
		}
	}
}

func values(m map[string]*Cost) []Cost {
	list := make([]Cost, 0, len(m))
	for _, c := range m {
		list = append(list, *c)
	}
	return list
}

// meterFolder measures for one goroutine.
type meterFolder struct {
	Folder
	empty       time.Duration
	types, keys map[string]*Cost
	key         *Cost // the last one
}

func (f *meterFolder) Prepare(e *event.Event) (*event.Event, error) {
	start := time.Now()
	up, err := f.Folder.Prepare(e)
	f.of(f.types, e.Type).Prepare += max(time.Since(start)-f.empty, 0)
	return up, err
}

func (f *meterFolder) Keys(e *event.Event, dst []string) ([]string, error) {
	start := time.Now()
	dst, err := f.Folder.Keys(e, dst)
	f.of(f.types, e.Type).Prepare += max(time.Since(start)-f.empty, 0)
	return dst, err
}

func (f *meterFolder) Apply(doc *value.Doc, e *event.Event, key string) error {
	if p, ok := f.Folder.(starter); ok && f.key == nil {
		if err := p.Start(context.Background()); err != nil { // no event is to pay for it
			return err
		}
	}
	start := time.Now()
	err := f.Folder.Apply(doc, e, key)
	took := max(time.Since(start)-f.empty, 0)
	f.of(f.types, e.Type).add(took, e.Position)
	if f.key == nil || f.key.Name != key {
		f.key = f.of(f.keys, key)
	}
	f.key.add(took, e.Position)
	return err
}

// starter is a folder that takes its time before the first event.
type starter interface {
	Start(ctx context.Context) error
}

// Close gives up what the folder holds.
func (f *meterFolder) Close() error {
	if c, ok := f.Folder.(Eager); ok {
		return c.Close()
	}
	return nil
}

func (f *meterFolder) of(m map[string]*Cost, name string) *Cost {
	c, ok := m[name]
	if !ok {
		name = string([]byte(name)) // off the event's memory
		c = &Cost{Name: name}
		m[name] = c
	}
	return c
}

func (c *Cost) add(took time.Duration, at event.Position) {
	c.Events++
	c.Fold += took
	if took > c.Slowest || c.Position == 0 {
		c.Slowest, c.Position = took, at
	}
}
