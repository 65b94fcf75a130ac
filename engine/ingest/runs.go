package ingest

import (
	"container/heap"
	"errors"
	"io"
)

// runMerge yields the records of several sorted runs in order.
type runMerge struct {
	all  []*run
	live runHeap
	last *run // whose head was passed on
}

func mergeRuns(all []*run) (*runMerge, error) {
	m := &runMerge{all: all}
	for i, r := range all {
		r.number = i
		if err := r.rewind(); err != nil {
			return nil, err
		}
		switch err := r.pull(); {
		case errors.Is(err, io.EOF):
		case err != nil:
			return nil, err
		default:
			m.live = append(m.live, r)
		}
	}
	heap.Init(&m.live)
	return m, nil
}

func (m *runMerge) nextKeyed() (*keyed, error) {
	if m.last != nil {
		switch err := m.last.pull(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&m.live)
		case err != nil:
			return nil, err
		default:
			heap.Fix(&m.live, 0)
		}
		m.last = nil
	}
	if len(m.live) == 0 {
		return nil, io.EOF
	}
	m.last = m.live[0]
	return &m.last.head, nil
}

func (m *runMerge) next() (*Record, error) {
	k, err := m.nextKeyed()
	if err != nil {
		return nil, err
	}
	return &k.record, nil
}

func (m *runMerge) close() error { return closeRuns(m.all) }

// runHeap orders runs by their heads; the earlier run wins a tie.
type runHeap []*run

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	if c := h[i].head.key.compare(h[j].head.key); c != 0 {
		return c < 0
	}
	return h[i].number < h[j].number
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)   { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}
