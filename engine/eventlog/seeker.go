package eventlog

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"

	"asof/engine/event"
)

// seeker looks for literals in the columns of blocks, before events are made of them. It is safe for concurrent use.
type seeker struct {
	literals []*Literal
	joins    bool        // one may go over the end of a member of a payload that is put together
	nothing  bool        // columns say nothing of one
	often    atomic.Bool // the last block that was looked through had one, as the next may

	mu     sync.Mutex
	moulds map[string]*crossings
}

// mostCrossings bounds the moulds that a seeker remembers.
const mostCrossings = 4096

func newSeeker(literals []*Literal) *seeker {
	k := &seeker{literals: literals, moulds: map[string]*crossings{}}
	for _, l := range literals {
		k.joins = k.joins || l.ContainsAny(",{}")
		k.nothing = k.nothing || bytes.IndexByte(l.text, slotEnd) >= 0
	}
	return k
}

// crossings are the ways of all literals in a mould's records.
func (k *seeker) crossings(m *mouldIn) *crossings {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.moulds[string(m.bytes)]
	if c == nil {
		if len(k.moulds) >= mostCrossings {
			clear(k.moulds)
		}
		c = &crossings{}
		for _, l := range k.literals {
			c.cross(l, m.gaps)
		}
		k.moulds[string(m.bytes)] = c
	}
	return c
}

// sighting is where in a block a seeker's literals may be.
type sighting struct {
	any     bool
	all     bool // in any event
	rest    bool // in the records that are kept whole
	apart   bool // in the texts that do not stand in records
	joined  bool // in payloads that are put together
	types   []bool
	moulds  []bool  // in any record of the mould
	records [][]int // of a mould, by their numbers
	n       int     // of those numbers
	most    int     // more of them are as good as all
}

// sight looks for the literals in an open block that has count events.
func (k *seeker) sight(d *decoder, count int) *sighting {
	s := &sighting{types: make([]bool, len(d.types)), moulds: make([]bool, len(d.moulds)), records: make([][]int, len(d.moulds)), most: count}
	s.all = k.nothing
	s.rest = len(d.rest) > 0 && len(d.cuts.b) > 0 // it may go over the ends of a cut
	s.joined = k.joins && len(d.col[colParts].b) > 0
	for _, l := range k.literals {
		s.rest = s.rest || l.Index(d.rest) >= 0
		s.apart = s.apart || l.Index(d.col[colText].b) >= 0
		for i, name := range d.types {
			s.types[i] = s.types[i] || l.Index(stringBytes(name)) >= 0
		}
		k.values(l, d, s)
	}
	columns, unsure := 0, false
	for i := range d.moulds {
		m := &d.moulds[i]
		c := k.crossings(m)
		s.moulds[i] = c.inGap
		for _, p := range c.patterns {
			unsure = unsure || d.sieve.over(columns+p.slot)
			if !s.moulds[i] {
				p.seek(d.slots, m.slots[p.slot], s, i)
			}
		}
		columns += len(m.slots)
	}
	s.all = s.all || s.n > s.most
	s.any = s.all || unsure || s.rest || s.apart || s.joined || s.n > 0 || slices.Contains(s.types, true) || slices.Contains(s.moulds, true)
	return s
}

// values looks for a literal in the moulds' columns, in one go.
func (k *seeker) values(l *Literal, d *decoder, s *sighting) {
	at := len(d.rest)
	next := at + l.Index(d.slots[at:])
	if next < at {
		return
	}
	for i := range d.moulds {
		for _, slot := range d.moulds[i].slots {
			if next < slot.end {
				p := pattern{Literal: l}
				p.seek(d.slots, slot, s, i)
				if n := l.Index(d.slots[slot.end:]); n < 0 {
					return
				} else {
					next = slot.end + n
				}
			}
		}
	}
}

// seek notes the records of a mould whose value in a column matches.
func (p *pattern) seek(slots []byte, slot slotIn, s *sighting, mould int) {
	from, record := slot.next, 0
	if p.text[0] == slotEnd && p.headed(slots[from:slot.end]) {
		s.records[mould] = append(s.records[mould], 0)
		s.n++
	}
	for s.n <= s.most {
		i := p.Index(slots[from:slot.end])
		if i < 0 {
			return
		}
		if p.text[0] == slotEnd {
			i++ // the end of the value before
		}
		record += bytes.Count(slots[from:from+i], slotEnds)
		s.records[mould] = append(s.records[mould], record)
		s.n++
		from += i
		end := bytes.IndexByte(slots[from:slot.end], slotEnd)
		if end < 0 {
			return
		}
		from += end // an end may begin the next match
	}
}

// headed reports whether a column begins with what follows the end of a value in the pattern.
func (p *pattern) headed(column []byte) bool {
	n := len(p.text) - 1
	return len(column) >= n && p.same(column[:n], p.text[1:])
}

// wanted tells of each of a block's events whether it may hold a literal, and how many may.
func (s *sighting) wanted(d *decoder, count int) (list []bool, n int, ok bool) {
	numbers := d.col[colShape]
	defer func() { d.col[colShape] = numbers }()
	for i := range s.records {
		slices.Sort(s.records[i])
	}
	list = make([]bool, count)
	seen := make([]int, len(d.moulds))
	record := false
	for i := range list {
		p := d.nextShape()
		if p == nil || int(p.mould) > len(d.moulds) {
			return nil, 0, false
		}
		switch {
		case p.flags&flagSameRecord != 0:
		case p.mould == 0:
			record = s.rest
		default:
			record = s.holds(int(p.mould-1), seen[p.mould-1])
			seen[p.mould-1]++
		}
		if list[i] = s.all || record || s.types[p.typ] || s.beside(&p.shape); list[i] {
			n++
		}
	}
	return list, n, true
}

// holds reports whether a record of a mould may hold a literal. They are asked for in order.
func (s *sighting) holds(mould, number int) bool {
	list := s.records[mould]
	for len(list) > 0 && list[0] < number {
		list = list[1:]
	}
	s.records[mould] = list
	return s.moulds[mould] || len(list) > 0 && list[0] == number
}

// beside reports whether an event of a shape may have a literal in what does not stand in its record.
func (s *sighting) beside(p *shape) bool {
	for _, f := range []int{fieldID, fieldStream} {
		if form := p.forms[f]; s.apart && (form == formApart || form == formSame) {
			return true
		}
	}
	return (s.apart || s.joined) && (p.forms[fieldMeta] == formApart || p.forms[fieldPayload] == formApart)
}

// nowhere reports whether a block, of which columns may be passed over, has none of the literals for sure.
func (k *seeker) nowhere(count int, p parts) bool {
	var d decoder
	return d.open(p) && !k.sight(&d, count).any
}

// seekIn makes the events of a block that may hold one of a seeker's literals.
func (k *seeker) seekIn(first event.Position, count int, p parts) ([]event.Event, error) {
	var d decoder
	if !d.open(p) || count > len(d.col[colShape].b) {
		return nil, damaged("block %d: its columns are cut", first)
	}
	s := k.sight(&d, count)
	if !s.any {
		return nil, nil
	}
	wanted, n, ok := s.wanted(&d, count)
	if !ok {
		return nil, damaged("block %d: its columns are cut", first)
	}
	if n == 0 {
		return nil, nil
	}
	if 2*n < count && len(d.rest) <= len(d.slots)/8 {
		d.col[colText].b = bytes.Clone(d.col[colText].b)
		if events, ok := d.chosen(first, wanted, n); ok {
			return events, nil
		}
	}
	events, err := decodeBlock(first, count, p)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e event.Event) bool { return !wanted[e.Position-first] }), nil
}

// chosen makes n events of a block: those that are wanted.
func (d *decoder) chosen(first event.Position, wanted []bool, n int) ([]event.Event, bool) {
	last := len(wanted)
	for !wanted[last-1] {
		last--
	}
	d.rooms = min(roomBytes, n*(2*len(d.slots)/len(wanted)+64))
	d.spans = make([]event.Span, 0, 2*n+8)
	events := make([]event.Event, 0, n)
	ok := d.some(last, func(i int) bool { return wanted[i] }, func(i int) *event.Event {
		events = append(events, event.Event{Position: first + event.Position(i)})
		return &events[len(events)-1]
	})
	return events, ok
}
