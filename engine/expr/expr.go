package expr

import (
	"strings"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
)

// Name stands in messages in the place of a file's name.
const Name = "condition"

// Subject is what a condition is asked about.
type Subject = script.Subject

// Term is a comparison of one place with a constant, and Formula what a condition makes of terms.
type (
	Term    = script.Term
	Formula = script.Formula
)

// Limits bound what a condition may do for one event.
type Limits = script.Limits

// Cond is a compiled condition, immutable and safe for concurrent use.
type Cond struct {
	src     string
	code    *script.Condition
	negated bool
	formula *Formula
}

// Compile reads a condition. An error is a *script.Error that names the column and, where there is one, the remedy; names that
// do not exist, and fields that no event has, are errors here.
func Compile(src string) (*Cond, error) { return CompileLimited(src, Limits{}) }

// CompileLimited is Compile with other limits than the usual ones.
func CompileLimited(src string, limits Limits) (*Cond, error) {
	code, err := script.CompileExpr(Name, src, script.Options{Limits: limits})
	if err != nil {
		return nil, err
	}
	return &Cond{src: src, code: code, formula: code.Formula()}, nil
}

// Not is the condition that holds where c does not.
func (c *Cond) Not() *Cond {
	return &Cond{src: "not (" + c.src + ")", code: c.code, negated: !c.negated, formula: &Formula{Op: "not", Kids: []*Formula{c.formula}}}
}

// String is the condition as it was written.
func (c *Cond) String() string { return c.src }

// Uses reports whether the condition mentions one of the five names.
func (c *Cond) Uses(name string) bool { return c.code.Uses(name) }

// Needs is Uses of a condition that may be nil: no condition needs nothing.
func (c *Cond) Needs(name string) bool { return c != nil && c.Uses(name) }

// NeedsState reports whether the condition asks about keys and their documents, and not about events alone.
func (c *Cond) NeedsState() bool { return c.Uses("state") || c.Uses("before") || c.Uses("key") }

// OfState reports whether the answer depends on the key and the document after the event alone: then it changes only where the
// document does.
func (c *Cond) OfState() bool {
	return c.NeedsState() && !c.Uses("before") && !c.Uses("event") && !c.Uses("position")
}

// Formula is what the condition is made of.
func (c *Cond) Formula() *Formula { return c.formula }

// Terms lists the comparisons with constants that must all hold where the condition does.
func (c *Cond) Terms() []Term { return must(nil, pushed(c.formula, false)) }

// must appends the terms that have to hold for a formula to hold.
func must(list []Term, f *Formula) []Term {
	switch f.Op {
	case "term":
		return append(list, f.Term)
	case "and":
		for _, kid := range f.Kids {
			list = must(list, kid)
		}
	}
	return list
}

// Places lists the paths of state or before that the condition reads; each stands for all below it. Known is false if that
// cannot be told.
func (c *Cond) Places(name string) (paths []value.Pointer, known bool) { return c.code.Places(name) }

// NamesAlone reports whether no more is read of state and before than the names of their members, or how many items they have.
func (c *Cond) NamesAlone() bool { return c.code.NamesAlone() }

// Wanted is what a term asks of a field of every event, as text: of type, stream, correlation_id and id. It is "" if none does.
func (c *Cond) Wanted(field string) string {
	for _, t := range c.Terms() {
		if t.Name == "event" && t.Op == "==" && string(t.Path) == "/"+field && t.Const.Kind() == value.String {
			return t.Const.Text()
		}
	}
	return ""
}

// Guard is what the condition asks of a field of the event before it asks anything else, so that nothing more is asked where the field
// has another text. Field is "" if there is no such thing.
func (c *Cond) Guard() (field, text string) {
	f := c.formula
	for f.Op == "and" {
		f = f.Kids[0]
	}
	t := f.Term
	if f.Op != "term" || t.Name != "event" || t.Op != "==" || t.Const.Kind() != value.String || t.Const.Text() == "" {
		return "", ""
	}
	return strings.TrimPrefix(string(t.Path), "/"), t.Const.Text()
}

// Evaluator evaluates a condition for one goroutine.
type Evaluator struct {
	c      *Cond
	script *script.Evaluator
	native *test // nil if the script has to be run
}

// New is an evaluator for one goroutine.
func (c *Cond) New() *Evaluator {
	return &Evaluator{c: c, native: testOf(c.formula)}
}

func (ev *Evaluator) slow() *script.Evaluator {
	if ev.script == nil {
		ev.script = ev.c.code.New()
	}
	return ev.script
}

// Holds reports whether the condition is true of s. An error is a *script.Error with the column and the event's position.
func (ev *Evaluator) Holds(s Subject) (bool, error) {
	if ev.native != nil {
		switch ev.native.ask(&s) {
		case yes:
			return true, nil
		case no:
			return false, nil
		}
	}
	ok, err := ev.slow().Holds(s)
	return ok != ev.c.negated && err == nil, err
}

// Native reports whether no script has to be run, but for what is to be an error.
func (ev *Evaluator) Native() bool { return ev.native != nil }

// Value is what the expression says of s.
func (ev *Evaluator) Value(s Subject) (*value.Node, error) { return ev.slow().Value(s) }

// OfEvent is the subject that a condition on events alone needs.
func OfEvent(e *event.Event) Subject { return Subject{Event: e, Position: e.Position} }

// Rule is something that is to hold at every event.
type Rule struct {
	Name string
	Text string // what it says, for people
	Cond *Cond
}

// Rules reads a file of named rules (script.CompileRules says how it is written).
func Rules(name string, src []byte) ([]Rule, error) {
	list, err := script.CompileRules(name, src, script.Options{})
	if err != nil {
		return nil, err
	}
	rules := make([]Rule, len(list))
	for i, r := range list {
		rules[i] = Rule{r.Name, r.Text, &Cond{src: r.Text, code: r.Condition, formula: r.Condition.Formula()}}
	}
	return rules, nil
}

// Invariant is a rule that a condition states, and whose name is the condition.
func Invariant(src string) (Rule, error) {
	c, err := Compile(src)
	return Rule{src, src, c}, err
}
