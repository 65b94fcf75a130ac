package ingest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"asof/engine/event"
)

// Spilled records are never read by another process or version, so their form has no number: a length, then the record's
// fields in order, numbers as varints, texts and bytes with their length before them.

// errSpill means that a spilled record cannot be read back.
var errSpill = errors.New("ingest: spilled record is not what was written")

func appendRecord(dst []byte, r *Record) []byte {
	dst = binary.AppendUvarint(dst, r.Line)
	dst = binary.AppendUvarint(dst, r.Offset)
	dst = binary.AppendUvarint(dst, r.End)
	dst = appendText(dst, r.Raw)
	dst = appendText(dst, r.Rejected)
	dst = append(dst, flag(r.Unfinished)|flag(r.Sequenced)<<1)
	dst = binary.AppendVarint(dst, r.Sequence)
	dst = binary.AppendUvarint(dst, uint64(len(r.Events)))
	for i := range r.Events {
		dst = appendEvent(dst, &r.Events[i])
	}
	return dst
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText[T ~string | ~[]byte](dst []byte, text T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

func appendEvent(dst []byte, e *event.Event) []byte {
	dst = appendText(dst, e.ID)
	dst = appendText(dst, e.Stream)
	dst = binary.AppendUvarint(dst, uint64(len(e.Others)))
	for _, s := range e.Others {
		dst = appendText(dst, s)
	}
	dst = appendText(dst, e.Type)
	dst = binary.AppendVarint(dst, int64(e.Version))
	dst = append(dst, byte(e.Numbering))
	dst = appendTime(dst, e.Time)
	dst = appendTime(dst, e.Recorded)
	dst = appendText(dst, e.Correlation)
	dst = appendText(dst, e.Causation)
	dst = binary.AppendUvarint(dst, uint64(e.Marks))
	dst = appendPart(dst, e.Payload)
	return appendPart(dst, e.Meta)
}

func appendTime(dst []byte, t event.Time) []byte {
	sec, nsec, zone, kind := t.Pack()
	dst = binary.AppendVarint(dst, sec)
	dst = binary.AppendVarint(dst, int64(nsec))
	dst = binary.AppendVarint(dst, int64(zone))
	return append(dst, kind)
}

func appendPart(dst []byte, p event.Part) []byte {
	dst = appendText(dst, p.Own)
	dst = append(dst, flag(p.Members)|flag(p.Own != nil)<<1)
	dst = binary.AppendUvarint(dst, uint64(len(p.Spans)))
	for _, s := range p.Spans {
		dst = binary.AppendUvarint(dst, uint64(s.Off))
		dst = binary.AppendUvarint(dst, uint64(s.Len))
	}
	return dst
}

// decoder reads back what was appended. The record's texts lie in its bytes, so these must not be reused.
type decoder struct {
	src []byte
	bad bool
}

func decodeRecord(src []byte) (Record, error) {
	d := &decoder{src: src}
	r := Record{Line: d.uint(), Offset: d.uint(), End: d.uint(), Raw: d.text(), Rejected: d.string()}
	flags := d.byte()
	r.Unfinished, r.Sequenced = flags&1 != 0, flags&2 != 0
	r.Sequence = d.int()
	if n := d.count(); n > 0 {
		r.Events = make([]event.Event, n)
		for i := range r.Events {
			d.event(&r.Events[i])
		}
	}
	if d.bad || len(d.src) > 0 {
		return Record{}, errSpill
	}
	return r, nil
}

func (d *decoder) event(e *event.Event) {
	e.ID, e.Stream = d.string(), event.StreamID(d.string())
	if n := d.count(); n > 0 {
		e.Others = make([]event.StreamID, n)
		for i := range e.Others {
			e.Others[i] = event.StreamID(d.string())
		}
	}
	e.Type = d.string()
	e.Version, e.Numbering = event.Version(d.int()), event.Numbering(d.byte())
	e.Time, e.Recorded = d.time(), d.time()
	e.Correlation, e.Causation = d.string(), d.string()
	e.Marks = event.Mark(d.uint())
	e.Payload, e.Meta = d.part(), d.part()
}

func (d *decoder) time() event.Time {
	sec, nsec, zone := d.int(), d.int(), d.int()
	return event.Unpack(sec, int32(nsec), int16(zone), d.byte())
}

func (d *decoder) part() event.Part {
	p := event.Part{Own: d.text()}
	flags := d.byte()
	p.Members = flags&1 != 0
	if flags&2 == 0 {
		p.Own = nil
	}
	if n := d.count(); n > 0 {
		p.Spans = make([]event.Span, n)
		for i := range p.Spans {
			p.Spans[i] = event.Span{Off: uint32(d.uint()), Len: uint32(d.uint())}
		}
	}
	return p
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.src)
	if n <= 0 {
		d.bad, d.src = true, nil
		return 0
	}
	d.src = d.src[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.src)
	if n <= 0 {
		d.bad, d.src = true, nil
		return 0
	}
	d.src = d.src[n:]
	return v
}

func (d *decoder) byte() byte {
	if len(d.src) == 0 {
		d.bad = true
		return 0
	}
	b := d.src[0]
	d.src = d.src[1:]
	return b
}

// count is a number of things that take a byte at least each, so that a damaged one cannot ask for much memory.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.src)) {
		d.bad, d.src = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) text() []byte {
	n := d.count()
	text := d.src[:n:n]
	d.src = d.src[n:]
	return text
}

// string is a text that lies in the record's bytes: nobody writes to them again.
func (d *decoder) string() string {
	text := d.text()
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// writeFrame writes a run of bytes with its length before it, and readFrame reads it into memory of its own.
func writeFrame(w io.Writer, p []byte) error {
	var size [binary.MaxVarintLen64]byte
	if _, err := w.Write(size[:binary.PutUvarint(size[:], uint64(len(p)))]); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	if _, err := w.Write(p); err != nil {
		return fmt.Errorf("spill: %w", err)
	}
	return nil
}

type frameReader interface {
	io.Reader
	io.ByteReader
}

// frames reads runs of bytes into larger pieces of memory, which are not used again.
type frames struct {
	from frameReader
	slab []byte
}

const slabSize = 128 << 10

func (f *frames) next() ([]byte, error) {
	n, err := binary.ReadUvarint(f.from)
	if err == io.EOF {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("spill: %w", err)
	}
	if n > uint64(len(f.slab)) {
		f.slab = make([]byte, max(n, slabSize))
	}
	p := f.slab[:n:n]
	f.slab = f.slab[n:]
	if _, err := io.ReadFull(f.from, p); err != nil {
		return nil, fmt.Errorf("spill: %w", err)
	}
	return p, nil
}
