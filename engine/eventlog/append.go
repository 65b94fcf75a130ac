package eventlog

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"asof/engine/event"
)

// Append appends events to a stream if it is as expected, all or none, across processes; durable when it returns. A stream
// that is not as expected is a *VersionConflict; a log that another process keeps writing to, a *store.HeldError.
func (l *Log) Append(ctx context.Context, id event.StreamID, expect Expect, events []New) (Appended, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	w, err := l.Writer(ctx)
	if err != nil {
		return Appended{}, err
	}
	done, err := w.append(ctx, id, expect, events)
	if closed := w.Close(); err == nil { // a writer that failed says so again
		err = closed
	}
	return done, err
}

func (w *Writer) append(ctx context.Context, id event.StreamID, expect Expect, events []New) (Appended, error) {
	last, exists, err := w.log.Stream(ctx, id)
	if err != nil {
		return Appended{}, err
	}
	if !expect.met(last, exists) {
		return Appended{}, &VersionConflict{Stream: id, Expected: expect, Actual: last.Version, Exists: exists}
	}
	done := Appended{First: w.head + 1, Version: last.Version}
	for i := range events {
		e, err := w.log.record(id, &events[i])
		if err != nil {
			return Appended{}, fmt.Errorf("event %d to append: %w", i+1, err)
		}
		if err := w.Add(e); err != nil {
			return Appended{}, err
		}
	}
	if done.Last, err = w.Commit(ctx); err != nil || len(events) == 0 {
		return done, err
	}
	now, _, err := w.log.Stream(ctx, id)
	done.Version = now.Version
	return done, err
}

func (x Expect) met(last Name, exists bool) bool {
	switch x.kind {
	case 1:
		return !exists
	case 2:
		return exists && last.Version == x.version
	}
	return true
}

// record makes the one JSON line that an appended event has as its original bytes.
func (l *Log) record(id event.StreamID, n *New) (*event.Event, error) {
	e := &event.Event{ID: n.ID, Stream: id, Type: n.Type, Time: n.Time, Recorded: event.Of(l.opts.Now().UTC()), Correlation: n.Correlation, Causation: n.Causation}
	if e.Time.IsZero() {
		e.Time = e.Recorded
	}
	if e.ID == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		e.ID = hex.EncodeToString(b[:])
	}
	var line lineWriter
	line.text("id", e.ID)
	line.text("stream", string(id))
	line.text("type", e.Type)
	line.text("time", e.Time.Text())
	line.text("recorded_time", e.Recorded.Text())
	line.text("correlation_id", e.Correlation)
	line.text("causation_id", e.Causation)
	var err error
	if e.Payload, err = line.json("data", n.Data); err != nil {
		return nil, err
	}
	if e.Meta, err = line.json("metadata", n.Metadata); err != nil {
		return nil, err
	}
	line.b = append(line.b, '}')
	e.Raw = line.b
	return e, nil
}

// lineWriter writes an object's members.
type lineWriter struct{ b []byte }

func (w *lineWriter) name(name string) {
	if len(w.b) == 0 {
		w.b = append(w.b, '{')
	} else {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

func (w *lineWriter) text(name, s string) {
	if s == "" {
		return
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	w.name(name)
	w.b = append(w.b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// json writes a JSON text as it stands, but on one line, and returns where.
func (w *lineWriter) json(name string, text []byte) (event.Part, error) {
	if text == nil {
		return event.Part{}, nil
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, text); err != nil {
		return event.Part{}, fmt.Errorf("%s: %w", name, err)
	}
	w.name(name)
	at := len(w.b)
	w.b = append(w.b, buf.Bytes()...)
	return event.Whole(at, buf.Len()), nil
}
