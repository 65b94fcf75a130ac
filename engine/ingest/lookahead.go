package ingest

import (
	"errors"
	"io"

	"asof/engine/event"
)

// followers is how many events after an event decide whether its time is an outlier, and outlierDay by how many seconds.
const (
	followers  = 1000
	outlierDay = 86400
)

// mostBarren is how many records after an event are looked at for its followers, where thousands are rejected in a row.
const mostBarren = 4 * followers

// lookahead marks outliers: events whose time is more than a day later than every one of the next 1,000 events. It holds
// so many events back, by batches. The last event of a source is none, for nothing contradicts it.
type lookahead struct {
	from    batches
	err     error    // what ended from
	held    []*Batch // the first one is being passed on
	at      int      // in it
	events  int      // in those behind it
	records int      // likewise
	line    []inLine
}

// inLine is a held event with a time.
type inLine struct {
	at     *event.Event
	number int // among the held events
	record int
}

func newLookahead(from batches) *lookahead { return &lookahead{from: from} }

func (l *lookahead) close() error { return l.from.close() }

func (l *lookahead) next() (*Record, error) {
	for len(l.held) == 0 || l.at == len(l.held[0].Records) {
		if err := l.turn(); err != nil {
			return nil, err
		}
	}
	l.at++
	return &l.held[0].Records[l.at-1], nil
}

// turn goes on to the next batch.
func (l *lookahead) turn() error {
	if len(l.held) > 0 {
		l.from.give(l.held[0])
		n := copy(l.held, l.held[1:])
		l.held[n] = nil
		l.held, l.at = l.held[:n], 0
		if n > 0 {
			l.events -= l.held[0].events
			l.records -= len(l.held[0].Records)
		}
	}
	for l.err == nil && (len(l.held) == 0 || l.events < followers && l.records < mostBarren) {
		b, err := l.from.take()
		if err != nil {
			l.err = err
			break
		}
		if len(l.held) > 0 {
			l.events += b.events
			l.records += len(b.Records)
		}
		l.held = append(l.held, b)
	}
	if l.err != nil && (len(l.held) == 0 || !errors.Is(l.err, io.EOF)) {
		return l.err
	}
	if l.falls() {
		l.judge()
	}
	return nil
}

// falls reports whether an event of the batch at hand is more than a day later than the next one that has a time: where none is,
// there is no outlier.
func (l *lookahead) falls() bool {
	b := l.held[0]
	if b.falls || !b.last.Has {
		return b.falls
	}
	for _, next := range l.held[1:] {
		if next.first.Has {
			return b.last.seconds(next.first) > outlierDay
		}
	}
	return false
}

// judge marks the outliers of the batch at hand.
func (l *lookahead) judge() {
	l.line = l.line[:0]
	own, number, record := 0, 0, 0 // own is how many of the line are of the batch at hand
	for n, b := range l.held {
		for i := range b.Records {
			for j := range b.Records[i].Events {
				if e := &b.Records[i].Events[j]; !e.Time.IsZero() {
					l.line = append(l.line, inLine{e, number, record})
				}
				number++
			}
			record++
		}
		if n == 0 {
			own = len(l.line)
		}
	}
	for i := range own {
		if outlies(l.line[i], l.line[i+1:]) {
			l.line[i].at.Marks |= event.Outlier
		}
	}
	clear(l.line)
}

func outlies(e inLine, later []inLine) bool {
	t, followed := stampOf(e.at.Time), false
	for _, f := range later {
		if f.number > e.number+followers || f.record > e.record+mostBarren {
			break
		}
		if t.seconds(stampOf(f.at.Time)) <= outlierDay {
			return false
		}
		followed = true
	}
	return followed
}

// grouped makes batches of records.
type grouped struct {
	records
	free *Batch
}

// groupSize is how many records such a batch has.
const groupSize = 64

func (g *grouped) take() (*Batch, error) {
	b := g.free
	if g.free = nil; b == nil {
		b = &Batch{}
	}
	for len(b.Records) < groupSize {
		r, err := g.next()
		if err != nil && (len(b.Records) == 0 || !errors.Is(err, io.EOF)) {
			return nil, err
		}
		if err != nil {
			break
		}
		b.Records = append(b.Records, *r)
	}
	b.look()
	return b, nil
}

func (g *grouped) give(b *Batch) {
	b.forget()
	g.free = b
}
