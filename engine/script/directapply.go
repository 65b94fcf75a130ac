package script

import (
	"slices"

	"asof/engine/value"

	"go.starlark.net/syntax"
)

// An apply that only assigns fields, chosen by ifs, needs no interpreter either: it is compiled to a list of statements that write
// what direct expressions come to. Where one of them is not sure, the writes of the event are undone and the interpreter folds
// it: what it makes of an event is what counts, and a shortcut must come to the same.

// statement runs one statement of a direct apply.
type statement func(w *directWriter) outcome

// outcome is how a statement ended.
type outcome uint8

const (
	goesOn     outcome = iota
	returned           // nothing, or None
	deleted            // DELETE
	unknowable         // only the interpreter can tell
)

// directWriter is what statements read and write.
type directWriter struct {
	subject Subject // with the state as it is at the statement
	doc     *value.Doc
	pen     *value.Pen
	told    *Briefer // instead of doc, where it says briefs
}

// scope is what the names of a function mean that is compiled.
type scope struct {
	key       bool // it takes the key
	locals    map[string]int
	constants map[string]operand // of the script's top level
	data      [][]string         // what is read of event.data
	told      *toldFields        // the function says briefs, and reads no state; else nil
}

// directBody is a direct apply.
type directBody struct {
	body   []statement
	locals int
	data   [][]string // see scope
}

// reserved are names that have to mean what they mean to a direct expression.
var reserved = []string{
	"state", "event", "key", "before", "position", "None", "True", "False", deleteName,
	"len", "bool", "abs", "min", "max", "get", "getattr", "hasattr",
}

// directApplyOf compiles a script's apply; nil if a part of it needs the interpreter.
func directApplyOf(file *syntax.File, def *syntax.DefStmt) *directBody {
	return bodyOf(file, def, &scope{})
}

// bodyOf compiles a function in a scope that is empty so far.
func bodyOf(file *syntax.File, def *syntax.DefStmt, sc *scope) *directBody {
	sc.locals, sc.constants = map[string]int{}, map[string]operand{}
	for i, param := range def.Params {
		id, ok := param.(*syntax.Ident)
		if !ok || i >= 3 || id.Name != [...]string{"state", "event", "key"}[i] {
			return nil
		}
		sc.key = i == 2 && sc.told == nil
	}
	if len(def.Params) < 2 || !sc.addGlobals(file) || !sc.addLocals(def.Body) {
		return nil
	}
	d := &directing{scope: sc}
	body := d.block(def.Body)
	if body == nil {
		return nil
	}
	return &directBody{body, len(sc.locals), sc.data}
}

// addGlobals notes what the script's top level binds. It reports false where that is more than functions and single names.
func (sc *scope) addGlobals(file *syntax.File) bool {
	bound := map[string]bool{}
	bind := func(name string) bool {
		again := bound[name]
		bound[name] = true
		return !again && !slices.Contains(reserved, name)
	}
	for _, stmt := range file.Stmts {
		switch stmt := stmt.(type) {
		case *syntax.DefStmt:
			if !bind(stmt.Name.Name) {
				return false
			}
		case *syntax.AssignStmt:
			id, ok := stmt.LHS.(*syntax.Ident)
			if !ok || stmt.Op != syntax.EQ || !bind(id.Name) {
				return false
			}
			if n, ok := constantOf(stmt.RHS); ok {
				sc.constants[id.Name] = nodeOperand(n)
			}
		case *syntax.ExprStmt:
			if _, ok := stmt.X.(*syntax.Literal); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// addLocals notes the names that a function's statements bind.
func (sc *scope) addLocals(body []syntax.Stmt) bool {
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *syntax.AssignStmt:
			id, ok := stmt.LHS.(*syntax.Ident)
			if !ok {
				continue
			}
			if slices.Contains(reserved, id.Name) {
				return false
			}
			if _, known := sc.locals[id.Name]; !known {
				sc.locals[id.Name] = len(sc.locals)
			}
		case *syntax.IfStmt:
			if !sc.addLocals(stmt.True) || !sc.addLocals(stmt.False) {
				return false
			}
		}
	}
	return true
}

// name is what a name on its own stands for in the function.
func (sc *scope) name(name string) direct {
	if i, ok := sc.locals[name]; ok {
		return func(s *Subject) operand { return s.locals[i] }
	}
	if constant, ok := sc.constants[name]; ok {
		return func(*Subject) operand { return constant }
	}
	if name == "key" && sc.key {
		return func(s *Subject) operand { return textOperand(s.Key) }
	}
	if name == "state" && sc.told == nil {
		return func(s *Subject) operand { return documentOperand(s.State) }
	}
	return nil
}

// block compiles statements; nil if one of them needs the interpreter.
func (d *directing) block(list []syntax.Stmt) []statement {
	out := make([]statement, 0, len(list))
	for _, stmt := range list {
		switch x := stmt.(type) {
		case *syntax.ExprStmt:
			if _, ok := x.X.(*syntax.Literal); ok { // what the function says of itself
				continue
			}
		case *syntax.BranchStmt:
			if x.Token == syntax.PASS {
				continue
			}
		}
		s := d.statement(stmt)
		if s == nil {
			return nil
		}
		out = append(out, s)
	}
	return out
}

func (d *directing) statement(stmt syntax.Stmt) statement {
	switch stmt := stmt.(type) {
	case *syntax.AssignStmt:
		return d.assignment(stmt)
	case *syntax.IfStmt:
		return d.branch(stmt)
	case *syntax.ReturnStmt:
		how := returned
		switch x := stmt.Result.(type) {
		case nil:
		case *syntax.Ident:
			switch x.Name {
			case "None":
			case deleteName:
				how = deleted
			default:
				return nil
			}
		default:
			return nil
		}
		return func(*directWriter) outcome { return how }
	}
	return nil
}

func (d *directing) branch(x *syntax.IfStmt) statement {
	cond, yes, no := d.expr(x.Cond), d.block(x.True), d.block(x.False)
	if cond == nil || yes == nil || no == nil {
		return nil
	}
	return func(w *directWriter) outcome {
		c := cond(&w.subject)
		switch {
		case c.kind == unsure:
			return unknowable
		case c.truth():
			return w.run(yes)
		}
		return w.run(no)
	}
}

func (w *directWriter) run(body []statement) outcome {
	for _, s := range body {
		if how := s(w); how != goesOn {
			return how
		}
	}
	return goesOn
}
