package asof

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// windowsInHand is how many windows are gathered or folded at a time. While the last partitions of one are folded, the first of the next
// are, so that no processor waits for the slowest.
const windowsInHand = 2

// lane is where a partition's windows come from, and where what they came to goes. Both have room for all windows in hand.
type lane struct {
	in  chan *window
	out chan outcome
}

// outcome is what a partition of a window came to. After an error there is no other one.
type outcome struct {
	*folded
	err error
}

// foldAll folds window after window. A partition folds its part of each in the order of the windows, and waits for no other one. Of the
// windows before one that cannot be folded, all become segments.
func (b *builder) foldAll(ctx context.Context, windows <-chan *window, segments chan<- *segment) error {
	if err := b.startFolders(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	lanes := make([]lane, len(b.workers))
	for i, k := range b.workers {
		lanes[i] = lane{make(chan *window, windowsInHand), make(chan outcome, windowsInHand)}
		k.part, k.rows = uint32(i), b.rows
		group.Go(func() error {
			k.foldEach(ctx, lanes[i])
			return nil // join says what went wrong, once it comes to that window
		})
	}
	order := make(chan *window, windowsInHand)
	group.Go(func() error { return b.join(ctx, order, lanes, segments) })
	for {
		w, ok := take(ctx, windows)
		if !ok {
			break
		}
		order <- w
		for _, l := range lanes {
			l.in <- w
		}
	}
	close(order)
	for _, l := range lanes {
		close(l.in)
	}
	return group.Wait()
}

// foldEach folds a partition of each window that comes, up to the first error.
func (k *worker) foldEach(ctx context.Context, l lane) {
	for w := range l.in {
		f, err := k.foldNext(ctx, w)
		if l.out <- (outcome{f, err}); err != nil {
			return
		}
	}
}

// foldNext is fold, as soon as there is room and a folder.
func (k *worker) foldNext(ctx context.Context, w *window) (*folded, error) {
	if err := k.awaitRoom(ctx); err != nil {
		return nil, err
	}
	k.parked.budget = int(k.parkedBudget(w))
	k.folder = <-k.b.idle
	defer func() { k.b.idle <- k.folder }()
	return k.fold(ctx, w)
}

// join makes a segment of each window once all of its partitions have been folded.
func (b *builder) join(ctx context.Context, order <-chan *window, lanes []lane, segments chan<- *segment) error {
	rows := b.rows
	for w := range order {
		s := &segment{window: w, parts: make([]*folded, len(lanes))}
		for i, l := range lanes {
			o, ok := take(ctx, l.out)
			if !ok {
				return ctx.Err()
			} else if o.err != nil {
				return o.err
			}
			s.parts[i], rows = o.folded, max(rows, o.rows)
		}
		w.rows = rows
		b.spare.read(w)
		<-b.inHand
		if err := send(ctx, segments, s); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take reports false when there is nothing more, or ctx has ended.
func take[T any](ctx context.Context, from <-chan T) (v T, ok bool) {
	select {
	case v, ok = <-from:
	case <-ctx.Done():
	}
	return v, ok
}
