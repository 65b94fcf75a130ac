package script

import (
	"strings"

	"asof/engine/value"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Term is a comparison of one place with a constant, one of those that a condition joins with "and".
type Term struct {
	Name  string        // event, state, before, key or position
	Path  value.Pointer // the place in it; of an event "/type", "/data/amount"
	Op    string        // == != < <= > >=, with the place on the left
	Const *value.Node   // never nil: None is null
}

// Formula is a condition as far as it is made of terms.
type Formula struct {
	Op   string     // "and", "or", "not", "term", or "script": something that only the script knows
	Kids []*Formula // of and, or and not
	Term Term
}

// Formula is what the condition is made of.
func (c *Condition) Formula() *Formula { return c.formula }

// Places lists what the expression reads of state and before, as far as that can be told from its text; each path stands for
// all that is below it too. Known is false if the expression passes the name on as a whole.
func (c *Condition) Places(name string) (paths []value.Pointer, known bool) {
	return c.places[name].paths, !c.places[name].whole
}

// places are the paths of one name that an expression reads.
type places struct {
	paths []value.Pointer
	whole bool
}

// NamesAlone reports whether a condition reads documents before and after, and no more of them than the names of their members, or
// how many items they have; what is neither an object nor an array it may read as a whole.
func (c *Condition) NamesAlone() bool { return c.names }

// formulaOf takes an expression apart.
func formulaOf(x syntax.Expr) *Formula {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return formulaOf(x.X)
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			return &Formula{Op: "not", Kids: []*Formula{formulaOf(x.X)}}
		}
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.AND, syntax.OR:
			return &Formula{Op: x.Op.String(), Kids: []*Formula{formulaOf(x.X), formulaOf(x.Y)}}
		}
		if t, ok := termOf(x); ok {
			return &Formula{Op: "term", Term: t}
		}
	}
	return &Formula{Op: "script"}
}

var mirrored = map[syntax.Token]syntax.Token{
	syntax.EQL: syntax.EQL, syntax.NEQ: syntax.NEQ, syntax.LT: syntax.GT, syntax.LE: syntax.GE, syntax.GT: syntax.LT, syntax.GE: syntax.LE,
}

func termOf(x *syntax.BinaryExpr) (Term, bool) {
	op := x.Op
	if _, ok := mirrored[op]; !ok {
		return Term{}, false
	}
	place, other := x.X, x.Y
	constant, ok := constantOf(other)
	if !ok {
		place, other, op = x.Y, x.X, mirrored[op]
		if constant, ok = constantOf(other); !ok {
			return Term{}, false
		}
	}
	name, path, exact := placeOf(place)
	if name == "" || !exact {
		return Term{}, false
	}
	return Term{Name: name, Path: path, Op: op.String(), Const: constant}, true
}

// constantOf is the value that an expression is, whatever it is asked about.
func constantOf(x syntax.Expr) (*value.Node, bool) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return constantOf(x.X)
	case *syntax.Ident:
		switch x.Name {
		case "None":
			return value.Nul(), true
		case "True", "False":
			return value.Boolean(x.Name == "True"), true
		}
	case *syntax.UnaryExpr:
		if n, ok := constantOf(x.X); ok && x.Op == syntax.MINUS && n.Kind() == value.Number {
			d, err := n.Decimal()
			return d.Neg().Node(), err == nil
		}
	case *syntax.Literal:
		return literalOf(x)
	}
	return nil, false
}

func literalOf(x *syntax.Literal) (*value.Node, bool) {
	switch x.Token {
	case syntax.STRING:
		text := x.Value.(string)
		n := value.Str(text)
		return n, n.Text() == text // a text that no JSON can hold is left to the script
	case syntax.INT:
		if i, ok := x.Value.(int64); ok {
			return value.Int(i), true
		}
	case syntax.FLOAT:
		if v, err := literalDecimal(x.Raw); err == nil {
			n := value.Num(v.(*decimal).text)
			return n, n != nil
		}
	}
	return nil, false
}

// placeOf is what an expression of attributes and texts in brackets points at. Where it goes on in another way, such as by an
// index, it is not exact: what is read lies at the path or below it. The name is "" if there is none of ours at its root.
func placeOf(x syntax.Expr) (name string, path value.Pointer, exact bool) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return placeOf(x.X)
	case *syntax.Ident:
		for _, n := range conditionNames {
			if n == x.Name {
				return n, "", true
			}
		}
	case *syntax.DotExpr:
		return childOf(x.X, x.Name.Name)
	case *syntax.IndexExpr:
		if lit, ok := x.Y.(*syntax.Literal); ok && lit.Token == syntax.STRING {
			return childOf(x.X, lit.Value.(string))
		}
		name, path, _ = placeOf(x.X)
		return name, path, false
	}
	return "", "", false
}

// childOf steps into a field. A field whose name could be an index is not exact: in a list a pointer would find an item.
func childOf(x syntax.Expr, field string) (name string, path value.Pointer, exact bool) {
	name, path, exact = placeOf(x)
	if name == "" || !exact {
		return name, path, false
	}
	if field == "" || strings.Trim(field, "0123456789") == "" {
		return name, path, false
	}
	return name, path.Child(field), true
}

// placesOf finds what an expression, or the statements of a function, read of each of our names.
func placesOf(list ...syntax.Node) map[string]places {
	found := map[string]places{}
	var walk func(n syntax.Node)
	walk = func(n syntax.Node) {
		if call, ok := n.(*syntax.CallExpr); ok {
			if method, ok := call.Fn.(*syntax.DotExpr); ok { // a method of what stands there, and no field of it
				walk(method.X)
			} else {
				walk(call.Fn)
			}
			for _, arg := range call.Args {
				walk(arg)
			}
			return
		}
		if e, ok := n.(syntax.Expr); ok {
			if name, path, _ := placeOf(e); name != "" {
				p := found[name]
				if path == "" {
					p.whole = true
				} else {
					p.paths = append(p.paths, path)
				}
				found[name] = p
				walkIndexes(e, walk)
				return
			}
		}
		below(n, walk)
	}
	for _, n := range list {
		walk(n)
	}
	return found
}

// walkIndexes walks what stands in brackets along a place.
func walkIndexes(x syntax.Expr, walk func(syntax.Node)) {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		walkIndexes(x.X, walk)
	case *syntax.DotExpr:
		walkIndexes(x.X, walk)
	case *syntax.IndexExpr:
		walkIndexes(x.X, walk)
		walk(x.Y)
	}
}

// checkEventFields refuses fields that no event has, before anything is asked.
func checkEventFields(x syntax.Node) error {
	var failed error
	syntax.Walk(x, func(n syntax.Node) bool {
		dot, ok := n.(*syntax.DotExpr)
		if !ok || failed != nil {
			return failed == nil
		}
		if id, ok := dot.X.(*syntax.Ident); ok && id.Name == "event" && eventFieldOf(dot.Name.Name) == fieldUnknown {
			hint := "the payload is under event.data; an event has " + strings.Join(eventFields[1:], " ")
			failed = errorAt(dot.Dot, hint, "an event has no field %s", dot.Name.Name)
		}
		return true
	})
	return failed
}

// isScalar reports whether a value has no parts.
func isScalar(x starlark.Value) bool {
	switch x.(type) {
	case starlark.String, starlark.Int, starlark.Bool, *decimal:
		return true
	}
	return false
}

// below calls f with each node that stands right below n.
func below(n syntax.Node, f func(syntax.Node)) {
	first := true
	syntax.Walk(n, func(c syntax.Node) bool {
		if first {
			first = false
			return true
		}
		if c != nil {
			f(c)
		}
		return false
	})
}
