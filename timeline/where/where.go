package where

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Kind is a form of where.
type Kind uint8

// The forms, in the order in which they are tried.
const (
	Position  Kind = iota + 1 // Number
	Start                     // -
	End                       // -
	Percent                   // Number, in millionths of the log
	Steps                     // Number
	Shift                     // Span
	Time                      // Text, as written
	TimeOfDay                 // Text, as written
	Version                   // Text is the stream, Number its version
	Stream                    // Text
	Type                      // Text, and Number from 1
	Turn                      // Number from 1
	Mark                      // Text
	Match                     // Text is a regular expression
	Recorded                  // Text, a time or a time of day as written
)

// Reading is one meaning of a text. Which fields count is said at its kind.
type Reading struct {
	Kind   Kind
	Number int64
	Text   string
	Span   time.Duration
}

// Where is a parsed text. The zero Where names nothing.
type Where struct {
	text     string
	readings []Reading
}

// String is the text, without blanks around it. Parsing it gives an equal Where.
func (w Where) String() string { return w.text }

// Readings are what the text can mean, to be tried in turn. There is at least one, but for the zero Where.
func (w Where) Readings() []Reading { return slices.Clone(w.readings) }

// Relative reports whether the text counts from the cursor.
func (w Where) Relative() bool {
	return len(w.readings) > 0 && (w.readings[0].Kind == Steps || w.readings[0].Kind == Shift)
}

// Of is the Where that has this one reading.
func Of(r Reading) Where { return Where{text: r.String(), readings: []Reading{r}} }

// String is text that has this reading, and no earlier one where the form allows it.
func (r Reading) String() string {
	switch r.Kind {
	case Position:
		return strconv.FormatInt(r.Number, 10)
	case Start:
		return "start"
	case End:
		return "end"
	case Percent:
		return percentText(r.Number)
	case Steps:
		return fmt.Sprintf("%+d", r.Number)
	case Shift:
		return spanText(r.Span)
	case Time, TimeOfDay:
		return r.Text
	case Version:
		return fmt.Sprintf("stream=%s:%d", r.Text, r.Number)
	case Stream:
		return "stream=" + r.Text
	case Type:
		return fmt.Sprintf("%s#%d", r.Text, r.Number)
	case Turn:
		return fmt.Sprintf("turn:%d", r.Number)
	case Mark:
		return "'" + r.Text
	case Match:
		return "/" + r.Text + "/"
	case Recorded:
		return "recorded:" + r.Text
	}
	return ""
}

// Error says why a text names no position, and what would.
type Error struct {
	Text   string
	Reason string
}

// Error is one line: the text, the reason, and what is legal.
func (e *Error) Error() string {
	return fmt.Sprintf("%q is no position: %s; a position is written as %s", e.Text, e.Reason, Legal)
}
