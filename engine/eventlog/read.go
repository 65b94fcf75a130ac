package eventlog

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// block is the block that has a position, which must not be beyond the head as seen.
func (l *Log) block(ctx context.Context, at event.Position) (*opened, error) {
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
	var b *opened
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		first, value, err := seekBlock(tx, at)
		if err != nil {
			return err
		}
		segment, _ := segmentOf(first)
		outliers, err := readOutliers(tx, segment)
		if err != nil {
			return err
		}
		sealed, err := unsealBlock(first, value)
		if err != nil {
			return err
		}
		f, parts, err := expand(l.zstd, first, sealed, new([]byte))
		b = newOpened(f, parts, outliers)
		return err
	})
	if err != nil {
		return nil, err
	}
	if at > b.last() {
		return nil, damaged("the block of event %d is missing", at)
	}
	l.cache.add(b, now.Commit)
	return b, nil
}

// seekBlock finds the block that has a position, or the last one before it. It lies in the transaction's memory.
func seekBlock(tx *bbolt.Tx, at event.Position) (first event.Position, value []byte, err error) {
	c, err := cursor(tx, bucketBlocks)
	if err != nil {
		return 0, nil, err
	}
	k, v := c.Seek(blockKey(at))
	if k == nil {
		k, v = c.Last()
	} else if len(k) == 8 && event.Position(binary.BigEndian.Uint64(k)) > at {
		k, v = c.Prev()
	}
	if len(k) != 8 || event.Position(binary.BigEndian.Uint64(k)) > at {
		return 0, nil, damaged("the block of event %d is missing", at)
	}
	return event.Position(binary.BigEndian.Uint64(k)), v, nil
}

func unsealBlock(first event.Position, value []byte) ([]byte, error) {
	sealed, err := unseal(bucketBlocks, blockKey(first), value)
	if err != nil {
		return nil, fmt.Errorf("block at event %d: %w", first, err)
	}
	return sealed, nil
}

// readBlock reads all of the block that has a position.
func (l *Log) readBlock(tx *bbolt.Tx, at event.Position) (*block, error) {
	first, value, err := seekBlock(tx, at)
	if err != nil {
		return nil, err
	}
	segment, _ := segmentOf(first)
	outliers, err := readOutliers(tx, segment)
	if err != nil {
		return nil, err
	}
	b, err := l.decode(first, value, outliers)
	if err == nil && at > b.last() {
		return nil, damaged("the block of event %d is missing", at)
	}
	return b, err
}

// decode decodes a block's value, of which nothing is kept, and marks its outliers.
func (l *Log) decode(first event.Position, v []byte, outliers map[uint16]bool) (*block, error) {
	sealed, err := unsealBlock(first, v)
	if err != nil {
		return nil, err
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
	e, err := l.eventAt(ctx, at)
	if err != nil {
		return nil, err
	}
	own := *e
	return &own, nil
}

// eventAt is the event at a position, which must not be beyond the head as seen, for those who do not write to it.
func (l *Log) eventAt(ctx context.Context, at event.Position) (*event.Event, error) {
	b, err := l.block(ctx, at)
	if err != nil {
		return nil, err
	}
	return b.event(at)
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
			for end := min(high, b.last()); low <= end; low++ {
				if !b.give(low, end, yield) {
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
		for end := max(low, b.first); high >= end; high-- {
			if !b.give(high, end, yield) {
				return
			}
		}
	}
}
