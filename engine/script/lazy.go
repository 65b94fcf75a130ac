package script

import (
	"errors"
	"unicode/utf8"
	"unsafe"

	"asof/engine/value"

	"go.starlark.net/starlark"
)

// lazyObject is a JSON object that still lies in the event's bytes. Touching a field reads as far as that field and makes a
// value of it alone; nothing else is decoded. It cannot be written.
//
// Import has checked that the bytes are JSON, so what is skipped is not checked again. Bytes that are not JSON yield an error or
// a wrong value, never a panic.
type lazyObject struct {
	m       *machine
	src     []byte // from the opening brace on
	next    int    // where reading goes on: behind the brace, or behind a member's value
	done    bool   // all members have been seen
	members []lazyMember
	odd     []string         // names that do not lie in src as they are
	seen    []starlark.Value // values that were decoded
}

// lazyMember is where a member lies in the object's bytes. It holds no pointer: most members are passed over and never touched.
type lazyMember struct {
	nameAt, nameEnd int32 // or in odd: its index, and -1
	at, end         int32
	seen            int32 // its index in seen, and 1
}

// name is the name of a member.
func (o *lazyObject) name(i int) string {
	m := &o.members[i]
	if m.nameEnd < 0 {
		return o.odd[m.nameAt]
	}
	return view(o.src[m.nameAt:m.nameEnd])
}

// is reports whether member i is called name.
func (o *lazyObject) is(i int, name string) bool {
	m := &o.members[i]
	if m.nameEnd < 0 {
		return o.odd[m.nameAt] == name
	}
	return int(m.nameEnd-m.nameAt) == len(name) && string(o.src[m.nameAt:m.nameEnd]) == name
}

var errNotJSON = errors.New("the event's payload is not JSON")

// lazyObject takes an object from the machine's stock: no value of a script outlives its event, so the next one may have it.
func (m *machine) lazyObject(src []byte) *lazyObject {
	if m.lazyUsed == len(m.lazy) {
		m.lazy = append(m.lazy, &lazyObject{m: m})
	}
	o := m.lazy[m.lazyUsed]
	m.lazyUsed++
	o.src, o.next, o.done = src, 1, false
	return o
}

// keepLazy is how many objects, and members of each, are kept in stock.
const keepLazy = 256

// dropLazy gives the last event's objects back, and those of an unusual event to the collector.
func (m *machine) dropLazy() {
	for i, o := range m.lazy[:m.lazyUsed] {
		if cap(o.members) > keepLazy {
			m.lazy[i] = &lazyObject{m: m}
			continue
		}
		clear(o.odd)
		clear(o.seen)
		o.src, o.members, o.odd, o.seen = nil, o.members[:0], o.odd[:0], o.seen[:0]
	}
	if len(m.lazy) > keepLazy {
		m.lazy = m.lazy[:keepLazy:keepLazy]
	}
	m.lazyUsed = 0
}

// decodeLazy is a JSON text as a value that decodes itself when touched; an empty text is None. Where an object names a key
// twice the last one counts, and then everything has to be read.
func (m *machine) decodeLazy(src []byte, repeated bool) (starlark.Value, error) {
	start := skipSpace(src, 0)
	if start == len(src) {
		return starlark.None, nil
	}
	if repeated {
		return m.decodeWhole(src)
	}
	return m.decodeToken(src[start:])
}

// decodeWhole parses everything at once.
func (m *machine) decodeWhole(src []byte) (starlark.Value, error) {
	if err := m.charge(4 * len(src)); err != nil {
		return nil, err
	}
	n, err := value.Parse(src)
	if err != nil {
		return nil, faultf("", "the event's payload: %v", err)
	}
	return m.load(n, false), nil
}

// decodeToken makes a value of the JSON text at the start of src.
func (m *machine) decodeToken(src []byte) (starlark.Value, error) {
	switch src[0] {
	case '{':
		return m.lazyObject(src), nil
	case '"':
		end := skipString(src, 0)
		if end < 0 {
			return nil, errNotJSON
		}
		if text, ok := plainText(src[1 : end-1]); ok {
			return starlark.String(text), nil
		}
		return m.decodeWhole(src[:end])
	case '[':
		end := skipValue(src, 0)
		if end < 0 {
			return nil, errNotJSON
		}
		return m.decodeWhole(src[:end])
	case 't':
		return starlark.True, nil
	case 'f':
		return starlark.False, nil
	case 'n':
		return starlark.None, nil
	}
	end := skipScalar(src, 0)
	return m.numberText(view(src[:end])), nil
}

// view is a text over bytes that nobody writes. What goes into a document is copied there.
func view(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// plainText is the text between two quotes, if it means itself.
func plainText(b []byte) (string, bool) {
	ascii := byte(0)
	for _, c := range b {
		if c == '\\' {
			return "", false
		}
		ascii |= c
	}
	return view(b), ascii < 0x80 || utf8.Valid(b)
}

// find is the index of the member called name, or -1.
func (o *lazyObject) find(name string) (int, error) {
	for i := range o.members {
		if o.is(i, name) {
			return i, nil
		}
	}
	for !o.done {
		if err := o.read(); err != nil {
			return -1, err
		}
		if last := len(o.members) - 1; !o.done && o.is(last, name) {
			return last, nil
		}
	}
	return -1, nil
}

// read reads one more member, or finds the end.
func (o *lazyObject) read() error {
	i := skipSpace(o.src, o.next)
	if i < len(o.src) && o.src[i] == ',' {
		i = skipSpace(o.src, i+1)
	}
	if i < len(o.src) && o.src[i] == '}' {
		o.done = true
		return nil
	}
	if i >= len(o.src) || o.src[i] != '"' {
		return errNotJSON
	}
	end := skipString(o.src, i)
	if end < 0 {
		return errNotJSON
	}
	member := lazyMember{nameAt: int32(i + 1), nameEnd: int32(end - 1)}
	if _, ok := plainText(o.src[i+1 : end-1]); !ok {
		n, err := value.Parse(o.src[i:end])
		if err != nil {
			return errNotJSON
		}
		member.nameAt, member.nameEnd = int32(len(o.odd)), -1
		o.odd = append(o.odd, n.Text())
	}
	i = skipSpace(o.src, end)
	if i >= len(o.src) || o.src[i] != ':' {
		return errNotJSON
	}
	i = skipSpace(o.src, i+1)
	end = skipValue(o.src, i)
	if end < 0 {
		return errNotJSON
	}
	if len(o.members) == cap(o.members) {
		if err := o.m.charge(64 * len(o.members)); err != nil {
			return err
		}
	}
	member.at, member.end = int32(i), int32(end)
	o.members = append(o.members, member)
	o.next = end
	return nil
}

// all reads every member.
func (o *lazyObject) all() error {
	for !o.done {
		if err := o.read(); err != nil {
			return err
		}
	}
	return nil
}

// field implements document.
func (o *lazyObject) field(m *machine, name string) (starlark.Value, bool, error) {
	i, err := o.find(name)
	if i < 0 {
		return starlark.None, false, err
	}
	member := &o.members[i]
	if member.seen > 0 {
		return o.seen[member.seen-1], true, nil
	}
	v, err := m.decodeToken(o.src[member.at:member.end])
	if err != nil {
		return nil, false, err
	}
	o.seen = append(o.seen, v)
	member.seen = int32(len(o.seen))
	return v, true, nil
}

// names implements document.
func (o *lazyObject) names(m *machine) ([]string, error) {
	if err := o.all(); err != nil {
		return nil, err
	}
	if err := m.charge(16 * len(o.members)); err != nil {
		return nil, err
	}
	out := make([]string, len(o.members))
	for i := range o.members {
		out[i] = o.name(i)
	}
	return out, nil
}

// source is the object's JSON text.
func (o *lazyObject) source() ([]byte, error) {
	end := skipValue(o.src, 0)
	if end < 0 {
		return nil, errNotJSON
	}
	return o.src[:end], nil
}

// String is the object's JSON text.
func (o *lazyObject) String() string {
	src, _ := o.source()
	return string(src)
}

// Type is the kind that type(x) answers.
func (o *lazyObject) Type() string { return "document" }

// Freeze does nothing: events are immutable.
func (o *lazyObject) Freeze() {}

// Truth is false for an object without members.
func (o *lazyObject) Truth() starlark.Bool {
	i := skipSpace(o.src, 1)
	return i < len(o.src) && o.src[i] != '}'
}

// Hash refuses: documents are no keys.
func (o *lazyObject) Hash() (uint32, error) { return 0, faultf("", "a document cannot be a key") }

// Len is the count of members.
func (o *lazyObject) Len() int {
	if o.all() != nil {
		return 0
	}
	return len(o.members)
}

// Iterate yields the names of the members.
func (o *lazyObject) Iterate() starlark.Iterator {
	names, err := o.names(o.m)
	if err != nil {
		return &nameIterator{}
	}
	return &nameIterator{names: names}
}

// Attr implements starlark.HasAttrs, which SetField needs.
func (o *lazyObject) Attr(name string) (starlark.Value, error) {
	v, _, err := o.field(o.m, name)
	return v, err
}

// AttrNames lists nothing: it is asked for suggestions only, and there are none for data.
func (o *lazyObject) AttrNames() []string { return nil }

// SetField refuses: history does not change.
func (o *lazyObject) SetField(string, starlark.Value) error { return readOnlyFault() }

// Get implements starlark.Mapping.
func (o *lazyObject) Get(key starlark.Value) (starlark.Value, bool, error) {
	name, ok := key.(starlark.String)
	if !ok {
		return nil, false, faultf("", "the keys of a document are texts, not %s", kindOf(key))
	}
	return o.field(o.m, string(name))
}

// SetKey implements starlark.HasSetKey and refuses.
func (o *lazyObject) SetKey(_, _ starlark.Value) error { return readOnlyFault() }
