package timeline

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/value"
	"asof/timeline/debug"

	"golang.org/x/sync/errgroup"
)

// textFinder looks for a text, in events or in the values of the state.
type textFinder struct {
	session  *Session
	q        FindQuery
	matcher  *Matcher
	hits     int
	progress func(debug.Progress)
	told     time.Time
}

// matcherFor is what a prefix and the text behind it look for.
func matcherFor(kind, text string) (*Matcher, error) {
	if kind == debug.ByPattern {
		text = "/" + text + "/"
	} else if kind == debug.ByText && len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		return newLiteral(text)
	}
	return NewMatcher(text)
}

// batch is how many blocks of events are searched at a time.
func batch() int { return 2 * runtime.GOMAXPROCS(0) }

// events yields the events that hold the text, in log order.
func (f *textFinder) events(ctx context.Context, yield func(debug.Interval, error) bool) error {
	f.q.From, f.q.To = max(f.q.From, 1), bound(f.q.To, f.session.Head())
	var blocks [][]event.Event
	n := 0
	for run, err := range f.runs(ctx) {
		if err != nil {
			return fmt.Errorf("events: %w", err)
		}
		if len(run.Events) > 0 {
			blocks = append(blocks, run.Events)
		}
		if n++; n%batch() == 0 && len(blocks) > 0 {
			if more, err := f.search(ctx, blocks, yield); !more || err != nil {
				return err
			}
			blocks = blocks[:0]
		}
		f.tell(run.To)
	}
	_, err := f.search(ctx, blocks, yield)
	return err
}

// runs are the events that may hold the text.
func (f *textFinder) runs(ctx context.Context) iter.Seq2[eventlog.Run, error] {
	if f.matcher.needs != nil {
		return f.session.log.Holding(ctx, f.matcher.needs, f.q.From, f.q.To)
	}
	return func(yield func(eventlog.Run, error) bool) {
		for events, err := range f.session.log.Blocks(ctx, f.q.From, f.q.To) {
			run := eventlog.Run{Events: events}
			if n := len(events); n > 0 {
				run.From, run.To = events[0].Position, events[n-1].Position
			}
			if !yield(run, err) {
				return
			}
		}
	}
}

// search looks through some blocks, in parallel, and yields what it finds, in order.
func (f *textFinder) search(ctx context.Context, blocks [][]event.Event, yield func(debug.Interval, error) bool) (more bool, err error) {
	found := make([][]debug.Interval, len(blocks))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, events := range blocks {
		group.Go(func() error {
			r := search{SearchQuery: SearchQuery{Matcher: f.matcher}}
			for k := range events {
				e := &events[k]
				if inner.Err() != nil {
					return context.Cause(inner)
				}
				if f.q.Key != "" && string(e.Stream) != f.q.Key || !r.look(e) {
					continue
				}
				found[i] = append(found[i], debug.Interval{
					Key: string(e.Stream), From: e.Position, To: e.Position + 1, Field: r.hit.Field, Text: r.hit.Text,
				})
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	for _, i := range slices.Concat(found...) {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if f.hits++; !yield(i, nil) {
			return false, nil
		}
	}
	return true, ctx.Err()
}

// values yields where a value of the state holds the text: from the event that wrote it up to the next change at its path.
func (f *textFinder) values(ctx context.Context, yield func(debug.Interval, error) bool) error {
	l, err := f.session.ready(f.q.Projection, f.q.To)
	if err != nil {
		return err
	}
	f.q.From, f.q.To = max(f.q.From, 1), bound(f.q.To, l.ix.Built())
	holding := map[valuePlace]event.Position{}
	var carry *asof.Carry
	if f.q.From <= 1 {
		carry = asof.NewCarry()
	}
	w := windows{s: f.session, l: l, at: f.q.From - 1, end: f.q.To, size: wholeSegments}
	for {
		from, to, ok, err := w.next(ctx)
		if err != nil || !ok {
			return err
		}
		o := asof.WalkOptions{From: from, To: to, Key: f.q.Key, Writes: true, Carry: carry}
		found, err := asof.Walk(ctx, l.ix, o, func() func(*asof.Moment) ([]debug.Interval, bool, error) {
			return f.written
		})
		if err != nil {
			return err
		}
		for _, list := range found {
			for _, i := range list {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				c, ok, err := l.ix.Next(ctx, i.Key, i.Path, i.From)
				if err != nil {
					return err
				}
				if ok && c.Position <= f.q.To {
					i.To = c.Position
				}
				place := valuePlace{i.Key, i.Path}
				if end, known := holding[place]; known && (end == 0 || end > i.From) {
					continue // a list or an object was written again, with this value in it
				}
				holding[place] = i.To
				if f.hits++; !yield(i, nil) {
					return nil
				}
			}
		}
		f.tell(to)
	}
}

// valuePlace is where a value stands.
type valuePlace struct {
	key  string
	path value.Pointer
}

// written looks for the text in what an event wrote to a key's document.
func (f *textFinder) written(m *asof.Moment) (list []debug.Interval, ok bool, err error) {
	for _, w := range m.Writes {
		if w.Op == value.Same || w.New == nil {
			continue
		}
		f.leaves(w.New, w.Path, func(path value.Pointer, text string) {
			list = append(list, debug.Interval{Key: m.Key, From: m.Position, Path: value.Pointer(strings.Clone(string(path))), Text: text})
		})
	}
	return list, len(list) > 0, nil
}

// leaves visits the values in a container that hold the text.
func (f *textFinder) leaves(n *value.Node, path value.Pointer, visit func(value.Pointer, string)) {
	for name, kid := range n.Members() {
		f.leaves(kid, path.Child(name), visit)
	}
	for i, kid := range n.Items() {
		f.leaves(kid, path.Elem(i), visit)
	}
	if n.IsContainer() || n.Kind() == value.Null {
		return
	}
	text := textBytes(n.Text())
	if at := f.matcher.find(text, false); at != nil {
		visit(path, excerpt(text, at))
	}
}

func (f *textFinder) tell(at event.Position) {
	if f.progress == nil || time.Since(f.told) < progressEvery {
		return
	}
	f.told = time.Now()
	f.progress(debug.Progress{At: at, Done: uint64(at - f.q.From + 1), Of: uint64(f.q.To - f.q.From + 1), Hits: f.hits})
}
