package external

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// patience is long enough for a machine under load, and what the tests that wait for its end take.
const patience = 700 * time.Millisecond

func makeEvent(pos int, stream, kind, data string) *event.Event {
	return &event.Event{Position: event.Position(pos), Stream: event.StreamID(stream), Type: kind, Raw: []byte(data), Payload: event.Whole(0, len(data))}
}

// outcome is what became of each event and each document.
type outcome struct {
	docs   map[string]string
	failed map[event.Position]string
}

// drive folds as a build does: key after key in rounds, telling the folder of as much as it has room for.
func drive(ctx context.Context, f *Folder, rounds [][]*event.Event, tell bool) (outcome, error) {
	out := outcome{docs: map[string]string{}, failed: map[event.Position]string{}}
	docs := map[string]*value.Doc{}
	for _, events := range rounds {
		told := 0
		for i, e := range events {
			key := string(e.Stream)
			for tell && told < len(events) && f.Room() {
				n := events[told]
				follows := told > 0 && events[told-1].Stream == n.Stream
				var root *value.Node
				if d := docs[string(n.Stream)]; d != nil && !follows {
					root = d.Root()
				}
				if err := f.Foresee(ctx, root, n, string(n.Stream), follows); err != nil {
					return out, err
				}
				told++
			}
			told = max(told, i+1)
			if docs[key] == nil {
				docs[key] = value.NewDoc()
			}
			doc := docs[key]
			doc.Begin(uint64(e.Position))
			err := f.Apply(doc, e, key)
			if errors.Is(err, ErrUnable) || errors.Is(err, context.Canceled) {
				return out, err
			}
			if err != nil {
				doc.Rollback()
				out.failed[e.Position] = err.Error()
			} else {
				doc.Commit()
			}
		}
	}
	for key, d := range docs {
		out.docs[key] = canonical(d.Root())
	}
	return out, nil
}

func canonical(n *value.Node) string {
	if n == nil {
		return "-"
	}
	text, _ := json.Marshal(decode(n.JSON()))
	return string(text)
}

// model folds in this process.
func model(rounds [][]*event.Event) outcome {
	out := outcome{docs: map[string]string{}, failed: map[event.Position]string{}}
	docs := map[string]any{}
	for _, events := range rounds {
		for _, e := range events {
			key := string(e.Stream)
			if do := act(e.Data()); do == "" {
				docs[key] = reduce(docs[key], e.Type, uint64(e.Position), e.Data())
			} else {
				out.failed[e.Position] = do
				if _, ok := docs[key]; !ok {
					docs[key] = nil
				}
			}
		}
	}
	for key, d := range docs {
		text, _ := json.Marshal(d)
		out.docs[key] = string(text)
		if d == nil {
			out.docs[key] = "-"
		}
	}
	return out
}

func genRounds(t *rapid.T, faults []string) [][]*event.Event {
	pos := 0
	var rounds [][]*event.Event
	for range rapid.IntRange(1, 3).Draw(t, "rounds") {
		var events []*event.Event
		for k := range rapid.IntRange(1, 5).Draw(t, "keys") {
			for range rapid.SampledFrom([]int{1, 1, 2, 5, 40}).Draw(t, "run") {
				pos++
				data := fmt.Sprintf(`{"a":%d,"b":["x",{"c":%d}]}`, rapid.IntRange(0, 2).Draw(t, "a"), pos%3)
				if len(faults) > 0 && rapid.IntRange(0, 30).Draw(t, "fault") == 0 {
					data = fmt.Sprintf(`{"do":%q}`, rapid.SampledFrom(faults).Draw(t, "what"))
				}
				kind := rapid.SampledFrom([]string{"Set", "Set", "Set", "Set", "Delete"}).Draw(t, "type")
				events = append(events, makeEvent(pos, fmt.Sprint("k-", k), kind, data))
			}
		}
		rounds = append(rounds, events)
	}
	return rounds
}

func compare(t interface{ Errorf(string, ...any) }, got, want outcome) {
	for key, doc := range want.docs {
		if got.docs[key] != doc {
			t.Errorf("%s is %s, not %s", key, got.docs[key], doc)
		}
	}
	for pos, do := range want.failed {
		if got.failed[pos] == "" {
			t.Errorf("event %d did %s and did not fail", pos, do)
		}
	}
	for pos, text := range got.failed {
		if want.failed[pos] == "" {
			t.Errorf("event %d failed: %s", pos, text)
		}
	}
}

// TestFoldsAsTheModel: whatever the program keeps, however it answers, whether it is told beforehand or not, and whichever
// events it cannot survive, every document is what a fold of the other events makes of it.
func TestFoldsAsTheModel(t *testing.T) {
	t.Parallel()
	modes := []string{"", "echo", "patch,echo", "kept", "kept,patch", "kept,patch,echo,exact"}
	rapid.Check(t, func(rt *rapid.T) {
		rounds := genRounds(rt, []string{"error", "crash", "lose", "nothing", "broken", "badpatch"})
		f := reducerProgram(t, 20*time.Second, rapid.SampledFrom(modes).Draw(rt, "mode")).NewFolder()
		defer f.Close()
		got, err := drive(context.Background(), f, rounds, rapid.IntRange(0, 5).Draw(rt, "tell") > 0)
		if err != nil {
			rt.Fatal(err)
		}
		compare(rt, got, model(rounds))
	})
}

// TestHanging: the events at which the program hangs fail, and no others.
func TestHanging(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "kept,patch"} {
		var events []*event.Event
		for i := range 60 {
			data := `{"a":1}`
			switch i {
			case 20:
				data = `{"do":"hang"}`
			case 40:
				data = `{"do":"child"}`
			}
			events = append(events, makeEvent(i+1, fmt.Sprint("k-", i/7), "Set", data))
		}
		f := reducerProgram(t, patience, mode).NewFolder()
		got, err := drive(context.Background(), f, [][]*event.Event{events}, true)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		compare(t, got, model([][]*event.Event{events}))
		if text := got.failed[21]; !strings.Contains(text, "no answer within") || !strings.Contains(text, "--exec-timeout") {
			t.Error(text)
		}
	}
}

// TestWhatStopsAll: what is wrong with the program, and not with an event, ends the fold with a message that says where and what to do.
func TestWhatStopsAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words, data string
		want        []string
	}{
		{"nohello", "", []string{"first line of output is", "reducer started on port 8080", `{"asof":"reducer","protocol":1}`}},
		{"badhello", "", []string{"always", "kept"}},
		{"old", "", []string{"protocol", "7"}},
		{"mute", "", []string{"no hello within", "flushed"}},
		{"", `{"do":"junk"}`, []string{"line 11", "debug: here I am", "event 10", "standard error"}},
		{"kept", `{"do":"junk"}`, []string{"debug: here I am", "event 10"}},
		{"echo", `{"do":"skip"}`, []string{"answers event", "where the answer to event 10 was due"}},
		{"echo", `{"do":"flood"}`, []string{"output is", `""`, "event 10"}},
		{"", `{"do":"long"}`, []string{"MiB"}},
	} {
		var events []*event.Event
		for i := range 30 {
			data := `{"a":1}`
			if i == 9 && c.data != "" {
				data = c.data
			}
			events = append(events, makeEvent(i+1, fmt.Sprint("k-", i), "Set", data))
		}
		wait := patience
		if c.words != "mute" {
			wait = 20 * time.Second
		}
		f := reducerProgram(t, wait, c.words).NewFolder()
		got, err := drive(context.Background(), f, [][]*event.Event{events}, true)
		text := fmt.Sprint(err)
		if strings.Contains(c.data, "long") { // the event's own fault: it fails, and the rest goes on
			text = got.failed[10]
		} else if !errors.Is(err, ErrUnable) {
			t.Errorf("%s %s: %v", c.words, c.data, err)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s %s: %s: no %q", c.words, c.data, text, want)
			}
		}
		f.Close()
	}
}

// TestAnswersTooMany: an answer more than there are events is found, even where no positions are named.
func TestAnswersTooMany(t *testing.T) {
	t.Parallel()
	f := reducerProgram(t, 20*time.Second, "").NewFolder()
	defer f.Close()
	doc := value.NewDoc()
	var err error
	for i := 1; i < 100 && err == nil; i++ {
		data := `{}`
		if i == 1 {
			data = `{"do":"twice"}`
		}
		doc.Begin(uint64(i))
		err = f.Apply(doc, makeEvent(i, "k", "Set", data), "k")
		doc.Commit()
	}
	if !errors.Is(err, ErrUnable) || !strings.Contains(err.Error(), "answers nothing") {
		t.Error(err)
	}
}

// TestNoSuchProgram: a command that cannot be started, or ends at once, is told with what it said.
func TestNoSuchProgram(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"no-such-program-at-all x.js": "PATH",
		"go no-such-command":          "unknown command",
	} {
		p, err := Parse(command, Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = p.NewFolder().Apply(value.NewDoc(), makeEvent(1, "k", "Set", "{}"), "k")
		if !errors.Is(err, ErrUnable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// TestCancel: a fold that waits for a program that hangs ends when its context does.
func TestCancel(t *testing.T) {
	t.Parallel()
	f := reducerProgram(t, time.Hour, "").NewFolder()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	events := []*event.Event{makeEvent(1, "a", "Set", "{}"), makeEvent(2, "b", "Set", `{"do":"child"}`), makeEvent(3, "c", "Set", `{}`)}
	if _, err := drive(ctx, f, [][]*event.Event{events}, true); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	f.Close()
}

// TestTooManyFaults: a program that survives nothing is not started for ever.
func TestTooManyFaults(t *testing.T) {
	t.Parallel()
	f := reducerProgram(t, 20*time.Second, "").NewFolder()
	defer f.Close()
	var events []*event.Event
	for i := range 200 {
		events = append(events, makeEvent(i+1, "k", "Set", `{"do":"crash"}`))
	}
	_, err := drive(context.Background(), f, [][]*event.Event{events}, true)
	if !errors.Is(err, ErrUnable) || !strings.Contains(err.Error(), "TypeError: it is undefined") || !strings.Contains(err.Error(), `{"error":…}`) {
		t.Error(err)
	}
}
