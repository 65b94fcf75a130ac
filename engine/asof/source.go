package asof

import (
	"context"
	"iter"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/projection"
)

// events reads the log from a position to its head, and goes on while it grows by whole segments.
func (b *builder) events(ctx context.Context, from event.Position) iter.Seq2[eventlog.Lent, error] {
	return func(yield func(eventlog.Lent, error) bool) {
		for {
			head := event.Position(b.head.Load())
			for events, err := range b.source()(ctx, from, head) {
				if !yield(events, err) || err != nil {
					return
				}
			}
			now := b.ix.log.Head()
			if ctx.Err() != nil || now < head+event.Position(b.ix.segmentSize()) {
				return
			}
			from = head + 1
			b.head.Store(uint64(now))
		}
	}
}

// looseLog is a Log that can spare the putting together of records.
type looseLog interface {
	// Loose is Blocks, of which events may be loose, see event.Cast.
	Loose(ctx context.Context, from, to event.Position) iter.Seq2[eventlog.Lent, error]
}

// source is what the log is read with. Where documents are folded and no briefs, events come whole: those of a key lie far from each
// other, and the values of a loose one as well.
func (b *builder) source() func(ctx context.Context, from, to event.Position) iter.Seq2[eventlog.Lent, error] {
	if log, ok := b.ix.log.(looseLog); ok && b.places != nil && b.ix.proj.(projection.Briefing).Loose() {
		return log.Loose
	}
	return b.blocks
}

// blocks is the log's Blocks, of which nothing is given back.
func (b *builder) blocks(ctx context.Context, from, to event.Position) iter.Seq2[eventlog.Lent, error] {
	return func(yield func(eventlog.Lent, error) bool) {
		for events, err := range b.ix.log.Blocks(ctx, from, to) {
			if !yield(eventlog.Lent{Events: events}, err) {
				return
			}
		}
	}
}
