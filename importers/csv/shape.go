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

// columns says which column fills each field; -1 = none.
type columns struct {
	time, clock, recorded, id, stream, typ, version, sequence, correlation, causation, data, metadata int
}

// of is the place for a field's column.
func (c *columns) of(field string) *int {
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
}

func newShape(names []string, m *scan.Mapping, source string, zone *time.Location) (*shape, error) {
	s := &shape{arena: scan.NewArena(source), clock: scan.Clock{Zone: zone, Days: m.Days}}
	used := make([]bool, len(names))
	for _, field := range append(scan.Fields(), scan.FieldClock) {
		path := m.Path(field)
		place := s.fields.of(field)
		*place = -1
		if path == nil {
			continue
		}
		column := slices.Index(names, path[0])
		if column < 0 || len(path) > 1 {
			return nil, noColumn(path[0], names)
		}
		*place = column
		used[column] = true
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
	e.ID = text(rec, cells, s.fields.id)
	if s.fields.stream < 0 {
		e.Stream = s.arena.Stream()
	} else {
		e.Stream = event.StreamID(text(rec, cells, s.fields.stream))
	}
	e.Type = text(rec, cells, s.fields.typ)
	e.Correlation = text(rec, cells, s.fields.correlation)
	e.Causation = text(rec, cells, s.fields.causation)
	s.times(rec, e, cells)
	if n, ok := integer(rec, cells, s.fields.version); ok {
		e.Version, e.Numbering = event.Version(n), event.BySource
	}
	if n, ok := integer(rec, cells, s.fields.sequence); ok {
		rec.Sequence, rec.Sequenced = n, true
	}
	if e.ID == "" {
		e.ID = s.arena.DerivedID(rec.Line, rec.Offset)
		e.Marks |= event.DerivedID
	}
	s.parts(rec, e, cells)
}

func text(rec *ingest.Record, cells []scan.Field, column int) string {
	if column < 0 || cells[column].IsNull(rec.Raw) {
		return ""
	}
	return cells[column].Text(rec.Raw)
}

func integer(rec *ingest.Record, cells []scan.Field, column int) (int64, bool) {
	if column < 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(text(rec, cells, column), 10, 64)
	return n, err == nil
}

func (s *shape) times(rec *ingest.Record, e *event.Event, cells []scan.Field) {
	if at := text(rec, cells, s.fields.time); at != "" {
		if clock := text(rec, cells, s.fields.clock); clock != "" {
			at += " " + clock
		}
		t, mark := s.clock.TimeOf(at, scan.String)
		e.Time = t
		e.Marks |= mark
	}
	if at := text(rec, cells, s.fields.recorded); at != "" {
		e.Recorded, _ = s.clock.TimeOf(at, scan.String)
	}
}

// parts makes the payload of the columns that fill no field; beside a column that is the payload, they are metadata.
func (s *shape) parts(rec *ingest.Record, e *event.Event, cells []scan.Field) {
	if column := s.fields.metadata; column >= 0 {
		e.Meta = s.one(rec.Raw, cells[column])
	}
	if column := s.fields.data; column >= 0 {
		e.Payload = s.one(rec.Raw, cells[column])
		if e.Meta.IsZero() && len(s.rest) > 0 {
			e.Meta = s.object(rec.Raw, cells)
		}
		return
	}
	e.Payload = s.object(rec.Raw, cells)
}

// one is a cell as a part. Where the row holds it word for word, the part points there.
func (s *shape) one(row []byte, cell scan.Field) event.Part {
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
