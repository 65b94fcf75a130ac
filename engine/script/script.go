package script

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Version names the language as this package runs it. A change that lets the same script give another result changes it, and
// with it the identity of every projection.
const Version = "1"

// Limits bound the work that one event may cause. The zero value of a field means the default.
type Limits struct {
	Steps  uint64 // of the interpreter and of the work inside built-ins; default 5,000,000
	Memory int64  // bytes allocated for one event, in all; default 64 MiB
}

const (
	defaultSteps  = 5_000_000
	defaultMemory = 64 << 20
)

// Options say how a script is compiled and run.
type Options struct {
	Limits Limits
	// Print receives what the script prints, with its place; nil drops it.
	Print func(place, text string)
}

func (o Options) filled() Options {
	if o.Limits.Steps == 0 {
		o.Limits.Steps = defaultSteps
	}
	if o.Limits.Memory == 0 {
		o.Limits.Memory = defaultMemory
	}
	return o
}

// Program is a compiled script, safe for use by several goroutines.
type Program struct {
	name    string
	prog    *starlark.Program
	rewrite *rewriting
	defs    map[string]*syntax.DefStmt
	options Options
	direct  *directBody // apply, where it can be run without the interpreter
	telling *telling    // apply, where it can be run without the document
	loose   bool        // loose events say all that key and apply ask for
}

// Compile reads a projection's script. The name stands in messages as its file. Every error is an *Error with a place.
//
// A projection defines apply(state, event) or apply(state, event, key), and may define upcast(event), key(event) and
// init(key). The script's top level is run once here, within the limits, so that it cannot fail later.
func Compile(name string, src []byte, options Options) (p *Program, err error) {
	defer recovered(name, &err)
	file, err := parse(name, src)
	if err != nil {
		return nil, err
	}
	defs, err := checkEntries(name, file)
	if err != nil {
		return nil, err
	}
	direct, telling := directApplyOf(file, defs["apply"]), tellingOf(file, defs["apply"]) // before the tree is rewritten
	loose := readsLoose(defs["apply"], 1) && readsLoose(defs["key"], 0) && defs["upcast"] == nil
	if p, err = compile(name, file, defs, options); err != nil {
		return nil, err
	}
	if limits := p.options.Limits; limits.Steps >= defaultSteps && limits.Memory >= defaultMemory {
		p.direct = direct // it counts nothing, since it is far from the usual limits
		if defs["init"] == nil && defs["upcast"] == nil {
			p.telling = telling
		}
	}
	p.loose = loose
	return p, nil
}

// Interpreted is the same script, of which the interpreter alone runs every part: what shortcuts are compared with.
func (p *Program) Interpreted() *Program {
	plain := *p
	plain.direct, plain.telling = nil, nil
	return &plain
}

// Direct reports whether the interpreter runs apply only where that meets what is rare, or an error.
func (p *Program) Direct() bool { return p.direct != nil }

// Loose reports whether loose events say all that the script asks for, see event.Cast.
func (p *Program) Loose() bool { return p.loose }

// compile rewrites and compiles a checked file and tries its top level.
func compile(name string, file *syntax.File, defs map[string]*syntax.DefStmt, options Options) (*Program, error) {
	rw, err := rewriteFile(name, file)
	if err != nil {
		return nil, err
	}
	prog, err := starlark.FileProgram(file, rw.predeclared)
	if err != nil {
		return nil, compileError(name, err)
	}
	p := &Program{name: name, prog: prog, rewrite: rw, defs: defs, options: options.filled()}
	if r := p.New(); r.broken != nil {
		return nil, r.broken
	}
	return p, nil
}

// Name is the script's name, as given to Compile.
func (p *Program) Name() string { return p.name }

// Has reports whether the script defines a function of this name, such as "key", "init" or "upcast".
func (p *Program) Has(function string) bool { return p.defs[function] != nil }

func recovered(name string, err *error) {
	if r := recover(); r != nil {
		*err = &Error{File: name, Msg: fmt.Sprintf("internal error: %v", r)}
	}
}
