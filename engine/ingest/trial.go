package ingest

import (
	"context"
	"errors"
	"slices"
)

// trialAfter is how many bytes of a source must stand in order before the rest of what decides about it is passed on meanwhile.
const trialAfter = 1 << 20

// errTurned says that records which were passed on in file order are to be sorted: the log has to be opened anew.
var errTurned = errors.New("the source turned out to be out of order")

// trial is a source whose records are passed on in file order while it is decided whether that is their order. Nothing is
// committed meanwhile, so that it can be taken back.
type trial struct {
	lane  *lane
	seen  *lead
	asked string
	size  int64 // bytes seen
	next  int64 // at so many it is looked whether it still seems so
}

// beginTrial leaves the decision to a trial, unless the records that were seen, of so many bytes, are out of order.
func (l *lane) beginTrial(seen *lead, asked string, size int64) bool {
	if seen.decide(asked, l.mem.Verdict.Order).sorts() {
		return false
	}
	n := len(seen.samples)
	seen.samples = slices.Grow(seen.samples, n*int(min(leadSize, l.size))/int(size)) // all that come, and some more
	l.trial = &trial{l, seen, asked, size, 4 * size}
	return true
}

// see takes the source's next batch, or what its reading ended with, and decides if that was the last of it.
func (t *trial) see(b *Batch, ended error) error {
	if ended == nil {
		t.size += batchSize(b, t.seen)
		if t.size < min(t.next, leadSize) {
			return nil
		}
	}
	t.next *= 4
	m := t.lane.mem
	order := t.seen.decide(t.asked, m.Verdict.Order)
	if order.sorts() {
		return errTurned
	}
	if ended != nil || t.size >= leadSize {
		m.Order, t.lane.trial = order, nil
	}
	return nil
}

// mayTry tells whether a lane's records may be passed on before its order is decided: if it is alone, and nothing was loaded before it.
func (r *runner) mayTry(l *lane) bool {
	return r.tries && len(r.known) == 1 && r.pass == 1 && l.file != nil && l.from().Offset == 0
}

// trying tells whether nothing may be committed.
func (r *runner) trying() bool { return len(r.lanes) == 1 && r.lanes[0].trial != nil }

// reopen gives up what was not committed.
func (st *store) reopen(ctx context.Context) error {
	if err := st.sink.Close(); err != nil {
		return err
	}
	fresh, err := st.again(ctx)
	if err != nil {
		return err
	}
	*st = *fresh
	return nil
}
