package ingest

import (
	"slices"

	"asof/engine/event"
)

// passed is a batch that was passed on, and the log's head then.
type passed struct {
	batch *Batch
	upTo  event.Position
}

// batches yields records by batches; io.EOF ends it.
type batches interface {
	take() (*Batch, error)
	// give gives a batch back whose records have been passed on. They come back in the order in which they were taken.
	give(*Batch)
	close() error
}

// replay yields what a decision read, and then the rest.
type replay struct{ *lane }

func (r replay) take() (*Batch, error) {
	if len(r.lead) > 0 {
		b := r.lead[0]
		r.lead[0] = nil
		r.lead = r.lead[1:]
		return b, nil
	}
	b, err := r.feed.take()
	if r.trial != nil {
		if err := r.trial.see(b, err); err != nil {
			return nil, err
		}
	}
	return b, err
}

// give recycles the batches of which the log needs nothing any more.
func (r replay) give(b *Batch) {
	r.passed = append(r.passed, passed{b, r.log.Head()})
	n, done := 0, r.log.Done()
	for n < len(r.passed) && r.passed[n].upTo <= done {
		if r.feed != nil {
			r.feed.recycle(r.passed[n].batch)
		}
		n++
	}
	r.passed = slices.Delete(r.passed, 0, n)
}

func (r replay) close() error {
	if r.feed == nil {
		return nil
	}
	err := r.feed.close()
	r.lane.feed = nil
	return err
}

// single yields the records of batches one by one, for one who keeps them.
type single struct {
	replay
	batch *Batch
	at    int
}

func (s *single) next() (*Record, error) {
	for s.batch == nil || s.at == len(s.batch.Records) {
		if s.batch != nil {
			s.batch.forget()
			s.feed.again(s.batch)
			s.batch = nil
		}
		b, err := s.take()
		if err != nil {
			return nil, err
		}
		s.batch, s.at = b, 0
	}
	s.at++
	return &s.batch.Records[s.at-1], nil
}
