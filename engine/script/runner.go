package script

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/starlark"
)

// Runner runs a program for one goroutine. It may be used for any number of events, keys and documents, one at a time.
//
// Every error of its methods is an *Error that names the script's place and the event. After an error the runner goes on
// working; the document's writes are the caller's to roll back.
type Runner struct {
	p      *Program
	m      *machine
	broken error // the script's top level failed; Compile has seen that it does not
	upcast starlark.Callable
	key    starlark.Callable
	init   starlark.Callable
	apply  starlark.Callable
	arity  int // of apply
	state  objectView
	args   [3]starlark.Value
	writer directWriter
}

// New is a runner for one goroutine.
func (p *Program) New() *Runner {
	r := &Runner{p: p, m: newMachine(p.name, p.options), arity: 2}
	globals, err := p.start(r.m)
	if err != nil {
		r.broken = runError(p.name, err)
		return r
	}
	r.upcast, r.key = function(globals, "upcast"), function(globals, "key")
	r.init, r.apply = function(globals, "init"), function(globals, "apply")
	if def := p.defs["apply"]; def != nil {
		if _, most := arityOf(def); most >= 3 {
			r.arity = 3
		}
	}
	r.state = objectView{m: r.m, writable: true}
	return r
}

func function(globals starlark.StringDict, name string) starlark.Callable {
	fn, _ := globals[name].(starlark.Callable)
	return fn
}

// start runs the top level and freezes what it made, so that no event can leave anything behind for the next.
func (p *Program) start(m *machine) (globals starlark.StringDict, err error) {
	defer caught(&err)
	m.begin(nil)
	given := make(starlark.StringDict, len(builtins)+len(p.rewrite.order)+1)
	for i := range builtins {
		given[builtins[i].name] = builtins[i].bind(m)
	}
	given[deleteName] = deletion{}
	for _, global := range p.rewrite.order {
		v, err := p.rewrite.specs[global].build(m)
		if err != nil {
			return nil, err
		}
		given["="+global] = v
	}
	if globals, err = p.prog.Init(m.thread, given); err != nil {
		return nil, err
	}
	for _, v := range globals {
		if err := m.measure(v, 0); err != nil {
			return nil, err
		}
	}
	globals.Freeze()
	m.decimals.open()
	m.objects.open()
	m.lists.open()
	return globals, nil
}

// measure goes through a value as freezing it will, and fails where that would take too long.
func (m *machine) measure(v starlark.Value, depth int) error {
	if depth > maxDepth {
		return depthFault()
	}
	if err := m.work(1); err != nil {
		return err
	}
	switch v := v.(type) {
	case *starlark.Dict:
		for _, item := range v.Items() {
			if err := m.measure(item[1], depth+1); err != nil {
				return err
			}
		}
	case *starlark.List:
		return m.measureItems(v, depth)
	case starlark.Tuple:
		return m.measureItems(v, depth)
	}
	return nil
}

func (m *machine) measureItems(list starlark.Indexable, depth int) error {
	for i := range list.Len() {
		if err := m.measure(list.Index(i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// caught turns a panic into an error: no script may take the program down.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("internal error: %v", p)
	}
}

// fail gives an error its place and event.
func (r *Runner) fail(err error, e *event.Event) error {
	out := runError(r.p.name, err)
	if e != nil {
		out.Position, out.EventID, out.Type = e.Position, e.ID, e.Type
	}
	return out
}

// call runs one of the script's functions.
func (r *Runner) call(fn starlark.Callable, args ...starlark.Value) (v starlark.Value, err error) {
	defer caught(&err)
	return starlark.Call(r.m.thread, fn, args, nil)
}

// Upcast is the event as the script's upcast gives it: e itself if there is none, or if it changes nothing.
func (r *Runner) Upcast(e *event.Event) (*event.Event, error) {
	if r.broken != nil {
		return nil, r.broken
	}
	if r.upcast == nil {
		return e, nil
	}
	r.m.begin(e)
	v, err := r.call(r.upcast, &r.m.event)
	if err != nil {
		return nil, r.fail(err, e)
	}
	if view, ok := v.(*eventView); ok {
		return view.event, nil
	}
	return nil, r.fail(r.wrongResult(r.upcast, "upcast must return the event, or replace(event, …), not %s", v), e)
}

// wrongResult is an error at the function that gave a wrong result.
func (r *Runner) wrongResult(fn starlark.Callable, format string, v starlark.Value) error {
	f := &fault{msg: fmt.Sprintf(format, kindOf(v))}
	if def, ok := fn.(*starlark.Function); ok {
		return &placed{fault: f, line: def.Position().Line, col: def.Position().Col}
	}
	return f
}

// Keys appends to dst the keys whose documents the event belongs to: what the script's key says, else the event's stream. The
// texts may lie in the event's bytes, as its stream does: who keeps one clones it.
func (r *Runner) Keys(e *event.Event, dst []string) ([]string, error) {
	if r.broken != nil {
		return dst, r.broken
	}
	if r.key == nil {
		if e.Stream != "" {
			dst = append(dst, string(e.Stream))
		}
		return dst, nil
	}
	r.m.begin(e)
	v, err := r.call(r.key, &r.m.event)
	if err != nil {
		return dst, r.fail(err, e)
	}
	out, err := r.keysOf(v, dst)
	if err != nil {
		return dst, r.fail(err, e)
	}
	return out, nil
}

func (r *Runner) keysOf(v starlark.Value, dst []string) ([]string, error) {
	switch v := v.(type) {
	case starlark.NoneType:
		return dst, nil
	case starlark.String:
		return append(dst, string(v)), nil
	}
	seq, ok := asSequence(v)
	if !ok {
		return nil, r.wrongResult(r.key, "key must return a text, None, or a list of texts, not %s", v)
	}
	start := len(dst)
	seen := make(map[string]bool, seq.Len())
	for i := range seq.Len() {
		text, ok := seq.Index(i).(starlark.String)
		if !ok {
			return nil, r.wrongResult(r.key, "key must return texts; its list has %s", seq.Index(i))
		}
		if seen[string(text)] {
			return nil, r.wrongResult(r.key, "key must return distinct texts; its list has a %s twice", text)
		}
		seen[string(text)] = true
		dst = append(dst, string(text))
		if err := r.m.work(1); err != nil {
			return dst[:start], err
		}
	}
	return dst, nil
}

// Init is the document with which a key begins: what the script's init says, else an empty object.
func (r *Runner) Init(key string) (*value.Node, error) {
	if r.broken != nil {
		return nil, r.broken
	}
	r.m.begin(nil)
	n, err := r.initial(key)
	if err != nil {
		return nil, r.fail(err, nil)
	}
	return n, nil
}

func (r *Runner) initial(key string) (*value.Node, error) {
	if r.init == nil {
		return value.Obj(), nil
	}
	v, err := r.call(r.init, starlark.String(key))
	if err != nil {
		return nil, err
	}
	n, err := r.m.store(v)
	if err != nil {
		return nil, err
	}
	if n.Kind() != value.Object {
		return nil, r.wrongResult(r.init, "init must return a dict, not %s", v)
	}
	return n, nil
}

// Apply folds the event into the key's document; an absent document begins with what Init gives. The writes go to doc's
// journal, between the caller's Begin and Commit. After an error the caller rolls back.
func (r *Runner) Apply(doc *value.Doc, e *event.Event, key string) error {
	if r.broken != nil {
		return r.broken
	}
	if r.p.direct != nil {
		if r.direct(doc, e, key) {
			return nil
		}
		doc.Restart()
	}
	r.m.begin(e)
	r.m.doc = doc
	defer func() { r.m.doc = nil }()
	if err := r.fold(doc, key); err != nil {
		return r.fail(err, e)
	}
	return nil
}

func (r *Runner) fold(doc *value.Doc, key string) error {
	if doc.Root() == nil {
		n, err := r.initial(key)
		if err != nil {
			return err
		}
		if err := doc.SetRoot(n); err != nil {
			return writeFault(err)
		}
	}
	r.state.node = doc.Root()
	r.args[0], r.args[1] = &r.state, &r.m.event
	if r.arity == 3 {
		r.args[2] = starlark.String(key)
	}
	v, err := r.call(r.apply, r.args[:r.arity]...)
	switch {
	case err != nil:
		return err
	case v == starlark.None:
		return nil
	case v == starlark.Value(deletion{}):
		doc.Delete()
		return nil
	}
	return r.wrongResult(r.apply, "apply must return nothing or DELETE, not %s", v)
}
