package asof

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// memLog is a log in memory, of which the first head events are there.
type memLog struct {
	events []event.Event
	head   event.Position
	block  int
}

func (l *memLog) Head() event.Position { return l.head }

func (l *memLog) Blocks(ctx context.Context, from, to event.Position) iter.Seq2[[]event.Event, error] {
	return func(yield func([]event.Event, error) bool) {
		for from <= to {
			n := min(to-from+1, event.Position(l.block))
			if ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			if !yield(l.events[from-1:from-1+n], nil) {
				return
			}
			from += n
		}
	}
}

// model keeps every state of every key, by folding from zero and copying.
type model struct {
	head   event.Position
	keysAt [][]string // per position
	order  []string   // keys as first seen
	docs   map[string][]moment
	errors []FoldError
}

// moment is how a key's document stood after an event that belonged to it.
type moment struct {
	pos     event.Position
	root    *value.Node
	changed event.Position
	tainted event.Position
	writes  []Change
}

func fold(p projection.Projection, events []event.Event) *model {
	m := &model{head: event.Position(len(events)), keysAt: make([][]string, len(events)+1), docs: map[string][]moment{}}
	live := map[string]*value.Doc{}
	f := p.NewFolder()
	for i := range events {
		pos := event.Position(i + 1)
		e, err := f.Prepare(&events[i])
		var keys []string
		if err == nil {
			keys, err = f.Keys(e, nil)
		}
		if err != nil {
			m.errors = append(m.errors, FoldError{Position: pos})
			continue
		}
		m.keysAt[pos] = keys
		for _, key := range keys {
			if live[key] == nil {
				live[key] = value.NewDoc()
				m.order = append(m.order, key)
			}
			m.apply(f, live[key], e, key, pos)
		}
	}
	return m
}

func (m *model) apply(f projection.Folder, doc *value.Doc, e *event.Event, key string, pos event.Position) {
	now := moment{pos: pos}
	if list := m.docs[key]; len(list) > 0 {
		now.tainted = list[len(list)-1].tainted
	}
	doc.Begin(uint64(pos))
	if err := f.Apply(doc, e, key); err != nil {
		doc.Rollback()
		m.errors = append(m.errors, FoldError{Position: pos, Key: key})
		if now.tainted == 0 {
			now.tainted = pos
		}
	} else {
		for _, w := range doc.Commit() {
			now.writes = append(now.writes, Change{pos, key, w.Path, w.Op, w.Old.Clone(), w.New.Clone()})
		}
	}
	now.root, now.changed = doc.Root().Clone(), event.Position(doc.Changed())
	m.docs[key] = append(m.docs[key], now)
}

// at is the moment of a key as of a position; the zero moment if there is none.
func (m *model) at(key string, pos event.Position) moment {
	list := m.docs[key]
	i, _ := slices.BinarySearchFunc(list, pos+1, func(a moment, p event.Position) int { return int(int64(a.pos) - int64(p)) })
	if i == 0 {
		return moment{}
	}
	return list[i-1]
}

func (m *model) get(key string, path value.Pointer, pos event.Position) *value.Node {
	return m.at(key, pos).root.At(path)
}

// stamped writes a value with the stamps of all its nodes.
func stamped(n *value.Node) string {
	var b strings.Builder
	var walk func(n *value.Node)
	walk = func(n *value.Node) {
		fmt.Fprintf(&b, "@%d ", n.Changed())
		switch n.Kind() {
		case value.Object:
			b.WriteByte('{')
			for name, v := range n.Members() {
				fmt.Fprintf(&b, "%q:", name)
				walk(v)
			}
			b.WriteByte('}')
		case value.Array:
			b.WriteByte('[')
			for _, v := range n.Items() {
				walk(v)
			}
			b.WriteByte(']')
		default:
			b.Write(n.JSON())
		}
	}
	walk(n)
	return b.String()
}

// script is a projection that meets every kind of write, errors, deletes, several keys per event and none.
const testScript = `
def upcast(event):
    if event.type == "Bad":
        fail("bad event")
    return event

def key(event):
    if event.type == "None":
        return None
    if event.type == "Several":
        return [event.stream, "all", "odd" if event.position % 2 else "even"]
    return event.stream

def apply(state, event, key):
    d = event.data
    if event.type == "Delete":
        return DELETE
    if event.type == "Fail":
        state.half = event.position
        fail("no")
    if event.type == "List":
        if state.list == None:
            state.list = []
        state.list.append(d)
        if len(state.list) > 3:
            state.list.pop(0)
    elif event.type == "Pop":
        if state.list != None and len(state.list) > 0:
            state.list.pop()
    elif event.type == "Whole":
        state.whole = d
    elif event.type == "Twice":
        state.n = 1
        state.n = 2
        state.deep = {"a": {"b": event.position % 3}}
    else:
        for k in keys(d):
            state[k] = d[k]
        if event.position % 5 == 0 and "a" in state:
            delete(state, "a")
`

// briefScript says what most events do without the document.
const briefScript = `
def key(event):
    if event.type == "None":
        return None
    if event.type == "Several":
        return [event.stream, "all"]
    return event.stream

def apply(state, event):
    d = event.data
    if event.type == "Delete":
        return DELETE
    if event.type == "Pop":
        return
    if event.type == "Twice":
        state.last = 1
    if event.type != "Whole":
        state.last = d.a
    state.count = (state.count or 0) + 1
    if event.type == "List":
        state.sum = (state.sum or 0) + d.b
        state.list = []
    elif d.c:
        state.c = d.c
`

func genProjection(t *rapid.T) projection.Projection {
	ref := rapid.SampledFrom([]string{"merge", "merge", "merge", "last", "counts", "tally", "test.star", "test.star", "test.star", "brief.star", "brief.star"}).Draw(t, "projection")
	by := rapid.SampledFrom([]string{"", "", "", "/data/a", "/type", "/data/c"}).Draw(t, "by")
	p, err := projection.Parse(ref, projection.Options{By: by, ReadFile: func(name string) ([]byte, error) {
		if name == "brief.star" {
			return []byte(briefScript), nil
		}
		return []byte(testScript), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func genValue(depth int) *rapid.Generator[string] {
	scalar := rapid.SampledFrom([]string{"1", "1.0", "2", "-0.5", `"x"`, `"y"`, "null", "true", "123456789012345678901", `"a/b~c"`})
	if depth == 0 {
		return scalar
	}
	object := rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for _, name := range []string{"a", "b", "c", "d/e", "id"} {
			if rapid.IntRange(0, 2).Draw(t, "has") == 0 {
				parts = append(parts, fmt.Sprintf("%q:%s", name, genValue(depth-1).Draw(t, "member")))
			}
		}
		return "{" + strings.Join(parts, ",") + "}"
	})
	array := rapid.Custom(func(t *rapid.T) string {
		return "[" + strings.Join(rapid.SliceOfN(genValue(depth-1), 0, 3).Draw(t, "items"), ",") + "]"
	})
	return rapid.OneOf(scalar, scalar, object, array)
}

func genEvents(t *rapid.T, most int) []event.Event {
	n := rapid.IntRange(0, most).Draw(t, "events")
	events := make([]event.Event, n)
	for i := range events {
		raw := genValue(2).Draw(t, "payload")
		if rapid.IntRange(0, 3).Draw(t, "object") > 0 && raw[0] != '{' {
			raw = fmt.Sprintf(`{"a":%s,"b":%d}`, raw, i%4)
		}
		events[i] = event.Event{
			Position: event.Position(i + 1),
			ID:       fmt.Sprint("e", i),
			Stream:   event.StreamID(rapid.SampledFrom([]string{"s-1", "s-2", "s-3", "t-1", ""}).Draw(t, "stream")),
			Type: rapid.SampledFrom([]string{
				"Set", "Set", "Set", "List", "Pop", "Whole", "Twice", "Delete", "Several", "None", "Fail", "Bad",
			}).Draw(t, "type"),
			Raw:     []byte(raw),
			Payload: event.Whole(0, len(raw)),
		}
	}
	return events
}

// world is a random log, a random projection, its model, and an index of random shape that was built in random steps.
type world struct {
	p   projection.Projection
	log *memLog
	m   *model
	ix  *Index
}

func genWorld(t *rapid.T, tb testing.TB, most int) *world {
	w := &world{p: genProjection(t)}
	events := genEvents(t, most)
	w.log = &memLog{events: events, head: event.Position(len(events)), block: rapid.IntRange(1, 20).Draw(t, "block")}
	w.m = fold(w.p, events)
	w.ix = buildIndex(t, tb, w.log, w.p)
	return w
}

func genOptions(t *rapid.T) Options {
	return Options{
		Segment:    rapid.SampledFrom([]int{8, 16, 64, 200}).Draw(t, "segment"),
		Partitions: rapid.IntRange(1, 4).Draw(t, "partitions"),
		FrameBytes: rapid.SampledFrom([]int{1, 64, 400, 8192}).Draw(t, "frame"),
		Memory:     rapid.SampledFrom([]int64{1, 2000, 1 << 20}).Draw(t, "memory"),
		Members:    rapid.SampledFrom([]int{1, 2, 3, 4, 8, 0}).Draw(t, "members"),
	}
}

func buildIndex(t *rapid.T, tb testing.TB, log *memLog, p projection.Projection) *Index {
	dir := tb.TempDir()
	opts := genOptions(t)
	opts.Notice = func(cause error) {
		tb.Errorf("damaged: %v", cause)
		if p, ok := errors.AsType[*store.Panic](cause); ok {
			tb.Logf("%v\n%s", p.Value, p.Stack)
		}
	}
	open := func() *Index {
		ix, err := Open(context.Background(), dir, log, p, opts)
		if err != nil {
			t.Fatal(err)
		}
		return ix
	}
	ix := open()
	t.Cleanup(func() { ix.Close() })
	end := log.head
	for log.head = 0; ; {
		log.head = min(end, log.head+event.Position(rapid.SampledFrom([]int{1, 10, 50, 50, 1000}).Draw(t, "grow")))
		ctx, cancel := context.WithCancel(context.Background())
		stop := rapid.IntRange(0, 6).Draw(t, "stop")
		err := ix.Build(ctx, func(Progress) {
			if stop--; stop == 0 {
				cancel()
			}
		})
		cancel()
		if err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		if err == nil && log.head == end {
			return ix
		}
		if rapid.IntRange(0, 4).Draw(t, "reopen") == 0 {
			if err := ix.Close(); err != nil {
				t.Fatal(err)
			}
			ix = open()
		}
	}
}
