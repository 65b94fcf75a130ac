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

// test is a term that needs no script.
type test struct {
	place  place
	path   value.Pointer
	op     op
	want   *value.Node
	number value.Decimal // of want, if that is a number
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

// tests makes tests of terms; nil if one of them needs a script.
func tests(terms []Term) []test {
	list := make([]test, 0, len(terms))
	for _, t := range terms {
		one, ok := testOf(t)
		if !ok {
			return nil
		}
		list = append(list, one)
	}
	return list
}

func testOf(t Term) (one test, ok bool) {
	one = test{path: t.Path, op: ops[t.Op], want: t.Const}
	if t.Const.Kind() == value.Number {
		var err error
		if one.number, err = t.Const.Decimal(); err != nil {
			return one, false
		}
	}
	switch t.Name {
	case "state":
		one.place = inState
	case "before":
		one.place = inBefore
	case "key":
		one.place = inKey
	case "position":
		one.place = inPosition
	case "event":
		one.place, ok = eventPlaces[t.Path]
		return one, ok
	}
	return one, t.Path == "" == (one.place == inKey || one.place == inPosition)
}

// ask asks all tests, in their order, as "and" does.
func ask(list []test, s *Subject) answer {
	for i := range list {
		if a := list[i].ask(s); a != yes {
			return a
		}
	}
	return yes
}

func (t *test) ask(s *Subject) answer {
	switch t.place {
	case inState:
		return t.compare(s.State.At(t.path))
	case inBefore:
		return t.compare(s.Before.At(t.path))
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
