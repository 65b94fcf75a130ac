package scan

import (
	"slices"
	"time"

	"asof/engine/event"
	"asof/engine/ingest"
)

// Shape makes events of records by a mapping. It serves one goroutine.
type Shape struct {
	arena  *Arena
	clock  Clock
	tops   map[string]*top
	seen   []seenName // the members of the record before: the next one mostly has the same
	known  map[string]seenName
	inner  Scanner
	rest   []event.Span // the members that fill no field
	plan   planner
	ranks  [roleMetadata + 1]int
	fixed  bool           // the mapping's closed
	halves *halves        // of times that are a date and a time of day; or nil
	stream event.StreamID // of all events, where no field says it
}

// top is what the member of one name at the top of a record fills, by itself or with what is inside it.
type top struct {
	fields []target
	inside []target
	keep   bool // it fills a field only for want of another one, and so stays among the rest
}

// target is a field that a value fills, if nothing of a lower rank does.
type target struct {
	role role
	rank int
	path []string // inside the member
}

type role uint8

const (
	roleTime role = iota
	roleID
	roleStream
	roleType
	roleVersion
	roleSequence
	roleRecorded
	roleCorrelation
	roleCausation
	roleClock
	roleData
	roleMetadata
)

// roleOf is the role of a field's value.
func roleOf(field string) role {
	switch field {
	case FieldClock:
		return roleClock
	case FieldData:
		return roleData
	case FieldMetadata:
		return roleMetadata
	}
	return role(slices.Index(Fields(), field))
}

type seenName struct {
	name string
	top  *top
}

// NewShape is the shape for a mapping; times without a zone are read in zone (nil = UTC).
func NewShape(m *Mapping, arena *Arena, zone *time.Location) *Shape {
	s := &Shape{arena: arena, clock: Clock{Zone: zone, Days: m.Days}, tops: map[string]*top{}, known: map[string]seenName{}, fixed: m.closed}
	if len(m.paths[FieldStream]) == 0 {
		s.stream = arena.Stream()
	}
	for _, field := range append(Fields(), FieldClock) {
		for rank, path := range m.paths[field] {
			s.add(target{role: roleOf(field), rank: rank, path: path[1:]}, path[0])
		}
	}
	if m.Path(FieldClock) != nil {
		s.halves = &halves{}
	}
	return s
}

func (s *Shape) add(to target, name string) {
	t := s.tops[name]
	if t == nil {
		t = &top{}
		s.tops[name] = t
	}
	if len(to.path) > 0 {
		t.inside = append(t.inside, to)
		return
	}
	t.fields = append(t.fields, to)
	t.keep = t.keep || to.rank > 0 && to.role != roleData
}

// Event makes the event of a record that was accepted and whose scan is in sc.
func (s *Shape) Event(rec *ingest.Record, sc *Scanner) {
	rec.Events = s.arena.Event()
	e := &rec.Events[0]
	e.Raw = rec.Raw
	if sc.Mould != nil {
		e.Cast = s.arena.Cast(sc.Mould, sc.Values)
	}
	e.Place = event.Place{Line: rec.Line, Offset: rec.Offset}
	if sc.Notes.RepeatedKey {
		e.Marks |= event.RepeatedKey
	}
	if sc.Notes.InvalidUTF8 {
		e.Marks |= event.InvalidUTF8
	}
	s.rest = s.rest[:0]
	known := sc.moulds.known
	if known != nil && known.plan != nil {
		s.follow(rec, e, &sc.moulds, known.plan)
	} else {
		s.unfill()
		s.plan.begin(known != nil)
		s.walk(rec, e, sc.Members)
		if known != nil && !s.plan.barred {
			known.plan = s.plan.of(sc.moulds.values, s.rest)
		}
	}
	s.finish(rec, e)
}

// walk goes through a record's members.
func (s *Shape) walk(rec *ingest.Record, e *event.Event, members []Member) {
	adjacent := false
	for i := range members {
		m := &members[i]
		t := s.top(rec.Raw, i, m)
		left := t == nil || len(t.fields) == 0 || t.keep
		if left {
			s.leave(m, adjacent)
		}
		adjacent = left
		if t != nil {
			s.fill(rec, e, t, m)
		}
	}
}

// top is what the i-th member fills, or nil.
func (s *Shape) top(raw []byte, i int, m *Member) *top {
	key := raw[m.Key:m.KeyEnd]
	if i < len(s.seen) && s.seen[i].name == string(key) {
		return s.seen[i].top
	}
	if m.KeyEscaped {
		return s.tops[string(AppendUnquoted(nil, key))]
	}
	entry, found := s.known[string(key)]
	if !found {
		name := string(key)
		entry = seenName{name, s.tops[name]}
		if len(s.known) < maxColumns {
			s.known[name] = entry
		}
	}
	if i < len(s.seen) {
		s.seen[i] = entry
	} else if i == len(s.seen) && i < maxColumns {
		s.seen = append(s.seen, entry)
	}
	return entry.top
}

// leave keeps a member for the payload; members that stand side by side are one span.
func (s *Shape) leave(m *Member, adjacent bool) {
	from := m.Key - 1
	if n := len(s.rest); adjacent && n > 0 {
		s.rest[n-1].Len = m.End - s.rest[n-1].Off
		return
	}
	s.rest = append(s.rest, event.Span{Off: from, Len: m.End - from})
}

// say fills a field from a scalar's text.
func (s *Shape) say(rec *ingest.Record, e *event.Event, r role, text string, kind Kind) {
	switch r {
	case roleTime:
		if s.halves != nil {
			s.halves.date, s.halves.kind = text, kind
			return
		}
		t, mark := s.clock.TimeOf(text, kind)
		e.Time = t
		e.Marks |= mark
	case roleClock:
		s.halves.clock = text
	case roleRecorded:
		e.Recorded, _ = s.clock.TimeOf(text, kind)
	case roleID:
		e.ID = text
	case roleStream:
		e.Stream = event.StreamID(text)
	case roleType:
		e.Type = text
	case roleVersion:
		if n, ok := wholeNumber(text); ok {
			e.Version, e.Numbering = event.Version(n), event.BySource
		}
	case roleSequence:
		if n, ok := wholeNumber(text); ok {
			rec.Sequence, rec.Sequenced = n, true
		}
	case roleCorrelation:
		e.Correlation = text
	case roleCausation:
		e.Causation = text
	}
}

func (s *Shape) text(raw []byte, m *Member) string {
	if m.ValueEscaped {
		return s.arena.Unquoted(raw[m.Value+1 : m.End-1])
	}
	return textOf(raw, *m)
}

// finish gives the members that are nothing else to the payload, or, beside a payload of its own, to the metadata.
func (s *Shape) finish(rec *ingest.Record, e *event.Event) {
	if s.halves != nil {
		s.halves.join(e, &s.clock)
	}
	if e.Stream == "" {
		e.Stream = s.stream
	}
	if e.ID == "" {
		e.ID = s.arena.DerivedID(rec.Line, rec.Offset)
		e.Marks |= event.DerivedID
	}
	others := event.Part{Members: true}
	switch {
	case e.Payload.IsZero() && !s.fixed:
		others.Spans = s.arena.Spans(s.rest...)
		e.Payload = others
	case e.Meta.IsZero() && len(s.rest) > 0:
		others.Spans = s.arena.Spans(s.rest...)
		e.Meta = others
	}
}
