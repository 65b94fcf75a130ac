package projection

import (
	"unsafe"

	"asof/engine/event"
	"asof/engine/value"
)

// Briefing is a Projection whose events can be said in briefs, which asks for no document: value.Sheet folds them. Where there are
// briefs, Prepare returns the event itself.
type Briefing interface {
	Projection
	// NewBriefer makes what writes briefs, for one goroutine; nil if there are none.
	NewBriefer(places *value.Places) Briefer
	// Loose reports whether loose events say all that the projection asks for, see event.Cast.
	Loose() bool
}

// Briefer says what events do to documents. It must say the same that its projection's Apply does.
type Briefer interface {
	// Brief appends the brief of a prepared event to dst. Not ok means that this event needs Apply.
	Brief(e *event.Event, dst []byte) (brief []byte, ok bool)
}

// NewBriefer is not nil for merge.
func (n *native) NewBriefer(places *value.Places) Briefer {
	if n.name != "merge" {
		return nil
	}
	b := &mergeBriefer{pen: value.NewBriefer(places)}
	for i, name := range [...]string{mergeType, mergeCount, mergeFirst, mergeLast} {
		b.head[i] = places.Member(0, name)
	}
	return b
}

// Loose is true of merge by streams: it asks for type, time and payload.
func (n *native) Loose() bool { return n.name == "merge" && n.by.text == "" }

// mergeBriefer says what merge does.
type mergeBriefer struct {
	pen   *value.Briefer
	clock clock
	head  [4]value.Place // type, count, first and last time
	forms map[*event.Mould]*payloadForm
	spans []value.Extent
	room  []byte // for a payload
}

// payloadForm is what is known of the payloads of a mould.
type payloadForm struct {
	from, to event.Cut
	form     *value.Form
	tries    int // that came to no form
}

// mostForms bounds the moulds whose payloads are known, and formTries how often one is looked at.
const (
	mostForms = 1 << 12
	formTries = 8
)

func (b *mergeBriefer) Brief(e *event.Event, dst []byte) ([]byte, bool) {
	b.pen.Begin()
	b.pen.Set(b.head[0], e.Type)
	b.pen.Count(b.head[1])
	if !e.Time.IsZero() {
		at := b.clock.text(e.Time)
		text := unsafe.String(unsafe.SliceData(at), len(at))
		b.pen.Once(b.head[2], text)
		b.pen.Set(b.head[3], text)
	}
	if !b.payload(e) {
		return dst, false
	}
	return b.pen.End(dst), true
}

// payload merges the event's payload.
func (b *mergeBriefer) payload(e *event.Event) bool {
	var f *payloadForm
	c := e.Cast
	if e.Raw == nil && c.Loose() {
		if f = b.form(c); f.form != nil && f.from == c.From && f.to == c.To && value.Fill(b.pen, f.form, c.Text, c.Values[c.From.Values:c.To.Values]) {
			return true
		}
	}
	var payload []byte
	if f != nil {
		b.room = c.AppendPayload(b.room[:0])
		payload = b.room
	} else {
		payload = e.Data()
	}
	if f != nil && f.form == nil && f.tries < formTries {
		f.tries++
		var ok bool
		f.from, f.to = c.From, c.To
		f.form, ok = b.pen.Learn(payload, b.extents(c), b.head[:])
		return ok
	}
	return len(payload) == 0 || b.pen.Merge(payload, e.Type, b.head[:])
}

func (b *mergeBriefer) form(c *event.Cast) *payloadForm {
	f := b.forms[c.Mould]
	if f == nil {
		if b.forms == nil || len(b.forms) >= mostForms {
			b.forms = map[*event.Mould]*payloadForm{}
		}
		f = &payloadForm{}
		b.forms[c.Mould] = f
	}
	return f
}

// extents are where the values stand in the payload.
func (b *mergeBriefer) extents(c *event.Cast) []value.Extent {
	b.spans = b.spans[:0]
	at := -int(c.From.Behind)
	for i := c.From.Values; i < c.To.Values; i++ {
		at += len(c.Mould.Gaps[i])
		b.spans = append(b.spans, value.Extent{Off: uint32(at), Len: c.Values[i].Len})
		at += int(c.Values[i].Len)
	}
	return b.spans
}
