package csv

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"asof/engine/event"
	"asof/engine/ingest"
	"asof/importers/scan"
)

// columns says which cell fills each field.
type columns struct {
	time, clock, recorded, id, stream, typ, version, sequence, correlation, causation, data, metadata place
}

// place is a column, -1 = none, and, where its cells are JSON objects, what is meant inside.
type place struct {
	column int
	inside []string
}

// of is the place for a field's column.
func (c *columns) of(field string) *place {
	switch field {
	case scan.FieldTime:
		return &c.time
	case scan.FieldClock:
		return &c.clock
	case scan.FieldRecorded:
		return &c.recorded
	case scan.FieldID:
		return &c.id
	case scan.FieldStream:
		return &c.stream
	case scan.FieldType:
		return &c.typ
	case scan.FieldVersion:
		return &c.version
	case scan.FieldSequence:
		return &c.sequence
	case scan.FieldCorrelation:
		return &c.correlation
	case scan.FieldCausation:
		return &c.causation
	case scan.FieldData:
		return &c.data
	}
	return &c.metadata
}

// shape makes events of rows. It serves one goroutine.
type shape struct {
	arena  *scan.Arena
	clock  scan.Clock
	fields columns
	rest   []int    // columns that fill no field
	keys   [][]byte // per column: its name as JSON, with the colon
	buf    []byte
	inner  scan.Scanner
}

func newShape(names []string, m *scan.Mapping, source string, zone *time.Location) (*shape, error) {
	s := &shape{arena: scan.NewArena(source), clock: scan.Clock{Zone: zone, Days: m.Days}}
	used := make([]bool, len(names))
	for _, field := range append(scan.Fields(), scan.FieldClock) {
		path := m.Path(field)
		at := s.fields.of(field)
		at.column = -1
		if path == nil {
			continue
		}
		column := slices.Index(names, path[0])
		if column < 0 {
			return nil, noColumn(path[0], names)
		}
		*at = place{column, path[1:]}
		used[column] = used[column] || len(path) == 1
	}
	for i, name := range names {
		s.keys = append(s.keys, append(appendText(nil, name), ':'))
		if !used[i] {
			s.rest = append(s.rest, i)
		}
	}
	return s, nil
}

// event makes the event of a row that was accepted.
func (s *shape) event(rec *ingest.Record, cells []scan.Field) {
	rec.Events = s.arena.Event()
	e := &rec.Events[0]
	e.Raw = rec.Raw
	e.Place = event.Place{Line: rec.Line, Offset: rec.Offset}
	if !ascii(rec.Raw) && !utf8.Valid(rec.Raw) {
		e.Marks |= event.InvalidUTF8
	}
	e.ID = s.text(rec, cells, s.fields.id)
	if s.fields.stream.column < 0 {
		e.Stream = s.arena.Stream()
	} else {
		e.Stream = event.StreamID(s.text(rec, cells, s.fields.stream))
	}
	e.Type = s.text(rec, cells, s.fields.typ)
	e.Correlation = s.text(rec, cells, s.fields.correlation)
	e.Causation = s.text(rec, cells, s.fields.causation)
	s.times(rec, e, cells)
	if n, ok := s.integer(rec, cells, s.fields.version); ok {
		e.Version, e.Numbering = event.Version(n), event.BySource
	}
	if n, ok := s.integer(rec, cells, s.fields.sequence); ok {
		rec.Sequence, rec.Sequenced = n, true
	}
	if e.ID == "" {
		e.ID = s.arena.DerivedID(rec.Line, rec.Offset)
		e.Marks |= event.DerivedID
	}
	s.parts(rec, e, cells)
}

func (s *shape) text(rec *ingest.Record, cells []scan.Field, at place) string {
	if at.column < 0 || cells[at.column].IsNull(rec.Raw) {
		return ""
	}
	text := cells[at.column].Text(rec.Raw)
	if len(at.inside) == 0 {
		return text
	}
	m, object, ok := s.look(text, at.inside)
	if !ok {
		return ""
	}
	return m.Text(object)
}

// look finds what is meant inside a cell of JSON.
func (s *shape) look(text string, inside []string) (m scan.Member, object []byte, ok bool) {
	if kindOf(text) != scan.Object {
		return m, nil, false
	}
	object = []byte(text)
	m, ok = s.inner.Find(object, inside)
	return m, object, ok && m.Kind != scan.Null
}

func (s *shape) integer(rec *ingest.Record, cells []scan.Field, at place) (int64, bool) {
	if at.column < 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(s.text(rec, cells, at), 10, 64)
	return n, err == nil
}

func (s *shape) times(rec *ingest.Record, e *event.Event, cells []scan.Field) {
	if at := s.text(rec, cells, s.fields.time); at != "" {
		if clock := s.text(rec, cells, s.fields.clock); clock != "" {
			at += " " + clock
		}
		t, mark := s.clock.TimeOf(at, scan.String)
		e.Time = t
		e.Marks |= mark
	}
	if at := s.text(rec, cells, s.fields.recorded); at != "" {
		e.Recorded, _ = s.clock.TimeOf(at, scan.String)
	}
}

// parts makes the payload of the columns that fill no field; beside a column that is the payload, they are metadata.
func (s *shape) parts(rec *ingest.Record, e *event.Event, cells []scan.Field) {
	if at := s.fields.metadata; at.column >= 0 {
		e.Meta = s.one(rec.Raw, cells[at.column], at.inside)
	}
	if at := s.fields.data; at.column >= 0 {
		e.Payload = s.one(rec.Raw, cells[at.column], at.inside)
		if e.Meta.IsZero() && len(s.rest) > 0 {
			e.Meta = s.object(rec.Raw, cells)
		}
		return
	}
	e.Payload = s.object(rec.Raw, cells)
}

// one is a cell, or what is meant inside it, as a part. Where the row holds a cell word for word, the part points there.
func (s *shape) one(row []byte, cell scan.Field, inside []string) event.Part {
	if len(inside) > 0 {
		m, object, ok := s.look(cell.Text(row), inside)
		if !ok {
			return event.Built([]byte("null"))
		}
		return event.Built(object[m.Value:m.End])
	}
	s.buf = appendValue(s.buf[:0], row, cell)
	if !cell.Doubled && len(s.buf) == cell.To-cell.From {
		return event.Part{Spans: s.arena.Spans(event.Span{Off: uint32(cell.From), Len: uint32(cell.To - cell.From)})}
	}
	return event.Built(append(s.arena.Bytes(len(s.buf)), s.buf...))
}

func (s *shape) object(row []byte, cells []scan.Field) event.Part {
	s.buf = append(s.buf[:0], '{')
	for i, column := range s.rest {
		if i > 0 {
			s.buf = append(s.buf, ',')
		}
		s.buf = append(s.buf, s.keys[column]...)
		s.buf = appendValue(s.buf, row, cells[column])
	}
	s.buf = append(s.buf, '}')
	return event.Built(append(s.arena.Bytes(len(s.buf)), s.buf...))
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
