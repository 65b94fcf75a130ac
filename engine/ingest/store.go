package ingest

import (
	"context"
	"errors"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// sink is what ingest writes to: an eventlog.Writer. What was added, rejected and set since a commit becomes durable together.
type sink interface {
	Add(e *event.Event) error
	HasID(id string) (bool, error)
	Repeated() uint64
	Reject(r *eventlog.Rejected) error
	Unreject(number uint64) error
	SetSource(s eventlog.Source) (uint32, error)
	Due() bool
	Checkpoint(ctx context.Context) error
	Finish(ctx context.Context) (event.Position, error)
	Durable() event.Position
	Head() event.Position
	Done() event.Position
	Close() error
}

// store is a log that is open for writing, with what it remembers.
type store struct {
	sink  sink
	rows  []eventlog.Source
	clock stamp // at the head
	dir   string
	again func(context.Context) (*store, error) // opens it anew
}

func openStore(ctx context.Context, log *eventlog.Log) (*store, error) {
	w, err := log.Writer(ctx)
	if err != nil {
		return nil, err
	}
	st := &store{sink: w, dir: log.Dir()}
	st.again = func(ctx context.Context) (*store, error) { return openStore(ctx, log) }
	if st.rows, err = log.Sources(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	clock, err := log.ClockAt(ctx, w.Head())
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	st.clock = stampOf(clock)
	return st, nil
}
