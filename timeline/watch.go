package timeline

import (
	"context"

	"asof/engine/event"
	"asof/engine/value"
)

// WatchItem is something whose value is looked at.
type WatchItem struct {
	ID   int    // given back with the answer
	Key  string // "" = the query's key
	Path value.Pointer
	Expr string // an expression over the key's document instead of a path; "" = the path
}

// WatchQuery asks for the values of watched things at a point; the point's key is the one that is shown.
type WatchQuery struct {
	Point
	Items []WatchItem
}

// Watched is what a watched thing is at a point.
type Watched struct {
	ID      int
	Key     string         // whose it is; "" = there is no key to ask
	Value   *value.Node    // nil = absent
	Old     *value.Node    // before the event at the point; the same node if that did not change it
	Effect  Effect         // what the event at the point did to it
	Changed event.Position // last change of what stands there; 0 = none is known
	Time    event.Time     // of that event
	Type    string
	Err     error // it could not be told
}

// Watch is what the items are at a point, one for each.
func (s *Session) Watch(ctx context.Context, q WatchQuery) ([]Watched, error) {
	l, err := s.ready(q.Projection, q.At)
	if err != nil {
		return nil, err
	}
	w := watcher{session: s, lens: l, at: q.At, states: map[watchedState]*value.Node{}}
	out := make([]Watched, len(q.Items))
	for i, item := range q.Items {
		out[i].ID, out[i].Key = item.ID, item.Key
		if item.Key == "" {
			out[i].Key = q.Key
		}
		if out[i].Key == "" {
			continue
		}
		if err := w.look(ctx, item, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// watcher looks at each document once.
type watcher struct {
	session *Session
	lens    *lens
	at      event.Position
	states  map[watchedState]*value.Node
}

type watchedState struct {
	key string
	at  event.Position
}

func (w *watcher) state(ctx context.Context, key string, at event.Position) (*value.Node, error) {
	asked := watchedState{key, at}
	if root, ok := w.states[asked]; ok {
		return root, nil
	}
	doc, err := w.lens.ix.State(ctx, key, at)
	if err != nil {
		return nil, err
	}
	w.states[asked] = doc.Root
	return doc.Root, nil
}

func (w *watcher) look(ctx context.Context, item WatchItem, out *Watched) error {
	if item.Expr != "" {
		return w.evaluate(ctx, item.Expr, out)
	}
	root, err := w.state(ctx, out.Key, w.at)
	if err != nil {
		return err
	}
	out.Value, out.Old, out.Effect = root.At(item.Path), root.At(item.Path), Untouched
	if out.Changed = event.Position(out.Value.Changed()); out.Value == nil {
		change, ok, err := w.lens.ix.Prev(ctx, out.Key, item.Path, w.at+1)
		if err != nil {
			return err
		}
		if ok {
			out.Changed = change.Position
		}
	}
	if out.Changed == w.at && w.at > 0 {
		before, err := w.state(ctx, out.Key, w.at-1)
		if err != nil {
			return err
		}
		out.Old = before.At(item.Path)
		out.Effect = effectOf(out.Old, out.Value)
	}
	return w.writer(ctx, out)
}

func effectOf(old, now *value.Node) Effect {
	switch {
	case value.Equal(old, now):
		return Untouched
	case old == nil:
		return Added
	case now == nil:
		return Removed
	case now.IsContainer() && old.Kind() == now.Kind():
		return Inside
	}
	return Changed
}

// writer is the event that last changed what is watched.
func (w *watcher) writer(ctx context.Context, out *Watched) error {
	if out.Changed == 0 {
		return nil
	}
	e, err := w.session.log.Event(ctx, out.Changed)
	if err != nil {
		return err
	}
	out.Time, out.Type = e.Time, e.Type
	return nil
}
