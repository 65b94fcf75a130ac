package eventlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"sync"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// ahead is how many blocks Blocks decodes before they are asked for, and atOnce how many it reads in one transaction.
const (
	ahead  = 4
	atOnce = 8
)

// Blocks yields the events at the positions from … to, both included, in runs of some hundreds: the fast way to read all.
// Strings and bytes lie in the block's memory, so a run costs a few allocations whatever its length. Blocks are decoded
// ahead, on other cores.
func (l *Log) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		low, high, _ := l.clip(from, to)
		decode := func(f fetched) ([]event.Event, error) {
			b, err := l.decode(f.first, f.value, f.outliers)
			if err != nil {
				return nil, err
			}
			start, end := max(low, b.first)-b.first, min(high, b.last())-b.first+1
			return b.events[start:end:end], nil
		}
		if from <= to && low <= high {
			readAhead(ctx, l, low, high, decode, yield)
		}
	}
}

// Run is a stretch of the log, and those of its events that were asked for.
type Run struct {
	From, To event.Position // both included
	Events   []event.Event
}

// Holding is Blocks for who looks for a text: it yields the events that may hold one of some literals in their record, type,
// stream, id, payload or metadata. It leaves out only such as do not, and makes only those that it yields.
func (l *Log) Holding(ctx context.Context, literals []*Literal, from, to event.Position) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) {
		low, high, _ := l.clip(from, to)
		k := newSeeker(literals)
		decode := func(f fetched) (Run, error) {
			events, err := l.holding(k, f)
			r := Run{From: max(low, f.first), To: min(high, f.first+event.Position(f.count)-1), Events: events}
			for len(r.Events) > 0 && r.Events[0].Position < low {
				r.Events = r.Events[1:]
			}
			for n := len(r.Events); n > 0 && r.Events[n-1].Position > high; n-- {
				r.Events = r.Events[:n-1]
			}
			return r, err
		}
		if from <= to && low <= high {
			readAhead(ctx, l, low, high, decode, yield)
		}
	}
}

// holding is the events of a block that may hold one of a seeker's literals.
func (l *Log) holding(k *seeker, f fetched) ([]event.Event, error) {
	sealed, err := unsealBlock(f.first, f.value)
	if err != nil {
		return nil, err
	}
	room := plain()
	defer plains.Put(room)
	if !k.often.Load() {
		frame, p, err := expandBut(l.zstd, f.first, sealed, room, &sieve{literals: k.literals})
		if err == nil && k.nowhere(frame.count, p) {
			return nil, nil
		}
	}
	frame, p, err := expand(l.zstd, f.first, sealed, room)
	if err != nil {
		return nil, err
	}
	events, err := k.seekIn(f.first, frame.count, p)
	k.often.Store(len(events) > 0)
	for i := range events {
		if _, off := segmentOf(events[i].Position); f.outliers[off] {
			events[i].Marks |= event.Outlier
		}
	}
	return events, err
}

// decoded is what became of a block.
type decoded[T any] struct {
	of  T
	err error
}

// readAhead yields, in order, what decode makes of the blocks that have the positions low … high; it is called on other cores.
func readAhead[T any](ctx context.Context, l *Log, low, high event.Position, decode func(fetched) (T, error), yield func(T, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	queue := make(chan chan decoded[T], ahead)
	reading.Go(func() { decodeAhead(ctx, l, low, high, &reading, decode, queue) })
	for answer := range queue {
		d := <-answer
		if !yield(d.of, d.err) || d.err != nil {
			return
		}
	}
	if err := ctx.Err(); err != nil {
		var none T
		yield(none, err)
	}
}

// decodeAhead reads blocks and has each decoded by a goroutine of its own; the answers stand in the queue in order.
func decodeAhead[T any](ctx context.Context, l *Log, low, high event.Position, group *sync.WaitGroup, decode func(fetched) (T, error), queue chan<- chan decoded[T]) {
	defer close(queue)
	send := func(answer chan decoded[T]) bool {
		select {
		case queue <- answer:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for low <= high {
		var run []fetched
		err := l.view(ctx, func(tx *bbolt.Tx) (err error) {
			run, err = l.fetch(tx, low, high)
			return err
		})
		if err != nil {
			answer := make(chan decoded[T], 1)
			answer <- decoded[T]{err: err}
			send(answer)
			return
		}
		for _, f := range run {
			answer := make(chan decoded[T], 1)
			group.Go(func() {
				of, err := decode(f)
				answer <- decoded[T]{of, err}
			})
			if !send(answer) {
				return
			}
			low = f.first + event.Position(f.count)
		}
	}
}

// fetched is a block as it is stored.
type fetched struct {
	first    event.Position
	count    uint32
	value    []byte
	outliers map[uint16]bool
}

// fetch copies some blocks from the one that has the position low on.
func (l *Log) fetch(tx *bbolt.Tx, low, high event.Position) ([]fetched, error) {
	c, err := cursor(tx, bucketBlocks)
	if err != nil {
		return nil, err
	}
	k, v := c.Seek(blockKey(low))
	if k == nil {
		k, v = c.Last()
	} else if len(k) == 8 && event.Position(binary.BigEndian.Uint64(k)) > low {
		k, v = c.Prev()
	}
	var run []fetched
	for ; len(run) < atOnce && low <= high; k, v = c.Next() {
		if len(k) != 8 || len(v) < sealSize+blockHead {
			return nil, damaged("the block of event %d is missing", low)
		}
		f := fetched{first: event.Position(binary.BigEndian.Uint64(k)), count: binary.LittleEndian.Uint32(v[sealSize:]), value: bytes.Clone(v)}
		if f.first > low || low-f.first >= event.Position(f.count) {
			return nil, damaged("the block of event %d is missing", low)
		}
		segment, _ := segmentOf(f.first)
		if n := len(run); n > 0 && (run[n-1].first-1)/SegmentSize == event.Position(segment) {
			f.outliers = run[n-1].outliers
		} else if f.outliers, err = readOutliers(tx, segment); err != nil {
			return nil, err
		}
		run = append(run, f)
		low = f.first + event.Position(f.count)
	}
	return run, nil
}
