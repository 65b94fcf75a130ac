package projection

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"

	"pgregory.net/rapid"
)

// briefScript draws an apply of which most parts need no document.
func briefScript(t *rapid.T) string {
	of := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "part") }
	said := func() string {
		return of("event.type", "event.stream", "event.position", "event.data.a", "event.data.b", "event.data.o.x", "event.data.o", "event.data.none", "event.data.o.none.x",
			"event.data", "event.data.l", "None", "True", "'a'", "1.50", "[]", "{}", "event.data.a == event.data.b", "event.data.a or 'none'", "len(event.data.b)", "d.b", "d")
	}
	amount := func() string {
		return of("1", "1", "2.50", "event.data.a", "event.data.b", "event.data.o.x", "(event.data.a or 0) * 2", "-event.data.b", "event.position", "1e30")
	}
	statement := func(name string) string {
		switch rapid.IntRange(0, 9).Draw(t, "statement") {
		case 0, 1, 2:
			return "state." + of("f", "g", "h") + " = " + said()
		case 3, 4, 5:
			n := "state." + of("n", "m")
			return n + " = " + of("("+n+" or 0) + "+amount(), "("+n+" or 0) - "+amount(), amount()+" + ("+n+" or 0)", "("+n+" or 0) + 1")
		case 6:
			return of("return", "return None", "return DELETE", "pass")
		case 7:
			return "d = event.data"
		}
		return of("state['k \\n'] = "+said(), "state.f.x = 1", "state.n = 7", "state.h = {}", "state.h = state.f", "state.m = (state.n or 0) + 1", "state[event.type] = 1")
	}
	var src strings.Builder
	src.WriteString("def apply(state, event):\n    d = event.data\n")
	for i := range rapid.IntRange(1, 4).Draw(t, "statements") {
		if rapid.IntRange(0, 3).Draw(t, "if") == 0 {
			fmt.Fprintf(&src, "    if %s:\n        %s\n    else:\n        %s\n", said(), statement(fmt.Sprint(i)), statement(fmt.Sprint(i, "b")))
			continue
		}
		fmt.Fprintf(&src, "    %s\n", statement(fmt.Sprint(i)))
	}
	return src.String()
}

// TestBriefsSayWhatScriptsDo draws scripts and events, loose and whole: where there is a brief, the sheet has the writes that the
// document has, and a loose event is folded into a document as a whole one is.
func TestBriefsSayWhatScriptsDo(t *testing.T) {
	scripts, briefs, sums := 0, 0, 0
	tries := 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		src := briefScript(t)
		p, err := Script("p", "p.star", []byte(src), Options{})
		if err != nil || p.(Briefing).NewBriefer(value.NewPlaces(value.NewNames(), 1000)) == nil {
			return
		}
		if !p.(Briefing).Loose() {
			t.Fatalf("%s\nasks for more than a loose event has", src)
		}
		scripts++
		w, moulds := newBriefedBy(p, 1000), map[string]*event.Mould{}
		doc, folder := value.NewDoc(), p.NewFolder()
		texts := []string{`"a"`, `"\u00e9"`, `"x\n"`, `""`, `"a longer text"`, "\"\xff\"", `"é"`}
		words := []string{`1`, `-2.50`, `0`, `0.00`, `-0`, `1e3`, `12345678901234567890123`, `0.1`, `true`, `false`, `null`}
		var of [3][]string
		for i := range of {
			of[i] = [][]string{texts, words, words}[rapid.IntRange(0, 2).Draw(t, "kind")]
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			var values []string
			for i := range of {
				values = append(values, rapid.SampledFrom(of[i]).Draw(t, "value"))
			}
			shape := rapid.SampledFrom([]string{
				`{"a":%s,"o":{"x":%s,"y":2},"b":%s}`, ` {"a" : %s , "o":%s,"b":%s,"l":[],"k":{} } `, `{"b":%s,"l":[%s,%s]}`, `{"o":{"a":%s},"a":{"x":%s},"b":%s}`,
			}).Draw(t, "shape")
			loose := looseEvent(moulds, shape, values, rapid.SampledFrom([]string{"", `{"data":`}).Draw(t, "before"), rapid.SampledFrom([]string{"", `,"more":1}`}).Draw(t, "behind"))
			loose.Type, loose.Stream, loose.Position = rapid.SampledFrom([]string{"A", "é", "\xff", ""}).Draw(t, "type"), "s", event.Position(i+1)
			loose.Time = event.Of(time.Unix(int64(i), 0))
			whole := *loose
			whole.Cast, whole.Raw = nil, loose.Data()
			whole.Payload = event.Whole(0, len(whole.Raw))
			told := loose
			if rapid.IntRange(0, 4).Draw(t, "whole") == 0 {
				told = &whole
			}
			if w.stepLoose(t, uint64(i+1), &whole, told) {
				if briefs++; strings.Contains(src, "or 0)") {
					sums++
				}
			}
			doc.Begin(uint64(i + 1))
			if err := folder.Apply(doc, loose, ""); err != nil {
				doc.Rollback()
			}
			doc.Commit()
			if got, want := doc.Root().JSON(), w.doc.Root().JSON(); string(got) != string(want) {
				t.Fatalf("%s\nof %s, loose:\n%s\nwant\n%s", src, whole.Raw, got, want)
			}
		}
	})
	t.Logf("%d scripts with %d briefs, %d of them sums", scripts, briefs, sums)
	if tries >= 100 && (scripts == 0 || briefs == 0 || sums == 0) { // a short run draws too few to see all
		t.Errorf("%d scripts with %d briefs, %d of them sums", scripts, briefs, sums)
	}
}

func TestWhichScriptsAreBriefed(t *testing.T) {
	for body, want := range map[string]bool{
		"state.type = event.type\n    state.status = event.data.status\n    state.count = (state.count or 0) + 1": true,
		"if event.type == 'A':\n        state.total = (state.total or 0) - event.data.amount":                     true,
		"state.id = event.id":   true, // of events that are whole
		"state.n = state.n + 1": false,
		"state.n += 1":          false,
		"state.a = state.b":     false,
		"state[event.type] = 1": false,
		"state.a.b = 1":         false,
		"state.n = (state.n or 0) + 1\n    if event.type == 'R':\n        state.n = 0": false,
	} {
		p, err := Script("p", "p.star", []byte("def apply(state, event):\n    "+body+"\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		b := p.(Briefing)
		if got := b.NewBriefer(value.NewPlaces(value.NewNames(), 1000)) != nil; got != want {
			t.Errorf("%s: %v", body, got)
		}
		if got := b.Loose(); got == strings.Contains(body, "event.id") {
			t.Errorf("%s: loose is %v", body, got)
		}
	}
	for _, more := range []string{"def init(key):\n    return {}\n", "def upcast(event):\n    return event\n"} {
		p, err := Script("p", "p.star", []byte(more+"def apply(state, event):\n    state.a = 1\n"), Options{})
		if err != nil || p.(Briefing).NewBriefer(value.NewPlaces(value.NewNames(), 1000)) != nil {
			t.Errorf("%s: it is briefed, or %v", more, err)
		}
	}
}
