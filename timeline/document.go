package timeline

import (
	"context"
	"fmt"
	"time"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/compare"
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
	Inside    Effect = '.' // a container, in which something was changed
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
	Old     string     // for ~ and -: what stood there before: a scalar's text, or compact JSON of a container that is not large
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
	st, err := s.State(ctx, q.Point)
	if err != nil {
		return Document{}, err
	}
	doc := Document{State: st}
	before := st.Root
	var writes []asof.Change
	if !q.NoEffects && q.At > 0 {
		if before, writes, err = s.effects(ctx, &doc); err != nil {
			return Document{}, err
		}
	}
	rows, _ := compare.Align(before, st.Root, compare.Options{Open: q.Open, Differ: stamped})
	doc.Rows = make([]Row, len(rows))
	for i, r := range rows {
		doc.Rows[i] = documentRow(r, writes)
	}
	return doc, s.ages(ctx, q, &doc)
}

// stamped tells by the stamps whether two versions of one container differ, without looking into them.
func stamped(before, after *value.Node) bool {
	return before == nil || after == nil || before.Changed() != after.Changed()
}

// effects are what the event at the document's position wrote, and the document before it; the same document if it wrote nothing.
func (s *Session) effects(ctx context.Context, doc *Document) (before *value.Node, writes []asof.Change, err error) {
	l, err := s.ready(doc.Projection, doc.At)
	if err != nil {
		return nil, nil, err
	}
	if writes, err = l.ix.Writes(ctx, doc.Key, doc.At); err != nil {
		return nil, nil, fmt.Errorf("writes of event %d: %w", doc.At, err)
	}
	if doc.Tainted > 0 {
		for e, err := range s.FoldErrors(ctx, doc.Projection, doc.At, doc.At) {
			if err != nil {
				return nil, nil, err
			}
			if e.Key == doc.Key {
				doc.Failed = &e
			}
		}
	}
	if doc.Touched = len(writes) > 0; doc.Changed != doc.At {
		return doc.Root, writes, nil
	}
	earlier, err := l.ix.State(ctx, doc.Key, doc.At-1)
	if err != nil {
		return nil, nil, fmt.Errorf("state of %s at %d: %w", doc.Key, doc.At-1, err)
	}
	return earlier.Root, writes, nil
}

func documentRow(r compare.Row, writes []asof.Change) Row {
	node := r.Right.Node
	row := Row{
		Path: r.Path, Label: r.Label, Depth: r.Depth, Element: r.Element, Kind: node.Kind(), Text: r.Right.Text, Len: length(node),
		Folded: r.Folded, Below: r.Below, Changed: r.Right.Changed, Effect: Effect(r.Mark),
	}
	switch row.Effect {
	case Removed, Changed:
		row.Old, row.OldKind = r.Left.Text, r.Left.Node.Kind()
		const most = 1000 // rows below: what is larger is not told twice
		if r.Left.Node.IsContainer() && r.Below <= most && !r.Folded {
			row.Old = string(r.Left.Node.JSON())
		}
	case Untouched:
		if rewritten(r.Path, writes) {
			row.Effect = Same
		}
	}
	return row
}

// rewritten reports whether one of the writes was at the path or above it.
func rewritten(path value.Pointer, writes []asof.Change) bool {
	for _, w := range writes {
		if path.HasPrefix(w.Path) {
			return true
		}
	}
	return false
}

func length(n *value.Node) int {
	if n.Kind() == value.String {
		return len(n.Text())
	}
	return n.Len()
}

// ages fills in the times of the rows that were asked for.
func (s *Session) ages(ctx context.Context, q DocumentQuery, doc *Document) error {
	from, to := min(max(q.TimesFrom, 0), len(doc.Rows)), len(doc.Rows)
	if q.Times != 0 {
		to = min(to, from+max(q.Times, 0))
	}
	rows := doc.Rows[from:to]
	positions := make([]event.Position, len(rows))
	for i, r := range rows {
		positions[i] = r.Changed
	}
	times, err := s.Times(ctx, positions)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Time, rows[i].Age = times[i], doc.Time.Sub(times[i])
	}
	return nil
}
