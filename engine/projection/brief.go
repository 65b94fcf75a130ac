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

// mergeBriefer says what merge does.
type mergeBriefer struct {
	pen   *value.Briefer
	clock clock
	head  [4]value.Place // type, count, first and last time
}

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
	if payload := e.Data(); len(payload) > 0 && !b.pen.Merge(payload, e.Type, b.head[:]) {
		return dst, false
	}
	return b.pen.End(dst), true
}
