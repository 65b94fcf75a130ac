package script

import (
	"errors"
	"fmt"
	"strings"

	"asof/engine/event"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Limit names the bound that an event ran into.
type Limit string

const (
	NoLimit     Limit = ""
	LimitSteps  Limit = "steps"
	LimitMemory Limit = "memory"
	LimitDigits Limit = "digits"
	LimitDepth  Limit = "depth"
)

// Error is what went wrong in a script, and where.
type Error struct {
	File  string
	Line  int // from 1; 0 if the place is not known
	Col   int // from 1, in bytes
	Msg   string
	Hint  string // what to do about it, or ""
	Trace string // the calls that led there, one a line, outermost first
	Limit Limit  // the bound that was hit, if any

	// The event that was being folded; Position 0 while compiling.
	Position event.Position
	EventID  string
	Type     string
}

// Error is the message with its place, without the trace.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Col)
	}
	fmt.Fprintf(&b, ": %s", e.Msg)
	if e.Hint != "" {
		fmt.Fprintf(&b, " (%s)", e.Hint)
	}
	if e.Position > 0 {
		fmt.Fprintf(&b, ", at event %d", e.Position)
		if e.Type != "" {
			fmt.Fprintf(&b, " %s", e.Type)
		}
	}
	return b.String()
}

func errorAt(pos syntax.Position, hint, format string, args ...any) *Error {
	return &Error{File: pos.Filename(), Line: int(pos.Line), Col: int(pos.Col), Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// fault is an error of a running script that knows its remedy or the limit it met. It gets its place from the call stack.
type fault struct {
	msg   string
	hint  string
	limit Limit
}

func (f *fault) Error() string { return f.msg }

// placed is a fault that knows its place by itself: that of a function whose result is wrong.
type placed struct {
	*fault
	line, col int32
}

// Unwrap is the fault.
func (p *placed) Unwrap() error { return p.fault }

func faultf(hint, format string, args ...any) error {
	return &fault{msg: fmt.Sprintf(format, args...), hint: hint}
}

// compileError turns what the parser and the resolver say into an *Error.
func compileError(name string, err error) error {
	var syn syntax.Error
	if errors.As(err, &syn) {
		return errorAt(syn.Pos, explainSyntax(syn.Msg), "%s", syn.Msg)
	}
	var list resolve.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		msg, hint := explainName(list[0].Msg)
		return errorAt(list[0].Pos, hint, "%s", msg)
	}
	return &Error{File: name, Msg: err.Error()}
}

// maxMessage bounds a message, for scripts can put anything into one.
const maxMessage = 500

// clipTo cuts a text after size bytes, between two characters.
func clipTo(s string, size int) string {
	if len(s) <= size {
		return s
	}
	return strings.ToValidUTF8(s[:size], "") + "…"
}

// runError turns an error of a running script into an *Error, with the innermost place that lies in the script.
func runError(name string, err error) *Error {
	out := &Error{File: name, Msg: clipTo(err.Error(), maxMessage)}
	var f *fault
	if errors.As(err, &f) {
		out.Hint, out.Limit = f.hint, f.limit
	}
	if out.Hint == "" && f == nil {
		out.Msg, out.Hint = explainRun(out.Msg)
	}
	var place *placed
	if errors.As(err, &place) {
		out.Line, out.Col = int(place.line), int(place.col)
		return out
	}
	if reason, ok := strings.CutPrefix(out.Msg, "Starlark computation cancelled: "); ok {
		out.Msg, out.Limit = reason, LimitSteps
		out.Hint = "is there a loop that does not end?"
	}
	var eval *starlark.EvalError
	if !errors.As(err, &eval) {
		return out
	}
	var trace []string
	for _, frame := range eval.CallStack {
		if frame.Pos.Filename() != name || frame.Pos.Line == 0 {
			continue
		}
		out.Line, out.Col = int(frame.Pos.Line), int(frame.Pos.Col)
		trace = append(trace, fmt.Sprintf("%s: in %s", frame.Pos, frame.Name))
	}
	out.Trace = strings.Join(trace, "\n")
	return out
}

// explainRun rewords what the interpreter itself says of a running script, and adds a remedy.
func explainRun(msg string) (text, hint string) {
	switch {
	case strings.HasPrefix(msg, "can't assign to .") && strings.HasSuffix(msg, " of NoneType"):
		return "cannot set a field of None", "a missing field reads as None; make it first: state.a = {}"
	case strings.HasPrefix(msg, "can't assign to .") && strings.HasSuffix(msg, " of dict"):
		return msg, `a dict that the script made is written with d["name"] = …`
	case strings.HasPrefix(msg, "NoneType value does not support item assignment"):
		return "cannot set an item of None", "a missing field reads as None; make it first: state.a = {}"
	case msg == "NoneType value is not iterable":
		return "None has no items to go through", "a missing field reads as None; write (x or [])"
	case strings.Contains(msg, "frozen"):
		return msg, "what the top level of the script makes cannot be changed; keep it in the state"
	case strings.HasSuffix(msg, "called recursively"):
		return msg, "recursion is not part of the language; use for"
	case strings.HasPrefix(msg, "invalid call of non-function"):
		return strings.Replace(msg, "NoneType", "None", 1), ""
	}
	return msg, ""
}
