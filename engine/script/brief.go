package script

import (
	"slices"
	"unicode/utf8"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/syntax"
)

// An apply that assigns what the event says to fields of the document, and counts or sums up in others, says of an event what becomes
// of any document: its brief. So it is run before anybody knows the document, and no document is made for it. Sums are what a script
// reads of the state most: state.n = (state.n or 0) + what the event says.

// toldFields are the fields of the document that an apply assigns.
type toldFields struct {
	names []string
	set   []bool // to what the event says
	added []bool // to the sum of what stands there and what the event says
}

// mostTold bounds them.
const mostTold = 64

func (t *toldFields) number(name string) int {
	i := slices.Index(t.names, name)
	if i < 0 {
		i = len(t.names)
		t.names, t.set, t.added = append(t.names, name), append(t.set, false), append(t.added, false)
	}
	return i
}

// telling is an apply that says briefs.
type telling struct {
	*directBody
	fields []string
}

// tellingOf compiles a script's apply; nil if it asks for more of the state than sums. A field that is summed up is nothing else.
func tellingOf(file *syntax.File, def *syntax.DefStmt) *telling {
	t := &toldFields{}
	body := bodyOf(file, def, &scope{told: t})
	if body == nil || len(t.names) > mostTold {
		return nil
	}
	for i := range t.names {
		if t.set[i] && t.added[i] {
			return nil
		}
	}
	return &telling{body, t.names}
}

// tell compiles an assignment to a field of the document.
func (d *directing) tell(x *syntax.AssignStmt) statement {
	root, path, exact := placeOf(x.LHS)
	names := path.Tokens()
	if root != "state" || !exact || len(names) != 1 || x.Op != syntax.EQ || !utf8.ValidString(names[0]) {
		return nil
	}
	i := d.scope.told.number(names[0])
	if what := d.added(x.RHS, names[0]); what != nil {
		d.scope.told.added[i] = true
		return func(w *directWriter) outcome {
			o := what(&w.subject)
			return w.told.put(i, o.kind == numKind && w.told.brief.Add(w.told.places[i], o.num))
		}
	}
	d.scope.told.set[i] = true
	what := d.expr(x.RHS)
	if what == nil {
		return nil
	}
	return func(w *directWriter) outcome {
		o := what(&w.subject)
		n := w.node(&o)
		if o.kind == nodeKind && !o.yes {
			n = o.node // of the event, as it is
		}
		return w.told.put(i, n != nil && w.told.brief.Put(w.told.places[i], n))
	}
}

// added is what x adds to a field of the document, or nil if x is not such a sum.
func (d *directing) added(x syntax.Expr, field string) direct {
	for p, ok := x.(*syntax.ParenExpr); ok; p, ok = x.(*syntax.ParenExpr) {
		x = p.X
	}
	sum, ok := x.(*syntax.BinaryExpr)
	switch {
	case !ok:
		return nil
	case sum.Op == syntax.PLUS && isCount(sum.Y, field):
		return d.expr(sum.X)
	case sum.Op != syntax.PLUS && sum.Op != syntax.MINUS || !isCount(sum.X, field):
		return nil
	}
	what := d.expr(sum.Y)
	if what == nil || sum.Op == syntax.PLUS {
		return what
	}
	return one(what, func(o operand) operand {
		if o.kind != numKind {
			return operand{}
		}
		return numOperand(o.num.Neg(), nil)
	})
}

// isCount reports whether x is (state.field or 0).
func isCount(x syntax.Expr, field string) bool {
	for p, ok := x.(*syntax.ParenExpr); ok; p, ok = x.(*syntax.ParenExpr) {
		x = p.X
	}
	or, ok := x.(*syntax.BinaryExpr)
	if !ok || or.Op != syntax.OR {
		return false
	}
	root, path, exact := placeOf(or.X)
	zero, constant := constantOf(or.Y)
	return root == "state" && exact && path == value.Pointer("").Child(field) && constant && zero.Kind() == value.Number && zero.Text() == "0"
}

// Briefer says what events do to the documents of a script, as value.Briefer does. One goroutine at a time may use it.
type Briefer struct {
	t      *telling
	w      directWriter
	pen    value.Pen
	brief  *value.Briefer
	places []value.Place // of the fields
	met    uint64        // bit per field: the event has a write to it
}

// NewBriefer is a briefer for documents at these places; nil if apply has to see the document.
func (p *Program) NewBriefer(places *value.Places) *Briefer {
	if p.telling == nil {
		return nil
	}
	b := &Briefer{t: p.telling, brief: value.NewBriefer(places)}
	for _, name := range p.telling.fields {
		at := places.Member(0, name)
		if at == value.NoPlace {
			return nil
		}
		b.places = append(b.places, at)
	}
	b.w.told, b.w.pen = b, &b.pen
	return b
}

// Brief appends the brief of an event to dst. Not ok means that this event needs Apply.
func (b *Briefer) Brief(e *event.Event, dst []byte) (brief []byte, ok bool) {
	if len(e.Raw) > mostFolded {
		return dst, false
	}
	b.met = 0
	b.brief.Begin()
	b.w.begin(b.t.directBody, e)
	switch b.w.run(b.t.body) {
	case unknowable, deleted:
		return dst, false
	}
	return b.brief.End(dst), true
}

// put ends an assignment that was told, or was not. One that follows another of the same field is left to Apply.
func (b *Briefer) put(field int, ok bool) outcome {
	if bit := uint64(1) << field; ok && b.met&bit == 0 {
		b.met |= bit
		return goesOn
	}
	return unknowable
}
