package eventlog

import (
	"context"
	"encoding/binary"
	"errors"

	"asof/engine/event"

	"go.etcd.io/bbolt"
)

// Report is what Verify found.
type Report struct {
	OK      bool
	Head    event.Position
	Root    [32]byte
	Bad     event.Position // the first event that is not what was written; 0 if none is known
	Reason  string         // why not OK, in words
	Checked event.Position // the last position that was recomputed
	Sources []SourceReport
}

// Verify recomputes the chain over all events, reads every other value, compares the head with the one that is kept beside
// the log, and compares the sources that still exist. Progress is called now and then with the last position checked.
// Damage is in the report; an error means that the check itself could not be made.
//
// OK speaks of the log; a changed source is told in Sources only.
func (l *Log) Verify(ctx context.Context, progress func(event.Position)) (Report, error) {
	if progress == nil {
		progress = func(event.Position) {}
	}
	r := Report{}
	err := l.verify(ctx, &r, progress)
	if errors.Is(err, ErrDamaged) {
		r.Reason, err = err.Error(), nil
	}
	if err != nil {
		return r, err
	}
	r.OK = r.Reason == ""
	if r.OK {
		r.Sources, err = l.verifySources(ctx)
	}
	return r, err
}

func (l *Log) verify(ctx context.Context, r *Report, progress func(event.Position)) error {
	if _, err := l.Refresh(ctx); err != nil {
		return err
	}
	now := l.now.Load()
	r.Head, r.Root = now.Head, now.Root
	commit, keptAt, keptRoot, kept, err := l.kept()
	if err != nil {
		return err
	}
	if kept && commit > now.Commit {
		r.Bad = now.Head + 1
		return damaged("the log ends at %d, but had reached %d: it was cut, or replaced by an older copy", now.Head, keptAt)
	}
	if err := l.file.Check(ctx); err != nil {
		return err
	}
	var due posted
	if err := l.verifyChain(ctx, r, now, &due, func(at event.Position, root link) error {
		if kept && at == keptAt && root != keptRoot {
			r.Bad = at
			return damaged("the log's hash at %d is not the one that is kept beside it", at)
		}
		return nil
	}, progress); err != nil {
		return err
	}
	return l.verifyRest(ctx, now, &due)
}

// posted is how many postings of each kind there are.
type posted [kindCount]uint64

// add counts what events are posted under, in the room of w.
func (p *posted) add(events []event.Event, w *workroom) {
	w.post(events)
	for k := range w.posts {
		p[k] += uint64(len(w.posts[k]))
	}
}

// verifyChain recomputes every link, and counts the postings that are due.
func (l *Log) verifyChain(ctx context.Context, r *Report, now *head, due *posted, at func(event.Position, link) error, progress func(event.Position)) error {
	root := link{}
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	w := workrooms.Get().(*workroom)
	defer workrooms.Put(w)
	var hashes []digests
	for next := event.Position(1); next <= now.Head; {
		b, err := l.blockToVerify(ctx, next)
		if err != nil {
			r.Bad = next
			return err
		}
		hashes = append(hashes[:0], make([]digests, len(b.events))...)
		digestAll(b.events, hashes)
		for i := range b.events {
			root = h.link(&root, &hashes[i])
			pos := b.events[i].Position
			if pos > now.Head {
				break
			}
			if root[0] != b.checks[2*i] || root[1] != b.checks[2*i+1] {
				r.Bad = pos
				return damaged("event %d is not what was written", pos)
			}
			if err := at(pos, root); err != nil {
				return err
			}
			r.Checked = pos
			if pos == now.Head && root != now.Root {
				r.Bad = b.first
				return damaged("the hash of the events up to %d is not the log's", pos)
			}
		}
		if b.last() <= now.Head && root != b.link {
			r.Bad = b.first
			return damaged("one of the events %d to %d is not what was written", b.first, b.last())
		}
		due.add(b.events[:r.Checked+1-b.first], w)
		progress(r.Checked)
		next = b.last() + 1
	}
	return nil
}

// blockToVerify reads a block even if its seal is broken, so that the broken event can be named.
func (l *Log) blockToVerify(ctx context.Context, first event.Position) (b *block, err error) {
	err = l.view(ctx, func(tx *bbolt.Tx) error {
		c, err := cursor(tx, bucketBlocks)
		if err != nil {
			return err
		}
		k, v := c.Seek(blockKey(first))
		if len(k) != 8 || event.Position(binary.BigEndian.Uint64(k)) != first || len(v) < sealSize {
			return damaged("the block of event %d is missing", first)
		}
		// A broken seal is told by verifyRest, if the chain does not name the event before.
		b, err = parseBlock(l.zstd, first, v[sealSize:])
		return err
	})
	return b, err
}

// verifyRest reads every value that is not a block: that its seal is whole, and that it agrees with the head.
func (l *Log) verifyRest(ctx context.Context, now *head, due *posted) error {
	for _, name := range buckets() {
		var after []byte
		for more := true; more; {
			err := l.view(ctx, func(tx *bbolt.Tx) (err error) {
				after, more, err = verifyValues(tx, name, after)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	if _, err := l.Sources(ctx); err != nil {
		return err
	}
	rejected := uint64(0)
	for _, err := range l.Rejects(ctx, 0) {
		if err != nil {
			return err
		}
		rejected++
	}
	if _, err := l.Refresh(ctx); err != nil {
		return err
	}
	if rejected != now.Info.Rejected && l.now.Load().Commit == now.Commit {
		return damaged("%d of %d rejected records are there", rejected, now.Info.Rejected)
	}
	return l.verifyPostings(ctx, now, due)
}

// valuesAView is how many values one transaction checks, so that it stays short.
const valuesAView = 64

func verifyValues(tx *bbolt.Tx, bucket, after []byte) (last []byte, more bool, err error) {
	c, err := cursor(tx, bucket)
	if err != nil {
		return nil, false, err
	}
	k, v := c.First()
	if after != nil {
		if k, v = c.Seek(after); string(k) == string(after) {
			k, v = c.Next()
		}
	}
	for n := 0; k != nil; k, v = c.Next() {
		if n == valuesAView {
			return last, true, nil
		}
		if _, err := unseal(bucket, k, v); err != nil {
			return nil, false, err
		}
		last = append([]byte{}, k...)
		n++
	}
	return nil, false, nil
}

// verifyPostings checks that there are all postings that are due, that the directories add up, and that the clock knows every block.
func (l *Log) verifyPostings(ctx context.Context, now *head, due *posted) error {
	if _, err := l.summaries(ctx); err != nil {
		return err
	}
	var have posted
	err := l.view(ctx, func(tx *bbolt.Tx) error {
		c, err := cursor(tx, bucketPostings)
		if err != nil {
			return err
		}
		for key, v := c.First(); key != nil; key, v = c.Next() {
			if len(key) == 0 || key[0] >= byte(kindCount) {
				return damaged("postings of no known kind")
			}
			r, err := parseRun(kind(key[0]), v[sealSize:])
			if err != nil {
				return err
			}
			have[key[0]] += uint64(r.n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k := range have {
		if have[k] < due[k] {
			return damaged("the postings are %d of %d: a search by stream, category, type, correlation or id may miss events", have[k], due[k])
		}
	}
	typed, streams := uint64(0), uint64(0)
	for n, err := range l.Types(ctx, "", "") {
		if err != nil {
			return err
		}
		typed += n.Count
	}
	for _, err := range l.Streams(ctx, "", "") {
		if err != nil {
			return err
		}
		streams++
	}
	if typed < uint64(now.Head) || streams < now.Info.Streams {
		return damaged("the directories know %d of %d events and %d of %d streams", typed, now.Head, streams, now.Info.Streams)
	}
	return nil
}
