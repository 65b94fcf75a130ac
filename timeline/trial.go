package timeline

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/projection"
	"asof/engine/value"
	"asof/timeline/debug"
	"asof/timeline/shrink"
)

// trial folds logs that are made of some of the events, and asks the rule about one key at each of them. It keeps how the document
// stands behind the events with which all logs to come begin.
type trial struct {
	events  []event.Event // its own: they are given the positions that they have in a trial
	key     string        // whose document is folded; of a rule about events alone, the stream
	rule    *expr.Evaluator
	states  bool // the rule asks about documents
	before  bool // the documents before an event are wanted
	folder  projection.Folder
	narrow  projection.Narrower // folds what the rule reads of documents alone; nil = whole documents are folded
	effects []projection.Effect // of the events, for narrow; trials share them
	journal value.Journal
	names   *value.Names
	doc     *value.Doc
	keys    []string

	fixed int    // how many events doc was folded of when it was kept
	kept  []byte // the document then

	at        event.Position // where the rule was broken in the last log that was tried
	docBefore *value.Node
	docAfter  *value.Node
}

// trials are trials of the same events, one for each goroutine.
type trials []*trial

// trials of a program that folds are one: it is not started more than once.
func (s *Session) trials(l *lens, rule debug.Rule, key string) trials {
	var list trials
	names, known := membersOf(rule.Cond)
	for range runtime.GOMAXPROCS(0) {
		t := &trial{
			key: key, rule: rule.Cond.New(), states: rule.Cond.NeedsState(), before: rule.Cond.Uses("before"), folder: l.proj.NewFolder(),
			names: value.NewNames(),
		}
		if p, ok := l.proj.(projection.Narrowing); ok && known && t.states {
			t.narrow = p.Narrow(names)
		}
		list = append(list, t)
		if _, ok := t.folder.(projection.Eager); ok {
			break
		}
	}
	return list
}

// membersOf are the members of documents that a rule reads; not known if it reads documents as a whole.
func membersOf(rule *expr.Cond) (names []string, known bool) {
	for _, name := range []string{"state", "before"} {
		places, known := rule.Places(name)
		for _, path := range places {
			if known = known && path != ""; known {
				names = append(names, path.Tokens()[0])
			}
		}
		if !known {
			return nil, false
		}
	}
	return names, true
}

// of gives each trial the events.
func (list trials) of(events []*event.Event) trials {
	if len(events) > mostTwice {
		list = list[:1]
	}
	effects := list[0].read(events)
	for _, t := range list {
		if t.effects = effects; effects == nil {
			t.narrow = nil
		}
		t.events = make([]event.Event, len(events))
		for i, e := range events {
			t.events[i] = *e
		}
		t.Begin()
	}
	return list
}

// read takes the events apart; nil if some of them have to be folded as a whole.
func (t *trial) read(events []*event.Event) []projection.Effect {
	if t.narrow == nil {
		return nil
	}
	effects := make([]projection.Effect, len(events))
	for i, e := range events {
		var ok bool
		if effects[i], ok = t.narrow.Read(e); !ok {
			return nil
		}
	}
	return effects
}

// mostTwice is up to how many events each trial has its own.
const mostTwice = 100_000

func (list trials) tests() []shrink.Test {
	tests := make([]shrink.Test, len(list))
	for i, t := range list {
		tests[i] = t
	}
	return tests
}

// close ends what folds, where that is a program.
func (list trials) close() {
	for _, t := range list {
		if f, ok := t.folder.(projection.Eager); ok {
			_ = f.Close() // what it has answered is known
		}
	}
}

// recycled is after how many events the room of a trial's document is used again, before there is need for more, and it is looked
// whether the search is cancelled.
const recycled = 64

// Begin implements shrink.Test.
func (t *trial) Begin() { t.fixed, t.kept = 0, nil }

// Fails implements shrink.Test: a log fails where the rule is broken.
func (t *trial) Fails(ctx context.Context, keep []int, fixed int) (needed int, err error) {
	if err := t.rewind(); err != nil {
		return 0, err
	}
	for n := t.fixed; n < len(keep); n++ {
		if n == fixed && n > t.fixed {
			t.keep(n)
		}
		if n%recycled == recycled-1 {
			if ctx.Err() != nil {
				return 0, context.Cause(ctx)
			}
			if err := t.recycle(); err != nil {
				return 0, err
			}
		}
		e := &t.events[keep[n]]
		e.Position = event.Position(n + 1)
		if broken, err := t.event(e, keep[n]); broken || err != nil {
			return n + 1, err
		}
	}
	return 0, nil
}

// rewind goes back to the document that was kept.
func (t *trial) rewind() (err error) {
	t.journal.Reuse()
	t.doc = value.NewDoc()
	if t.kept != nil {
		t.doc, _, err = t.journal.DecodeDoc(t.kept, t.names)
	}
	t.doc.Share(&t.journal)
	return err
}

// keep keeps the document behind the first n events.
func (t *trial) keep(n int) { t.fixed, t.kept = n, t.doc.AppendBinary(t.kept[:0], t.names) }

func (t *trial) recycle() (err error) {
	text := t.doc.AppendBinary(nil, t.names)
	t.journal.Reuse()
	t.doc, _, err = t.journal.DecodeDoc(text, t.names)
	t.doc.Share(&t.journal)
	return err
}

// event folds an event, which is number i of all, and asks the rule.
func (t *trial) event(e *event.Event, i int) (broken bool, err error) {
	if !t.states {
		if string(e.Stream) != t.key {
			return false, nil
		}
		holds, err := t.rule.Holds(expr.OfEvent(e))
		t.at, t.docBefore, t.docAfter = e.Position, nil, nil
		return !holds && err == nil, err
	}
	prepared, err := t.folder.Prepare(e)
	if err != nil {
		return false, nil //nolint:nilerr // an event that cannot be folded changes no document, as in an index
	}
	if t.keys, err = t.folder.Keys(prepared, t.keys[:0]); err != nil || !slices.Contains(t.keys, t.key) {
		return false, nil //nolint:nilerr // as above
	}
	var before *value.Node
	if t.before {
		before = t.doc.Root().Copy()
	}
	if err := t.fold(prepared, i); err != nil {
		return false, err
	}
	holds, err := t.rule.Holds(expr.Subject{Event: e, State: t.doc.Root(), Before: before, Key: t.key, Position: e.Position})
	if err != nil || holds {
		return false, err
	}
	t.at, t.docBefore, t.docAfter = e.Position, before, t.doc.Root()
	return true, nil
}

func (t *trial) fold(e *event.Event, i int) (err error) {
	t.doc.Begin(uint64(e.Position))
	if t.narrow != nil {
		err = t.narrow.Apply(t.doc, &t.effects[i])
	} else {
		err = t.folder.Apply(t.doc, e, t.key)
	}
	switch {
	case errors.Is(err, projection.ErrUnable):
		return err
	case err != nil:
		t.doc.Rollback()
	default:
		t.doc.Settle()
	}
	return nil
}

// violation is where the last log broke the rule.
func (t *trial) violation(rule string) debug.Violation {
	return debug.Violation{Rule: rule, Key: t.key, Position: t.at, Before: t.docBefore, After: t.docAfter.Copy(), Count: 1, Still: true}
}
