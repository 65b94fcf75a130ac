package script

import (
	"strings"

	"asof/engine/value"

	"go.starlark.net/syntax"
)

// call compiles the calls of a few built-ins, and of methods of texts.
func (d *directing) call(x *syntax.CallExpr) direct {
	args := make([]direct, len(x.Args))
	for i, arg := range x.Args {
		switch arg := arg.(type) {
		case *syntax.BinaryExpr:
			if arg.Op == syntax.EQ {
				return nil // a named argument
			}
		case *syntax.UnaryExpr:
			if arg.Op == syntax.STAR || arg.Op == syntax.STARSTAR {
				return nil
			}
		}
		if args[i] = d.expr(arg); args[i] == nil {
			return nil
		}
	}
	fn := x.Fn
	for p, ok := fn.(*syntax.ParenExpr); ok; p, ok = fn.(*syntax.ParenExpr) {
		fn = p.X
	}
	switch fn := fn.(type) {
	case *syntax.Ident:
		return directBuiltin(fn.Name, args)
	case *syntax.DotExpr:
		if id, ok := fn.X.(*syntax.Ident); !ok || id.Name != "event" {
			return directMethod(d.expr(fn.X), fn.Name.Name, args)
		}
	}
	return nil
}

func directBuiltin(name string, args []direct) direct {
	switch {
	case name == "len" && len(args) == 1:
		return one(args[0], lengthOf)
	case name == "bool" && len(args) == 1:
		return one(args[0], func(o operand) operand { return boolOperand(o.truth()) })
	case name == "abs" && len(args) == 1:
		return one(args[0], func(o operand) operand {
			if o.kind != numKind {
				return operand{}
			}
			return numOperand(o.num.Abs(), nil)
		})
	case (name == "min" || name == "max") && len(args) > 1:
		all := args[0]
		for _, arg := range args[1:] {
			all = both(all, arg, extremeOf(name == "max"))
		}
		return all
	case (name == "get" || name == "getattr") && (len(args) == 2 || len(args) == 3):
		return got(args)
	case name == "hasattr" && len(args) == 2:
		return both(args[0], args[1], func(x, y operand) operand {
			in, ok := x.holds(&y)
			if !ok {
				return operand{}
			}
			return boolOperand(in)
		})
	}
	return nil
}

// one is an operation on an operand that is sure.
func one(x direct, do func(operand) operand) direct {
	return func(s *Subject) operand {
		o := x(s)
		if o.kind == unsure {
			return o
		}
		return do(o)
	}
}

func lengthOf(o operand) operand {
	switch o.kind {
	case textKind:
		return numOperand(value.FromInt(int64(len(o.text))), nil)
	case nodeKind:
		return numOperand(value.FromInt(int64(o.node.Len())), nil)
	}
	return operand{}
}

// extremeOf is the first of the largest, or of the smallest.
func extremeOf(largest bool) func(x, y operand) operand {
	return func(x, y operand) operand {
		if x.kind != numKind || y.kind != numKind {
			return operand{}
		}
		if c := y.num.Cmp(x.num); c > 0 && largest || c < 0 && !largest {
			return y
		}
		return x
	}
}

// got is get(x, name, otherwise).
func got(args []direct) direct {
	otherwise := func(*Subject) operand { return operand{kind: noneKind} }
	if len(args) == 3 {
		otherwise = args[2]
	}
	return func(s *Subject) operand {
		x, name, other := args[0](s), args[1](s), otherwise(s)
		switch {
		case x.kind == unsure || name.kind == unsure || other.kind == unsure:
			return operand{}
		case x.kind == noneKind:
			return other
		case name.kind != textKind:
			return operand{}
		}
		in, ok := x.holds(&name)
		switch {
		case !ok || x.kind == textKind || x.yes || x.kind == nodeKind && x.node.Kind() != value.Object:
			return operand{}
		case !in:
			return other
		}
		return x.field(name.text)
	}
}

func directMethod(x direct, name string, args []direct) direct {
	if x == nil {
		return nil
	}
	switch {
	case len(args) == 1 && name == "startswith":
		return both(x, args[0], textTest(strings.HasPrefix))
	case len(args) == 1 && name == "endswith":
		return both(x, args[0], textTest(strings.HasSuffix))
	case len(args) == 0 && name == "lower":
		return one(x, textMade(strings.ToLower))
	case len(args) == 0 && name == "upper":
		return one(x, textMade(strings.ToUpper))
	}
	return nil
}

// mostText bounds the texts that are worked on here.
const mostText = 1 << 16

func textTest(do func(s, part string) bool) func(x, y operand) operand {
	return func(x, y operand) operand {
		if x.kind != textKind || y.kind != textKind || len(x.text) > mostText {
			return operand{}
		}
		return boolOperand(do(x.text, y.text))
	}
}

func textMade(do func(string) string) func(operand) operand {
	return func(o operand) operand {
		if o.kind != textKind || len(o.text) > mostText {
			return operand{}
		}
		return textOperand(do(o.text))
	}
}
