// Package importertest is the suite that every importer passes.
package importertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"testing"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// Sample is one source that an importer must be able to read.
type Sample struct {
	Name    string // base name of the file
	Data    []byte // unpacked, UTF-8, without a byte order mark
	Records int    // accepted records; -1 = not known
}

// Run holds an importer against the laws of ingest.Importer: on the samples, on what is left of them when they are cut
// anywhere, and on hostile bytes.
func Run(t *testing.T, importer ingest.Importer, samples []Sample) {
	for _, s := range samples {
		t.Run(s.Name, func(t *testing.T) {
			whole := Read(t, importer, s.Name, s.Data, 0)
			Check(t, s.Data, whole)
			if n := accepted(whole.Records); s.Records >= 0 && n != s.Records {
				t.Errorf("%d records accepted, want %d", n, s.Records)
			}
			checkAgain(t, importer, s, whole)
			checkMiddle(t, importer, s, whole)
			checkCuts(t, importer, s, whole)
		})
	}
	t.Run("hostile", func(t *testing.T) {
		for _, data := range hostile() {
			Check(t, data, Read(t, importer, "hostile", data, 0))
		}
	})
}

// Outcome is all that a reader gave.
type Outcome struct {
	Records []ingest.Record
	Verdict ingest.Verdict
	Err     error // other than io.EOF
}

// TB is what reading needs of a test: a *testing.T, *testing.F or *rapid.T.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Read reads data through importer to its end, in pieces of at most piece bytes (0 = as they come).
func Read(t TB, importer ingest.Importer, name string, data []byte, piece int) Outcome {
	t.Helper()
	return ReadWith(t, importer, name, data, piece, ingest.Options{})
}

// ReadWith is Read with options.
func ReadWith(t TB, importer ingest.Importer, name string, data []byte, piece int, opts ingest.Options) Outcome {
	t.Helper()
	head, body, err := scan.HeadOf(name, bytes.NewReader(data))
	if err != nil {
		t.Fatalf("head of %s: %v", name, err)
	}
	if piece > 0 {
		body = &pieces{body, piece}
	}
	passes := &passer{Reader: body}
	importer.Detect(head)
	reader, err := importer.Open(ingest.Input{Context: context.Background(), Name: name, Head: head, Body: passes}, opts)
	if err != nil {
		return Outcome{Err: err}
	}
	var out Outcome
	var batch ingest.Batch
	for calls := 0; err == nil; calls++ {
		batch.Records = batch.Records[:0]
		err = reader.Read(&batch)
		for _, r := range batch.Records {
			checkCasts(t, &r)
			out.Records = append(out.Records, r)
		}
		if calls > 10*len(data)+1000 {
			t.Fatalf("%s: reading does not end", name)
		}
	}
	if err != io.EOF {
		out.Err = err
	}
	out.Verdict = reader.Verdict()
	passes.check(t, out.Records)
	return out
}

// checkCasts holds that a cast gives the record's bytes, and takes it off: which records have one depends on those before.
func checkCasts(t TB, r *ingest.Record) {
	t.Helper()
	for i := range r.Events {
		e := &r.Events[i]
		if e.Cast == nil {
			continue
		}
		var raw []byte
		for k, gap := range e.Cast.Mould.Gaps {
			raw = append(raw, gap...)
			if k < len(e.Cast.Values) {
				v := e.Cast.Values[k]
				raw = append(raw, e.Raw[v.Off:v.Off+v.Len]...)
			}
		}
		if !bytes.Equal(raw, e.Raw) || len(e.Cast.Mould.Gaps) != len(e.Cast.Values)+1 {
			t.Fatalf("the cast of %q gives %q", e.Raw, raw)
		}
		e.Cast = nil
	}
}

// passer takes down what a reader passed.
type passer struct {
	io.Reader
	passed [][2]uint64
}

// Pass makes a passer an ingest.Passer.
func (p *passer) Pass(from, to uint64) { p.passed = append(p.passed, [2]uint64{from, to}) }

// check finds records that begin or end where none should.
func (p *passer) check(t TB, records []ingest.Record) {
	t.Helper()
	for _, r := range records {
		for _, span := range p.passed {
			if span[0] < r.End && r.End < span[1] || span[0] < r.Offset && r.Offset < span[1] {
				t.Fatalf("a record from %d to %d, but %d to %d was passed", r.Offset, r.End, span[0], span[1])
			}
		}
	}
}

// pieces is a reader that gives few bytes at a time, and now and then none.
type pieces struct {
	body  io.Reader
	piece int
}

func (p *pieces) Read(buf []byte) (int, error) {
	return p.body.Read(buf[:min(len(buf), p.piece)])
}

func accepted(records []ingest.Record) int {
	n := 0
	for _, r := range records {
		if r.Rejected == "" {
			n++
		}
	}
	return n
}

// Check holds records against the bytes that they came from.
func Check(t *testing.T, data []byte, out Outcome) {
	t.Helper()
	at := uint64(0)
	for i, r := range out.Records {
		switch {
		case r.Offset < at || r.End < r.Offset || r.End > uint64(len(data)):
			t.Fatalf("record %d stands at %d to %d, after %d of %d bytes", i, r.Offset, r.End, at, len(data))
		case !bytes.HasPrefix(data[r.Offset:r.End], r.Raw):
			t.Fatalf("record %d is %.80q, the source has %.80q", i, r.Raw, data[r.Offset:r.End])
		case r.Rejected == "" && len(r.Raw) != int(r.End-r.Offset):
			t.Fatalf("record %d holds %d bytes of %d", i, len(r.Raw), r.End-r.Offset)
		case r.Line != 0 && r.Line != 1+uint64(bytes.Count(data[:r.Offset], []byte{'\n'})):
			t.Fatalf("record %d at %d is said to be in line %d", i, r.Offset, r.Line)
		case (r.Rejected == "") != (len(r.Events) > 0):
			t.Fatalf("record %d has %d events, rejected %q", i, len(r.Events), r.Rejected)
		}
		at = r.End
		checkEvents(t, r)
	}
}

func checkEvents(t TB, r ingest.Record) {
	t.Helper()
	for i := range r.Events {
		e := &r.Events[i]
		switch {
		case !bytes.Equal(e.Raw, r.Raw):
			t.Fatalf("the event of line %d has other bytes than its record", r.Line)
		case e.Place.Line != r.Line || e.Place.Offset != r.Offset:
			t.Fatalf("the event of line %d has another place", r.Line)
		case e.ID == "":
			t.Fatalf("the event of line %d has no id", r.Line)
		}
		for _, part := range [][]byte{e.Data(), e.Metadata()} {
			if part != nil && !scan.Valid(part) {
				t.Fatalf("line %d: %q is not JSON", r.Line, part)
			}
		}
	}
}

// checkAgain reads the sample in small pieces, and with its own verdict as its mapping: all must be as before.
func checkAgain(t *testing.T, importer ingest.Importer, s Sample, whole Outcome) {
	t.Helper()
	for _, piece := range []int{1, 7, 4096} {
		if piece < 4096 && len(s.Data) > 100_000 {
			continue
		}
		same(t, fmt.Sprintf("in pieces of %d", piece), whole, Read(t, importer, s.Name, s.Data, piece))
	}
	given := map[string]string{}
	for _, f := range whole.Verdict.Fields {
		given[f.Name] = f.Path
	}
	same(t, "with the verdict's mapping", whole, ReadWith(t, importer, s.Name, s.Data, 0, ingest.Options{Map: given}))
}

// checkMiddle opens the sample behind each of its records: what follows must be as it was.
func checkMiddle(t *testing.T, importer ingest.Importer, s Sample, whole Outcome) {
	t.Helper()
	if !importer.Format().Lines || len(whole.Records) > 200 {
		return
	}
	head, _, err := scan.HeadOf(s.Name, bytes.NewReader(s.Data))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range whole.Records {
		if r.End == 0 || r.Unfinished {
			continue
		}
		in := ingest.Input{Name: s.Name, Head: head, Body: bytes.NewReader(s.Data[r.End:]), Offset: r.End,
			Line: uint64(bytes.Count(s.Data[:r.End], []byte{'\n'}))}
		reader, err := importer.Open(in, ingest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var batch ingest.Batch
		for err == nil {
			err = reader.Read(&batch)
		}
		for i := range batch.Records {
			checkCasts(t, &batch.Records[i])
		}
		same(t, fmt.Sprintf("from byte %d on", r.End), Outcome{Records: whole.Records[i+1:], Err: whole.Err}, Outcome{Records: batch.Records, Err: notEOF(err)})
	}
}

func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func same(t *testing.T, how string, want, got Outcome) {
	t.Helper()
	if len(got.Records) != len(want.Records) || fmt.Sprint(got.Err) != fmt.Sprint(want.Err) {
		t.Fatalf("%s: %d records, %v; want %d, %v", how, len(got.Records), got.Err, len(want.Records), want.Err)
	}
	for i := range got.Records {
		if !reflect.DeepEqual(got.Records[i], want.Records[i]) {
			t.Fatalf("%s: record %d is\n%+v, not\n%+v", how, i, got.Records[i], want.Records[i])
		}
	}
}

// checkCuts reads the sample's first n bytes for many n: the accepted records that end before the cut are
// all there. How far a rejected one reaches may depend on what follows it.
func checkCuts(t *testing.T, importer ingest.Importer, s Sample, whole Outcome) {
	t.Helper()
	step := 1 + len(s.Data)/600
	given := map[string]string{} // a cut can change what is guessed, but not what is a record
	for _, f := range whole.Verdict.Fields {
		given[f.Name] = f.Path
	}
	for cut := len(s.Data) - 1; cut > 0; cut -= step {
		head, _, err := scan.HeadOf(s.Name, bytes.NewReader(s.Data))
		if err != nil {
			t.Fatal(err)
		}
		reader, err := importer.Open(ingest.Input{Name: s.Name, Head: head, Body: bytes.NewReader(s.Data[:cut])}, ingest.Options{Map: given})
		if err != nil {
			t.Fatal(err)
		}
		var batch ingest.Batch
		for err == nil {
			err = reader.Read(&batch)
		}
		for i := range batch.Records {
			checkCasts(t, &batch.Records[i])
		}
		got := Outcome{Records: batch.Records}
		Check(t, s.Data[:cut], got)
		kept := map[uint64][]byte{}
		for _, r := range got.Records {
			if r.Rejected == "" {
				kept[r.Offset] = r.Raw
			}
		}
		for _, want := range whole.Records {
			if want.End < uint64(cut) && want.Rejected == "" && !bytes.Equal(kept[want.Offset], want.Raw) {
				t.Fatalf("cut at %d: the record at %d to %d is missing or different", cut, want.Offset, want.End)
			}
		}
	}
}

// hostile are texts that no importer may fall over.
func hostile() [][]byte {
	texts := []string{
		"", "\n", "\r\n\r\n", " ", "\x00", "\xff\xfe", "{", "[", "\"", "{}", "[]", "[[]]", "null", "1", "{}{}", "{}x", "[{}", "[{},", "[,]", "[{}{}]", "[{}]x",
		`{"events":[`, `{"events":[{}`, `{"events":[{}]`, `{"events":[{}]}x`, `{"events":[1,{"a":}]}`, "a,b\n1", "a,b\n1,2,3\n\"", "a,b\n\"x\"y,1\n2,3\n",
		"a;b\n", ",\n,\n", "\"a\nb\",c\n1,2\n", "{\"a\":1}\n{\"a\":\n{\"a\":2}\n", "{\"a\":1}\r{\"b\":2}", "\x1e{\"a\":1}\n\x1e{\"a\":2}\n",
		"{\n \"a\": 1\n}\n{\n \"a\": \n}\n{\n \"a\": 3\n}\n",
	}
	deep := make([]byte, 0, 10000)
	for range 5000 {
		deep = append(deep, '[')
	}
	out := [][]byte{deep, bytes.Repeat([]byte(`{"a":`), 2000)}
	for _, text := range texts {
		out = append(out, []byte(text))
	}
	return out
}
