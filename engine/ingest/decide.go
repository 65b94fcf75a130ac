package ingest

import (
	"context"
	"errors"
	"io"
)

// decide reads the first bytes of the lane's source and fixes its order. What it read is kept for the pass, unless that takes
// more than the budget: then the lane is stopped, and reads it again. Where it may be tried and the source begins in order, the decision
// is left to a trial.
func (l *lane) decide(c Config, budget *int64, try bool) error {
	seen := newLead()
	size, cost, kept := int64(0), int64(0), true
	for first := true; size < leadSize; first = false {
		b, err := l.feed.take()
		if err != nil { // one that is not the end comes again when the pass gets there
			break
		}
		if first {
			l.mem.Verdict = l.feed.reader.Verdict()
		}
		n := batchSize(b, seen)
		size += n
		cost += n + recordCost*int64(len(b.Records))
		if kept = kept && cost <= *budget; kept {
			l.lead = append(l.lead, b)
		} else {
			l.lead = nil
			l.feed.recycle(b)
		}
		if try && size >= c.trialAfter() {
			if try = false; kept && l.beginTrial(seen, c.Order, size) {
				return nil
			}
		}
	}
	if size == 0 {
		l.mem.Verdict = l.feed.reader.Verdict()
	}
	l.mem.Order = seen.decide(c.Order, l.mem.Verdict.Order)
	if !kept {
		l.head, l.key = nil, l.mem.Key.max(seen.first())
		err := errors.Join(l.stop(), l.park())
		l.led = nil
		return err
	}
	*budget -= cost
	return nil
}

// batchSize also shows the records to the lead.
func batchSize(b *Batch, seen *lead) int64 {
	n := int64(0)
	for i := range b.Records {
		n += int64(len(b.Records[i].Raw))
		seen.add(&b.Records[i])
	}
	return n
}

// first is the time of the first record.
func (l *lead) first() stamp {
	if len(l.samples) == 0 {
		return stamp{}
	}
	return l.samples[0].time
}

// arrange puts the lane's records in their order: the source's own, or through a sort, which reads all of it.
func (l *lane) arrange(ctx context.Context, c Config, limit int64) error {
	if !l.mem.Order.sorts() {
		l.items = newLookahead(replay{l})
		return nil
	}
	l.mem.From = l.from()
	var in records = &survey{records: &single{replay: replay{l}}, lane: l}
	var err error
	if l.mem.Order.Reverse {
		if in, err = sorted(in, byReverse(), limit, c.Temp); err != nil {
			return err
		}
	}
	if l.mem.Order.Sort {
		key := byTime()
		if l.mem.Order.By == OrderSequence {
			key = bySequence()
		}
		if in, err = sorted(in, key, limit, c.Temp); err != nil {
			return err
		}
	}
	l.items = newLookahead(&grouped{records: in})
	l.restored = l.mem.Emitted
	for range l.restored {
		if _, err := l.items.next(); err != nil {
			return errors.Join(shorter(err), ctx.Err())
		}
	}
	return ctx.Err()
}

// holds tells whether a record is a last one without an end that could not be read: it counts, and is read again when more has
// come.
func (l *lane) holds(r *Record) bool { return r.Unfinished && r.Rejected != "" }

// survey accounts for a source that is read to its end before its first event is passed on.
type survey struct {
	records
	lane *lane
	at   uint64 // up to where its records have been read
}

func (s *survey) next() (*Record, error) {
	r, err := s.records.next()
	l := s.lane
	switch {
	case err == nil && l.holds(r):
		if l.mem.Held == nil {
			l.mem.Held = &held{End: r.End}
		}
		s.at = r.Offset
		return r, nil
	case err == nil && l.mem.Held != nil:
		return r, nil
	case err == nil:
		s.at = r.End
		return r, l.led.keepUp(s.at)
	case errors.Is(err, io.EOF):
		if l.mem.Held == nil {
			s.at = l.feed.end()
		}
		if err := l.led.advance(s.at); err != nil {
			return nil, err
		}
		if l.mem.At, err = l.led.place(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	return r, err
}
