package timeline

import (
	"context"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/timeline/where"
)

func TestResolve(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	if _, err := s.SetMark(ctx, "refund", 6, ""); err != nil {
		t.Fatal(err)
	}
	at3, line := Base{At: 3}, Base{CommandLine: true}
	for _, c := range []struct {
		text string
		base Base
		want event.Position
	}{
		{"0", at3, 0},
		{"8", at3, 8},
		{"start", at3, 0},
		{"end", at3, 8},
		{"50%", at3, 4},
		{"99%", at3, 7},
		{"+2", at3, 5},
		{"-1", at3, 2},
		{"-99", at3, 0},
		{"+99", at3, 8},
		{"-1", line, 7},
		{"+10s", at3, 5},
		{"+9s", at3, 4},
		{"-15s", at3, 1},
		{"-21s", at3, 0},
		{"-1h", line, 5}, // the clock at the end is that of 7
		{"2026-01-14", at3, 0},
		{"2026-01-15", at3, 8},
		{"2026-01-15T12:00:20Z", at3, 3},
		{"2026-01-15T13:00:20+01:00", at3, 3},
		{"12:00:21", at3, 4},
		{"12:00", at3, 5},
		{"13:00", Base{At: 3, Zone: time.FixedZone("", 3600)}, 5},
		{"order-1:1", at3, 1},
		{"order-1:3", at3, 4},
		{"order-1", at3, 3},
		{"order-1", Base{}, 1},
		{"order-2", line, 5},
		{"pay:4", at3, 8}, // no version 4 of a stream "pay"; a stream of that name
		{"stream=pay:4", at3, 8},
		{"stream=order-2:2", at3, 5},
		{"PaymentRefunded#2", at3, 7},
		{"OrderPaid#1", at3, 3},
		{"'refund", at3, 6},
		{"/refund/", at3, 6},
		{"/order/", line, 1},
	} {
		p, err := s.Resolve(ctx, c.text, c.base)
		if err != nil || p.Position != c.want || p.Where.String() != c.text {
			t.Errorf("%s from %d: got %d (%s), %v; want %d", c.text, c.base.At, p.Position, p.Where, err, c.want)
		}
	}
	p := must(s.Resolve(ctx, "6", at3))(t)
	if p.Percent() != 75 || p.Clock != EventTime || p.Time.Text() != "2026-01-15T13:00:30Z" {
		t.Errorf("an answer says %+v, %g %%", p, p.Percent())
	}
}

func TestResolveRefuses(t *testing.T) {
	ctx := context.Background()
	s := session(t, Options{Dir: folder(t, shop())})
	for text, reason := range map[string]string{
		"9":                   "ends at position 8",
		"order-9":             `no stream "order-9"`,
		"OrderPaid#3":         "only 2 events",
		"Nothing#1":           `no event of type "Nothing"`,
		"'x":                  `no mark "x"`,
		"/nowhere/":           "no event after position 3",
		"/(/":                 "missing closing",
		"turn:1":              "no turns",
		"order-1:9":           `stream "order-1" has no version 9; its last is 5`,
		"recorded:2026-01-15": "have no recorded times",
		"":                    "empty",
		"stream=other":        "no stream",
	} {
		_, err := s.Resolve(ctx, text, Base{At: 3})
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), where.Legal) {
			t.Errorf("%q: got %v, want %q and what is legal", text, err, reason)
		}
	}
}
