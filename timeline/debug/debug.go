// Package debug holds the nouns of breakpoints: what to stop at, why something stopped, what was searched. A breakpoint is
// written in gdb's words, kept as JSON, and read back from both.
package debug

import (
	"asof/engine/event"
	"asof/engine/value"
)

// Kind is what a breakpoint watches for.
type Kind string

// The kinds.
const (
	Break Kind = "break" // an event of a type, of a stream, or for which a condition holds
	Watch Kind = "watch" // a change of what stands at a path, of one key or of every key
	Trace Kind = "trace" // as Break, but it stops nobody: it prints an expression

	// Display is no place to stop at: an expression whose value is shown wherever one stands, of Key's document or, without
	// one, of the document that is shown.
	Display Kind = "display"
)

// Breakpoint is something to stop at, or to list. Parse and String are its text, encoding/json its stored form.
type Breakpoint struct {
	ID      int           `json:"id"`
	Kind    Kind          `json:"kind"`
	Type    string        `json:"type,omitempty"`   // of the event; "" = any
	Stream  string        `json:"stream,omitempty"` // of the event; "" = any
	Key     string        `json:"key,omitempty"`    // of a watchpoint; "" = every key
	Path    value.Pointer `json:"path,omitempty"`   // of a watchpoint; "" = the whole document
	If      string        `json:"if,omitempty"`     // a condition (package expr) that must hold too
	Print   string        `json:"print,omitempty"`  // of a tracepoint or display: an expression
	Enabled bool          `json:"enabled"`
	Hits    int           `json:"hits,omitempty"`   // how often it was hit: kept by who continues
	Ignore  int           `json:"ignore,omitempty"` // how many of the next hits are passed over: counted down by who continues
}

// Reason says why a search stopped.
type Reason string

// The reasons.
const (
	AtBreakpoint Reason = "breakpoint"
	AtWatchpoint Reason = "watchpoint"
	AtTracepoint Reason = "tracepoint"
	NoneBefore   Reason = "no hit before here" // nothing up to the start of recorded history
	NoneAfter    Reason = "no hit after here"  // nothing up to the end of recorded history
	Partly       Reason = "not all was searched"
)

// Stop is where a search ended, and why.
type Stop struct {
	At       event.Position // 0 if there is no hit
	Reason   Reason
	Point    int           // the id of the breakpoint
	Also     []int         // further breakpoints that this event hits
	Key      string        // whose document was looked at; "" where only the event counts
	Path     value.Pointer // of a watchpoint
	Old, New *value.Node   // what stood at the path before and after; nil = nothing
	Printed  *value.Node   // of a tracepoint
	Passed   map[int]int   // by id: how many hits were passed over because they are to be ignored
}

// Found reports whether there is a hit.
func (s Stop) Found() bool { return s.At != 0 }

// Covered is which events a search has looked at: those from From to To, both included; To 0 means none.
type Covered struct {
	From, To event.Position
	Complete bool // there was nothing more to look at, or a hit made the rest needless
}

// Progress is how far a search is.
type Progress struct {
	At       event.Position // looked at up to here
	Done, Of uint64         // positions
	Hits     int
}
