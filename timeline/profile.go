package timeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
)

// Cost is what the events of one type, or of one key, cost to fold.
type Cost struct {
	Name     string
	Events   uint64 // folds: an event counts once for each of its keys
	Fold     time.Duration
	Prepare  time.Duration // to find the keys and to bring old versions up to date; of types only
	Share    float64       // of the time of all
	Slowest  time.Duration // the longest fold of one event
	Position event.Position
}

// Total is all the time that the events took.
func (c Cost) Total() time.Duration { return c.Fold + c.Prepare }

// FoldProfile says where the time of a projection's fold goes: the dearest first.
type FoldProfile struct {
	Name     string
	Events   event.Position
	Total    time.Duration // of all folding goroutines together; the rest of a build is not in it
	Types    []Cost
	Keys     []Cost
	External bool // every event was asked of a program by itself, so that a round trip is in each time
}

// Profile folds the whole log once more, aside, with a clock at every event. The projection need not be in use, and nothing of it
// stays. Other work on the machine shows in the times. Progress may be nil.
func (s *Session) Profile(ctx context.Context, ref, by string, progress func(Projection)) (FoldProfile, error) {
	p, err := s.parse(ctx, ref, by)
	if err != nil {
		return FoldProfile{}, err
	}
	meter := projection.NewMeter(p)
	if err := s.foldAside(ctx, meter, progress); err != nil {
		return FoldProfile{}, fmt.Errorf("profile %s: %w", nameOf(p), err)
	}
	types, keys := meter.Costs()
	f := FoldProfile{Name: nameOf(p), Events: s.Head(), External: projection.IsExec(ref)}
	for _, c := range types {
		f.Total += c.Fold + c.Prepare
	}
	f.Types, f.Keys = costs(types), costs(keys)
	return f, nil
}

// costs are the measurements, the dearest first.
func costs(list []projection.Cost) []Cost {
	var all time.Duration
	for _, c := range list {
		all += c.Fold + c.Prepare
	}
	out := make([]Cost, len(list))
	for i, c := range list {
		out[i] = Cost{Name: c.Name, Events: c.Events, Fold: c.Fold, Prepare: c.Prepare, Slowest: c.Slowest, Position: c.Position}
		out[i].Share = float64(out[i].Total()) / float64(max(all, 1))
	}
	slices.SortFunc(out, func(a, b Cost) int { return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(a.Name, b.Name)) })
	return out
}

// foldAside builds an index that is thrown away.
func (s *Session) foldAside(ctx context.Context, p projection.Projection, progress func(Projection)) (err error) {
	store.Sweep(s.indexDir(), "profile-*")
	dir, err := os.MkdirTemp(s.indexDir(), "profile-")
	if unwritable(err) {
		if dir, err = s.aside(); err == nil {
			dir, err = os.MkdirTemp(dir, "profile-")
		}
	}
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ix, err := asof.Open(ctx, dir, s.log, p, asof.Options{Memory: s.opts.Memory})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ix.Close()) }()
	return ix.Build(ctx, s.progressOf(&lens{name: nameOf(p), by: p.By()}, p, progress))
}
