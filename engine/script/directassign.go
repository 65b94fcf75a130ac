package script

import (
	"unicode/utf8"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/syntax"
)

// assignment compiles x = y and x op= y, where x is a local name or a field of the state.
func (d *directing) assignment(x *syntax.AssignStmt) statement {
	if id, ok := x.LHS.(*syntax.Ident); ok {
		return d.local(id, x)
	}
	if d.scope.told != nil {
		return d.tell(x)
	}
	set := d.target(x.LHS)
	what := d.assigned(x)
	if set == nil || what == nil {
		return nil
	}
	return func(w *directWriter) outcome {
		o := what(&w.subject)
		if o.kind == unsure || !set(w, o) {
			return unknowable
		}
		return goesOn
	}
}

// assigned is what stands right of an assignment, or what x op= y comes to.
func (d *directing) assigned(x *syntax.AssignStmt) direct {
	if x.Op == syntax.EQ {
		return d.expr(x.RHS)
	}
	return d.expr(&syntax.BinaryExpr{X: x.LHS, OpPos: x.OpPos, Op: x.Op - syntax.PLUS_EQ + syntax.PLUS, Y: x.RHS})
}

// local compiles the assignment of a local name. It may hold what lies in the event, which stays, but not what lies in the document,
// which the next statement may change.
func (d *directing) local(id *syntax.Ident, x *syntax.AssignStmt) statement {
	if mentions(x.RHS, "state") {
		return nil
	}
	what, i := d.assigned(x), d.scope.locals[id.Name]
	if what == nil {
		return nil
	}
	return func(w *directWriter) outcome {
		o := what(&w.subject)
		if o.kind == unsure {
			return unknowable
		}
		w.subject.locals[i] = o
		return goesOn
	}
}

func mentions(x syntax.Expr, name string) bool {
	found := false
	syntax.Walk(x, func(n syntax.Node) bool {
		id, ok := n.(*syntax.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// target compiles what stands left of an assignment: a field of the state, or of what stands in it. It reports false at what the
// interpreter has to see.
func (d *directing) target(x syntax.Expr) func(w *directWriter, o operand) bool {
	var from syntax.Expr
	var name direct
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return d.target(x.X)
	case *syntax.DotExpr:
		from, name = x.X, fixedName(x.Name.Name)
	case *syntax.IndexExpr:
		from, name = x.X, d.expr(x.Y)
	default:
		return nil
	}
	root, path, exact := placeOf(from)
	if root != "state" || !exact || name == nil {
		return nil
	}
	parents := path.Tokens()
	return func(w *directWriter, o operand) bool {
		at := w.subject.State
		for _, parent := range parents {
			at = at.Get(parent)
		}
		n := name(&w.subject)
		if at.Kind() != value.Object || n.kind != textKind || !utf8.ValidString(n.text) {
			return false
		}
		return w.set(at, n.text, &o)
	}
}

func fixedName(name string) direct {
	o := textOperand(name)
	return func(*Subject) operand { return o }
}

// mostCopied bounds the payloads and texts that are written here: more may be more than the script's memory allows.
const mostCopied = 64 << 10

// set writes a member of an object of the document.
func (w *directWriter) set(at *value.Node, name string, o *operand) bool {
	if o.kind == nodeKind && o.node == at.Get(name) {
		return true // what stands there already
	}
	n := w.node(o)
	return n != nil && w.doc.SetMember(at, name, n) == nil
}

// node is the value that an operand is stored as, good until the next; nil leaves it to the interpreter.
func (w *directWriter) node(o *operand) *value.Node {
	switch o.kind {
	case noneKind:
		return value.Nul()
	case boolKind:
		return value.Boolean(o.yes)
	case numKind:
		if o.text != "" {
			return w.pen.Num(o.text)
		}
		return w.pen.Decimal(o.num)
	case textKind:
		if len(o.text) <= mostCopied {
			return w.pen.Str(o.text)
		}
	case nodeKind:
		if o.node.Len() == 0 {
			return emptyOf(o.node.Kind())
		}
	case payloadKind:
		src := bytesOf(o.text)
		end := skipContainer(src, 0)
		if end < 0 || end > mostCopied {
			return nil
		}
		if n, err := value.Parse(src[:end]); err == nil {
			return n
		}
	}
	return nil
}

func emptyOf(kind value.Kind) *value.Node {
	if kind == value.Array {
		return value.Arr()
	}
	return value.Obj()
}

// mostFolded is the largest record that is folded here.
const mostFolded = 1 << 20

// direct folds an event without the interpreter. It reports false where that can not be done; the document's writes are then to be
// undone.
func (r *Runner) direct(doc *value.Doc, e *event.Event, key string) (done bool) {
	b, w := r.p.direct, &r.writer
	if len(e.Raw) > mostFolded || doc.Root() == nil && (r.init != nil || doc.SetRoot(value.Obj()) != nil) {
		return false
	}
	w.begin(b, e)
	w.subject.Key, w.subject.State = key, doc.Root()
	w.doc, w.pen = doc, &r.m.pen
	switch w.run(b.body) {
	case unknowable:
		return false
	case deleted:
		doc.Delete()
	}
	return true
}

// begin makes the writer ready for an event.
func (w *directWriter) begin(b *directBody, e *event.Event) {
	s := &w.subject
	if s.loose == nil {
		s.locals, s.loose = make([]operand, b.locals), &looseData{paths: b.data}
	}
	s.Event = e
	s.loose.begin()
	clear(s.locals)
}
