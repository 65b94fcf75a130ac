package timeline

import (
	"sync"

	"asof/engine/event"
)

// edgesAsked is a strip by time. Its edges never change: events are only appended, behind the window.
type edgesAsked struct {
	from, to event.Position
	start    event.Time
	columns  int
}

// edgesKnown keeps the edges of the last few strips, so that a mark that is set or a fold that failed costs no new search.
type edgesKnown struct {
	mu    sync.Mutex
	asked []edgesAsked // the latest last
	edges [][]event.Position
}

func (k *edgesKnown) get(asked edgesAsked) ([]event.Position, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.asked {
		if k.asked[i] == asked {
			return k.edges[i], true
		}
	}
	return nil, false
}

// put keeps edges; nobody writes to them afterwards.
func (k *edgesKnown) put(asked edgesAsked, edges []event.Position) {
	k.mu.Lock()
	defer k.mu.Unlock()
	const most = 8
	if len(k.asked) == most {
		k.asked, k.edges = k.asked[1:], k.edges[1:]
	}
	k.asked, k.edges = append(k.asked, asked), append(k.edges, edges)
}
