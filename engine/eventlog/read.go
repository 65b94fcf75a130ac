package eventlog

import (
	"bytes"
	"container/list"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"sync"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// blockCache keeps decoded blocks, the last used first, up to a size.
type blockCache struct {
	mu    sync.Mutex
	most  int64
	size  int64
	order list.List // of *cached
	by    map[event.Position]*list.Element
}

type cached struct {
	commit uint64 // the tail block grows, and outliers are decided, until a later commit
	*block
}

// find is the block that has a position, if it was read after the commit `since`.
func (c *blockCache) find(at event.Position, since uint64) *block {
	c.mu.Lock()
	defer c.mu.Unlock()
	for el := c.order.Front(); el != nil; el = el.Next() {
		if b := el.Value.(*cached); b.first <= at && at <= b.last() && b.commit >= since {
			c.order.MoveToFront(el)
			return b.block
		}
	}
	return nil
}

func (c *blockCache) add(b *block, commit uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[event.Position]*list.Element{}
	}
	if el := c.by[b.first]; el != nil {
		c.drop(el)
	}
	c.by[b.first] = c.order.PushFront(&cached{commit, b})
	c.size += int64(b.size)
	for c.size > c.most && c.order.Len() > 1 {
		c.drop(c.order.Back())
	}
}

func (c *blockCache) drop(el *list.Element) {
	b := c.order.Remove(el).(*cached)
	c.size -= int64(b.size)
	delete(c.by, b.first)
}

// block is the block that has a position, which must not be beyond the head as seen.
func (l *Log) block(ctx context.Context, at event.Position) (*block, error) {
	now := l.now.Load()
	if at == 0 || at > now.Head {
		return nil, fmt.Errorf("%w: %d of %d", ErrNoEvent, at, now.Head)
	}
	// Blocks near the end may still change: the last one grows, and events up to 1,000 back turn out to be outliers.
	since := uint64(0)
	if at+outlierReach+SegmentSize > now.Head {
		since = now.Commit
	}
	if b := l.cache.find(at, since); b != nil {
		return b, nil
	}
	var b *block
	err := l.view(ctx, func(tx *bbolt.Tx) (err error) {
		b, err = l.readBlock(tx, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.cache.add(b, now.Commit)
	return b, nil
}

// readBlock reads the block that has a position.
func (l *Log) readBlock(tx *bbolt.Tx, at event.Position) (*block, error) {
	c, err := cursor(tx, bucketBlocks)
	if err != nil {
		return nil, err
	}
	k, v := c.Seek(blockKey(at))
	if k == nil {
		k, v = c.Last()
	} else if len(k) == 8 && event.Position(binary.BigEndian.Uint64(k)) > at {
		k, v = c.Prev()
	}
	if len(k) != 8 {
		return nil, damaged("the block of event %d is missing", at)
	}
	b, err := l.openBlock(tx, k, v)
	if err != nil {
		return nil, err
	}
	if at < b.first || at > b.last() {
		return nil, damaged("the block of event %d is missing", at)
	}
	return b, nil
}

// openBlock decodes a block and marks its outliers.
func (l *Log) openBlock(tx *bbolt.Tx, k, v []byte) (*block, error) {
	first := event.Position(binary.BigEndian.Uint64(k))
	segment, _ := segmentOf(first)
	outliers, err := readOutliers(tx, segment)
	if err != nil {
		return nil, err
	}
	return l.decode(first, v, outliers)
}

// decode decodes a block's value, of which nothing is kept, and marks its outliers.
func (l *Log) decode(first event.Position, v []byte, outliers map[uint16]bool) (*block, error) {
	sealed, err := unseal(bucketBlocks, blockKey(first), v)
	if err != nil {
		return nil, fmt.Errorf("block at event %d: %w", first, err)
	}
	b, err := parseBlock(l.zstd, first, sealed)
	if err != nil {
		return nil, err
	}
	_, off := segmentOf(first)
	for i := range b.events {
		if outliers[off+uint16(i)] {
			b.events[i].Marks |= event.Outlier
		}
	}
	return b, nil
}

// Event is the event at a position. Its bytes and strings stay valid, and nobody may write to them.
func (l *Log) Event(ctx context.Context, at event.Position) (*event.Event, error) {
	if at > l.Head() {
		if _, err := l.Refresh(ctx); err != nil {
			return nil, err
		}
	}
	b, err := l.block(ctx, at)
	if err != nil {
		return nil, err
	}
	e := b.events[at-b.first]
	return &e, nil
}

// clip cuts a range, either way round, to what is in the log.
func (l *Log) clip(from, to event.Position) (low, high event.Position, backwards bool) {
	low, high, backwards = from, to, to < from
	if backwards {
		low, high = to, from
	}
	return max(low, 1), min(high, l.Head()), backwards
}

// Range yields the events at the positions from … to, both included, backwards if to < from. What lies outside of the log is
// left out. An error ends it.
func (l *Log) Range(ctx context.Context, from, to event.Position) iter.Seq2[*event.Event, error] {
	return func(yield func(*event.Event, error) bool) {
		low, high, backwards := l.clip(from, to)
		if backwards {
			l.backwards(ctx, low, high, yield)
			return
		}
		for low <= high {
			b, err := l.block(ctx, low)
			if err != nil {
				yield(nil, err)
				return
			}
			for ; low <= min(high, b.last()); low++ {
				e := b.events[low-b.first]
				if !yield(&e, nil) {
					return
				}
			}
		}
	}
}

func (l *Log) backwards(ctx context.Context, low, high event.Position, yield func(*event.Event, error) bool) {
	for high >= low {
		b, err := l.block(ctx, high)
		if err != nil {
			yield(nil, err)
			return
		}
		for ; high >= max(low, b.first); high-- {
			e := b.events[high-b.first]
			if !yield(&e, nil) {
				return
			}
		}
	}
}

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
