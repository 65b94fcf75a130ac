package timeline

import (
	"context"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// Effect is what the event at the cursor did to a field.
type Effect byte

// The effects, named by the character that marks them.
const (
	Untouched Effect = ' '
	Added     Effect = '+'
	Removed   Effect = '-'
	Changed   Effect = '~'
	Same      Effect = '=' // written again with an equal value
	Inside    Effect = '.' // a container, in which something was touched
)

// Row is one field of a document, in the order of the document; a container comes before what is in it.
type Row struct {
	Path    value.Pointer
	Label   string // the member's name, or the element's index
	Depth   int    // 0 for the document's own members
	Element bool   // Label is an index
	Kind    value.Kind
	Text    string // a scalar's text: a string without quotes, a number's own digits; "" for a container
	Len     int    // members or elements of a container; bytes of a string
	Folded  bool   // a container whose inside was left out, because DocumentQuery.Open said no
	Below   int    // how many of the following rows lie inside this one
	Changed event.Position
	Time    event.Time    // of that event, where asked for
	Age     time.Duration // from Time to the document's Time; 0 where either is missing
	Effect  Effect
	Old     string     // for ~ and -: what stood there before: scalar text, or compact JSON
	OldKind value.Kind // for ~ and -
}

// DocumentQuery asks for a document as rows.
type DocumentQuery struct {
	Point
	// Open says whether the inside of a container is listed; nil = always. It is called in the order of the rows.
	Open func(path value.Pointer, depth, length int) bool
	// Times fills Time and Age of this many rows from row TimesFrom on; 0 = of all rows; -1 = of none.
	Times, TimesFrom int
	// NoEffects leaves out what the event at the point did.
	NoEffects bool
}

// Document is a key's document as rows, with blame beside every field, and what the event at the point did.
type Document struct {
	State
	Rows    []Row
	Touched bool       // the event at the point wrote to this key
	Failed  *FoldError // the fold of the event at the point failed for this key
}

// Document is a key's document as rows. Rows that the event removed are listed where they stood, with Effect Removed.
func (s *Session) Document(ctx context.Context, q DocumentQuery) (Document, error) {
	return Document{}, nil
}
