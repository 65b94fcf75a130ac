package script

import (
	"cmp"
	"strings"

	"asof/engine/value"

	"go.starlark.net/syntax"
)

func (d *directing) unary(x *syntax.UnaryExpr) direct {
	inner := d.expr(x.X)
	if inner == nil {
		return nil
	}
	switch x.Op {
	case syntax.NOT:
		return func(s *Subject) operand {
			o := inner(s)
			if o.kind == unsure {
				return o
			}
			return boolOperand(!o.truth())
		}
	case syntax.MINUS, syntax.PLUS:
		return func(s *Subject) operand {
			o := inner(s)
			if o.kind != numKind {
				return operand{}
			}
			if x.Op == syntax.MINUS {
				return numOperand(o.num.Neg(), nil)
			}
			return o
		}
	}
	return nil
}

func (d *directing) binary(x *syntax.BinaryExpr) direct {
	if x.Op == syntax.IN || x.Op == syntax.NOT_IN {
		return d.membership(x)
	}
	a, b := d.expr(x.X), d.expr(x.Y)
	if a == nil || b == nil {
		return nil
	}
	switch x.Op {
	case syntax.AND, syntax.OR:
		return junction(a, b, x.Op == syntax.OR)
	case syntax.EQL:
		return both(a, b, func(x, y operand) operand { return sameOperand(&x, &y, true) })
	case syntax.NEQ:
		return both(a, b, func(x, y operand) operand { return sameOperand(&x, &y, false) })
	case syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		return both(a, b, func(x2, y operand) operand { return orderedOperand(x.Op, &x2, &y) })
	}
	do := directNumbers(x.Op)
	if do == nil {
		return nil
	}
	texts := x.Op == syntax.PLUS
	return both(a, b, func(x, y operand) operand {
		switch {
		case x.kind == numKind && y.kind == numKind:
			return numOperand(do(x.num, y.num))
		case texts && x.kind == textKind && y.kind == textKind && len(x.text)+len(y.text) < 1024:
			return textOperand(x.text + y.text)
		}
		return operand{}
	})
}

func directNumbers(op syntax.Token) func(a, b value.Decimal) (value.Decimal, error) {
	switch op {
	case syntax.PLUS:
		return value.Decimal.Add
	case syntax.MINUS:
		return value.Decimal.Sub
	case syntax.STAR:
		return value.Decimal.Mul
	case syntax.SLASH:
		return value.Decimal.Div
	case syntax.SLASHSLASH:
		return value.Decimal.FloorDiv
	case syntax.PERCENT:
		return value.Decimal.Mod
	}
	return nil
}

// junction is `and` and `or`: one of the operands.
func junction(a, b direct, or bool) direct {
	return func(s *Subject) operand {
		o := a(s)
		if o.kind == unsure || o.truth() == or {
			return o
		}
		return b(s)
	}
}

// same reports whether two operands are equal; not ok leaves parts to the interpreter.
func same(x, y *operand) (eq, ok bool) {
	if x.kind == payloadKind || y.kind == payloadKind {
		return false, x.kind != y.kind && x.kind != nodeKind && y.kind != nodeKind
	}
	if x.kind != y.kind {
		return false, true
	}
	switch x.kind {
	case boolKind:
		return x.yes == y.yes, true
	case numKind:
		return x.num.Cmp(y.num) == 0, true
	case textKind:
		return x.text == y.text, true
	case nodeKind:
		if x.node.Kind() != y.node.Kind() || x.node.Len() != y.node.Len() {
			return false, true
		}
		return true, x.node.Len() == 0
	}
	return true, true
}

func sameOperand(x, y *operand, want bool) operand {
	eq, ok := same(x, y)
	if !ok {
		return operand{}
	}
	return boolOperand(eq == want)
}

// orderedOperand is x op y of two of a kind; None is in no order.
func orderedOperand(op syntax.Token, x, y *operand) operand {
	c := 0
	switch {
	case x.kind == noneKind || y.kind == noneKind:
		return boolOperand(false)
	case x.kind != y.kind:
		return operand{}
	case x.kind == numKind:
		c = x.num.Cmp(y.num)
	case x.kind == textKind:
		c = strings.Compare(x.text, y.text)
	case x.kind == boolKind:
		c = cmp.Compare(boolSize(x.yes), boolSize(y.yes))
	default:
		return operand{}
	}
	return boolOperand(holds(op, c))
}

func boolSize(b bool) int {
	if b {
		return 1
	}
	return 0
}

// membership is `in` and `not in`, of what is looked through or of a list that the expression writes out.
func (d *directing) membership(x *syntax.BinaryExpr) direct {
	want := x.Op == syntax.IN
	if items := itemsOf(x.Y); len(items) > 0 {
		return d.amongItems(x.X, items, want)
	}
	return both(d.expr(x.X), d.expr(x.Y), func(x, y operand) operand {
		in, ok := y.holds(&x)
		if !ok {
			return operand{}
		}
		return boolOperand(in == want)
	})
}

// itemsOf are the parts of a list or tuple that is written out.
func itemsOf(x syntax.Expr) []syntax.Expr {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return itemsOf(x.X)
	case *syntax.ListExpr:
		return x.List
	case *syntax.TupleExpr:
		return x.List
	}
	return nil
}

func (d *directing) amongItems(x syntax.Expr, items []syntax.Expr, want bool) direct {
	what := d.expr(x)
	list := make([]direct, len(items))
	for i, item := range items {
		if list[i] = d.expr(item); list[i] == nil || what == nil {
			return nil
		}
	}
	return func(s *Subject) operand {
		a := what(s)
		found := false
		for _, item := range list {
			b := item(s)
			if a.kind == unsure || b.kind == unsure {
				return operand{}
			}
			eq, ok := same(&a, &b)
			if !ok {
				return operand{}
			}
			found = found || eq
		}
		return boolOperand(found == want)
	}
}

// mostItems bounds the lists that are looked through here.
const mostItems = 1000

// holds reports whether x is in o.
func (o *operand) holds(x *operand) (in, ok bool) {
	switch o.kind {
	case noneKind:
		return false, true
	case textKind:
		return x.kind == textKind && strings.Contains(o.text, x.text), x.kind == textKind && len(o.text) < 1<<16
	case payloadKind:
		if x.kind != textKind {
			return false, false
		}
		_, end, ok := payloadField(bytesOf(o.text), x.text)
		return end > 0, ok
	case nodeKind:
		if o.node.Kind() == value.Object {
			return x.kind == textKind && !o.yes && o.node.Get(x.text) != nil, x.kind == textKind
		}
		return o.holdsItem(x)
	}
	return false, false
}

func (o *operand) holdsItem(x *operand) (in, ok bool) {
	if o.node.Len() > mostItems {
		return false, false
	}
	for _, n := range o.node.Items() {
		item := nodeOperand(n)
		eq, ok := same(&item, x)
		if eq || !ok || item.kind == unsure {
			return eq, ok && item.kind != unsure
		}
	}
	return false, true
}

// indexed is x[y]; in a function an index beyond the end is an error.
func (d *directing) indexed(x, y operand) operand {
	o := indexed(&x, &y)
	if d.scope != nil && o.kind == noneKind && x.kind == nodeKind && x.node.Kind() == value.Array {
		return operand{}
	}
	return o
}

func indexed(x, y *operand) operand {
	switch {
	case x.kind == noneKind:
		return *x
	case x.kind == payloadKind && y.kind == textKind, x.kind == nodeKind && x.node.Kind() == value.Object && y.kind == textKind:
		return x.field(y.text)
	case x.kind != nodeKind || x.node.Kind() != value.Array || y.kind != numKind || !y.num.IsInt():
		return operand{}
	}
	i, ok := y.num.Int64()
	if i < 0 {
		i += int64(x.node.Len())
	}
	if !ok || i < 0 || i >= int64(x.node.Len()) {
		return operand{kind: noneKind}
	}
	return nodeOperand(x.node.Item(int(i)))
}
