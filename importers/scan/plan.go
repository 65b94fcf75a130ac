package scan

import (
	"asof/engine/event"
	"asof/engine/ingest"
)

// plan is what a Shape does with the records of one mould: which values may fill which fields, in the order of the members,
// and where the members stand that fill none. It spares looking at names, which are the same in all of them.
type plan struct {
	steps []planStep
	rest  [][2]place
}

type planStep struct {
	to *target
	mouldMember
}

// planner makes a plan while a record is gone through.
type planner struct {
	on    bool
	steps []noted
}

type noted struct {
	to *target
	m  Member
}

func (p *planner) begin(on bool) { p.on, p.steps = on, p.steps[:0] }

func (p *planner) note(to *target, m *Member) {
	if p.on {
		p.steps = append(p.steps, noted{to, *m})
	}
}

// of is the plan for the mould that has these values in the record that was gone through.
func (p *planner) of(values, rest []event.Span) *plan {
	out := &plan{}
	for i := range p.steps {
		out.steps = append(out.steps, planStep{p.steps[i].to, memberIn(values, &p.steps[i].m)})
	}
	for _, r := range rest {
		out.rest = append(out.rest, [2]place{placeOf(values, r.Off), placeOf(values, r.Off+r.Len)})
	}
	return out
}

// follow makes an event of a record whose mould has a plan.
func (s *Shape) follow(rec *ingest.Record, e *event.Event, sc *Scanner, p *plan) {
	for i := range p.steps {
		m := sc.moulds.value(&p.steps[i].mouldMember, rec.Raw)
		s.set(rec, e, p.steps[i].to, &m)
	}
	for _, r := range p.rest {
		from := sc.moulds.at(r[0])
		s.rest = append(s.rest, event.Span{Off: from, Len: sc.moulds.at(r[1]) - from})
	}
}
