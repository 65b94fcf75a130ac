package ingest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"asof/engine/event"
	"asof/engine/eventlog"
)

// csvish reads lines "id stream seconds": a time of "-" is none. A line that starts with "!" is rejected. A first word "#n"
// gives the record the sequence n.
type csvish struct {
	name   string
	lines  bool
	order  string
	weight int
	many   int // events a record
}

func (c csvish) Format() Format { return Format{Name: c.name, Lines: c.lines} }

func (c csvish) Detect(h Head) Vote {
	if !bytes.HasPrefix(h.Bytes, []byte(c.name)) && c.name != "lines" {
		return Vote{Reason: "does not start with " + c.name}
	}
	return Vote{Weight: max(1, c.weight), Share: 100, Reason: "starts well"}
}

func (c csvish) Open(in Input, _ Options) (Reader, error) {
	return &csvishReader{c: c, body: in.Body, at: in.Offset, line: in.Line}, nil
}

type csvishReader struct {
	c    csvish
	body io.Reader
	text []byte
	got  bool
	err  error
	at   uint64
	line uint64
}

func (r *csvishReader) Verdict() Verdict { return Verdict{Format: r.c.name, Order: r.c.order} }

func (r *csvishReader) Read(b *Batch) error {
	if !r.got {
		r.got = true
		text, err := io.ReadAll(r.body)
		r.text, r.err = text, err
	}
	for len(b.Records) < 7 {
		if len(r.text) == 0 {
			return cmp.Or(r.err, io.EOF)
		}
		end := bytes.IndexByte(r.text, '\n') + 1
		open := end == 0
		if open {
			end = len(r.text)
		}
		line := bytes.TrimRight(r.text[:end], "\n")
		r.line++
		if len(line) > 0 {
			b.Records = append(b.Records, r.record(b, line, uint64(end), open))
		}
		r.text = r.text[end:]
		r.at += uint64(end)
	}
	return nil
}

// record makes a record in the batch's room, where it is written over once the log is done with it.
func (r *csvishReader) record(b *Batch, line []byte, size uint64, open bool) Record {
	line = append(b.Room.Bytes(len(line)), line...)
	rec := Record{Line: r.line, Offset: r.at, End: r.at + size, Raw: line, Unfinished: open}
	words := strings.Fields(unsafe.String(&line[0], len(line)))
	if n, ok := strings.CutPrefix(words[0], "#"); ok {
		rec.Sequence, _ = strconv.ParseInt(n, 10, 64)
		rec.Sequenced = true
		words = words[1:]
	}
	if len(words) < 3 || words[0] == "!" {
		rec.Rejected = "not an event"
		return rec
	}
	for range max(1, r.c.many) {
		e := event.Event{ID: words[0], Stream: event.StreamID(words[1]), Type: "t", Payload: event.Whole(0, len(line))}
		if n, err := strconv.ParseInt(words[2], 10, 64); err == nil {
			e.Time = event.Unix(n, 0, 0)
		}
		rec.Events = append(rec.Events, e)
	}
	return rec
}

// opener knows one kind of packing: a first byte 'Z' and then the text with every byte plus one.
func opener(ctx context.Context, name string, raw io.Reader) (Input, error) {
	text, err := io.ReadAll(raw)
	if err != nil {
		return Input{}, err
	}
	in := Input{Context: ctx, Name: name, Plain: true}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		in.Mark, text = 3, text[3:]
	}
	if bytes.HasPrefix(text, []byte("Z")) {
		in.Plain, text = false, unpack(text[1:])
	}
	in.Body = bytes.NewReader(text)
	in.Head = Head{Name: name, Bytes: text[:min(len(text), headSize)], Whole: len(text) <= headSize}
	return in, nil
}

func unpack(text []byte) []byte {
	out := make([]byte, len(text))
	for i, b := range text {
		out[i] = b - 1
	}
	return out
}

func pack(text string) string {
	out := []byte{'Z'}
	for _, b := range []byte(text) {
		out = append(out, b+1)
	}
	return string(out)
}

func config() Config {
	return Config{
		Importers: []Importer{csvish{name: "lines", lines: true}, csvish{name: "doc", weight: 5}},
		Opener:    opener,
	}
}

// memoryLog is a log in memory: only what was committed survives a kill.
type memoryLog struct {
	saved, now memoryState
	ids        map[string]bool
	repeated   uint64
	due        func() bool
	fail       func(event.Position) error
}

type memoryState struct {
	events   []event.Event
	rejected []eventlog.Rejected
	taken    map[uint64]bool
	rows     []eventlog.Source
}

func (s memoryState) clone() memoryState {
	c := memoryState{rows: append([]eventlog.Source(nil), s.rows...), taken: map[uint64]bool{}}
	c.events = append(c.events, s.events...)
	c.rejected = append(c.rejected, s.rejected...)
	for n := range s.taken {
		c.taken[n] = true
	}
	return c
}

func (l *memoryLog) store() *store {
	l.now = l.saved.clone()
	l.ids = map[string]bool{}
	var clock stamp
	for i := range l.now.events {
		l.ids[l.now.events[i].ID] = true
		if !l.now.events[i].Marks.Has(event.Outlier) {
			clock = clock.max(stampOf(l.now.events[i].Time))
		}
	}
	again := func(context.Context) (*store, error) { return l.store(), nil }
	return &store{sink: l, rows: l.saved.rows, clock: clock, dir: os.TempDir(), again: again}
}

func (l *memoryLog) Add(e *event.Event) error {
	e.Position = event.Position(len(l.now.events) + 1)
	if l.fail != nil {
		if err := l.fail(e.Position); err != nil {
			return err
		}
	}
	if l.ids[e.ID] {
		e.Marks |= event.RepeatedID
		l.repeated++
	}
	l.ids[strings.Clone(e.ID)] = true
	kept := *e
	kept.Raw, kept.ID, kept.Stream = bytes.Clone(e.Raw), strings.Clone(e.ID), event.StreamID(strings.Clone(string(e.Stream)))
	l.now.events = append(l.now.events, kept)
	return nil
}

func (l *memoryLog) Repeated() uint64 { return l.repeated }

func (l *memoryLog) HasID(id string) (bool, error) { return l.ids[id], nil }

func (l *memoryLog) Reject(r *eventlog.Rejected) error {
	r.Number = uint64(len(l.now.rejected) + 1)
	kept := *r
	kept.Bytes = bytes.Clone(r.Bytes)
	l.now.rejected = append(l.now.rejected, kept)
	return nil
}

func (l *memoryLog) Unreject(n uint64) error {
	if n == 0 || n > uint64(len(l.now.rejected)) || l.now.taken[n] {
		return fmt.Errorf("no rejected record %d", n)
	}
	l.now.taken[n] = true
	return nil
}

func (l *memoryLog) SetSource(s eventlog.Source) (uint32, error) {
	if s.ID == 0 {
		s.ID = uint32(len(l.now.rows) + 1)
		l.now.rows = append(l.now.rows, s)
	}
	l.now.rows[s.ID-1] = s
	return s.ID, nil
}

func (l *memoryLog) Due() bool { return l.due != nil && l.due() }

func (l *memoryLog) Checkpoint(context.Context) error {
	l.saved = l.now.clone()
	return nil
}

func (l *memoryLog) Finish(context.Context) (event.Position, error) {
	l.saved = l.now.clone()
	return l.Head(), nil
}

func (l *memoryLog) Durable() event.Position { return event.Position(len(l.saved.events)) }
func (l *memoryLog) Head() event.Position    { return event.Position(len(l.now.events)) }
func (l *memoryLog) Done() event.Position    { return l.Head() }
func (l *memoryLog) Close() error            { return nil }

// root hashes what the chain of a log covers.
func (l *memoryLog) root() string {
	h := sha256.New()
	for i := range l.saved.events {
		e := &l.saved.events[i]
		fmt.Fprintln(h, e.ID, e.Stream, e.Time.Text(), e.Ordinal, string(e.Raw))
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

func (l *memoryLog) order() []string {
	var out []string
	for i := range l.saved.events {
		out = append(out, l.saved.events[i].ID)
	}
	return out
}

func (l *memoryLog) reasons() int { return len(l.saved.rejected) - len(l.saved.taken) }

// load imports files into the log, as one process would.
func (l *memoryLog) load(t testing.TB, c Config, targets ...string) Result {
	t.Helper()
	res, err := l.try(context.Background(), c, targets...)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return res
}

func (l *memoryLog) try(ctx context.Context, c Config, targets ...string) (Result, error) {
	p, err := Prepare(ctx, targets, c)
	if err != nil {
		return Result{}, err
	}
	return l.store().load(ctx, p, nil)
}

func put(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func wantIDs(t testing.TB, got []string, want string) {
	t.Helper()
	if g := strings.Join(got, " "); g != want {
		t.Errorf("got %s, want %s", g, want)
	}
}
