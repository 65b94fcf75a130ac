package eventlog

import "asof/engine/event"

// Most events of a mould are alike but for their values: of the type of the one before, each field at the same place of the record.
// It is enough to see that, and to say the number of their shape.

// keep takes an event's shape down if it is one that can be repeated: all of its fields are values of the record, or absent.
func (k *casting) keep(e *event.Event, s *shape, number int) {
	if s.flags != flagNextPlace {
		return
	}
	for _, form := range s.forms {
		if form != formSlot && form != formNone {
			return
		}
	}
	k.kept, k.typ, k.shape, k.known = true, e.Type, *s, number
}

// repeats reports whether an event is of the shape that is kept of its mould.
func (c *columns) repeats(k *casting, e, prev *event.Event) bool {
	s := &k.shape
	if !k.kept || e.Type != k.typ || uint8(e.Numbering) != s.numbering || e.Ordinal != 0 || e.Marks != 0 || len(e.Others) > 0 || e.Place != nextPlace(prev, false) {
		return false
	}
	kind, zone := form(e.Time)
	rkind, rzone := form(e.Recorded)
	if kind != s.kind || zone != s.zone || rkind != s.rkind || rzone != s.rzone {
		return false
	}
	return k.says(fieldID, e.ID, e) && k.says(fieldStream, string(e.Stream), e) && k.says(fieldCorrelation, e.Correlation, e) && k.says(fieldCausation, e.Causation, e) &&
		(kind == 0 || c.stands(fieldTime, e, s, int(s.gaps[fieldTime]))) && (rkind == 0 || c.stands(fieldRecorded, e, s, int(s.gaps[fieldRecorded]))) &&
		(s.forms[fieldVersion] == formNone && e.Version == 0 || s.forms[fieldVersion] == formSlot && c.stands(fieldVersion, e, s, int(s.gaps[fieldVersion]))) &&
		k.holds(fieldMeta, &e.Meta, e) && k.holds(fieldPayload, &e.Payload, e)
}

// says reports whether a text is at its place.
func (k *casting) says(f int, text string, e *event.Event) bool {
	if k.shape.forms[f] == formNone {
		return text == ""
	}
	v := e.Cast.Values[k.shape.gaps[f]]
	return string(e.Raw[v.Off:v.Off+v.Len]) == text
}

// holds is says for a payload.
func (k *casting) holds(f int, p *event.Part, e *event.Event) bool {
	if k.shape.forms[f] == formNone {
		return p.IsZero()
	}
	return p.Own == nil && !p.Members && len(p.Spans) == 1 &&
		standsAt(e.Cast.Values, k.shape.gaps[f], p.Spans[0].Off) && standsAt(e.Cast.Values, k.shape.sizes[f], p.Spans[0].Off+p.Spans[0].Len)
}
