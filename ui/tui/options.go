package tui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
)

// ErrInterrupted is what Run returns after ctrl+c or SIGINT; a program exits with 130 then.
var ErrInterrupted = tea.ErrInterrupted

// ErrNoTerminal is what Run returns where there is no terminal to read keys from.
var ErrNoTerminal = errors.New("no terminal to read keys from")

// Options say what the screen shows and on what kind of terminal. Only Session is needed.
type Options struct {
	// Session answers the questions. Run does not close it; when Run returns, no question is under way any more.
	Session Session
	// Title is what is open, as a person calls it: "shop.jsonl". Control characters in it do no harm.
	Title string
	// Zone is the zone of all times on the screen; nil = the session's.
	Zone *time.Location

	// Theme is "dark" or "light"; anything else asks the terminal.
	Theme string
	// ASCII draws borders, bars and marks with plain ASCII.
	ASCII bool
	// NoColor draws without colours. Weights stay, and every meaning has a sign beside its colour anyway.
	NoColor bool
	// NoMouse leaves the mouse to the terminal; F2 switches.
	NoMouse bool
	// NoHints hides the footer's hints.
	NoHints bool

	// Keys gives commands other keys, by the command's name: "step-forward": "n". Several keys are separated by blanks; an
	// empty text takes all keys away. See CheckKeys.
	Keys map[string]string

	// Card is shown over the screen at the start, until a key is pressed; nil = none.
	Card *Card
	// At is a where to open at; empty = where the session was left, else the first event.
	At string
	// Rules is a file of named rules that are checked behind the screen; empty = none.
	Rules string
	// Compare is the name of a projection in use to open a comparison with; empty = none.
	Compare string
	// Follow opens at the live end and stays there.
	Follow bool

	// Load brings events into the session's log while the screen is already used. It runs once, beside the screen, until it is
	// done or its context ends, and Run waits for it. It may call report as often as it likes; report does not block. What it
	// returns is shown: one line about what came in, or the error. Nil = nothing to load.
	Load func(ctx context.Context, report func(Progress)) (summary string, err error)

	// Clipboard copies a text for a person beside the terminal's own way (OSC 52), and says where it went: "tmux". Nil = tmux
	// and the usual tools of the system.
	Clipboard func(ctx context.Context, text string) (where string, err error)

	// In and Out are the terminal; nil = standard input (or the terminal, if that is a pipe) and standard output.
	In  io.Reader
	Out io.Writer
	// Environ is the environment; nil = the process's own.
	Environ []string
	// Now is the clock of playback; nil = time.Now.
	Now func() time.Time
}

// Card is a small box of advice over the screen.
type Card struct {
	Title string
	Text  []string
	Hints []Hint
}

// Hint is keys and what they do.
type Hint struct{ Keys, Label string }

// Progress tells how far loading is.
type Progress struct {
	Stage    string         // "reading shop.jsonl"; empty = "loading"
	Bytes    int64          // read so far
	Total    int64          // bytes there are; 0 = unknown
	Events   int64          // accepted so far
	Rejected int64          // records that are no events
	Durable  event.Position // what a kill would not lose
	// Idle says that all there is has been read, and that the source is watched for more; Stage then says what has come in, or
	// what happened to the source since, and is shown once.
	Idle bool
}

// Share is how much of the bytes is read, 0 … 1; negative = unknown.
func (p Progress) Share() float64 {
	if p.Total <= 0 {
		return -1
	}
	return min(float64(p.Bytes)/float64(p.Total), 1)
}
