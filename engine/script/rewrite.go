package script

import (
	"strings"

	"go.starlark.net/syntax"
)

// Every operator, attribute and index of a script must mean what DESIGN section 4 says, at the interpreter's own speed, and
// fail at its own line and column. A call of a built-in for each of them costs a frame and an allocation. But the interpreter
// hands a binary operator that it does not know to its operands. So an operator of the script becomes a value of ours, and
// the script's tree is rewritten, keeping all positions:
//
//	x.name       x ^ attribute("name")
//	x["name"]    x ^ member("name")
//	x + y        (x ^ plus) ^ y            also - * / // % & | ^ << >>, comparisons, in, not in, x[y]
//	x += y       x = (x ^ plus) ^ y        the parts of x are computed once, into locals
//	-x           x ^ sign("-")
//	0.1          decimal("0.1")            a constant
//	x.f(y)       method(x, "f", y)
//	x[a:b]       slice(x, a, b, None)
//	[x, y]       [x, y] ^ weight(…)        counted against the memory limit; also {…}, (…), comprehensions, lambda
//
// `x ^ plus` puts x on the runner's own operand stack and yields a value that, when it meets y, takes x off again and
// computes. A comparison of anything with a text literal stays as it is, because the interpreter's own answer is ours.
//
// The values are globals of the script under names that no script can write; the file starts with their assignments.
type rewriting struct {
	name    string
	specs   map[string]spec
	order   []string // of specs, by first use
	bound   map[string]bool
	refused map[string]*syntax.Ident // names that stock Starlark knows and scripts here do not, by first use
	temps   int
	depth   int
	inDef   int
	err     error
}

const (
	methodName = "method call"
	sliceName  = "slice of"
	// maxNesting bounds the tree's depth, so that no recursion over it can exhaust the stack.
	maxNesting = 1500
)

// rewriteFile rewrites the file in place.
func rewriteFile(name string, file *syntax.File) (*rewriting, error) {
	rw := &rewriting{name: name, specs: map[string]spec{}, bound: map[string]bool{}, refused: map[string]*syntax.Ident{}}
	body := rw.stmts(file.Stmts)
	if rw.err != nil {
		return nil, rw.err
	}
	for _, word := range refusedWords {
		if id := rw.refused[word.name]; id != nil && !rw.bound[word.name] {
			return nil, errorAt(id.NamePos, word.hint, "undefined: %s", word.name)
		}
	}
	pos := syntax.MakePosition(&rw.name, 1, 1)
	head := make([]syntax.Stmt, 0, len(rw.order)+len(body))
	for _, global := range rw.order {
		head = append(head, &syntax.AssignStmt{
			OpPos: pos, Op: syntax.EQ,
			LHS: &syntax.Ident{NamePos: pos, Name: global},
			RHS: &syntax.Ident{NamePos: pos, Name: "=" + global},
		})
	}
	file.Stmts = append(head, body...)
	return rw, nil
}

// predeclared reports whether a name is given by us.
func (rw *rewriting) predeclared(name string) bool {
	if global, ok := strings.CutPrefix(name, "="); ok {
		_, ok = rw.specs[global]
		return ok
	}
	return isBuiltin(name)
}

func (rw *rewriting) fail(pos syntax.Position, hint, format string, args ...any) {
	if rw.err == nil {
		rw.err = errorAt(pos, hint, format, args...)
	}
}

// enter counts a level of nesting; the caller leaves it again.
func (rw *rewriting) enter(n syntax.Node) bool {
	rw.depth++
	if rw.depth > maxNesting {
		rw.fail(syntax.Start(n), "", "nested too deeply: more than %d levels", maxNesting)
	}
	return rw.err == nil
}

func (rw *rewriting) leave() { rw.depth-- }

// apply1 is x given to a value of ours.
func (rw *rewriting) apply1(x syntax.Expr, pos syntax.Position, s spec) syntax.Expr {
	return &syntax.BinaryExpr{X: x, OpPos: pos, Op: syntax.CIRCUMFLEX, Y: rw.global(pos, s)}
}

// apply2 is x and y given to an operator of ours.
func (rw *rewriting) apply2(x syntax.Expr, pos syntax.Position, op string, y syntax.Expr) syntax.Expr {
	pending := rw.apply1(x, pos, spec{kind: specOperator, text: op})
	return &syntax.BinaryExpr{X: pending, OpPos: pos, Op: syntax.CIRCUMFLEX, Y: y}
}

func (rw *rewriting) weigh(x syntax.Expr, size int) syntax.Expr {
	return rw.apply1(x, syntax.Start(x), spec{kind: specWeight, size: int64(size)})
}

func (rw *rewriting) exprs(list []syntax.Expr) []syntax.Expr {
	out := make([]syntax.Expr, len(list))
	for i, x := range list {
		out[i] = rw.expr(x)
	}
	return out
}

// expr rewrites an expression; nil stays nil.
func (rw *rewriting) expr(x syntax.Expr) syntax.Expr {
	if x == nil || !rw.enter(x) {
		return x
	}
	defer rw.leave()
	switch x := x.(type) {
	case *syntax.Ident:
		rw.use(x)
	case *syntax.Literal:
		return rw.literal(x)
	case *syntax.ParenExpr:
		return rw.expr(x.X)
	case *syntax.BinaryExpr:
		return rw.binary(x)
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			return &syntax.UnaryExpr{OpPos: x.OpPos, Op: x.Op, X: rw.expr(x.X)}
		}
		return rw.apply1(rw.expr(x.X), x.OpPos, spec{kind: specSign, text: x.Op.String()})
	case *syntax.DotExpr:
		return rw.apply1(rw.expr(x.X), x.Dot, spec{kind: specAttribute, text: x.Name.Name})
	case *syntax.IndexExpr:
		return rw.index(x)
	case *syntax.SliceExpr:
		return rw.slice(x)
	case *syntax.CallExpr:
		return rw.call(x)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = rw.expr(x.Cond), rw.expr(x.True), rw.expr(x.False)
	case *syntax.ListExpr:
		x.List = rw.exprs(x.List)
		return rw.weigh(x, 64+16*len(x.List))
	case *syntax.TupleExpr:
		x.List = rw.exprs(x.List)
		return rw.weigh(x, 24+16*len(x.List))
	case *syntax.DictExpr:
		for _, entry := range x.List {
			rw.entry(entry)
		}
		return rw.weigh(x, 200+100*len(x.List))
	case *syntax.Comprehension:
		return rw.comprehension(x)
	case *syntax.LambdaExpr:
		x.Params = rw.params(x.Params)
		x.Body = rw.expr(x.Body)
		return rw.weigh(x, 200)
	}
	return x
}

func (rw *rewriting) use(id *syntax.Ident) {
	for _, word := range refusedWords {
		if id.Name == word.name && rw.refused[id.Name] == nil {
			rw.refused[id.Name] = id
		}
	}
}

func (rw *rewriting) literal(x *syntax.Literal) syntax.Expr {
	switch x.Token {
	case syntax.FLOAT:
		return rw.global(x.TokenPos, spec{kind: specDecimal, text: x.Raw})
	case syntax.BYTES:
		rw.fail(x.TokenPos, `write a text: "…"`, "byte strings are not part of the language")
	}
	return x
}

func isText(x syntax.Expr) bool {
	lit, ok := x.(*syntax.Literal)
	return ok && lit.Token == syntax.STRING
}

// isShortText reports whether x is a text that is compared in no time.
func isShortText(x syntax.Expr) bool {
	return isText(x) && len(x.(*syntax.Literal).Value.(string)) < 1024
}

func (rw *rewriting) binary(x *syntax.BinaryExpr) syntax.Expr {
	switch x.Op {
	case syntax.AND, syntax.OR:
		return &syntax.BinaryExpr{X: rw.expr(x.X), OpPos: x.OpPos, Op: x.Op, Y: rw.expr(x.Y)}
	case syntax.EQL, syntax.NEQ:
		if isShortText(x.X) || isShortText(x.Y) {
			return &syntax.BinaryExpr{X: rw.expr(x.X), OpPos: x.OpPos, Op: x.Op, Y: rw.expr(x.Y)}
		}
	}
	return rw.apply2(rw.expr(x.X), x.OpPos, x.Op.String(), rw.expr(x.Y))
}

func (rw *rewriting) index(x *syntax.IndexExpr) syntax.Expr {
	if lit, ok := x.Y.(*syntax.Literal); ok && lit.Token == syntax.STRING {
		return rw.apply1(rw.expr(x.X), x.Lbrack, spec{kind: specMember, text: lit.Value.(string)})
	}
	return rw.apply2(rw.expr(x.X), x.Lbrack, "[]", rw.expr(x.Y))
}

func (rw *rewriting) slice(x *syntax.SliceExpr) syntax.Expr {
	args := []syntax.Expr{rw.expr(x.X)}
	for _, bound := range []syntax.Expr{x.Lo, x.Hi, x.Step} {
		if bound == nil {
			bound = &syntax.Ident{NamePos: x.Lbrack, Name: "None"}
		}
		args = append(args, rw.expr(bound))
	}
	fn := rw.global(x.Lbrack, spec{kind: specFunction, text: sliceName})
	return &syntax.CallExpr{Fn: fn, Lparen: x.Lbrack, Args: args, Rparen: x.Rbrack}
}

func (rw *rewriting) call(x *syntax.CallExpr) syntax.Expr {
	var args []syntax.Expr
	fn, place := x.Fn, x.Lparen
	for paren, ok := fn.(*syntax.ParenExpr); ok; paren, ok = fn.(*syntax.ParenExpr) {
		fn = paren.X
	}
	if dot, ok := fn.(*syntax.DotExpr); ok {
		name := &syntax.Literal{Token: syntax.STRING, TokenPos: dot.NamePos, Raw: dot.Name.Name, Value: dot.Name.Name}
		args = append(args, rw.expr(dot.X), name)
		fn, place = rw.global(dot.Dot, spec{kind: specFunction, text: methodName}), dot.Dot
	} else {
		fn = rw.expr(fn)
	}
	for _, arg := range x.Args {
		args = append(args, rw.argument(arg))
	}
	return &syntax.CallExpr{Fn: fn, Lparen: place, Args: args, Rparen: x.Rparen}
}

// argument rewrites f(x), f(name=x), f(*x) and f(**x). What is spread is weighed, for the interpreter copies it unasked.
func (rw *rewriting) argument(arg syntax.Expr) syntax.Expr {
	switch arg := arg.(type) {
	case *syntax.BinaryExpr:
		if arg.Op == syntax.EQ {
			return &syntax.BinaryExpr{X: arg.X, OpPos: arg.OpPos, Op: arg.Op, Y: rw.expr(arg.Y)}
		}
	case *syntax.UnaryExpr:
		if arg.Op == syntax.STAR || arg.Op == syntax.STARSTAR {
			x := rw.apply1(rw.expr(arg.X), arg.OpPos, spec{kind: specSpread, text: arg.Op.String()})
			return &syntax.UnaryExpr{OpPos: arg.OpPos, Op: arg.Op, X: x}
		}
	}
	return rw.expr(arg)
}

func (rw *rewriting) entry(x syntax.Expr) {
	entry, ok := x.(*syntax.DictEntry)
	if !ok {
		return
	}
	key := rw.expr(entry.Key)
	if !isText(entry.Key) {
		key = rw.apply1(key, entry.Colon, spec{kind: specKey})
	}
	entry.Key, entry.Value = key, rw.expr(entry.Value)
}

func (rw *rewriting) comprehension(x *syntax.Comprehension) syntax.Expr {
	for _, clause := range x.Clauses {
		switch clause := clause.(type) {
		case *syntax.ForClause:
			clause.X = rw.expr(clause.X)
			clause.Vars = rw.target(clause.Vars)
		case *syntax.IfClause:
			clause.Cond = rw.expr(clause.Cond)
		}
	}
	if entry, ok := x.Body.(*syntax.DictEntry); ok {
		rw.entry(entry)
		entry.Value = rw.weigh(entry.Value, 100)
	} else {
		x.Body = rw.weigh(rw.expr(x.Body), 32)
	}
	return x
}

// params rewrites the defaults of a function's parameters.
func (rw *rewriting) params(list []syntax.Expr) []syntax.Expr {
	out := make([]syntax.Expr, len(list))
	for i, param := range list {
		out[i] = param
		switch param := param.(type) {
		case *syntax.Ident:
			rw.bind(param)
		case *syntax.BinaryExpr:
			out[i] = &syntax.BinaryExpr{X: rw.target(param.X), OpPos: param.OpPos, Op: param.Op, Y: rw.expr(param.Y)}
		case *syntax.UnaryExpr:
			if id, ok := param.X.(*syntax.Ident); ok {
				rw.bind(id)
			}
		}
	}
	return out
}

func (rw *rewriting) bind(id *syntax.Ident) { rw.bound[id.Name] = true }
