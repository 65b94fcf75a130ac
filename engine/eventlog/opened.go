package eventlog

import (
	"sync"
	"sync/atomic"

	"asof/engine/event"
)

// opened is a block whose parts are expanded, and whose events are made when they are asked for, with some neighbours each: one
// event costs a tenth of what all of its block do. It is safe for concurrent use.
type opened struct {
	frame
	outliers map[uint16]bool
	groups   []atomic.Pointer[[]event.Event]

	mu    sync.Mutex
	parts parts         // none when all events are made
	all   []event.Event // nil until all are
}

// groupSize is how many neighbours are made together: a screen full of events is two groups or three.
const groupSize = 32

// newOpened is a block whose parts nobody else will write to.
func newOpened(f frame, p parts, outliers map[uint16]bool) *opened {
	o := &opened{frame: f, parts: p, outliers: outliers}
	o.groups = make([]atomic.Pointer[[]event.Event], o.groupCount())
	return o
}

// size is about what the block takes of memory when all of its events are made.
func (o *opened) size() int {
	return 2*len(o.parts.rest) + len(o.parts.cuts) + len(o.parts.cols) + o.count*eventSize
}

func (o *opened) groupCount() int { return (o.count + groupSize - 1) / groupSize }

// event is the event at a position, which must be of the block. Nobody may write to it.
func (o *opened) event(at event.Position) (*event.Event, error) {
	i := int(at - o.first)
	if err := o.need(i, i); err != nil {
		return nil, err
	}
	return &(*o.groups[i/groupSize].Load())[i%groupSize], nil
}

// give yields a copy of the event at a position, on the way to another one in the block.
func (o *opened) give(at, end event.Position, yield func(*event.Event, error) bool) bool {
	i := int(at - o.first)
	if low := i / groupSize; !o.has(low, low) {
		const ahead = 4 * groupSize // seldom is one wanted alone
		stop := max(i-ahead, min(i+ahead, int(end)-int(o.first)))
		if err := o.need(min(i, stop), max(i, stop)); err != nil {
			yield(nil, err)
			return false
		}
	}
	own := (*o.groups[i/groupSize].Load())[i%groupSize]
	return yield(&own, nil)
}

// need makes the events from one to another, by their numbers in the block, as far as that was not done before.
func (o *opened) need(from, to int) error {
	low, high := from/groupSize, to/groupSize
	if o.has(low, high) {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.has(low, high) {
		return nil
	}
	if 2*(high-low) <= o.groupCount() && o.make(low, high) {
		return nil
	}
	return o.makeAll()
}

func (o *opened) has(low, high int) bool {
	for g := low; g <= high; g++ {
		if o.groups[g].Load() == nil {
			return false
		}
	}
	return true
}

// make makes the missing ones of some groups. Not ok says that all have to be made.
func (o *opened) make(low, high int) bool {
	var d decoder
	if !d.open(o.parts) || len(d.rest) > len(d.slots)/8 {
		return false
	}
	made := make([][]event.Event, o.groupCount())
	wanted := 0
	for g := low; g <= high; g++ {
		if o.groups[g].Load() == nil {
			made[g] = make([]event.Event, min(groupSize, o.count-g*groupSize))
			wanted += len(made[g])
		}
	}
	d.rooms = wanted * (2*len(d.slots)/o.count + 64)
	d.spans = make([]event.Span, 0, 2*wanted+8)
	ok := d.some(min(o.count, (high+1)*groupSize), func(i int) bool { return made[i/groupSize] != nil }, func(i int) *event.Event {
		return &made[i/groupSize][i%groupSize]
	})
	if !ok {
		return false
	}
	for g, events := range made {
		if events != nil {
			o.put(g, events)
		}
	}
	return true
}

// put makes a group's events known.
func (o *opened) put(g int, events []event.Event) {
	for i := range events {
		o.place(&events[i], g*groupSize+i)
	}
	o.groups[g].Store(&events)
}

// place gives an event its position, and marks it if it is an outlier.
func (o *opened) place(e *event.Event, i int) {
	e.Position = o.first + event.Position(i)
	if _, off := segmentOf(e.Position); o.outliers[off] {
		e.Marks |= event.Outlier
	}
}

func (o *opened) makeAll() error {
	if o.all != nil {
		return nil
	}
	all, err := decodeBlock(o.first, o.count, o.parts)
	if err != nil {
		return err
	}
	for g := range o.groups {
		o.put(g, all[g*groupSize:min(len(all), (g+1)*groupSize)])
	}
	o.all, o.parts = all, parts{}
	return nil
}

// events are all of the block's events.
func (o *opened) events() ([]event.Event, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.makeAll()
	return o.all, err
}
