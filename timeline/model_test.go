package timeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/projection"
	"asof/engine/script"
	"asof/engine/value"
	"pgregory.net/rapid"
)

// foldOfAll writes, keeps still, deletes, fails, and gives an event several keys or none.
const foldOfAll = `
def key(event):
    if event.type == "Both":
        return [event.stream, "both"]
    if event.type == "Nobody":
        return None
    return event.stream
def init(key): # so much that few writes go without a keyframe
    return {"pad": "_" * 400}
def apply(state, event):
    if event.type == "Still":
        return
    if event.type == "Gone":
        return DELETE
    if event.type == "Fail":
        state.v = 99
        fail("no")
    state.v = event.data.v
    if event.data.s:
        state.sub = {"s": event.data.s}
    if event.data.w != None:
        state.w = event.data.w
    if event.data.t:
        state.t = event.data.t
    if event.type == "Both":
        state.l = (state.l or []) + [event.data.v]
    elif state.l and event.data.v == 1:
        state.l.append(7)
    state.n = (state.n or 0) + 1
`

// conditions that the properties are tried with: of the state, of events, of both, and of everything.
var conditions = []string{
	`state.v < 0`, `state.v == None`, `state.v != 2`, `state.sub.s == "x"`, `state.sub.s == "x" and state.v >= 1`,
	`before.v != state.v`, `before.v > 0 and state.v <= 0`, `before == None`, `event.type == "Both"`, `event.data.v > 1`,
	`event.type == "Set" and state.v > 1`, `key == "k1"`, `key == "both" and state.n == 3`, `position % 3 == 0`, `event.stream == "k2" and before.v == 1`,
	`not (state.v == 1 or state.sub.s == "y")`, `state.n > before.n`, `len(state or {}) > 2`, `state != None and len(state) == 4`, `bool(state) and not len(state) > 4`, `not state`, `len(state or {}) % 2 == position % 2`,
	`len(state or {}) > 3 and event.type == "Set"`, `len(state or {}) > len(before or {})`, `0 > state.v`, `event.data.v == state.v`,
	`event.correlation_id == "c1"`, `state.w > 1.5`, `state.w == "t"`, `not state.v`, `state.sub != None and bool(state.sub.s)`, `1.50 == state.w or state.v == 3`,
	`state.v >= 3 or state.w == 2.25`, `not (state.t != "prefix-b")`, `not (state.v != 3 or state.w == None)`, `state.n > 6`, `state.n == 2 and state.t != None`,
	`state.t == "prefix-a"`, `before.t != state.t`, `len(state.l or []) > 2`, `7 in state.l`, `state.sub == before.sub`, `state.l != before.l and state.v > 0`,
}

// moment is what the naive model knows of one event of one key.
type moment struct {
	pos           event.Position
	key           string
	before, after *value.Node
}

// naive folds a log from the beginning and keeps every document at every event.
type naive struct {
	events  []*event.Event
	moments []moment // by position, then as keys are numbered
}

func naively(t testing.TB, p projection.Projection, events []*event.Event) *naive {
	m := &naive{events: events}
	folder, docs, order := p.NewFolder(), map[string]*value.Doc{}, map[string]int{}
	for _, e := range events {
		keys, err := folder.Keys(e, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if docs[k] == nil {
				docs[k], order[k] = value.NewDoc(), len(order)
			}
		}
		if len(keys) == 2 && order[keys[0]] > order[keys[1]] {
			keys[0], keys[1] = keys[1], keys[0]
		}
		for _, k := range keys {
			d := docs[k]
			before := d.Root().Copy()
			d.Begin(uint64(e.Position))
			if err := folder.Apply(d, e, k); err != nil {
				d.Rollback()
			} else {
				d.Commit()
			}
			m.moments = append(m.moments, moment{e.Position, k, before, d.Root().Copy()})
		}
	}
	return m
}

func (m *naive) event(pos event.Position) *event.Event { return m.events[pos-1] }

// holds asks a condition of a moment, by the script runner alone.
func (m *naive) holds(t testing.TB, cond string, x moment) bool {
	c, err := script.CompileExpr("model", cond, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ok, err := c.New().Holds(script.Subject{Event: m.event(x.pos), State: x.after, Before: x.before, Key: x.key, Position: x.pos})
	if err != nil {
		t.Fatalf("%s: %v", cond, err)
	}
	return ok
}

// someFacts draws a log.
func someFacts(t *rapid.T, most int) []fact {
	kinds := []string{"Set", "Set", "Set", "Set", "Both", "Nobody", "Still", "Gone", "Fail"}
	n := rapid.IntRange(1, most).Draw(t, "events")
	facts := make([]fact, n)
	for i := range facts {
		data := fmt.Sprintf(`{"v":%d`, rapid.IntRange(-2, 3).Draw(t, "v"))
		if s := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "s"); s != "" {
			data += `,"s":"` + s + `"`
		}
		if w := rapid.SampledFrom([]string{"", "", "1.5", "2.25", "null"}).Draw(t, "w"); w != "" {
			data += `,"w":` + w
		}
		if text := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "t"); text != "" {
			data += `,"t":"prefix-` + text + `"`
		}
		facts[i] = fact{
			stream: fmt.Sprintf("k%d", rapid.IntRange(1, 4).Draw(t, "stream")), kind: rapid.SampledFrom(kinds).Draw(t, "type"),
			data: data + "}", at: i, correlation: rapid.SampledFrom([]string{"", "c1", "c2"}).Draw(t, "correlation"),
		}
	}
	return facts
}

// modelled is a session over a drawn log whose index has small segments and frames, beside the naive model of it.
func modelled(t *rapid.T, outer testing.TB, most int) (*Session, *naive) {
	ctx := context.Background()
	facts := someFacts(t, most)
	dir := folder(outer, facts)
	path := filepath.Join(dir, "all.star")
	if err := os.WriteFile(path, []byte(foldOfAll), 0o600); err != nil {
		outer.Fatal(err)
	}
	p := must(projection.Parse(path, projection.Options{}))(outer)
	small(outer, dir, p, rapid.IntRange(1, 40).Draw(t, "segment"), rapid.SampledFrom([]int{64, 512}).Draw(t, "frame"))
	s := session(outer, Options{Dir: dir, Projections: []string{path}})
	if err := s.Await(ctx, "", s.Head(), nil); err != nil {
		outer.Fatal(err)
	}
	return s, naively(outer, p, positioned(facts))
}

// positioned are facts as events of a log.
func positioned(facts []fact) []*event.Event {
	events := make([]*event.Event, len(facts))
	for i, f := range facts {
		events[i] = f.event(i + 1)
		events[i].Position = event.Position(i + 1)
	}
	return events
}

// small builds an index with small segments and frames, so that a short log has many.
func small(t testing.TB, dir string, p projection.Projection, segment, frame int) {
	t.Helper()
	ctx := context.Background()
	log := must(eventlog.Open(ctx, dir, eventlog.Options{ReadOnly: true}))(t)
	defer log.Close()
	ix := must(asof.Open(ctx, dir, log, p, asof.Options{Segment: segment, FrameBytes: frame}))(t)
	if err := ix.Build(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if err := ix.Close(); err != nil {
		t.Fatal(err)
	}
}
