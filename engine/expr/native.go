package expr

import (
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// answer is what a comparison comes to; unsure leaves it to the script, which knows how to say what is wrong.
type answer int8

const (
	no answer = iota
	yes
	unsure
)

// place says where a term looks.
type place uint8

const (
	inState place = iota
	inBefore
	inKey
	inPosition
	inType
	inStream
	inID
	inCorrelation
	inCausation
)

// test is a formula that needs no script.
type test struct {
	kind   byte // 't' a term, '&', '|', '!'
	kids   []*test
	place  place
	path   value.Pointer
	names  []string // of path
	op     op
	want   *value.Node
	number value.Decimal // of want, if that is a number
	short  short         // the same, if it is short
	quick  bool          // it is
}

type op uint8

const (
	opEqual op = iota
	opUnequal
	opLess
	opLessEqual
	opMore
	opMoreEqual
)

var ops = map[string]op{"==": opEqual, "!=": opUnequal, "<": opLess, "<=": opLessEqual, ">": opMore, ">=": opMoreEqual}

var eventPlaces = map[value.Pointer]place{
	"/type": inType, "/stream": inStream, "/id": inID, "/correlation_id": inCorrelation, "/causation_id": inCausation,
}

// testOf makes a test of a formula; nil if something in it needs a script.
func testOf(f *Formula) *test {
	if f.Op == "term" {
		return termTest(f.Term)
	}
	kinds := map[string]byte{"and": '&', "or": '|', "not": '!'}
	t := &test{kind: kinds[f.Op]}
	if t.kind == 0 {
		return nil
	}
	for _, kid := range f.Kids {
		inner := testOf(kid)
		if inner == nil {
			return nil
		}
		t.kids = append(t.kids, inner)
	}
	return t
}

func termTest(t Term) *test {
	one := &test{kind: 't', path: t.Path, names: t.Path.Tokens(), op: ops[t.Op], want: t.Const}
	if t.Const.Kind() == value.Number {
		var err error
		if one.number, err = t.Const.Decimal(); err != nil {
			return nil
		}
		one.short, one.quick = shortOf(t.Const.Text())
	}
	whole := t.Path == ""
	switch t.Name {
	case "state":
		one.place = inState
	case "before":
		one.place = inBefore
	case "key":
		one.place, whole = inKey, !whole
	case "position":
		one.place, whole = inPosition, !whole
	case "event":
		var ok bool
		one.place, ok = eventPlaces[t.Path]
		whole = !ok
	}
	if whole {
		return nil
	}
	return one
}

// ask asks a formula in the order in which the script would.
func (t *test) ask(s *Subject) answer {
	switch t.kind {
	case '&':
		for _, kid := range t.kids {
			if a := kid.ask(s); a != yes {
				return a
			}
		}
		return yes
	case '|':
		for _, kid := range t.kids {
			if a := kid.ask(s); a != no {
				return a
			}
		}
		return no
	case '!':
		switch t.kids[0].ask(s) {
		case yes:
			return no
		case no:
			return yes
		}
		return unsure
	}
	return t.term(s)
}

func (t *test) term(s *Subject) answer {
	switch t.place {
	case inState:
		return t.compare(t.at(s.State))
	case inBefore:
		return t.compare(t.at(s.Before))
	case inKey:
		return t.text(s.Key, true)
	case inPosition:
		if t.want.Kind() != value.Number {
			return unsure
		}
		return t.ordered(value.FromInt(int64(s.Position)).Cmp(t.number))
	}
	if s.Event == nil {
		return unsure
	}
	text := eventText(t.place, s.Event)
	return t.text(text, text != "")
}

// at is what stands in a document at the term's path, which leads through objects: no name in it could be an index.
func (t *test) at(n *value.Node) *value.Node {
	for _, name := range t.names {
		n = n.Get(name)
	}
	return n
}

func eventText(p place, e *event.Event) string {
	switch p {
	case inType:
		return e.Type
	case inStream:
		return string(e.Stream)
	case inID:
		return e.ID
	case inCorrelation:
		return e.Correlation
	}
	return e.Causation
}

// text compares a text that may be missing.
func (t *test) text(text string, there bool) answer {
	switch {
	case !there && t.want.Kind() == value.Null:
		return t.equal(true)
	case !there:
		return t.unequalKinds(value.Null)
	case t.want.Kind() == value.String:
		return t.ordered(strings.Compare(text, t.want.Text()))
	}
	return t.unequalKinds(value.String)
}

// compare compares what stands at the place, which may be nothing.
func (t *test) compare(n *value.Node) answer {
	kind, want := n.Kind(), t.want.Kind()
	if kind == value.Absent {
		kind = value.Null
	}
	if kind != want {
		return t.unequalKinds(kind)
	}
	switch kind {
	case value.Null:
		return t.equal(true)
	case value.Number:
		if n, ok := shortOf(n.Text()); ok && t.quick {
			if c, ok := n.compare(t.short); ok {
				return t.ordered(c)
			}
		}
		d, err := n.Decimal()
		if err != nil {
			return unsure
		}
		return t.ordered(d.Cmp(t.number))
	case value.String:
		return t.ordered(strings.Compare(n.Text(), t.want.Text()))
	case value.Bool:
		if t.op > opUnequal {
			return unsure
		}
		return t.equal(n.IsTrue() == t.want.IsTrue())
	}
	return unsure
}

// unequalKinds is a comparison of values of two kinds: they are not equal, and are in no order; None is below nothing.
func (t *test) unequalKinds(kind value.Kind) answer {
	switch {
	case t.op <= opUnequal:
		return t.equal(false)
	case kind == value.Null || t.want.Kind() == value.Null:
		return no
	}
	return unsure
}

// equal is the answer of == and !=, and of the others between two Nones.
func (t *test) equal(same bool) answer {
	if t.op == opEqual && same || t.op == opUnequal && !same {
		return yes
	}
	return no
}

func (t *test) ordered(c int) answer {
	ok := false
	switch t.op {
	case opEqual:
		ok = c == 0
	case opUnequal:
		ok = c != 0
	case opLess:
		ok = c < 0
	case opLessEqual:
		ok = c <= 0
	case opMore:
		ok = c > 0
	case opMoreEqual:
		ok = c >= 0
	}
	if ok {
		return yes
	}
	return no
}
