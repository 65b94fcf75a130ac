package value

import (
	"sync"
	"sync/atomic"
)

// layout is what many documents have in common: the places of their values, and how these are linked. Layouts are known as long as the
// places are.
type layout struct {
	number  uint32
	leaves  []Leaf   // without what they hold
	scalars []uint32 // those that are no arrays or objects
	size    counts   // but for texts
	widest  uint32   // most members of an object
}

// Of all layouts, the leaves are bounded. One is made when it is met again soon: documents each of which has members of its own would
// only use them up.
const (
	mostLaid    = 1 << 17
	metLayouts  = 1 << 12
	firstLayout = 64
)

// layouts are those of a table of places. Any number of goroutines may use them at once.
type layouts struct {
	list  atomic.Pointer[[]*layout]
	mu    sync.RWMutex // held for what follows
	bySum map[uint64]*layout
	met   [metLayouts]uint64 // sums of those that were met once
	used  int                // leaves
}

// number is a layout by its number.
func (t *layouts) number(i uint64) *layout {
	if list := t.list.Load(); list != nil && i < uint64(len(*list)) {
		return (*list)[i]
	}
	return nil
}

// of is the layout of the sheet, whose leaves come in this order, or nil.
func (t *layouts) of(s *Sheet, order []uint32) *layout {
	sum := s.layoutSum(order)
	t.mu.RLock()
	l, full := t.bySum[sum], t.used+len(order) > mostLaid
	t.mu.RUnlock()
	if l == nil && !full {
		l = t.meet(s, order, sum)
	}
	if l == nil || !l.fits(s, order) {
		return nil
	}
	return l
}

// meet makes the layout if it has been met before.
func (t *layouts) meet(s *Sheet, order []uint32, sum uint64) *layout {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.bySum[sum]; l != nil {
		return l
	}
	if seen := &t.met[sum%metLayouts]; *seen != sum {
		*seen = sum
		return nil
	}
	list := make([]*layout, 0, firstLayout)
	if had := t.list.Load(); had != nil {
		list = *had
	} else {
		t.bySum = make(map[uint64]*layout)
	}
	l := newLayout(s, order)
	l.number = uint32(len(list))
	list = append(list, l)
	t.list.Store(&list)
	t.bySum[sum] = l
	t.used += len(order)
	return l
}

// newLayout is the layout of a sheet. Leaves are linked as Load would link them.
func newLayout(s *Sheet, order []uint32) *layout {
	l := &layout{leaves: make([]Leaf, len(order)), size: s.size}
	now := make([]uint32, len(s.leaves)+1) // by name
	for i, name := range order {
		now[name] = uint32(i + 1)
	}
	for i, name := range order {
		n := &s.leaves[name-1]
		m := &l.leaves[i]
		m.place, m.above, m.next = n.place, now[n.above], now[n.next]
		if n.kind >= Array {
			m.kind, m.size, m.first, m.last = n.kind, n.size, now[n.first], now[n.last]
			if n.kind == Object {
				l.widest = max(l.widest, n.size)
			}
		} else {
			l.scalars = append(l.scalars, uint32(i))
		}
	}
	return l
}

// layoutSum is a hash of all that a layout says.
func (s *Sheet) layoutSum(order []uint32) uint64 {
	sum := uint64(len(order))
	for _, name := range order {
		n := &s.leaves[name-1]
		word := uint64(n.place) << 32
		if n.kind >= Array {
			word |= uint64(n.size)<<1 ^ uint64(n.kind)<<29
		}
		sum = (sum ^ word) * 0x9E3779B97F4A7C15
		sum ^= sum >> 29
	}
	return sum
}

// fits reports whether it is the layout of a sheet.
func (l *layout) fits(s *Sheet, order []uint32) bool {
	if len(l.leaves) != len(order) {
		return false
	}
	for i, name := range order {
		n, m := &s.leaves[name-1], &l.leaves[i]
		if n.place != m.place || (n.kind >= Array || m.kind >= Array) && (n.kind != m.kind || n.size != m.size) {
			return false
		}
	}
	return true
}

// inOrder names the leaves in the document's order.
func (s *Sheet) inOrder() []uint32 {
	order := s.order[:0]
	for name := uint32(1); name != 0; {
		order = append(order, name)
		n := &s.leaves[name-1]
		next := n.first
		for next == 0 && name != 1 {
			if next = n.next; next == 0 {
				name = n.above
				n = &s.leaves[name-1]
			}
		}
		name = next
	}
	s.order = order
	return order
}
