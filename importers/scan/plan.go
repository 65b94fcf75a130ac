package scan

import (
	"slices"

	"asof/engine/event"
	"asof/engine/ingest"
)

// plan is what a Shape does with the records of one mould: which values may fill which fields, in the order of the members,
// and where the members stand that fill none. It spares looking at names, which are the same in all of them.
type plan struct {
	steps  []planStep
	rest   [][2]place
	ranked bool // several steps are for one field
}

type planStep struct {
	role     role
	quoted   bool // it is a text
	rank     int
	value    int   // its number among the values, of what is not a list or an object; else -1
	from, to place // of its JSON text
}

// planner makes a plan while a record is gone through.
type planner struct {
	on     bool
	barred bool // what the record holds is not where its mould says
	steps  []noted
}

type noted struct {
	to *target
	m  Member
}

func (p *planner) begin(on bool) { p.on, p.barred, p.steps = on, false, p.steps[:0] }

func (p *planner) note(to *target, m *Member) {
	if p.on {
		p.steps = append(p.steps, noted{to, *m})
	}
}

// of is the plan for the mould that has these values in the record that was gone through.
func (p *planner) of(values, rest []event.Span) *plan {
	out := &plan{}
	var seen [roleMetadata + 1]bool
	for i := range p.steps {
		m, to := memberIn(values, &p.steps[i].m), p.steps[i].to
		if m.sole < 0 && to.role < roleData {
			continue // a list or an object names nothing
		}
		out.steps = append(out.steps, planStep{to.role, m.kind == String, to.rank, m.sole, m.value, m.end})
		out.ranked = out.ranked || seen[to.role]
		seen[to.role] = true
	}
	for _, r := range rest {
		out.rest = append(out.rest, [2]place{placeOf(values, r.Off), placeOf(values, r.Off+r.Len)})
	}
	return out
}

// follow makes an event of a record whose mould has a plan, as walk does of any.
func (s *Shape) follow(rec *ingest.Record, e *event.Event, m *moulds, p *plan) {
	if p.ranked {
		s.unfill()
	}
	for i := range p.steps {
		step := &p.steps[i]
		if p.ranked && step.rank > s.ranks[step.role] || !s.obey(rec, e, m, step) {
			continue
		}
		s.ranks[step.role] = step.rank
	}
	for _, r := range p.rest {
		from := m.at(r[0])
		s.rest = append(s.rest, event.Span{Off: from, Len: m.at(r[1]) - from})
	}
}

// obey does a step. It is false if the value says nothing.
func (s *Shape) obey(rec *ingest.Record, e *event.Event, m *moulds, step *planStep) bool {
	if step.role >= roleData {
		from := m.at(step.from)
		if s.fixed && rec.Raw[from] == byte(Null) {
			return false
		}
		s.hold(e, step.role, event.Span{Off: from, Len: m.at(step.to) - from})
		return true
	}
	v := m.values[step.value]
	if v.Len == 0 {
		return false
	}
	text, kind := rec.Raw[v.Off:][:v.Len], String
	if !step.quoted {
		if kind = kindOf(text[0]); kind == Null {
			return false
		}
	} else if len(m.escaped) > 0 && slices.Contains(m.escaped, step.value) {
		s.say(rec, e, step.role, s.arena.Unquoted(text), kind)
		return true
	}
	s.say(rec, e, step.role, view(text), kind)
	return true
}

// hold fills the payload or the metadata. A text that is a JSON object or a list, as tables of events and brokers have it, is that
// object; the record keeps the text.
func (s *Shape) hold(e *event.Event, r role, at event.Span) {
	if value := e.Raw[at.Off:][:at.Len]; !s.fixed && boxesJSON(value) {
		if inside := s.arena.Unquoted(value[1 : len(value)-1]); s.inner.holdsJSON(inside) {
			s.put(e, r, event.Built([]byte(inside)))
			return
		}
	}
	p := &e.Meta
	if r == roleData {
		p = &e.Payload
	}
	p.Own, p.Spans, p.Members = nil, s.arena.Span(at), false
}

func (s *Shape) put(e *event.Event, r role, part event.Part) {
	if r == roleData {
		e.Payload = part
	} else {
		e.Meta = part
	}
}
