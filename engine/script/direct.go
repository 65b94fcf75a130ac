package script

import (
	"asof/engine/value"

	"go.starlark.net/syntax"
)

// Most conditions are comparisons, sums and tests of a few fields. Those are compiled to functions that read documents and payloads
// where they lie, without values of the interpreter. A function that meets anything else at an event, above all what would be an
// error, says that it is not sure, and the interpreter is asked: it alone says what is wrong, and where.

// direct computes a part of an expression of a subject.
type direct func(s *Subject) operand

// operand is what a part of an expression comes to. Its fields are few enough to be handed on in registers.
type operand struct {
	kind operandKind
	yes  bool          // of a bool; of a document: the script made it, and it is a dict
	num  value.Decimal // of a number
	text string        // of a text; of a number that was not computed: as it is written; of a payload: the JSON of an object
	node *value.Node   // of a list or document
}

type operandKind uint8

const (
	unsure operandKind = iota // only the interpreter can tell
	noneKind
	boolKind
	numKind
	textKind
	nodeKind    // an array or object
	payloadKind // an object that lies in the event's bytes
)

func boolOperand(b bool) operand { return operand{kind: boolKind, yes: b} }

func numOperand(d value.Decimal, err error) operand {
	if err != nil {
		return operand{}
	}
	return operand{kind: numKind, num: d}
}

// writtenOperand is a number as it stands somewhere.
func writtenOperand(text string, num value.Decimal, err error) operand {
	if err != nil {
		return operand{}
	}
	return operand{kind: numKind, num: num, text: text}
}

func textOperand(s string) operand { return operand{kind: textKind, text: s} }

// optionalOperand is a text of an event, which is None where it has none.
func optionalOperand(s string) operand {
	if s == "" {
		return operand{kind: noneKind}
	}
	return textOperand(s)
}

func nodeOperand(n *value.Node) operand {
	switch n.Kind() {
	case value.Bool:
		return boolOperand(n.IsTrue())
	case value.Number:
		num, err := n.Decimal()
		return writtenOperand(n.Text(), num, err)
	case value.String:
		return textOperand(n.Text())
	case value.Array, value.Object:
		return operand{kind: nodeKind, node: n}
	}
	return operand{kind: noneKind}
}

// documentOperand is a whole document, which is read as one whatever it is.
func documentOperand(n *value.Node) operand {
	switch n.Kind() {
	case value.Absent:
		return operand{kind: noneKind}
	case value.Object:
		return operand{kind: nodeKind, node: n}
	}
	return operand{}
}

// truth is what `if` and `not` make of an operand that is sure.
func (o *operand) truth() bool {
	switch o.kind {
	case boolKind:
		return o.yes
	case numKind:
		return o.num.Sign() != 0
	case textKind:
		return o.text != ""
	case nodeKind:
		return o.node.Len() > 0
	case payloadKind:
		i := skipSpace(bytesOf(o.text), 1)
		return i < len(o.text) && o.text[i] != '}'
	}
	return false
}

// mostDirect bounds the parts of an expression: no function here needs more steps or memory than an event may take.
const mostDirect = 200

// directing compiles an expression.
type directing struct {
	parts int
	scope *scope // of the function that it stands in; nil for a condition, which reads what is missing as None
}

// directOf compiles an expression; nil if a part of it needs the interpreter.
func directOf(x syntax.Expr) direct { return new(directing).expr(x) }

func (d *directing) expr(x syntax.Expr) direct {
	if d.parts++; d.parts > mostDirect {
		return nil
	}
	if n, ok := constantOf(x); ok {
		constant := nodeOperand(n)
		return func(*Subject) operand { return constant }
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return d.expr(x.X)
	case *syntax.Ident:
		return d.name(x.Name)
	case *syntax.DotExpr:
		return d.field(x.X, x.Name.Name)
	case *syntax.IndexExpr:
		if lit, ok := x.Y.(*syntax.Literal); ok && lit.Token == syntax.STRING && !isEvent(x.X) {
			return d.field(x.X, lit.Value.(string))
		}
		return both(d.expr(x.X), d.expr(x.Y), d.indexed)
	case *syntax.UnaryExpr:
		return d.unary(x)
	case *syntax.BinaryExpr:
		return d.binary(x)
	case *syntax.CondExpr:
		return d.choice(x)
	case *syntax.CallExpr:
		return d.call(x)
	case *syntax.DictExpr:
		if len(x.List) == 0 {
			made := operand{kind: nodeKind, yes: true, node: value.Obj()}
			return func(*Subject) operand { return made }
		}
	case *syntax.ListExpr:
		if len(x.List) == 0 {
			made := operand{kind: nodeKind, node: value.Arr()}
			return func(*Subject) operand { return made }
		}
	}
	return nil
}

// name is one of our names on its own.
func (d *directing) name(name string) direct {
	if d.scope != nil {
		return d.scope.name(name)
	}
	switch name {
	case "state":
		return func(s *Subject) operand { return documentOperand(s.State) }
	case "before":
		return func(s *Subject) operand { return documentOperand(s.Before) }
	case "key":
		return func(s *Subject) operand { return textOperand(s.Key) }
	case "position":
		return func(s *Subject) operand { return numOperand(value.FromInt(int64(s.Position)), nil) }
	}
	return nil
}

// both is an operation on two operands that are sure.
func both(x, y direct, do func(x, y operand) operand) direct {
	if x == nil || y == nil {
		return nil
	}
	return func(s *Subject) operand {
		a := x(s)
		if a.kind == unsure {
			return a
		}
		b := y(s)
		if b.kind == unsure {
			return b
		}
		return do(a, b) // as values: what a function that is not known points at is put on the heap
	}
}

// choice is a if c else b.
func (d *directing) choice(x *syntax.CondExpr) direct {
	cond, yes, no := d.expr(x.Cond), d.expr(x.True), d.expr(x.False)
	if cond == nil || yes == nil || no == nil {
		return nil
	}
	return func(s *Subject) operand {
		c := cond(s)
		switch {
		case c.kind == unsure:
			return c
		case c.truth():
			return yes(s)
		}
		return no(s)
	}
}
