package ingest

import (
	"context"
	"time"

	"asof/engine/event"
)

// A commit is due after a while even if little has come, so that the log can be looked at while it loads; the first one soon.
const (
	firstCommit = 250 * time.Millisecond
	laterCommit = time.Second
	tellEvery   = 50 * time.Millisecond
)

// counts is how far a run had come at a commit.
type counts struct {
	position event.Position
	records  uint64
	rejected uint64
}

// reporter remembers what may be told: only what is durable.
type reporter struct {
	done    counts
	pending counts // of the checkpoint that is being written
	waiting bool
	last    time.Time // commit
	told    time.Time
}

func (p *reporter) durable(c counts) { p.done, p.waiting, p.last = c, false, time.Now() }

// started notes a checkpoint. A checkpoint waits for the one before it, which is therefore durable now.
func (p *reporter) started(c counts) {
	if p.waiting {
		p.done = p.pending
	}
	p.pending, p.waiting, p.last = c, true, time.Now()
}

func (r *runner) snapshot() counts {
	return counts{r.sink.Head(), r.result.Records, r.result.Rejected}
}

// pause commits and reports when it is time for it. It comes every some hundred records.
func (r *runner) pause(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	p := &r.report
	if p.last.IsZero() {
		p.last = now
	}
	wait := laterCommit
	if !p.waiting && p.done == (counts{}) {
		wait = firstCommit
	}
	if (r.sink.Due() || now.Sub(p.last) > wait) && !r.trying() {
		if err := r.checkpoint(ctx); err != nil {
			return err
		}
		r.tell(Loading)
	}
	if now.Sub(p.told) > tellEvery {
		r.tell(Loading)
	}
	return nil
}

func (r *runner) checkpoint(ctx context.Context) error {
	if err := r.writeDirty(); err != nil {
		return err
	}
	c := r.snapshot()
	if err := r.sink.Checkpoint(ctx); err != nil {
		return err
	}
	r.report.started(c)
	return nil
}

func (r *runner) tell(s Stage) {
	r.report.told = time.Now()
	if r.progress == nil {
		return
	}
	c := r.report.done
	r.progress(Progress{
		Stage: s, BytesRead: r.count.Load(), BytesTotal: r.total,
		Durable: max(c.position, r.sink.Durable()), Records: c.records, Rejected: c.rejected,
	})
}
