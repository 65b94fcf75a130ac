package timeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/timeline/debug"
	"pgregory.net/rapid"
)

// broken reports whether a log of some events breaks a rule for a key, as the naive model sees it; "" = for any.
func broken(t testing.TB, p projection.Projection, events []*event.Event, rule, key string) bool {
	log := make([]*event.Event, len(events))
	for i, e := range events {
		moved := *e
		moved.Position = event.Position(i + 1)
		log[i] = &moved
	}
	return slices.ContainsFunc(naively(t, p, log).violations(t, rule), func(v debug.Violation) bool { return key == "" || v.Key == key })
}

func TestFromTheSmallestLogNothingCanBeLeftOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := modelled(rt, t, 60)
		rule := rapid.SampledFrom(conditions).Draw(rt, "rule")
		q := MinimizeQuery{Rule: must(ParseRule(rule))(t)}
		p := must(s.lens(""))(t).proj
		got, err := s.Minimize(context.Background(), q, nil)
		if errors.Is(err, ErrHolds) {
			if broken(t, p, m.events, rule, "") {
				rt.Fatalf("%s is broken, and not found to be", rule)
			}
			return
		}
		if err != nil {
			rt.Fatalf("%s: %v", rule, err)
		}
		var left []*event.Event
		for i, e := range got.Events {
			if e.Position != got.At[i] {
				rt.Fatalf("event %d stands at %d", e.Position, got.At[i])
			}
			left = append(left, m.event(got.At[i]))
		}
		if !broken(t, p, left, rule, got.Original.Key) {
			rt.Fatalf("%s holds in %v", rule, got.At)
		}
		for i := range left {
			if broken(t, p, slices.Delete(slices.Clone(left), i, i+1), rule, got.Original.Key) {
				rt.Fatalf("%s is broken without %d of %v", rule, got.At[i], got.At)
			}
		}
		if v := got.Violation; int(v.Position) != len(left) || v.Key != got.Original.Key {
			rt.Fatalf("the violation of %q stands at %d of %d; it was of %q", v.Key, v.Position, len(left), got.Original.Key)
		}
		checkWritten(rt, got)
	})
}

// checkWritten reads what is left as it is written.
func checkWritten(rt *rapid.T, m Minimized) {
	var out bytes.Buffer
	if err := m.WriteLog(&out); err != nil {
		rt.Fatal(err)
	}
	dec := json.NewDecoder(&out)
	for _, e := range m.Events {
		var line struct {
			ID, Type, Stream string
			Data             json.RawMessage
		}
		if err := dec.Decode(&line); err != nil || line.ID != e.ID || line.Type != e.Type || line.Stream != string(e.Stream) || !bytes.Equal(line.Data, e.Data()) {
			rt.Fatalf("%+v for %+v: %v", line, e, err)
		}
	}
	if dec.More() {
		rt.Fatal("there is more")
	}
}

func TestMinimizeIsCancelled(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop())})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Minimize(ctx, MinimizeQuery{Rule: must(ParseRule(`state.refund == None`))(t)}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestProblemsAreBrokenRulesAndFailedFolds(t *testing.T) {
	s := session(t, Options{Dir: folder(t, shop())})
	rules := must(ParseRules("r.star", []byte("refunded_once = \"not state.refund > 11\"\ntyped = \"event.type != None\"\n")))(t)
	list := must(s.Problems(context.Background(), ProblemsQuery{Rules: rules}, nil))(t)
	if len(list) != 1 || list[0] != (debug.Problem{Position: 7, Key: "order-1", Kind: "rule", Name: "refunded_once", Text: "not state.refund > 11", Count: 1}) {
		t.Errorf("%+v", list)
	}
}
