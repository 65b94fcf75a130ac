package present_test

import (
	"testing"

	"asof/engine/event"
	"asof/engine/value"
	"asof/ui/present"
)

func TestEventWords(t *testing.T) {
	for _, c := range []struct{ got, want present.Safe }{
		{present.Version(7, event.BySource), "7"},
		{present.Version(7, event.ByAsof), "7°"},
		{present.Version(0, event.Unnumbered), ""},
		{present.Marks(0), ""},
		{present.Marks(event.Late | event.RepeatedID), "id seen before, arrived late"},
		{present.Difference(value.Replace, "/status", value.Str("paid"), value.Str("refunded"), 60), `~ /status  "paid" → "refunded"`},
		{present.Difference(value.Add, "/total", nil, value.Num("1.00"), 60), "+ /total  1.00"},
		{present.Difference(value.Remove, "/hold", value.Nul(), nil, 60), "- /hold  null"},
		{present.Difference(value.Same, "", nil, value.Arr(), 60), "= (all)  []"},
		{present.Difference(value.Replace, "/a/very/long/path", value.Str("paid"), value.Str("refunded"), 20), `~ /a/v…/path  … → …`},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
