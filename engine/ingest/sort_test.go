package ingest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"asof/engine/event"
)

// listed yields records that are there already.
type listed []Record

func (l *listed) next() (*Record, error) {
	if len(*l) == 0 {
		return nil, io.EOF
	}
	r := (*l)[0]
	*l = (*l)[1:]
	return &r, nil
}

func (l *listed) close() error { return nil }

// chunked yields them by batches of some.
type chunked struct {
	listed
	size int
}

func (c *chunked) take() (*Batch, error) {
	n := min(c.size, len(c.listed))
	if n == 0 {
		return nil, io.EOF
	}
	b := &Batch{Records: append([]Record(nil), c.listed[:n]...)}
	c.listed = c.listed[n:]
	b.look()
	return b, nil
}

func (c *chunked) give(*Batch) {}

func drain(t interface{ Fatal(...any) }, in records) []Record {
	var out []Record
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *r)
	}
	if err := in.close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func at(n int64) Record {
	return Record{Raw: []byte("x"), Sequence: n, Sequenced: true, Events: []event.Event{{ID: "e", Time: event.Unix(n, 0, 0)}}}
}

// TestSortIsStable: the external sort, whatever it spills, equals the standard library's.
func TestSortIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := tempDir(t)
		keys := rapid.SliceOfN(rapid.Int64Range(-5, 20), 0, 300).Draw(t, "keys")
		limit := rapid.Int64Range(1, 200_000).Draw(t, "limit")
		var in listed
		for i, k := range keys {
			r := at(k)
			r.Line = uint64(i)
			in = append(in, r)
		}
		want := slices.Clone(in)
		slices.SortStableFunc(want, func(a, b Record) int { return int(a.Sequence - b.Sequence) })
		got, err := sorted(&in, bySequence(), limit, dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range drain(t, got) {
			if r.Line != want[i].Line {
				t.Fatalf("record %d is line %d, want %d", i, r.Line, want[i].Line)
			}
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Fatalf("%d spill files are left", len(left))
		}
	})
}

// TestSpilledRecordsComeBackWhole: a record that went through a file is the one that went in.
func TestSpilledRecordsComeBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t)
		got, err := decodeRecord(appendRecord(nil, &r))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, r) {
			t.Fatalf("got %+v\nwant %+v", got, r)
		}
	})
}

func drawRecord(t *rapid.T) Record {
	text := rapid.StringN(0, 8, -1)
	part := rapid.Custom(func(t *rapid.T) event.Part {
		switch rapid.IntRange(0, 2).Draw(t, "part") {
		case 0:
			return event.Built([]byte(text.Draw(t, "own")))
		case 1:
			return event.Part{Spans: []event.Span{{Off: 1, Len: 2}, {Off: 9, Len: 1}}, Members: rapid.Bool().Draw(t, "members")}
		}
		return event.Part{}
	})
	r := Record{
		Line: rapid.Uint64().Draw(t, "line"), Offset: rapid.Uint64().Draw(t, "offset"), End: rapid.Uint64().Draw(t, "end"),
		Raw: []byte(text.Draw(t, "raw")), Rejected: text.Draw(t, "rejected"), Unfinished: rapid.Bool().Draw(t, "unfinished"),
		Sequence: rapid.Int64().Draw(t, "sequence"), Sequenced: rapid.Bool().Draw(t, "sequenced"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		e := event.Event{
			ID: text.Draw(t, "id"), Stream: event.StreamID(text.Draw(t, "stream")), Type: text.Draw(t, "type"),
			Version: event.Version(rapid.Int64().Draw(t, "version")), Numbering: event.BySource, Marks: event.Outlier | event.DerivedID,
			Time:    event.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "time"), rapid.Int64Range(0, 999_999_999).Draw(t, "nsec"), 9),
			Payload: part.Draw(t, "payload"), Meta: part.Draw(t, "meta"),
		}
		if rapid.Bool().Draw(t, "more") {
			e.Others = []event.StreamID{"a", ""}
		}
		r.Events = append(r.Events, e)
	}
	return r
}

func FuzzDecodeRecord(f *testing.F) {
	r := at(7)
	f.Add(appendRecord(nil, &r))
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := decodeRecord(bytes.Clone(src))
		if err == nil && len(appendRecord(nil, &r)) > 2*len(src)+64 {
			t.Errorf("%d bytes became %d", len(src), len(appendRecord(nil, &r)))
		}
	})
}

func TestASortThatIsTooBigMergesItsRuns(t *testing.T) {
	var in listed
	for n := int64(500); n > 0; n-- {
		in = append(in, at(n))
	}
	got, err := sorted(&in, byTime(), 1, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range drain(t, got) {
		if r.Sequence != int64(i+1) {
			t.Fatalf("record %d is %d", i, r.Sequence)
		}
	}
}

// TestOutliers compares the window with the rule taken word for word.
func TestOutliers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.Int64Range(0, 9), 0, 60).Draw(t, "days")
		tail := rapid.IntRange(0, 1500).Draw(t, "tail")
		for range tail {
			days = append(days, 4)
		}
		var in listed
		for _, d := range days {
			in = append(in, at(d*50_000))
		}
		cut := rapid.SampledFrom([]int{1, 7, 64, 256}).Draw(t, "cut")
		for i, r := range drain(t, newLookahead(&chunked{in, cut})) {
			want := i+1 < len(days)
			for j := i + 1; j < len(days) && j <= i+followers; j++ {
				want = want && (days[i]-days[j])*50_000 > outlierDay
			}
			if got := r.Events[0].Marks.Has(event.Outlier); got != want {
				t.Fatalf("event %d of %d: outlier %v, want %v", i, len(days), got, want)
			}
		}
	})
}
