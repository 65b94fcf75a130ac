package asof

import (
	"context"
	"errors"
	"io"
	"time"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"
)

// How often an event is folded again to tell a fold that wavers from an index that is wrong. A fold that answers otherwise at one
// time in twenty, or in every second process, keeps to one answer throughout less than once in 10⁹ times.
const (
	waverFolders = 32
	waverFolds   = 20 // by each of them
	waverFor     = 20 * time.Second
)

// waver is the question whether the fold of one event into one document always comes to the same.
type waver struct {
	proj   projection.Projection
	key    string
	event  *event.Event
	before *value.Node // nil: no document
	after  *value.Node
	failed bool // instead of coming to after
}

// wavers folds the event at which the index and a fresh fold part again and again, into the document that both agree on before
// it, and reports whether that ever comes to something else than it did in the fresh fold. Where each answer takes long, such as
// that of a program that dies of the event, it asks no longer than waverFor.
func (ix *Index) wavers(ctx context.Context, fresh *Index, p *PartedError) (bool, error) {
	w := waver{proj: ix.proj, key: p.Key}
	before, err := fresh.State(ctx, p.Key, p.Position-1)
	if err != nil {
		return false, err
	}
	after, err := fresh.State(ctx, p.Key, p.Position)
	if err != nil {
		return false, err
	}
	w.before, w.after = before.Root, after.Root
	for e, err := range fresh.Errors(ctx, p.Position, p.Position) {
		if err != nil {
			return false, err
		}
		w.failed = w.failed || e.Key == p.Key
	}
	for events, err := range ix.log.Blocks(ctx, p.Position, p.Position) {
		if err != nil {
			return false, &logError{err}
		}
		w.event = &events[0]
	}
	end := time.Now().Add(waverFor)
	for range waverFolders {
		if other, err := w.ask(ctx); other || err != nil || time.Now().After(end) {
			return other, err
		}
	}
	return false, nil
}

// ask folds the event with a folder of its own, and reports whether it ever comes to something else.
func (w *waver) ask(ctx context.Context) (other bool, err error) {
	folder := w.proj.NewFolder()
	if c, ok := folder.(io.Closer); ok {
		defer c.Close()
	}
	if s, ok := folder.(projection.Eager); ok {
		if err := s.Start(ctx); err != nil {
			return false, err
		}
	}
	for range waverFolds {
		if other, err = w.fold(ctx, folder); other || err != nil || w.failed {
			return other, err // what fails often ends the program: once is enough
		}
	}
	return false, nil
}

func (w *waver) fold(ctx context.Context, folder projection.Folder) (other bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	doc := value.NewDoc()
	if w.before != nil {
		doc.Begin(uint64(w.event.Position - 1))
		if err := doc.SetRoot(w.before); err != nil {
			return false, err
		}
		doc.Commit()
	}
	e, err := folder.Prepare(w.event)
	if err == nil {
		doc.Begin(uint64(w.event.Position))
		err = folder.Apply(doc, e, w.key)
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, projection.ErrUnable):
		return false, err
	case err != nil:
		return !w.failed, nil
	}
	doc.Commit()
	return w.failed || !value.Equal(doc.Root(), w.after), nil
}
