package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"

	"asof/engine/event"
)

// readPass reads the lanes' sources to their ends, merged.
func (r *runner) readPass(ctx context.Context, lanes []*lane) (err error) {
	r.lanes = lanes
	defer func() {
		for _, l := range lanes {
			err = errors.Join(err, l.close())
		}
	}()
	if err := r.prepareLanes(ctx); err != nil {
		return err
	}
	if err := r.register(); err != nil {
		return err
	}
	if err := r.merge(ctx); err != nil {
		return err
	}
	return r.commit(ctx)
}

// laneCost is what a lane holds while it is read, about: the records that it looks ahead, and some batches.
const laneCost = 2*followers*recordCost + 2*batchCost

// prepareLanes opens the files, decides their orders, and sorts what must be sorted.
func (r *runner) prepareLanes(ctx context.Context) error {
	r.tell(Deciding)
	for i, l := range r.lanes {
		l.number, l.dirty, l.log, l.mem.Pass = i, true, r.sink, r.pass
		if err := errors.Join(l.openFile(), l.park()); err != nil {
			return fmt.Errorf("%s: %w", l.source.Path, err)
		}
		l.began = l.from().Offset
		r.total += l.size - int64(l.from().Offset)
	}
	r.config.lanes = len(r.lanes)
	budget := 2*r.config.memory() - int64(len(r.lanes))*laneCost
	for _, l := range r.lanes {
		if err := r.decideLane(ctx, l, &budget); err != nil {
			return fmt.Errorf("%s: %w", l.source.Path, err)
		}
	}
	return r.sortLanes(ctx)
}

func (l *lane) openFile() error {
	if l.source.pipe != nil {
		if l.row.ID == 0 {
			return l.identifyPipe()
		}
		return nil
	}
	info, err := l.openSource()
	if err != nil {
		return err
	}
	l.info, l.size = info, info.Size()
	if t := l.source.tail; t != nil {
		l.size = t.whole
	}
	if l.resumed && l.mem.Order.sorts() {
		l.size = min(l.size, l.mem.RawSize) // the pass is over what was there when it began
	}
	l.mem.RawSize = l.size
	l.mem.goTo(l.source)
	if l.mem.Format == "" {
		l.mem.Decided = decidedOf(l.size)
	}
	if l.row.ID == 0 || l.mem.Records == 0 {
		return l.mem.identify(l.file, l.size)
	}
	return nil
}

func (r *runner) decideLane(ctx context.Context, l *lane, budget *int64) error {
	decided := l.mem.Order.By != ""
	if err := l.open(ctx, r.config, &r.count); err != nil {
		return err
	}
	if decided {
		return nil
	}
	if l.importer == nil { // an empty file
		return nil
	}
	return l.decide(r.config, budget, r.mayTry(l))
}

// sortLanes sorts what must be sorted, and reads the first record of every lane that is open.
func (r *runner) sortLanes(ctx context.Context) error {
	sorting := int64(0)
	for _, l := range r.lanes {
		if l.mem.Order.sorts() {
			sorting++
		}
	}
	limit := max(r.config.memory()/max(1, sorting), 1<<20)
	for _, l := range r.lanes {
		if l.mem.Order.sorts() {
			r.tell(Sorting)
		} else if l.feed == nil {
			continue // decided, and stopped to save memory: it opens when the merge gets to it
		}
		if err := r.ready(ctx, l, limit); err != nil {
			return fmt.Errorf("%s: %w", l.source.Path, err)
		}
	}
	return nil
}

// ready makes the lane's head.
func (r *runner) ready(ctx context.Context, l *lane, limit int64) error {
	if l.importer == nil {
		return nil
	}
	if l.feed == nil {
		if err := l.open(ctx, r.config, &r.count); err != nil {
			return err
		}
	}
	if err := l.arrange(ctx, r.config, limit); err != nil {
		return err
	}
	return l.pull()
}

// pull makes the next record the lane's head; at the end, head is nil.
func (l *lane) pull() error {
	rec, err := l.items.next()
	if errors.Is(err, io.EOF) {
		l.head = nil
		return nil
	}
	if err != nil {
		return err
	}
	l.head = rec
	l.high = recordHigh(rec) // now: the log takes our marks of outliers away, and decides about the merged log itself
	l.key = l.mem.Key.max(l.high)
	return nil
}

// recordHigh is the highest time of a record that moves the clock.
func recordHigh(r *Record) stamp {
	var t stamp
	for i := range r.Events {
		if e := &r.Events[i]; !e.Marks.Has(event.Outlier) {
			t = t.max(stampOf(e.Time))
		}
	}
	return t
}
