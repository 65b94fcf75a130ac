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

type decoded struct {
	block *block
	err   error
}

// Blocks yields the events at the positions from … to, both included, in runs of some hundreds: the fast way to read all.
// Strings and bytes lie in the block's memory, so a run costs a few allocations whatever its length. Blocks are decoded
// ahead, on other cores.
func (l *Log) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		low, high, _ := l.clip(from, to)
		if from > to || low > high {
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer cancel()
		queue := make(chan chan decoded, ahead)
		reading.Go(func() { l.decodeAhead(ctx, low, high, &reading, queue) })
		for answer := range queue {
			d := <-answer
			if d.err != nil {
				yield(nil, d.err)
				return
			}
			start, end := max(low, d.block.first), min(high, d.block.last())
			if !yield(d.block.events[start-d.block.first:end-d.block.first+1:end-d.block.first+1], nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// decodeAhead reads blocks and has each decoded by a goroutine of its own; the answers stand in the queue in order.
func (l *Log) decodeAhead(ctx context.Context, low, high event.Position, group *sync.WaitGroup, queue chan<- chan decoded) {
	defer close(queue)
	send := func(answer chan decoded) bool {
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
			answer := make(chan decoded, 1)
			answer <- decoded{err: err}
			send(answer)
			return
		}
		for _, f := range run {
			answer := make(chan decoded, 1)
			group.Go(func() {
				b, err := l.decode(f.first, f.value, f.outliers)
				answer <- decoded{b, err}
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
