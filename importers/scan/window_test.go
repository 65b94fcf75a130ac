package scan

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"asof/engine/ingest"
)

// passing counts what it is told to be passed, and takes down how much room it is given to read into.
type passing struct {
	io.Reader
	to   uint64
	room int
}

func (p *passing) Pass(_, to uint64) { p.to = to }

func (p *passing) Read(buf []byte) (int, error) {
	p.room = max(p.room, len(buf))
	return p.Reader.Read(buf)
}

// TestALongRecordIsPassed reads records of far more than the limit: what is passed is told, and the room is bounded.
func TestALongRecordIsPassed(t *testing.T) {
	const limit, size = 8 << 20, 40 << 20
	long := strings.Repeat("x", size)
	for name, text := range map[string]string{
		"no JSON at all": long + "\n{\"a\":1}\n",
		"a long string":  `{"a":"` + long + "\"}\n{\"a\":1}\n",
	} {
		t.Run(name, func(t *testing.T) {
			body := &passing{Reader: strings.NewReader(text)}
			source := NewSource(ingest.Input{Body: body}, limit)
			var s Scanner
			var rec ingest.Record
			if err := source.Next(&s, &rec); err != nil || !strings.Contains(rec.Rejected, "8388608 bytes") {
				t.Fatalf("%.100q, %v", rec.Rejected, err)
			}
			if body.to+1<<20 < size || body.to > rec.End {
				t.Errorf("passed up to %d of %d", body.to, rec.End)
			}
			if body.room > limit+2*chunkSize {
				t.Errorf("%d bytes of room", body.room)
			}
			if err := source.Next(&s, &rec); err != nil || rec.Rejected != "" || string(rec.Raw) != `{"a":1}` {
				t.Errorf("then %q, %q, %v", rec.Raw, rec.Rejected, err)
			}
		})
	}
	rows := NewRows(ingest.Input{Body: &passing{Reader: bytes.NewReader(make([]byte, size))}}, ',', limit)
	var rec ingest.Record
	if err := rows.Next(&rec); err != nil || rec.End != size || !strings.Contains(rec.Rejected, "8388608 bytes") {
		t.Errorf("row to %d: %s, %v", rec.End, rec.Rejected, err)
	}
}
