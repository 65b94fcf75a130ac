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

// lookahead marks outliers: events whose time is more than a day later than every one of the next 1,000 events. It holds
// that many events back (fewer, where thousands of records are rejected in a row). The last event of a source is none, for nothing contradicts it.
type lookahead struct {
	from    records
	err     error    // what ended from
	held    []Record // a ring
	first   int
	count   int
	numbers int // of held events, without those of the first record

	// window is the descending run of the highest times to come: each is higher than all that follow it.
	window []future
	read   int // number of the next record to be read, for window
	out    int // and of the next to be passed on
}

type future struct {
	record int
	time   stamp
}

func newLookahead(from records) *lookahead {
	return &lookahead{from: from, held: make([]Record, 64)}
}

func (l *lookahead) close() error { return l.from.close() }

func (l *lookahead) next() (*Record, error) {
	for l.err == nil && l.numbers < followers && l.count <= 4*followers {
		r, err := l.from.next()
		if err != nil {
			l.err = err
			break
		}
		l.push(r)
	}
	if l.err != nil && !errors.Is(l.err, io.EOF) {
		return nil, l.err
	}
	if l.count == 0 {
		return nil, l.err
	}
	return l.pop(), nil
}

func (l *lookahead) push(r *Record) {
	if l.count == len(l.held) {
		l.grow()
	}
	l.held[(l.first+l.count)%len(l.held)] = *r
	if l.count > 0 {
		l.numbers += len(r.Events)
	}
	l.count++
	if t := latest(r); t.Has {
		for len(l.window) > 0 && !t.less(l.window[len(l.window)-1].time) {
			l.window = l.window[:len(l.window)-1]
		}
		l.window = append(l.window, future{l.read, t})
	}
	l.read++
}

// latest is the highest time of a record's events.
func latest(r *Record) stamp {
	var t stamp
	for i := range r.Events {
		t = t.max(stampOf(r.Events[i].Time))
	}
	return t
}

func (l *lookahead) grow() {
	bigger := make([]Record, 2*len(l.held))
	for i := range l.count {
		bigger[i] = l.held[(l.first+i)%len(l.held)]
	}
	l.held, l.first = bigger, 0
}

// pop passes the first record on. It stays where it is until the next push, which is after the caller is done with it.
func (l *lookahead) pop() *Record {
	r := &l.held[l.first]
	l.first = (l.first + 1) % len(l.held)
	l.count--
	if l.count > 0 {
		l.numbers -= len(l.held[l.first].Events)
	}
	for len(l.window) > 0 && l.window[0].record <= l.out {
		l.window = l.window[1:]
	}
	l.out++
	if len(l.window) > 0 {
		for i := range r.Events {
			if t := stampOf(r.Events[i].Time); t.Has && t.seconds(l.window[0].time) > outlierDay {
				r.Events[i].Marks |= event.Outlier
			}
		}
	}
	return r
}
