package asof

import (
	"strings"

	"asof/engine/value"
)

// touchings is what the paths of a part have to do with the fields, by their numbers.
type touchings struct {
	list []touching // nil if one lies inside of a field
	dull dull
}

// touching is what a path has to do with the fields.
type touching struct {
	kind   uint8 // touchNone …
	field  int
	fields []int // of touchAbove
	path   value.Pointer
}

const (
	touchNone  = iota
	touchField // it is a field
	touchAbove // fields lie below it
)

// suits reports whether thin can play a part: no path that it writes at lies inside of a field.
func (t *thin) suits() (ok bool, err error) {
	if t.of == t.u.first && len(t.paths.list) == t.u.p.paths {
		return true, nil
	}
	t.of = t.u.first
	t.paths, err = t.touches(t.u.p)
	return t.paths.list != nil, err
}

// touches says what each path of a part has to do with the fields.
func (t *thin) touches(p *part) (touchings, error) {
	paths := touchings{make([]touching, p.paths), make(dull, p.paths)}
	for i := range paths.list {
		paths.dull[i] = 1 << codeIdentical
		text, err := p.pathText(uint64(i))
		if err != nil {
			return touchings{}, err
		}
		fields, above := t.now.Below(value.Pointer(text))
		switch {
		case above >= 0:
			return touchings{}, nil
		case len(fields) == 0:
			paths.dull[i] = allDull
		case len(fields) == 1 && value.Pointer(text) == t.u.o.Fields[fields[0]]:
			paths.list[i] = touching{kind: touchField, field: fields[0]}
		default:
			paths.list[i] = touching{kind: touchAbove, fields: fields, path: value.Pointer(strings.Clone(text))}
		}
	}
	return paths, nil
}
