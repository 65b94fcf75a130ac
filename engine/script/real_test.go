package script_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"asof/engine/event"
	"asof/engine/event/sharedtest"
	"asof/engine/script"
	"asof/engine/value"
)

const issues = `
def key(event):
    return event.data.issue_id

def init(key):
    return {"status": "open", "changes": 0}

def apply(state, event):
    e = event.data
    new = decode(e.new_value, None)
    status = new.status if type(new) == "dict" else None
    if e.event_type == "closed":
        status = status or "closed"
    elif e.event_type == "reopened":
        status = status or "open"
    if status:
        state.status = status
    state.changes += 1
`

// The statuses of a real issue tracker's log, of which the answer is known.
func TestStatusesOfARealTracker(t *testing.T) {
	src, err := os.ReadFile(sharedtest.Data(t, "beads_events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := script.Compile("issues.star", []byte(issues), script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, docs := p.New(), map[string]*value.Doc{}
	for i, line := range bytes.Split(bytes.TrimSpace(src), []byte("\n")) {
		e := &event.Event{Position: event.Position(i + 1), Raw: line, Payload: event.Whole(0, len(line))}
		keys, err := r.Keys(e, nil)
		if err != nil || len(keys) != 1 {
			t.Fatalf("keys %v, error %v", keys, err)
		}
		doc := docs[keys[0]]
		if doc == nil {
			doc = value.NewDoc()
			docs[keys[0]] = doc
		}
		doc.Begin(uint64(i + 1))
		if err := r.Apply(doc, e, keys[0]); err != nil {
			t.Fatal(err)
		}
		doc.Commit()
	}
	count := map[string]int{}
	for _, doc := range docs {
		count[doc.Root().Get("status").Text()]++
	}
	if got, want := fmt.Sprint(count), "map[closed:1763 deferred:1 hooked:1 open:26 pinned:1]"; got != want {
		t.Errorf("statuses %s; want %s", got, want)
	}
}
