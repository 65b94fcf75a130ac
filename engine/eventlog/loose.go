package eventlog

import (
	"context"
	"iter"
	"slices"
	"sync"

	"asof/engine/event"
)

// A loose event is one whose record has not been put together, see event.Cast. Of such an event only the type, the stream, the time,
// the payload, marks and the ordinal are told: it is for who folds by them all that there is. Columns of other values, such as ids, are
// not made, and where the values are is found out a column at a time.

// Lent is a run of events in memory that is used again once it has been given back. That is not a duty.
type Lent struct {
	Events []event.Event
	Back   func() // nil = there is nothing to give back
}

// GiveBack says that nobody looks at the events any more, nor at what they point to.
func (l Lent) GiveBack() {
	if l.Back != nil {
		l.Back()
	}
}

// Loose is Blocks, of which events may be loose. Those that are not have no place, nor have those.
func (l *Log) Loose(ctx context.Context, from, to event.Position) iter.Seq2[Lent, error] {
	return func(yield func(Lent, error) bool) {
		low, high, _ := l.clip(from, to)
		if from > to || low > high {
			return
		}
		readAhead(ctx, l, low, high, l.decodeLoose, func(r *looseRoom, err error) bool {
			if err != nil {
				return yield(Lent{}, err)
			}
			start, end := max(low, r.first)-r.first, min(high, r.first+event.Position(len(r.events))-1)-r.first+1
			return yield(Lent{r.events[start:end:end], r.giveBack}, nil)
		})
	}
}

// looseRoom is what a block is decoded with, and what its loose events point into.
type looseRoom struct {
	first  event.Position
	d      decoder
	loose  loose
	text   []byte
	events []event.Event
}

var looseRooms = sync.Pool{New: func() any { return &looseRoom{} }}

// mostRoom is how many bytes of text are kept for another block.
const mostRoom = 4 << 20

func (r *looseRoom) giveBack() {
	if cap(r.text) <= mostRoom {
		looseRooms.Put(r)
	}
}

// begin makes a decoder ready for a block.
func (r *looseRoom) begin(known *looseMoulds) *decoder {
	k := &r.loose
	k.known, k.moulds, k.next, k.used = known, k.moulds[:0], 0, 0
	r.d = decoder{loose: k, shapes: r.d.shapes[:0], moulds: r.d.moulds[:0], spans: r.d.spans[:0]}
	return &r.d
}

// decode makes the events of the block that was begun.
func (r *looseRoom) decode(first event.Position, count int, p parts) error {
	if count > len(p.cols) {
		return damaged("block %d: its columns are cut", first)
	}
	r.first = first
	r.events = slices.Grow(r.events[:0], count)[:count]
	clear(r.events)
	r.loose.casts = slices.Grow(r.loose.casts[:0], count)[:count]
	return r.d.decodeInto(r.events, first, p)
}

func (l *Log) decodeLoose(f fetched) (*looseRoom, error) {
	sealed, err := unsealBlock(f.first, f.value)
	if err != nil {
		return nil, err
	}
	r := looseRooms.Get().(*looseRoom)
	head, p, err := expandBut(l.zstd, f.first, sealed, &r.text, &sieve{wanted: r.begin(&l.moulds).wanted})
	if err != nil {
		return nil, err
	}
	if err := r.decode(f.first, head.count, p); err != nil {
		return nil, err
	}
	for i := range r.events {
		if _, off := segmentOf(f.first + event.Position(i)); f.outliers[off] {
			r.events[i].Marks |= event.Outlier
		}
	}
	return r, nil
}

// loose is what a decoder makes loose events with.
type loose struct {
	known  *looseMoulds
	moulds []looseIn // by their number in the block, less 1
	wanted []bool    // of all of their columns
	casts  []event.Cast
	next   int // of casts
	values []event.Span
	used   int // of values
}

// spans is room for n values.
func (k *loose) spans(n int) []event.Span {
	if len(k.values)-k.used < n { // what was used before stays with who has it
		k.values, k.used = make([]event.Span, max(n, 2*len(k.values))), 0
	}
	room := k.values[k.used : k.used+n : k.used+n]
	k.used += n
	clear(room)
	return room
}

// mould is the mould that a number of the block names, or nil if its records have to be put together.
func (k *loose) mould(number uint32) *looseIn {
	if k == nil || int(number) > len(k.moulds) || k.moulds[number-1].mould == nil {
		return nil
	}
	return &k.moulds[number-1]
}

// looseMoulds are the moulds of all blocks: the same one has the same pointer, so that what is found out about it once holds for all.
type looseMoulds struct {
	mu  sync.RWMutex
	all map[string]*event.Mould
}

// mostLoose bounds the moulds that are known. Records of others are put together.
const mostLoose = 1 << 12

func (k *looseMoulds) find(m *mouldIn) *event.Mould {
	k.mu.RLock()
	known, full := k.all[string(m.bytes)], len(k.all) >= mostLoose
	k.mu.RUnlock()
	if known != nil || full {
		return known
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]*event.Mould{}
	}
	if known = k.all[string(m.bytes)]; known == nil {
		known = &event.Mould{Gaps: make([]string, len(m.gaps))}
		for i, gap := range m.gaps {
			known.Gaps[i] = string(gap)
		}
		k.all[string(m.bytes)] = known
	}
	return known
}

// wanted reads the shapes of a block's events, and says which of the moulds' columns loose events need; nil = all.
func (d *decoder) wanted(cols []byte) []bool {
	if !d.openColumns(cols) {
		d.bad = true
		return nil
	}
	for list := &d.col[colShapes]; len(list.b) > 0 && !list.bad; {
		if s := list.shape(); !list.bad && int(s.typ) < len(d.types) {
			d.shapes = append(d.shapes, d.plan(&s))
		} else {
			d.bad = true
		}
	}
	k, columns := d.loose, 0
	for i := range d.moulds {
		columns += len(d.moulds[i].slots)
	}
	k.wanted = slices.Grow(k.wanted[:0], columns)[:columns]
	clear(k.wanted)
	for i, at := 0, 0; i < len(d.moulds); i++ {
		m := &d.moulds[i]
		k.moulds = append(k.moulds, looseIn{mould: k.known.find(m), wanted: k.wanted[at : at+len(m.slots)]})
		at += len(m.slots)
	}
	same := false // the record before is put together for some
	for i := range d.shapes {
		p := &d.shapes[i]
		same = same || p.flags&flagSameRecord != 0
		if p.mould > 0 && int(p.mould) <= len(k.moulds) {
			k.moulds[p.mould-1].meet(p)
		}
	}
	for i := range k.moulds {
		if m := &k.moulds[i]; same || m.mould == nil {
			m.want(0, int32(len(m.wanted)))
		}
	}
	return k.wanted
}

// scattered reports whether an event of the shape needs no record: all that it says is told by its mould.
func (p *plan) scattered() bool {
	s := &p.shape
	if s.mould == 0 || s.flags&(flagSameRecord|flagOthers) != 0 || s.forms[fieldMeta] == formApart || s.forms[fieldPayload] == formApart {
		return false
	}
	for i := range p.steps[:p.n] {
		if t := &p.steps[i]; t.form != formSlot && (placed(t.form) || !isText(int(t.field))) {
			return false
		}
	}
	return true
}

// scatter makes a loose event, but for its position. Before is the time of the event before it.
func (d *decoder) scatter(p *plan, k *looseIn, e *event.Event, before event.Time) bool {
	s := &p.shape
	values, l := d.row(k, &d.moulds[p.mould-1]), d.loose
	if values == nil || l.next == len(l.casts) {
		return false
	}
	e.Cast = &l.casts[l.next]
	*e.Cast = event.Cast{Mould: k.mould, Values: values, Text: d.slots}
	l.next++
	e.Type, e.Numbering = d.types[s.typ], event.Numbering(s.numbering)
	for i := range p.steps[:p.n] {
		if !d.scattered(&p.steps[i], e, s) {
			return false
		}
	}
	d.apart(e, before, s)
	if s.flags&flagExtra != 0 {
		e.Marks = event.Mark(d.col[colExtra].uint())
		e.Ordinal = uint32(d.col[colExtra].uint())
	}
	return !d.bad
}

// scattered reads a field of a loose event.
func (d *decoder) scattered(t *step, e *event.Event, s *shape) bool {
	c := e.Cast
	if t.form != formSlot {
		size := 0
		if t.sized {
			size = d.varying(colSize+int(t.field), t.size)
		}
		d.setText(int(t.field), e, d.textApart(t, size))
		return !d.bad
	}
	switch t.field {
	case fieldPayload:
		var ok, both bool
		c.From, ok = cutAt(c.Mould, t.gap)
		c.To, both = cutAt(c.Mould, t.size)
		return ok && both && (c.From.Values < c.To.Values || c.From == c.To || c.From.Values == c.To.Values && c.From.Behind <= c.To.Behind)
	case fieldStream, fieldTime:
		if t.gap < 0 || int(t.gap) >= len(c.Values) {
			return false
		}
		text := c.Text[c.Values[t.gap].Off:][:c.Values[t.gap].Len]
		if t.field == fieldStream {
			e.Stream = event.StreamID(textOf(text))
			return true
		}
		n := 0
		e.Time, n = d.day[0].read(text, s.zone, s.kind)
		return n == len(text)
	}
	return true
}

// cutAt is a place between a mould's values.
func cutAt(m *event.Mould, place int32) (c event.Cut, ok bool) {
	c = event.Cut{Values: uint32(place & (1<<placeBits - 1)), Behind: uint32(place >> placeBits)}
	return c, place >= 0 && int(c.Values) < len(m.Gaps) && int(c.Behind) <= len(m.Gaps[c.Values])
}
