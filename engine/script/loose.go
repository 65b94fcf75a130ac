package script

import (
	"asof/engine/event"

	"go.starlark.net/syntax"
)

// Of a loose event (event.Cast) the payload is not put together for the sake of a few fields: in all payloads of a mould a field is the
// same value, or is none, and which one is looked up once.

// looseData reads payloads for one goroutine.
type looseData struct {
	paths  [][]string // the fields that are asked for, by their numbers
	moulds map[*event.Mould]*looseMould
	last   *looseMould // of the event before
	room   []byte
	joined bool // the payload of the event at hand is in room
}

// looseMould is where the fields stand in the payloads of a mould that are cut out alike.
type looseMould struct {
	mould    *event.Mould
	from, to event.Cut
	fields   []looseField
}

type looseField struct {
	how    looseHow
	number int // of the value
}

type looseHow uint8

const (
	looseUnknown looseHow = iota // nobody has asked
	looseText                    // the value is what stands between the quotes
	looseWord                    // a number, true, false or null
	looseNone                    // there is no such field
	looseOther                   // only the whole payload can tell
)

// mostLoose bounds the moulds that are known.
const mostLoose = 1 << 12

func isLoose(e *event.Event) bool { return e.Raw == nil && e.Cast.Loose() }

// begin forgets the event before.
func (l *looseData) begin() { l.joined = false }

// payload is the payload of the event at hand, as bytes that are good until the next event.
func (l *looseData) payload(e *event.Event) []byte {
	if !l.joined {
		l.room, l.joined = e.Cast.AppendPayload(l.room[:0]), true
	}
	return l.room
}

// field is a field of a loose event's payload. Not ok means that the payload has to be looked at.
func (l *looseData) field(e *event.Event, number int) (o operand, ok bool) {
	if e.Marks.Has(event.RepeatedKey) {
		return o, false
	}
	c := e.Cast
	m := l.last
	if m == nil || m.mould != c.Mould {
		m = l.mould(c)
		l.last = m
	}
	if m.from != c.From || m.to != c.To {
		return o, false
	}
	f := &m.fields[number]
	if f.how == looseUnknown {
		*f = l.find(e, l.paths[number])
	}
	switch f.how {
	case looseText:
		v := c.Values[f.number]
		if text, plain := plainText(c.Text[v.Off:][:v.Len]); plain {
			return textOperand(text), true
		}
		return operand{}, true
	case looseWord:
		v := c.Values[f.number]
		if text := c.Text[v.Off:][:v.Len]; len(text) > 0 {
			return payloadOperand(view(text)), true
		}
	case looseNone:
		return operand{kind: noneKind}, true
	}
	return o, false
}

func (l *looseData) mould(c *event.Cast) *looseMould {
	m := l.moulds[c.Mould]
	if m == nil {
		if l.moulds == nil || len(l.moulds) >= mostLoose {
			l.moulds = map[*event.Mould]*looseMould{}
		}
		m = &looseMould{mould: c.Mould, from: c.From, to: c.To, fields: make([]looseField, len(l.paths))}
		l.moulds[c.Mould] = m
	}
	return m
}

// find looks for a field in a payload, to know where it is in all of the mould.
func (l *looseData) find(e *event.Event, path []string) looseField {
	src := l.payload(e)
	if start := skipSpace(src, 0); start == len(src) {
		return looseField{how: looseNone}
	}
	at, end := skipSpace(src, 0), len(src)
	for _, name := range path {
		if src[at] != '{' {
			return looseField{how: looseOther}
		}
		from, to, ok := payloadField(src[at:end], name)
		switch {
		case !ok:
			return looseField{how: looseOther}
		case to == 0:
			return looseField{how: looseNone}
		}
		at, end = at+from, at+to
	}
	how := looseWord
	switch src[at] {
	case '{', '[':
		return looseField{how: looseOther}
	case '"':
		how, at, end = looseText, at+1, end-1
	}
	c, behind := e.Cast, -int(e.Cast.From.Behind)
	for i := c.From.Values; i < c.To.Values; i++ {
		behind += len(c.Mould.Gaps[i])
		if size := int(c.Values[i].Len); behind == at && behind+size == end {
			return looseField{how, int(i)}
		} else {
			behind += size
		}
	}
	return looseField{how: looseOther}
}

// dataPath is the path of an expression in event.data.
func dataPath(x syntax.Expr) (path []string, ok bool) {
	name, at, exact := placeOf(x)
	tokens := at.Tokens()
	if name != "event" || !exact || len(tokens) == 0 || tokens[0] != "data" {
		return nil, false
	}
	return tokens[1:], true
}

// ofData is an expression that reads a field of event.data, which is not put together where that can be spared.
func (d *directing) ofData(path []string, slow direct) direct {
	if slow == nil {
		return nil
	}
	number := len(d.scope.data)
	d.scope.data = append(d.scope.data, path)
	return func(s *Subject) operand {
		if s.loose != nil && s.Event != nil && isLoose(s.Event) {
			if o, ok := s.loose.field(s.Event, number); ok {
				return o
			}
		}
		return slow(s)
	}
}

// data is the event's payload.
func (s *Subject) data() []byte {
	if s.loose != nil && isLoose(s.Event) {
		return s.loose.payload(s.Event)
	}
	return s.Event.Data()
}

// looseFields are the fields of an event that a loose one has.
var looseFields = []eventField{fieldType, fieldStream, fieldStreams, fieldPosition, fieldTime, fieldData}

// readsLoose reports whether a function asks its event only for what a loose one has.
func readsLoose(def *syntax.DefStmt, param int) bool {
	if def == nil {
		return true
	}
	if len(def.Params) <= param {
		return false
	}
	id, ok := def.Params[param].(*syntax.Ident)
	if !ok {
		return false
	}
	for _, stmt := range def.Body {
		if !loosely(stmt, id.Name) {
			return false
		}
	}
	return true
}

// loosely is readsLoose for a part of a function in which the event has a name.
func loosely(n syntax.Node, name string) bool {
	ok := true
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DotExpr:
			if id, is := n.X.(*syntax.Ident); is && id.Name == name {
				ok = ok && loose(n.Name.Name)
				return false
			}
		case *syntax.Ident:
			ok = ok && n.Name != name // as a whole
		}
		return ok
	})
	return ok
}

func loose(field string) bool {
	for _, f := range looseFields {
		if eventFields[f] == field {
			return true
		}
	}
	return false
}
