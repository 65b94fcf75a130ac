package script

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// spec says what stands behind a generated global.
type spec struct {
	kind specKind
	text string // an operator, a field's name, a literal
	size int64  // bytes, for a weight
}

type specKind uint8

const (
	specOperator specKind = iota
	specAttribute
	specMember
	specDecimal
	specWeight
	specKey
	specSpread
	specFunction
	specSign
)

// global is an identifier for a generated value.
func (rw *rewriting) global(pos syntax.Position, s spec) *syntax.Ident {
	name := fmt.Sprintf("%d %s", s.kind, s.text)
	if s.kind == specWeight {
		name = fmt.Sprintf("%d %d", s.kind, s.size)
	}
	if _, ok := rw.specs[name]; !ok {
		rw.specs[name] = s
		rw.order = append(rw.order, name)
	}
	return &syntax.Ident{NamePos: pos, Name: name}
}

var refusedWords = [...]struct{ name, hint string }{
	{"set", "use a dict with the values as keys"},
	{"bytes", "texts are the only strings"},
	{"dir", "keys(d) lists the fields of a document"},
	{"hash", "compare the values themselves"},
}

// build makes the value behind a generated global, for one runner.
func (s spec) build(m *machine) (starlark.Value, error) {
	switch s.kind {
	case specAttribute:
		return newAttribute(m, s.text), nil
	case specMember:
		return &member{m: m, name: s.text}, nil
	case specDecimal:
		return literalDecimal(s.text)
	case specWeight:
		return &weight{m: m, size: s.size}, nil
	case specKey:
		return &keyCheck{m: m}, nil
	case specSpread:
		return &spread{m: m, pairs: s.text == "**"}, nil
	case specSign:
		return &sign{m: m, op: signToken(s.text)}, nil
	case specFunction:
		if s.text == sliceName {
			return starlark.NewBuiltin("slice", m.slice), nil
		}
		return starlark.NewBuiltin("method", m.method), nil
	}
	return newOperator(m, s.text), nil
}
