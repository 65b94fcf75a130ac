package script

import (
	"math/big"
	"strings"

	"go.starlark.net/starlark"
)

// writer makes texts of values, counting as it goes: a value may be far larger written out than it is.
type writer struct {
	m *machine
	b strings.Builder
}

func (w *writer) put(s string) error {
	if err := w.m.charge(len(s)); err != nil {
		return err
	}
	w.b.WriteString(s)
	return nil
}

// text is str(v).
func (m *machine) text(v starlark.Value) (string, error) {
	if s, ok := v.(starlark.String); ok {
		return string(s), nil
	}
	return m.repr(v)
}

// repr is repr(v).
func (m *machine) repr(v starlark.Value) (string, error) {
	w := writer{m: m}
	if err := w.value(v, 0); err != nil {
		return "", err
	}
	return w.b.String(), nil
}

func (w *writer) value(v starlark.Value, depth int) error {
	if depth > maxDepth {
		return depthFault()
	}
	if err := w.m.work(1); err != nil {
		return err
	}
	switch v := v.(type) {
	case *starlark.List:
		return w.items("[", v, "]", depth)
	case starlark.Tuple:
		if len(v) == 1 {
			return w.items("(", v, ",)", depth)
		}
		return w.items("(", v, ")", depth)
	case *starlark.Dict:
		return w.dict(v, depth)
	case *objectView:
		if err := w.m.chargeNode(v.node); err != nil {
			return err
		}
	case *listView:
		if err := w.m.chargeNode(v.node); err != nil {
			return err
		}
	case starlark.Int:
		if err := w.m.work(digitsOf(v)); err != nil {
			return err
		}
	}
	return w.put(v.String())
}

func (w *writer) items(open string, list starlark.Indexable, end string, depth int) error {
	if err := w.put(open); err != nil {
		return err
	}
	for i := range list.Len() {
		if i > 0 {
			if err := w.put(", "); err != nil {
				return err
			}
		}
		if err := w.value(list.Index(i), depth+1); err != nil {
			return err
		}
	}
	return w.put(end)
}

func (w *writer) dict(d *starlark.Dict, depth int) error {
	sep := "{"
	for _, item := range d.Items() {
		if err := w.put(sep); err != nil {
			return err
		}
		if err := w.value(item[0], depth+1); err != nil {
			return err
		}
		if err := w.put(": "); err != nil {
			return err
		}
		if err := w.value(item[1], depth+1); err != nil {
			return err
		}
		sep = ", "
	}
	if d.Len() == 0 {
		return w.put("{}")
	}
	return w.put("}")
}

// formatBraces is s.format(…). Values become texts first, so that numbers are exact and everything is counted.
func (m *machine) formatBraces(thread *starlark.Thread, x starlark.String, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	longest := 0
	convert := func(v starlark.Value) (starlark.Value, error) {
		s, err := m.text(v)
		longest = max(longest, len(s))
		return starlark.String(s), err
	}
	for i := range args {
		s, err := convert(args[i])
		if err != nil {
			return nil, err
		}
		args[i] = s
	}
	for _, pair := range kwargs {
		s, err := convert(pair[1])
		if err != nil {
			return nil, err
		}
		pair[1] = s
	}
	if err := m.charge(len(x) + strings.Count(string(x), "{")*longest); err != nil {
		return nil, err
	}
	return native(thread, x, "format", args, kwargs)
}

// format is format % x, with %s %r %d %i %o %x %X %c and %%.
func (m *machine) format(format string, x starlark.Value) (starlark.Value, error) {
	args, ok := x.(starlark.Tuple)
	if !ok {
		args = starlark.Tuple{x}
	}
	w := writer{m: m}
	next := 0
	for format != "" {
		at := strings.IndexByte(format, '%')
		if at < 0 || at == len(format)-1 {
			break
		}
		if err := w.put(format[:at]); err != nil {
			return nil, err
		}
		verb := format[at+1]
		format = format[at+2:]
		if verb == '%' {
			if err := w.put("%"); err != nil {
				return nil, err
			}
			continue
		}
		if next >= len(args) {
			return nil, faultf("", "%% has more verbs than values: %d", len(args))
		}
		if err := w.verb(verb, args[next]); err != nil {
			return nil, err
		}
		next++
	}
	if next < len(args) {
		return nil, faultf("", "%% has %d values and %d verbs", len(args), next)
	}
	err := w.put(format)
	return starlark.String(w.b.String()), err
}

func (w *writer) verb(verb byte, x starlark.Value) error {
	switch verb {
	case 's':
		s, err := w.m.text(x)
		if err != nil {
			return err
		}
		return w.put(s)
	case 'r':
		s, err := w.m.repr(x)
		if err != nil {
			return err
		}
		return w.put(s)
	case 'd', 'i', 'o', 'x', 'X':
		i, err := w.m.toWhole(x)
		if err != nil {
			return err
		}
		return w.put(inBase(i.BigInt(), verb))
	case 'c':
		if s, ok := x.(starlark.String); ok {
			return w.put(string(s))
		}
		i, err := starlark.AsInt32(wholeOr(x))
		if err != nil {
			return faultf("", "%%c wants a character, not %s", kindOf(x))
		}
		return w.put(string(rune(i)))
	}
	return faultf("there are %s %r %d %o %x %X %c; round(x, 2) gives two places", "unknown verb %%%c", verb)
}

func inBase(i *big.Int, verb byte) string {
	switch verb {
	case 'o':
		return i.Text(8)
	case 'x':
		return i.Text(16)
	case 'X':
		return strings.ToUpper(i.Text(16))
	}
	return i.String()
}
