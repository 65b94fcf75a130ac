package eventlog

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"asof/engine/event"
)

// A loose event is one whose record has not been put together, see event.Cast. Of such an event only the type, the stream, the time,
// the payload, marks and the ordinal are told: it is for who folds by them all that there is, and needs half the time to be read.

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
	head, p, err := expand(l.zstd, f.first, sealed, &room)
	if err != nil {
		return nil, err
	}
	b := &block{frame: head}
	d := decoder{loose: &loose{known: &l.moulds, count: head.count}}
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
	moulds []*event.Mould // by their number in the block, less 1; nil = not looked up
	casts  []event.Cast   // room
	values []event.Span   // room
	count  int
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

// mould is the mould that a number of the block names, or nil if its records have to be put together.
func (k *loose) mould(d *decoder, number uint32) *event.Mould {
	if k.moulds == nil {
		k.moulds = make([]*event.Mould, len(d.moulds))
	}
	if int(number) > len(k.moulds) {
		return nil
	}
	if k.moulds[number-1] == nil {
		k.moulds[number-1] = k.known.find(&d.moulds[number-1])
	}
	return k.moulds[number-1]
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
func (d *decoder) scatter(p *plan, mould *event.Mould, e *event.Event, before event.Time) bool {
	k, m, s := d.loose, &d.moulds[p.mould-1], &p.shape
	n := len(m.slots)
	if len(k.values) < n {
		k.values = make([]event.Span, max(n, n*min(k.count, 64)))
	}
	values := k.values[:n:n]
	k.values = k.values[n:]
	for i := range m.slots {
		at := &m.slots[i]
		size := bytes.IndexByte(d.slots[at.next:at.end], slotEnd)
		if size < 0 {
			return false
		}
		values[i] = event.Span{Off: uint32(at.next), Len: uint32(size)}
		at.next += size + 1
	}
	if len(k.casts) == 0 {
		k.casts = make([]event.Cast, 64)
	}
	e.Cast, k.casts = &k.casts[0], k.casts[1:]
	*e.Cast = event.Cast{Mould: mould, Values: values, Text: d.slots}
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
