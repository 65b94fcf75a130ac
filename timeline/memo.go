package timeline

import (
	"slices"
	"sort"
	"sync"

	"asof/engine/event"
)

// memos keeps, of the last filters with a condition, which events they picked: a list is asked for again at every step.
type memos struct {
	mu sync.Mutex
	of map[Filter]*memo
}

// maxMemos bounds how many filters are remembered, mostPicked how many events of one: 16 MiB. A condition that picks more is soon
// answered by looking.
const (
	maxMemos   = 4
	mostPicked = 4 << 20
)

func (m *memos) get(f Filter) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := m.of[f]
	if found == nil {
		if m.of == nil || len(m.of) == maxMemos {
			m.of = map[Filter]*memo{}
		}
		found = &memo{covered: max(f.From, 1) - 1}
		m.of[f] = found
	}
	return found
}

// memo is which events a filter picks up to a position.
type memo struct {
	mu      sync.Mutex
	covered event.Position // known up to here
	at      []uint32       // in order
}

// add takes in what was picked from one position to another, if that is what comes next.
func (m *memo) add(from, to event.Position, hits []hit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from > m.covered+1 || to <= m.covered || to > 1<<32-1 || len(m.at)+len(hits) > mostPicked {
		return
	}
	if slices.ContainsFunc(hits, func(h hit) bool { return h.err != nil }) {
		return
	}
	for _, h := range hits {
		if at := uint32(h.at); h.at > m.covered && (len(m.at) == 0 || m.at[len(m.at)-1] != at) {
			m.at = append(m.at, at)
		}
	}
	m.covered = to
}

// known is the end of what is known, and the events picked up to there; the slice is not written to again.
func (m *memo) known() (covered event.Position, at []uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.covered, m.at[:len(m.at):len(m.at)]
}

// listed yields what is known to be picked beyond a position, and reports whether more is wanted.
func listed(known []uint32, at event.Position, back bool, yield func(event.Position, error) bool) bool {
	if back {
		for i := sort.Search(len(known), func(i int) bool { return event.Position(known[i]) >= at }) - 1; i >= 0; i-- {
			if !yield(event.Position(known[i]), nil) {
				return false
			}
		}
		return true
	}
	for i := sort.Search(len(known), func(i int) bool { return event.Position(known[i]) > at }); i < len(known); i++ {
		if !yield(event.Position(known[i]), nil) {
			return false
		}
	}
	return true
}
