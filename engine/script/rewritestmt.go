package script

import (
	"fmt"

	"go.starlark.net/syntax"
)

func (rw *rewriting) stmts(list []syntax.Stmt) []syntax.Stmt {
	if list == nil {
		return nil // an if without else, which the tree's own methods tell by nil
	}
	out := make([]syntax.Stmt, 0, len(list))
	for _, s := range list {
		out = rw.stmt(out, s)
	}
	return out
}

// stmt rewrites a statement and appends what becomes of it.
func (rw *rewriting) stmt(out []syntax.Stmt, s syntax.Stmt) []syntax.Stmt {
	if !rw.enter(s) {
		return out
	}
	defer rw.leave()
	switch s := s.(type) {
	case *syntax.ExprStmt:
		if !isText(s.X) {
			s.X = rw.expr(s.X)
		}
	case *syntax.AssignStmt:
		if s.Op != syntax.EQ {
			return rw.augmented(out, s)
		}
		s.RHS = rw.expr(s.RHS)
		s.LHS = rw.target(s.LHS)
	case *syntax.DefStmt:
		return rw.def(out, s)
	case *syntax.ForStmt:
		s.X = rw.expr(s.X)
		s.Vars = rw.target(s.Vars)
		s.Body = rw.stmts(s.Body)
	case *syntax.IfStmt:
		s.Cond = rw.expr(s.Cond)
		s.True, s.False = rw.stmts(s.True), rw.stmts(s.False)
	case *syntax.ReturnStmt:
		s.Result = rw.expr(s.Result)
	case *syntax.WhileStmt:
		rw.fail(s.While, "use for, with break", "while is not part of the language")
	case *syntax.LoadStmt:
		rw.fail(s.Load, "put everything into one file", "load is not part of the language")
	}
	return append(out, s)
}

// def rewrites a function. One inside another is weighed each time it is made.
func (rw *rewriting) def(out []syntax.Stmt, s *syntax.DefStmt) []syntax.Stmt {
	rw.bind(s.Name)
	s.Params = rw.params(s.Params)
	rw.inDef++
	s.Body = rw.stmts(s.Body)
	rw.inDef--
	out = append(out, s)
	if rw.inDef > 0 {
		none := &syntax.Ident{NamePos: s.Def, Name: "None"}
		out = append(out, &syntax.ExprStmt{X: rw.weigh(none, 200)})
	}
	return out
}

// target rewrites what stands left of an assignment. Attributes and indices of documents are set by the interpreter's own
// means; only what is read on the way there, and keys, need us.
func (rw *rewriting) target(x syntax.Expr) syntax.Expr {
	if x == nil || !rw.enter(x) {
		return x
	}
	defer rw.leave()
	switch x := x.(type) {
	case *syntax.Ident:
		rw.bind(x)
	case *syntax.ParenExpr:
		return rw.target(x.X)
	case *syntax.TupleExpr:
		for i := range x.List {
			x.List[i] = rw.target(x.List[i])
		}
	case *syntax.ListExpr:
		for i := range x.List {
			x.List[i] = rw.target(x.List[i])
		}
	case *syntax.DotExpr:
		return &syntax.DotExpr{X: rw.expr(x.X), Dot: x.Dot, NamePos: x.NamePos, Name: x.Name}
	case *syntax.IndexExpr:
		return &syntax.IndexExpr{X: rw.expr(x.X), Lbrack: x.Lbrack, Y: rw.keyed(x.Y, x.Lbrack), Rbrack: x.Rbrack}
	}
	return x
}

// keyed is a subscript that has been checked and counted as the key of something that may grow.
func (rw *rewriting) keyed(y syntax.Expr, pos syntax.Position) syntax.Expr {
	return rw.apply1(rw.expr(y), pos, spec{kind: specKey})
}

// augmented turns x op= y into x = x op y, computing the parts of x once.
func (rw *rewriting) augmented(out []syntax.Stmt, s *syntax.AssignStmt) []syntax.Stmt {
	op := s.Op.String() // "+=": in place for lists, as in Python
	lhs := s.LHS
	for paren, ok := lhs.(*syntax.ParenExpr); ok; paren, ok = lhs.(*syntax.ParenExpr) {
		lhs = paren.X
	}
	var read, write syntax.Expr
	switch x := lhs.(type) {
	case *syntax.Ident:
		rw.bind(x)
		read, write = &syntax.Ident{NamePos: x.NamePos, Name: x.Name}, x
	case *syntax.DotExpr:
		out, x.X = rw.once(out, x.X)
		read = rw.apply1(copyIdent(x.X), x.Dot, spec{kind: specAttribute, text: x.Name.Name})
		write = x
	case *syntax.IndexExpr:
		out, x.X = rw.once(out, x.X)
		out, x.Y = rw.once(out, x.Y)
		read = rw.apply2(copyIdent(x.X), x.Lbrack, "[]", copyIdent(x.Y))
		write = &syntax.IndexExpr{X: x.X, Lbrack: x.Lbrack, Y: rw.keyedIdent(x.Y, x.Lbrack), Rbrack: x.Rbrack}
	default:
		rw.fail(syntax.Start(lhs), "", "cannot use %s with this on its left", op)
		return out
	}
	value := rw.apply2(read, s.OpPos, op, rw.expr(s.RHS))
	return append(out, &syntax.AssignStmt{OpPos: s.OpPos, Op: syntax.EQ, LHS: write, RHS: value})
}

func (rw *rewriting) keyedIdent(y syntax.Expr, pos syntax.Position) syntax.Expr {
	return rw.apply1(y, pos, spec{kind: specKey})
}

// once makes an expression into one that can stand twice: a name stays, all else goes into a local.
func (rw *rewriting) once(out []syntax.Stmt, x syntax.Expr) ([]syntax.Stmt, syntax.Expr) {
	if id, ok := x.(*syntax.Ident); ok {
		rw.use(id)
		return out, id
	}
	if isText(x) {
		return out, x
	}
	pos := syntax.Start(x)
	rw.temps++
	name := fmt.Sprintf("local %d", rw.temps)
	out = append(out, &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: &syntax.Ident{NamePos: pos, Name: name}, RHS: rw.expr(x)})
	return out, &syntax.Ident{NamePos: pos, Name: name}
}

// copyIdent copies a name, for the resolver marks each use by itself. A literal may stand twice.
func copyIdent(x syntax.Expr) syntax.Expr {
	if id, ok := x.(*syntax.Ident); ok {
		return &syntax.Ident{NamePos: id.NamePos, Name: id.Name}
	}
	return x
}
