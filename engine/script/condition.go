package script

import (
	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Condition is a compiled expression over an event and a document, safe for use by several goroutines. It is written in the
// language of projections; what is missing reads as None, an index beyond a list's end too.
type Condition struct {
	p       *Program
	fn      string   // the function that is called
	params  []string // the names that it is given, in their order
	uses    map[string]bool
	formula *Formula
	places  map[string]places
	names   bool   // see NamesAlone
	direct  direct // nil if only the interpreter can answer
}

// conditionNames are the names that a condition may use, in the order of the evaluator's arguments.
var conditionNames = [...]string{"event", "state", "before", "key", "position"}

// Subject is what a condition is asked about.
type Subject struct {
	Event    *event.Event
	State    *value.Node // the document after the event; nil = absent
	Before   *value.Node // the document before the event; nil = absent
	Key      string
	Position event.Position // the event's, or that of the state where there is no event

	locals []operand  // of a direct apply
	loose  *looseData // reads the payloads of loose events; nil puts them together
}

// CompileExpr reads an expression over event, state, before, key and position. The name stands in messages as its file.
func CompileExpr(name, src string, options Options) (c *Condition, err error) {
	defer recovered(name, &err)
	if err := precheck(name, []byte(src)); err != nil {
		return nil, err
	}
	parsed, err := (&syntax.FileOptions{}).ParseExpr(name, src, 0)
	if err != nil {
		return nil, compileError(name, err)
	}
	if err := checkEventFields(parsed); err != nil {
		return nil, err
	}
	c = &Condition{fn: conditionFunction, params: conditionNames[:], uses: map[string]bool{}}
	c.places, c.formula, c.names = placesOf(parsed), formulaOf(parsed), namesAlone(parsed) // before the tree is rewritten
	c.direct = directOf(parsed)
	start := syntax.Start(parsed)
	def := &syntax.DefStmt{
		Def:  start,
		Name: &syntax.Ident{NamePos: start, Name: conditionFunction},
		Body: []syntax.Stmt{&syntax.ReturnStmt{Return: start, Result: parsed}},
	}
	for _, param := range conditionNames {
		def.Params = append(def.Params, &syntax.Ident{NamePos: start, Name: param})
	}
	syntax.Walk(parsed, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok {
			c.uses[id.Name] = true
		}
		return true
	})
	file := &syntax.File{Path: name, Stmts: []syntax.Stmt{def}, Options: &syntax.FileOptions{}}
	if c.p, err = compile(name, file, nil, options); err != nil {
		return nil, err
	}
	return c, nil
}

// conditionFunction is the generated function's name, which no expression can write.
const conditionFunction = "the condition"

// Uses reports whether the expression mentions one of the names event, state, before, key and position. What it does not
// mention need not be given.
func (c *Condition) Uses(name string) bool { return c.uses[name] }

// Interpreted is the same condition, of which the interpreter alone says whether it holds: what shortcuts are compared with.
func (c *Condition) Interpreted() *Condition {
	plain := *c
	plain.direct = nil
	return &plain
}

// Direct reports whether the interpreter is asked only where the condition meets what is rare, or an error.
func (c *Condition) Direct() bool { return c.direct != nil }

// Evaluator evaluates a condition for one goroutine.
type Evaluator struct {
	r             *Runner // nil until the interpreter is needed
	fn            starlark.Callable
	c             *Condition
	state, before objectView
	args          []starlark.Value
	subject       Subject
}

// New is an evaluator for one goroutine.
func (c *Condition) New() *Evaluator { return &Evaluator{c: c} }

// start makes the interpreter ready.
func (ev *Evaluator) start() {
	c := ev.c
	ev.r, ev.args = &Runner{p: c.p, m: newMachine(c.p.name, c.p.options)}, make([]starlark.Value, len(c.params))
	ev.r.m.lenient = true
	globals, err := c.p.start(ev.r.m)
	if err != nil {
		ev.r.broken = runError(c.p.name, err)
		return
	}
	ev.fn = function(globals, c.fn)
	ev.state.m, ev.before.m = ev.r.m, ev.r.m
}

// Holds reports whether the condition is true of s; None counts as false. An error is an *Error that names the event, and so is
// any other answer than True, False and None.
func (ev *Evaluator) Holds(s Subject) (bool, error) {
	if ev.c.direct != nil {
		ev.subject = s
		switch o := ev.c.direct(&ev.subject); o.kind {
		case boolKind:
			return o.yes, nil
		case noneKind:
			return false, nil
		}
	}
	v, err := ev.eval(s)
	switch v := v.(type) {
	case nil:
		return false, err
	case starlark.Bool:
		return bool(v), nil
	case starlark.NoneType:
		return false, nil
	}
	f := &fault{msg: "a condition is True or False; this is " + kindOf(v), hint: "compare it with something, or write bool(…)"}
	line, col := int32(1), int32(1)
	if def, ok := ev.fn.(*starlark.Function); ok {
		line, col = def.Position().Line, def.Position().Col
	}
	return false, ev.fail(&placed{fault: f, line: line, col: col}, s)
}

// fail gives an error its place and event, of which the position may be all that is known.
func (ev *Evaluator) fail(err error, s Subject) error {
	out := runError(ev.r.p.name, err)
	if out.Position = s.Position; s.Event != nil {
		out.Position, out.EventID, out.Type = s.Event.Position, s.Event.ID, s.Event.Type
	}
	return out
}

// Value is what the expression says of s, as a value of its own. An error is an *Error that names the event.
func (ev *Evaluator) Value(s Subject) (*value.Node, error) {
	v, err := ev.eval(s)
	if err != nil {
		return nil, err
	}
	if n, ok := v.(*eventView); ok {
		return value.Str(n.String()), nil
	}
	n, err := ev.r.m.store(v)
	if err == nil {
		n, err = value.Parse(n.JSON()) // off the event's bytes, and off the document
	}
	if err != nil {
		return nil, ev.fail(err, s)
	}
	return n, nil
}

func (ev *Evaluator) eval(s Subject) (starlark.Value, error) {
	if ev.r == nil {
		ev.start()
	}
	if ev.r.broken != nil {
		return nil, ev.r.broken
	}
	ev.r.m.begin(s.Event)
	ev.state.node, ev.before.node = s.State, s.Before
	for i, name := range ev.c.params {
		ev.args[i] = ev.argument(name, &s)
	}
	v, err := ev.r.call(ev.fn, ev.args...)
	if err != nil {
		return nil, ev.fail(err, s)
	}
	return v, nil
}

// argument is one of our names, as the expression sees it.
func (ev *Evaluator) argument(name string, s *Subject) starlark.Value {
	switch name {
	case "event":
		if s.Event != nil {
			return &ev.r.m.event
		}
	case "state":
		return viewOrNone(&ev.state)
	case "before":
		return viewOrNone(&ev.before)
	case "key":
		return starlark.String(s.Key)
	case "position":
		return starlark.MakeUint64(uint64(s.Position))
	}
	return starlark.None
}

func viewOrNone(v *objectView) starlark.Value {
	if v.node == nil {
		return starlark.None
	}
	return v
}
