package script

import (
	"unicode/utf8"
	"unsafe"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/syntax"
)

// bytesOf is a text that lies in an event's bytes, as those, which nobody writes.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// field compiles x.name, and x["name"] where that means the same.
func (d *directing) field(x syntax.Expr, name string) direct {
	if !utf8.ValidString(name) {
		return nil
	}
	if isEvent(x) {
		return directEvent(eventFieldOf(name))
	}
	slow := d.fieldOf(x, name)
	if path, ok := dataPath(x); ok && d.scope != nil {
		return d.ofData(append(path, name), slow)
	}
	return slow
}

func (d *directing) fieldOf(x syntax.Expr, name string) direct {
	if root, path, exact := placeOf(x); exact && (root == "state" || root == "before" && d.scope == nil) {
		names := append(path.Tokens(), name)
		switch {
		case d.scope == nil:
		case d.scope.told != nil:
			return nil
		default:
			return strictFieldOf(names)
		}
		return fieldOf(root, names)
	}
	from := d.expr(x)
	if from == nil {
		return nil
	}
	if d.scope != nil {
		return func(s *Subject) operand {
			o := from(s)
			return o.strictField(name)
		}
	}
	return func(s *Subject) operand {
		o := from(s)
		return o.field(name)
	}
}

// strictField is field where reading a field of what has none is an error.
func (o *operand) strictField(name string) operand {
	if o.kind == nodeKind && o.node.Kind() == value.Object || o.kind == payloadKind || o.kind == noneKind {
		return o.field(name)
	}
	return operand{}
}

// strictFieldOf is fieldOf of the state, likewise.
func strictFieldOf(names []string) direct {
	return func(s *Subject) operand {
		n := s.State
		for _, name := range names {
			switch n.Kind() {
			case value.Object:
				n = n.Get(name)
			case value.Absent, value.Null:
				return operand{kind: noneKind}
			default:
				return operand{}
			}
		}
		return nodeOperand(n)
	}
}

// isEvent reports whether an expression is the event.
func isEvent(x syntax.Expr) bool {
	for p, ok := x.(*syntax.ParenExpr); ok; p, ok = x.(*syntax.ParenExpr) {
		x = p.X
	}
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == "event"
}

// fieldOf reads a field of a document.
func fieldOf(root string, names []string) direct {
	walk := func(n *value.Node) operand {
		for _, name := range names {
			n = n.Get(name)
		}
		return nodeOperand(n)
	}
	if root == "state" {
		return func(s *Subject) operand { return walk(s.State) }
	}
	return func(s *Subject) operand { return walk(s.Before) }
}

// field is what x.name reads.
func (o *operand) field(name string) operand {
	switch o.kind {
	case nodeKind:
		if o.yes {
			return operand{}
		}
		return nodeOperand(o.node.Get(name))
	case payloadKind:
		at, end, ok := payloadField(bytesOf(o.text), name)
		switch {
		case !ok:
			return operand{}
		case end == 0:
			return operand{kind: noneKind}
		}
		return payloadOperand(o.text[at:end])
	case unsure:
		return operand{}
	}
	return operand{kind: noneKind}
}

// directEvent compiles the reading of a field of the event.
func directEvent(field eventField) direct {
	var read func(e *event.Event) operand
	switch field {
	case fieldType:
		read = func(e *event.Event) operand { return optionalOperand(e.Type) }
	case fieldStream:
		read = func(e *event.Event) operand { return optionalOperand(string(e.Stream)) }
	case fieldID:
		read = func(e *event.Event) operand { return optionalOperand(e.ID) }
	case fieldCorrelation:
		read = func(e *event.Event) operand { return optionalOperand(e.Correlation) }
	case fieldCausation:
		read = func(e *event.Event) operand { return optionalOperand(e.Causation) }
	case fieldPosition:
		read = func(e *event.Event) operand { return numOperand(value.FromInt(int64(e.Position)), nil) }
	case fieldVersion:
		read = func(e *event.Event) operand {
			if e.Numbering == event.Unnumbered {
				return operand{kind: noneKind}
			}
			return numOperand(value.FromInt(int64(e.Version)), nil)
		}
	case fieldData:
		return func(s *Subject) operand {
			if s.Event == nil {
				return operand{kind: noneKind}
			}
			return payloadOf(s.Event, s.data())
		}
	case fieldMetadata:
		read = func(e *event.Event) operand { return payloadOf(e, e.Metadata()) }
	default:
		return nil
	}
	return func(s *Subject) operand {
		if s.Event == nil {
			return operand{kind: noneKind}
		}
		return read(s.Event)
	}
}

func payloadOf(e *event.Event, src []byte) operand {
	start := skipSpace(src, 0)
	switch {
	case start == len(src):
		return operand{kind: noneKind}
	case e.Marks.Has(event.RepeatedKey):
		return operand{} // the last of them counts
	}
	return payloadOperand(view(src[start:]))
}

// payloadOperand is the value of the JSON text at the start of src.
func payloadOperand(text string) operand {
	src := bytesOf(text)
	switch src[0] {
	case '{':
		return operand{kind: payloadKind, text: text}
	case '"':
		end := skipString(src, 0)
		if end < 0 {
			return operand{}
		}
		if plain, ok := plainText(src[1 : end-1]); ok {
			return textOperand(plain)
		}
		return operand{}
	case '[':
		end := skipContainer(src, 0)
		if end < 0 || end > 1<<16 {
			return operand{}
		}
		n, err := value.Parse(src[:end])
		if err != nil {
			return operand{}
		}
		return operand{kind: nodeKind, node: n}
	case 't':
		return boolOperand(true)
	case 'f':
		return boolOperand(false)
	case 'n':
		return operand{kind: noneKind}
	}
	text = text[:skipScalar(src, 0)]
	num, err := value.ParseNumber(text)
	return writtenOperand(text, num, err)
}

// payloadField is where the value of an object's field lies; end is 0 if there is no such field. Not ok is what only a parser can
// tell.
func payloadField(src []byte, name string) (at, end int, ok bool) {
	for i := 1; ; {
		if i = skipSpace(src, i); i < len(src) && src[i] == ',' {
			i = skipSpace(src, i+1)
		}
		if i >= len(src) || src[i] != '"' {
			return 0, 0, i < len(src) && src[i] == '}'
		}
		close := skipString(src, i)
		if close < 0 {
			return 0, 0, false
		}
		called, plain := plainText(src[i+1 : close-1])
		if i = skipSpace(src, close); !plain || i >= len(src) || src[i] != ':' {
			return 0, 0, false
		}
		at = skipSpace(src, i+1)
		if i = skipValue(src, at); i < 0 {
			return 0, 0, false
		}
		if called == name {
			return at, i, true
		}
	}
}
