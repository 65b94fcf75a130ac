package script_test

import (
	"errors"
	"testing"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
)

// folded runs a script over events with the given payloads, all of one key, and answers the document's JSON text.
func folded(t testing.TB, src string, payloads ...string) (string, error) {
	t.Helper()
	p, err := script.Compile("test.star", []byte(src), script.Options{})
	if err != nil {
		return "", err
	}
	r := p.New()
	doc := value.NewDoc()
	for i, payload := range payloads {
		e := order(i+1, payload)
		up, err := r.Upcast(e)
		if err != nil {
			return "", err
		}
		doc.Begin(uint64(i + 1))
		if err := r.Apply(doc, up, "order-1"); err != nil {
			doc.Rollback()
			return string(doc.Root().JSON()), err
		}
		doc.Commit()
	}
	return string(doc.Root().JSON()), nil
}

// order is an event at a position with the given payload.
func order(position int, payload string) *event.Event {
	at, _ := event.ParseTime("2026-01-15T10:00:00.5+02:00", nil)
	return &event.Event{
		Position: event.Position(position), ID: "e1", Stream: "order-1", Others: []event.StreamID{"customer-7"},
		Type: "OrderPlaced", Version: event.Version(position), Numbering: event.BySource, Time: at,
		Correlation: "c1", Raw: []byte(payload), Payload: event.Whole(0, len(payload)),
	}
}

// result evaluates an expression inside apply, with data as the event's payload, and answers its JSON text.
func result(t testing.TB, expr, data string) (string, error) {
	t.Helper()
	out, err := folded(t, "def apply(state, event):\n    data = event.data\n    state.out = "+expr+"\n", data)
	if err != nil {
		return "", err
	}
	return out[len(`{"out":`) : len(out)-1], nil
}

func scriptError(t testing.TB, err error) *script.Error {
	t.Helper()
	var e *script.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is a %T, not a *script.Error: %v", err, err)
	}
	return e
}

// newDoc is an absent document within an event.
func newDoc() *value.Doc {
	doc := value.NewDoc()
	doc.Begin(1)
	return doc
}
