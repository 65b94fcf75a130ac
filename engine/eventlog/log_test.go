package eventlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/store"
)

func TestChainDependsOnEventsOnly(t *testing.T) {
	s := &shop{random: rand.New(rand.NewPCG(5, 6)), streams: 50}
	events := s.batch(nil, 1800)
	events[700].Time = event.Unix(4_000_000_000, 0, 0)
	m := &model{}
	m.add(events)
	m.outliers(true)
	for _, c := range []struct{ block, commit, workers int }{{1, 1800, 2}, {500, 31, 1}, {64 << 10, 999, 2}, {1 << 20, 1800, 2}, {3000, 1100, 3}} {
		opts := Options{BlockBytes: c.block, Workers: c.workers}
		l := must(Create(t.Context(), filepath.Join(t.TempDir(), "s"), Identity{}, opts))(t)
		for at := 0; at < len(events); at += c.commit {
			end := min(at+c.commit, len(events))
			writeAll(t, l, events[at:end], end == len(events))
		}
		if l.Root() != m.root() {
			t.Errorf("%+v: another root", c)
		}
		compareClock(t, l, m)
		if got := l.Info(); got.Outliers != 1 {
			t.Errorf("%+v: %d outliers", c, got.Outliers)
		}
		if e := must(l.Event(t.Context(), 701))(t); !e.Marks.Has(event.Outlier) {
			t.Errorf("%+v: event 701 is not marked", c)
		}
		l.Close()
	}
}

func TestSegmentsAndRunsMerge(t *testing.T) {
	l := newBench(t)
	s := &shop{random: rand.New(rand.NewPCG(7, 8)), streams: 300}
	all := s.batch(nil, SegmentSize+9000)
	w := must(l.Writer(t.Context()))(t)
	want := map[event.StreamID][]event.Position{}
	for i := range all {
		if err := w.Add(&all[i]); err != nil {
			t.Fatal(err)
		}
		want[all[i].Stream] = append(want[all[i].Stream], all[i].Position)
		if i%9001 == 0 || i > SegmentSize && i%500 == 0 {
			if err := w.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	must(w.Finish(t.Context()))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for stream, positions := range want {
		at, ok := event.Position(0), true
		for _, p := range positions[:20] {
			if at, ok, _ = l.Next(t.Context(), Filter{Stream: stream}, at); !ok || at != p {
				t.Fatalf("%s: %d %v, not %d", stream, at, ok, p)
			}
		}
		if n := must(l.Count(t.Context(), Filter{Stream: stream}))(t); n != uint64(len(positions)) {
			t.Fatalf("%s: %d of %d", stream, n, len(positions))
		}
		name, _, _ := l.Stream(t.Context(), stream)
		if name.Count != uint64(len(positions)) || name.First != positions[0] || name.Last != positions[len(positions)-1] {
			t.Fatalf("%s: %+v", stream, name)
		}
	}
	typed := uint64(0)
	for n, err := range l.Types(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		if got := must(l.Count(t.Context(), Filter{Type: n.Text}))(t); got != n.Count {
			t.Fatalf("%s: %d of %d", n.Text, got, n.Count)
		}
		typed += n.Count
	}
	if typed != uint64(len(all)) {
		t.Fatalf("%d of %d", typed, len(all))
	}
	if r := must(l.Verify(t.Context(), nil))(t); !r.OK {
		t.Fatalf("%+v", r)
	}
}

func TestAppendExpects(t *testing.T) {
	l := must(Create(t.Context(), filepath.Join(t.TempDir(), "s"), Identity{Key: "k", Settings: map[string]string{"a": "b"}}, Options{}))(t)
	defer func() { l.Close() }()
	one := []New{{Type: "T", Data: []byte("{\n\"a\": 1.10}"), Metadata: []byte(`{"m":2}`), Correlation: "c<1>"}}
	steps := []struct {
		stream event.StreamID
		expect Expect
		want   any
	}{
		{"s-1", Exact(0), &VersionConflict{Stream: "s-1", Expected: Exact(0)}},
		{"s-1", NoStream(), event.Version(1)},
		{"s-1", NoStream(), &VersionConflict{Stream: "s-1", Expected: NoStream(), Actual: 1, Exists: true}},
		{"s-1", Exact(1), event.Version(2)},
		{"s-1", Exact(1), &VersionConflict{Stream: "s-1", Expected: Exact(1), Actual: 2, Exists: true}},
		{"s-2", Any(), event.Version(1)},
		{"s-1", Any(), event.Version(3)},
	}
	for i, step := range steps {
		done, err := l.Append(t.Context(), step.stream, step.expect, one)
		var conflict *VersionConflict
		switch want := step.want.(type) {
		case event.Version:
			if err != nil || done.Version != want {
				t.Fatalf("step %d: %+v %v", i, done, err)
			}
		case *VersionConflict:
			if !errors.As(err, &conflict) || *conflict != *want {
				t.Fatalf("step %d: %v", i, err)
			}
		}
	}
	l.Close()
	l = must(Open(t.Context(), l.Dir(), Options{ReadOnly: true}))(t)
	e := must(l.Event(t.Context(), 1))(t)
	if string(e.Data()) != `{"a":1.10}` || string(e.Metadata()) != `{"m":2}` || !strings.Contains(string(e.Raw), `"correlation_id":"c<1>"`) {
		t.Errorf("%s: %s %s", e.Raw, e.Data(), e.Metadata())
	}
	if l.Identity().Settings["a"] != "b" || l.Head() != 4 {
		t.Errorf("%+v %d", l.Identity(), l.Head())
	}
	if _, err := l.Append(t.Context(), "s", Any(), one); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("%v", err)
	}
	if _, err := l.Event(t.Context(), 5); !errors.Is(err, ErrNoEvent) {
		t.Errorf("%v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestSecondWriterIsToldWhoWrites(t *testing.T) {
	t.Parallel()
	a := newBench(t)
	b := must(Open(t.Context(), a.Dir(), Options{}))(t)
	defer b.Close()
	w := must(a.Writer(t.Context()))(t)
	defer w.Close()
	_, err := b.Append(t.Context(), "s", Any(), []New{{Type: "T"}})
	var held *store.HeldError
	if !errors.As(err, &held) || held.Holder.PID != os.Getpid() {
		t.Fatalf("%v", err)
	}
}

func TestRejectsAndSources(t *testing.T) {
	l := newBench(t)
	w := must(l.Writer(t.Context()))(t)
	id := must(w.SetSource(Source{Name: "a.jsonl", Verdict: []byte(`{"x":1}`)}))(t)
	for i := range 700 {
		r := Rejected{Source: id, Line: uint64(i), Reason: fmt.Sprint("bad ", i), Bytes: []byte(strings.Repeat("x", i))}
		if err := w.Reject(&r); err != nil || r.Number != uint64(i+1) {
			t.Fatal(err, r.Number)
		}
		if i%100 == 99 {
			must(w.Commit(t.Context()))(t)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	next := uint64(351)
	for r, err := range l.Rejects(t.Context(), 350) {
		if err != nil || r.Number != next || len(r.Bytes) != int(next-1) || r.Reason != fmt.Sprint("bad ", next-1) {
			t.Fatalf("%v %+v", err, r)
		}
		next++
	}
	if next != 701 || l.Info().Rejected != 700 {
		t.Fatal(next, l.Info().Rejected)
	}
	if list := must(l.Sources(t.Context()))(t); len(list) != 1 || string(list[0].Verdict) != `{"x":1}` {
		t.Fatalf("%+v", list)
	}
}

func TestVerifyTellsOfSources(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	text := []byte("{}\n")
	sum := sha256.Sum256(text)
	l := newBench(t)
	w := must(l.Writer(t.Context()))(t)
	must(w.SetSource(Source{Path: path, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}))(t)
	must(w.Commit(t.Context()))(t)
	w.Close()
	for _, c := range []struct {
		text          string
		checked, same bool
	}{{"{}\n", true, true}, {"{}\n{}\n", true, true}, {"[]\n", true, false}, {"", true, false}} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := must(l.Verify(t.Context(), nil))(t)
		if got := r.Sources[0]; !r.OK || got.Checked != c.checked || got.Same != c.same {
			t.Errorf("%q: %+v", c.text, got)
		}
	}
	os.Remove(path)
	if r := must(l.Verify(t.Context(), nil))(t); r.Sources[0].Checked || r.Sources[0].Trouble == "" {
		t.Errorf("%+v", r.Sources[0])
	}
}
