package eventlog

import (
	"context"
	"iter"
	"sync"

	"asof/engine/event"
)

// A loose event is one whose record has not been put together, see event.Cast. Of such an event only the type, the stream, the time,
// the payload, marks and the ordinal are told: it is for who folds by them all that there is. Columns of other values, such as ids, are
// not made, and where the values are is found out a column at a time.

// Loose is Blocks, of which events may be loose. Those that are not have no place, nor have those.
func (l *Log) Loose(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		low, high, _ := l.clip(from, to)
		if from > to || low > high {
			return
		}
		readAhead(ctx, l, low, high, l.decodeLoose, func(b *block, err error) bool {
			if err != nil {
				return yield(nil, err)
			}
			start, end := max(low, b.first), min(high, b.last())
			return yield(b.events[start-b.first:end-b.first+1:end-b.first+1], nil)
		})
	}
}

func (l *Log) decodeLoose(f fetched) (*block, error) {
	sealed, err := unsealBlock(f.first, f.value)
	if err != nil {
		return nil, err
	}
	var room []byte // which events go on to point into
	d := decoder{loose: &loose{known: &l.moulds}}
	head, p, err := expandBut(l.zstd, f.first, sealed, &room, &sieve{wanted: d.wanted})
	if err != nil {
		return nil, err
	}
	b := &block{frame: head}
	d.loose.casts = make([]event.Cast, head.count)
	if b.events, err = d.decode(f.first, head.count, p); err != nil {
		return nil, err
	}
	for i := range b.events {
		if _, off := segmentOf(f.first + event.Position(i)); f.outliers[off] {
			b.events[i].Marks |= event.Outlier
		}
	}
	return b, nil
}

// loose is what a decoder makes loose events with.
type loose struct {
	known  *looseMoulds
	moulds []looseIn // by their number in the block, less 1
	casts  []event.Cast
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
	k := d.loose
	k.moulds = make([]looseIn, len(d.moulds))
	for i := range d.moulds {
		k.moulds[i] = looseIn{mould: k.known.find(&d.moulds[i]), wanted: make([]bool, len(d.moulds[i].slots))}
	}
	same := false // the record before is put together for some
	for i := range d.shapes {
		p := &d.shapes[i]
		same = same || p.flags&flagSameRecord != 0
		if p.mould > 0 && int(p.mould) <= len(k.moulds) {
			k.moulds[p.mould-1].meet(p)
		}
	}
	var all []bool
	for i := range k.moulds {
		all = append(all, k.moulds[i].columns(same)...)
	}
	return all
}

// scattered reports whether an event of the shape needs no record: all that it says is told by its mould.
func (p *plan) scattered() bool {
	s := &p.shape
	if s.mould == 0 || s.flags&(flagSameRecord|flagOthers) != 0 || s.forms[fieldMeta] == formApart || s.forms[fieldPayload] == formApart {
		return false
	}
	for i := range p.steps[:p.n] {
		if p.steps[i].form != formSlot {
			return false
		}
	}
	return true
}

// scatter makes a loose event, but for its position. Before is the time of the event before it.
func (d *decoder) scatter(p *plan, k *looseIn, e *event.Event, before event.Time) bool {
	s := &p.shape
	values := d.row(k, &d.moulds[p.mould-1])
	if values == nil || len(d.loose.casts) == 0 {
		return false
	}
	e.Cast, d.loose.casts = &d.loose.casts[0], d.loose.casts[1:]
	e.Cast.Mould, e.Cast.Values, e.Cast.Text = k.mould, values, d.slots
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
