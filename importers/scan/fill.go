package scan

import (
	"asof/engine/event"
	"asof/engine/ingest"
)

// fill fills what a member of the record says, by itself or inside.
func (s *Shape) fill(rec *ingest.Record, e *event.Event, t *top, m *Member) {
	for i := range t.fields {
		s.plan.note(&t.fields[i], m)
		s.set(rec, e, rec.Raw, &t.fields[i], m)
	}
	if m.Kind == String && len(t.inside) > 0 {
		s.fillUnboxed(rec, e, t, m)
		return
	}
	for i := range t.inside {
		to := &t.inside[i]
		if found, ok := s.inner.Descend(rec.Raw, *m, to.path); ok {
			s.plan.note(to, &found)
			s.set(rec, e, rec.Raw, to, &found)
		}
	}
}

// fillUnboxed fills fields with what is inside a text that is JSON. The mould of the record does not say where that is.
func (s *Shape) fillUnboxed(rec *ingest.Record, e *event.Event, t *top, m *Member) {
	s.plan.barred = true
	if !boxesJSON(rec.Raw[m.Value:m.End]) {
		return
	}
	object := []byte(s.text(rec.Raw, m))
	for i := range t.inside {
		if found, ok := s.inner.Find(object, t.inside[i].path); ok {
			s.set(rec, e, object, &t.inside[i], &found)
		}
	}
}

// unfill forgets what was filled.
func (s *Shape) unfill() {
	for i := range s.ranks {
		s.ranks[i] = unfilled
	}
}

// unfilled is the rank of a field that nothing has filled yet.
const unfilled = 1 << 30

// set fills one field from a member of raw, which is the record or was a text in it. Null and the empty text fill nothing, but for a
// payload of a format that does not say so.
func (s *Shape) set(rec *ingest.Record, e *event.Event, raw []byte, to *target, m *Member) {
	r := to.role
	whole := r == roleData || r == roleMetadata
	switch {
	case to.rank > s.ranks[r]:
		return
	case m.Kind == Null && (!whole || s.fixed):
		return
	case !whole && (m.Kind == Object || m.Kind == Array || m.Kind == String && m.End-m.Value == 2):
		return
	}
	s.ranks[r] = to.rank
	if whole && &raw[0] != &rec.Raw[0] {
		s.put(e, r, event.Built(raw[m.Value:m.End]))
		return
	}
	if whole {
		s.hold(e, r, event.Span{Off: m.Value, Len: m.End - m.Value})
		return
	}
	s.say(rec, e, r, s.text(raw, m), m.Kind)
}
