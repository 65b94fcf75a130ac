package asof

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"

	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/projection"
)

// spoiling is a log whose loose events are garbage once they have been given back.
type spoiling struct {
	*eventlog.Log
	spoilt int
}

func (l *spoiling) Loose(ctx context.Context, from, to event.Position) iter.Seq2[eventlog.Lent, error] {
	return func(yield func(eventlog.Lent, error) bool) {
		for lent, err := range l.Log.Loose(ctx, from, to) {
			if !yield(eventlog.Lent{Events: lent.Events, Back: func() { l.spoil(lent) }}, err) {
				return
			}
		}
	}
}

func (l *spoiling) spoil(lent eventlog.Lent) {
	for i := range lent.Events {
		e := &lent.Events[i]
		if e.Raw == nil && e.Cast.Loose() {
			for k := range e.Cast.Text {
				e.Cast.Text[k] = '#'
			}
			l.spoilt++
		}
		*e = event.Event{Type: "spoilt", Stream: "spoilt"}
	}
	lent.GiveBack()
}

// castEvents are events whose records are of a few moulds.
func castEvents(n int) []event.Event {
	moulds := []*event.Mould{
		{Gaps: []string{`{"s":"`, `","at":"`, `","data":{"a":"`, `","b":`, `,"c":{"d":"`, `"}}}`}},
		{Gaps: []string{`{"s":"`, `","at":"`, `","data":{"b":`, `,"e":"`, `","a":"`, `"}}`}},
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	all := make([]event.Event, n)
	for i := range all {
		kind := rnd.IntN(len(moulds))
		at := event.Unix(1_700_000_000+int64(i), 0, 3)
		text, number := fmt.Sprintf("text %d", rnd.IntN(1000)), fmt.Sprint(rnd.IntN(100))
		values := []string{fmt.Sprintf("k-%d", rnd.IntN(n/8+1)), at.Text(), text, number, "a longer text that stays"}
		if kind == 1 {
			values[2], values[3] = number, text
		}
		e := &all[i]
		*e = event.Event{Position: event.Position(i + 1), Type: fmt.Sprintf("Kind%d", kind), Stream: event.StreamID(values[0]), Time: at, ID: fmt.Sprint("id-", i)}
		e.Cast = &event.Cast{Mould: moulds[kind]}
		from := 0
		for k, v := range values {
			e.Raw = append(e.Raw, moulds[kind].Gaps[k]...)
			if k == 2 {
				from = len(e.Raw) - len(`{"a":"`)
				if kind == 1 {
					from = len(e.Raw) - len(`{"b":`)
				}
			}
			e.Cast.Values = append(e.Cast.Values, event.Span{Off: uint32(len(e.Raw)), Len: uint32(len(v))})
			e.Raw = append(e.Raw, v...)
		}
		e.Raw = append(e.Raw, moulds[kind].Gaps[len(values)]...)
		e.Payload = event.Whole(from, len(e.Raw)-1-from)
	}
	return all
}

func TestNothingOfWhatWasGivenBackIsUsed(t *testing.T) {
	source := "def apply(state, event):\n    state.type = event.type\n    state.a = event.data.a\n    state.sum = (state.sum or 0) + event.data.b\n"
	scripted, err := projection.Script("spoilt", "spoilt.star", []byte(source), projection.Options{})
	if err != nil {
		t.Fatal(err)
	}
	events := castEvents(4000)
	ctx := context.Background()
	for _, p := range []projection.Projection{benchProjection(t, "merge"), scripted} {
		log := &spoiling{Log: storedLog(t, t.TempDir(), events)}
		ix, err := Open(ctx, t.TempDir(), log, p, Options{Segment: 700})
		if err != nil {
			t.Fatal(err)
		}
		defer ix.Close()
		if err := ix.Build(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if log.spoilt == 0 {
			t.Error("no event was given back")
		}
		whole, err := Open(ctx, t.TempDir(), &memLog{events: events, head: 4000, block: 100}, p, Options{Segment: 700})
		if err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		if err := whole.Build(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if d, found, err := Diverge(ctx, ix, whole, nil); err != nil || found {
			t.Fatalf("%s: events that are given back and others part at %+v: %v", p.Name(), d, err)
		}
	}
}
