package timeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"asof/engine/event"
	"pgregory.net/rapid"
)

// TestASieveDropsNothingThatIsFound draws events whose parts lie in the record, beside it, or are put together of it.
func TestASieveDropsNothingThatIsFound(t *testing.T) {
	tries, dropped, found := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tries++
		letters := rapid.StringOfN(rapid.SampledFrom([]rune("abA,")), 0, 4, -1)
		draw := func(what string) string { return letters.Draw(t, what) }
		raw := []byte(`{"` + draw("name") + `":"` + draw("value") + `", "x":1,"b":"` + draw("last") + `"}`)
		e := &event.Event{Raw: raw, Type: draw("type"), Stream: event.StreamID(draw("stream")), ID: draw("id")}
		part := func() event.Part {
			switch rapid.IntRange(0, 3).Draw(t, "part") {
			case 0:
				return event.Whole(0, len(raw))
			case 1:
				return event.Built([]byte(`"` + draw("own") + `"`))
			case 2:
				return event.Part{Members: true, Spans: []event.Span{{Off: 1, Len: 4}, {Off: uint32(len(raw)) - 6, Len: 4}}}
			}
			return event.Part{}
		}
		e.Payload, e.Meta = part(), part()
		if rapid.Bool().Draw(t, "inside") {
			e.ID = string(raw)
		}
		what := rapid.OneOf(rapid.StringOfN(rapid.SampledFrom([]rune("abA,")), 1, 3, -1),
			rapid.SampledFrom([]string{"/a+b/", "/(ab|A)a/", "/^b[aA]{1,2},/", "/(?i:A)b?a/", "/ab*/", "/[ab]/", "/(ba){2}/", "/,.*A/"}))
		m, err := NewMatcher(what.Draw(t, "what"))
		if err != nil {
			t.Fatal(err)
		}
		drops := m.needs != nil && newSieve(m.needs).drops(e)
		holds := false
		for _, text := range [][]byte{[]byte(e.Type), []byte(e.Stream), []byte(e.ID), e.Data(), e.Metadata()} {
			holds = holds || m.find(text, true) != nil
		}
		if drops && holds {
			t.Fatalf("%s is in %+v, which the sieve drops", m, e)
		}
		if drops {
			dropped++
		}
		if holds {
			found++
		}
	})
	for pattern, want := range map[string]string{"no+where": "where", "(?i:paKet)": "pa", "a|b": "", "x(abc)+y*": "abc", "é12": "12"} {
		got := ""
		if l := needed(pattern); l != nil {
			got = l[0].Text()
		}
		if got != want {
			t.Errorf("%s needs %q, not %q", pattern, got, want)
		}
	}
	if tries >= 100 && (dropped == 0 || found == 0) { // a short run draws too few to see both
		t.Errorf("%d events were dropped, %d hold the text", dropped, found)
	}
}

// TestSearchesSeeWhatIsThere compares what is found in the log's columns with a look at every event.
func TestSearchesSeeWhatIsThere(t *testing.T) {
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		var facts []fact
		word := rapid.SampledFrom([]string{"paid", "Paid", "", "7", `a\"b`, "a/b", `a\/b`, "Zoë", "x,y"})
		for i := range rapid.IntRange(1, 60).Draw(rt, "events") {
			data := fmt.Sprintf(`{"status":"%s","sub":{"n":%d,"s":"%s"}}`, word.Draw(rt, "status"), rapid.IntRange(0, 30).Draw(rt, "n"), word.Draw(rt, "s"))
			facts = append(facts, fact{rapid.SampledFrom([]string{"order-1", "pay:2"}).Draw(rt, "stream"), "Paid" + strings.Repeat("x", i%3), data, i, ""})
		}
		s := session(t, Options{Dir: folder(t, facts), NoIndex: true})
		for range 6 {
			raw := facts[rapid.IntRange(0, len(facts)-1).Draw(rt, "of")].data
			from := rapid.IntRange(0, len(raw)-1).Draw(rt, "from")
			text := raw[from:rapid.IntRange(from+1, len(raw)).Draw(rt, "to")]
			text = rapid.SampledFrom([]string{text, strings.ToLower(text), "paid", "order-1", `a"b`, "a/b", `"paid","sub"`, "e1", "nowhere", "/a.b/"}).Draw(rt, "text")
			m, err := NewMatcher(text)
			if err != nil {
				continue // a piece of a record that is no pattern
			}
			var want []event.Position
			for e, err := range s.log.Range(ctx, 1, s.Head()) {
				if err != nil {
					t.Fatal(err)
				}
				r := search{SearchQuery: SearchQuery{Matcher: &Matcher{re: m.re, escaped: m.escaped, literals: m.literals}}}
				if r.look(e) {
					want = append(want, e.Position)
				}
			}
			at := event.Position(rapid.IntRange(0, len(facts)+1).Draw(rt, "at"))
			first, last := event.Position(0), event.Position(0)
			for _, pos := range want {
				if pos > at && first == 0 {
					first = pos
				}
				if pos < at {
					last = pos
				}
			}
			for d, want := range map[Direction]event.Position{Forward: first, Backward: last} {
				hit, err := s.Search(ctx, SearchQuery{Matcher: m, From: at, Direction: d}, nil)
				if err != nil || hit.Position != want {
					t.Fatalf("%q from %d, %v: %+v, %v, not %d", text, at, d, hit, err, want)
				}
			}
			if strings.HasPrefix(text, "/") {
				continue
			}
			if got := must(s.FindEvents(ctx, FindQuery{What: "text:" + text}, 0, nil))(t); !slices.Equal(got, want) {
				t.Fatalf("%q is found at %v, not %v", text, got, want)
			}
		}
	})
}
