package eventlog

import (
	"context"
	"hash/maphash"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// resume takes up the log where it ends: the open block, and the last events that the clock may still decide about.
func (w *Writer) resume(ctx context.Context) error {
	if _, err := w.log.Refresh(ctx); err != nil {
		return err
	}
	now := *w.log.now.Load()
	w.state, w.head, w.durable = now, now.Head, now.Head
	w.window.changed = map[int]summary{}
	w.window.unsettled = 1<<64 - 1
	if !w.recall() {
		w.streams = known{
			seed: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, most: w.log.opts.Streams,
			whole: now.Head == 0, filter: bloom{first: wholeLines},
		}
		w.ids = seenIDs{seed: w.streams.seed[0], whole: now.Head == 0, posted: now.Head > 0, filter: bloom{first: wholeLines}}
	}
	w.batch = newBatch(0, w.streams.seed[0])
	w.tail = tail{number: now.Blocks, before: now.Root}
	if now.Head == 0 {
		return nil
	}
	return w.log.view(ctx, w.resumeIn)
}

func (w *Writer) resumeIn(tx *bbolt.Tx) error {
	number := w.state.Blocks - 1
	var blocks []*block
	for at := w.state.Head; ; {
		b, err := w.log.readBlock(tx, at)
		if err != nil {
			return err
		}
		blocks = append(blocks, b)
		if b.first == 1 || b.first+outlierReach <= w.state.Head {
			break
		}
		at = b.first - 1
	}
	before, err := summaryOf(tx, number-len(blocks))
	if err != nil {
		return err
	}
	w.window.before = before
	for i := len(blocks) - 1; i >= 0; i-- {
		b := blocks[i]
		w.window.open(number-i, b.first)
		for _, e := range b.events {
			w.window.add(e.Position, e.Time, e.Recorded, e.Marks.Has(event.Outlier))
			if !e.Time.IsZero() {
				w.window.lastTime = e.Time
			}
		}
	}
	w.window.settle()
	clear(w.window.changed)
	w.window.outliers, w.window.first = nil, w.state.Info.First
	last := blocks[0]
	if last.rawBytes >= w.log.opts.BlockBytes || w.state.Head%SegmentSize == 0 {
		return nil
	}
	w.tail = tail{number: number, events: append(w.room(), last.events...), linked: len(last.events), admitted: len(last.events), rawBytes: last.rawBytes}
	if last.first > 1 {
		b := last
		if len(blocks) > 1 {
			b = blocks[1]
		} else if b, err = w.log.readBlock(tx, last.first-1); err != nil {
			return err
		}
		w.tail.before = b.link
	} else {
		w.tail.before = link{}
	}
	return nil
}

// summaryOf is the summary of a block by its number; the zero summary before the first.
func summaryOf(tx *bbolt.Tx, number int) (summary, error) {
	if number < 0 {
		return summary{}, nil
	}
	list, err := readChunk(tx, nil, number/perChunk)
	if err == nil && number%perChunk >= len(list) {
		err = damaged("the clock ends before block %d", number)
	}
	if err != nil {
		return summary{}, err
	}
	return list[number%perChunk], nil
}
