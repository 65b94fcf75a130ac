package script

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// method is x.name(…). Texts, and lists and dicts that the script made, have Python's methods; lists of documents have those
// that listMethodFor knows. What a method will allocate is counted before it runs.
func (m *machine) method(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) < 2 {
		return nil, faultf("", "a method without a receiver")
	}
	name := string(args[1].(starlark.String))
	switch x := args[0].(type) {
	case *listView:
		return m.viewMethod(x, name, args[2:], kwargs)
	case *starlark.List:
		return m.listMethod(thread, x, name, args[2:], kwargs)
	case *starlark.Dict:
		return m.dictMethod(thread, x, name, args[2:], kwargs)
	case starlark.String:
		return m.textMethod(thread, x, name, args[2:], kwargs)
	}
	return nil, methodFault(args[0], name)
}

func methodFault(x starlark.Value, name string) error {
	hint := ""
	if _, ok := asDocument(x); ok {
		hint = "a document's attributes are its fields; there are keys(d) items(d) get(d, k, default) delete(d, k)"
	}
	if x == starlark.None {
		hint = "a missing field reads as None"
	}
	return faultf(hint, "%s has no method %s", kindOf(x), name)
}

func (m *machine) viewMethod(x *listView, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	do, least, most := listMethodFor(name)
	switch {
	case do == nil:
		return nil, faultf("lists of documents have append insert extend pop remove clear index", "list has no method %s", name)
	case len(kwargs) > 0 || len(args) < least || len(args) > most:
		return nil, arityFault(name, len(args), least, most)
	case !x.writable && name != "index":
		return nil, readOnlyFault()
	}
	return do(x, args)
}

func arityFault(name string, got, least, most int) error {
	switch {
	case least == most && least == 1:
		return faultf("", "%s takes one argument without a name, not %d", name, got)
	case least == most:
		return faultf("", "%s takes %d arguments without names, not %d", name, least, got)
	}
	return faultf("", "%s takes %d to %d arguments without names, not %d", name, least, most, got)
}

// native calls the interpreter's own method.
func native(thread *starlark.Thread, x starlark.HasAttrs, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	fn, err := x.Attr(name)
	if err != nil {
		return nil, err
	}
	if fn == nil {
		return nil, methodFault(x, name)
	}
	return starlark.Call(thread, fn, args, kwargs)
}

func (m *machine) listMethod(thread *starlark.Thread, x *starlark.List, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	switch name {
	case "append":
		if err := m.charge(32); err != nil {
			return nil, err
		}
	case "insert", "pop":
		if err := m.charge(32); err != nil {
			return nil, err
		}
		if err := m.work(x.Len() / 16); err != nil {
			return nil, err
		}
		if len(args) > 0 {
			args[0] = wholeOr(args[0])
		}
	case "extend":
		if len(args) != 1 {
			return nil, arityFault(name, len(args), 1, 1)
		}
		_, err := m.addInPlace(x, args[0])
		return starlark.None, err
	case "remove", "index":
		return m.listFind(x, name, args)
	}
	return native(thread, x, name, args, kwargs)
}

// listFind is remove and index, which compare as == does.
func (m *machine) listFind(x *starlark.List, name string, args starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, arityFault(name, len(args), 1, 1)
	}
	for i := range x.Len() {
		if err := m.work(1); err != nil {
			return nil, err
		}
		eq, err := m.equal(x.Index(i), args[0], 0)
		if err != nil {
			return nil, err
		}
		if !eq {
			continue
		}
		if name == "index" {
			return starlark.MakeInt(i), nil
		}
		return m.cutItem(x, i)
	}
	return nil, faultf("test it with in", "%s: the list has no such item", name)
}

func (m *machine) cutItem(x *starlark.List, i int) (starlark.Value, error) {
	if err := m.work(x.Len() / 16); err != nil {
		return nil, err
	}
	pop, err := x.Attr("pop")
	if err != nil {
		return nil, err
	}
	if _, err = starlark.Call(m.thread, pop, starlark.Tuple{starlark.MakeInt(i)}, nil); err != nil {
		return nil, err
	}
	return starlark.None, nil
}

func (m *machine) dictMethod(thread *starlark.Thread, x *starlark.Dict, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	switch name {
	case "get", "pop", "setdefault":
		if len(args) > 0 {
			key, err := m.key(args[0], 0)
			if err != nil {
				return nil, err
			}
			args[0] = key
		}
		if err := m.charge(100); err != nil {
			return nil, err
		}
	case "keys", "values", "items":
		if err := m.charge(64 * x.Len()); err != nil {
			return nil, err
		}
		if err := m.work(x.Len()); err != nil {
			return nil, err
		}
	case "update":
		return m.updateDict(x, args, kwargs)
	case "popitem":
		if err := m.work(x.Len() / 16); err != nil {
			return nil, err
		}
	}
	return native(thread, x, name, args, kwargs)
}

func (m *machine) updateDict(x *starlark.Dict, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 {
		return nil, arityFault("update", len(args), 0, 1)
	}
	if len(args) == 1 {
		more, err := m.dictOf(args[0])
		if err != nil {
			return nil, err
		}
		kwargs = append(more.Items(), kwargs...)
	}
	if err := m.charge(100 * len(kwargs)); err != nil {
		return nil, err
	}
	for _, pair := range kwargs {
		if err := x.SetKey(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return starlark.None, m.work(len(kwargs))
}

func (m *machine) textMethod(thread *starlark.Thread, x starlark.String, name string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	for i := range args {
		args[i] = wholeOr(args[i])
	}
	size := 3 * len(x)
	switch name {
	case "join":
		return m.join(x, args)
	case "format":
		return m.formatBraces(thread, x, args, kwargs)
	case "replace":
		size = replacedSize(string(x), args)
	case "split", "rsplit", "splitlines", "partition", "rpartition":
		size = splitSize(string(x), args)
	case "startswith", "endswith", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix":
		size = 16
	}
	if err := m.charge(size); err != nil {
		return nil, err
	}
	if err := m.work(len(x) / 64); err != nil {
		return nil, err
	}
	return native(thread, x, name, args, kwargs)
}

func textArg(args starlark.Tuple, i int) string {
	if i < len(args) {
		if s, ok := args[i].(starlark.String); ok {
			return string(s)
		}
	}
	return ""
}

// replacedSize is how long a text may become by replacing.
func replacedSize(s string, args starlark.Tuple) int {
	from, to := textArg(args, 0), textArg(args, 1)
	count := utf8.RuneCountInString(s) + 1
	if from != "" {
		count = strings.Count(s, from)
	}
	return len(s) + count*len(to)
}

// splitSize is what the parts of a text may need.
func splitSize(s string, args starlark.Tuple) int {
	if sep := textArg(args, 0); sep != "" {
		return 64 + 32*(strings.Count(s, sep)+1)
	}
	return 64 + 32*(len(s)/2+1)
}

func (m *machine) join(sep starlark.String, args starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, arityFault("join", len(args), 1, 1)
	}
	items, err := m.elements(args[0])
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(items))
	size := len(sep) * len(items)
	for i, item := range items {
		s, ok := item.(starlark.String)
		if !ok {
			return nil, faultf("str(x) makes a text of anything", "join: item %d is %s, not a text", i, kindOf(item))
		}
		parts[i] = string(s)
		size += len(s)
	}
	if err := m.charge(size + 16*len(parts)); err != nil {
		return nil, err
	}
	return starlark.String(strings.Join(parts, string(sep))), nil
}
