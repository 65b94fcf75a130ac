package debug

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBreakpointsInGdbsWords(t *testing.T) {
	cases := []struct {
		text string
		want Breakpoint
	}{
		{"b OrderPaid if event.data.amount > 100", Breakpoint{Kind: Break, Type: "OrderPaid", If: "event.data.amount > 100"}},
		{"break stream order-7", Breakpoint{Kind: Break, Stream: "order-7"}},
		{`b "Order Paid" ignore 3`, Breakpoint{Kind: Break, Type: "Order Paid", Ignore: 3}},
		{`b "if" if position > 3`, Breakpoint{Kind: Break, Type: "if", If: "position > 3"}},
		{"watch order-481/status", Breakpoint{Kind: Watch, Key: "order-481", Path: "/status"}},
		{"watch order-481", Breakpoint{Kind: Watch, Key: "order-481"}},
		{"display state.total if state.paid else 0", Breakpoint{Kind: Display, Print: "state.total if state.paid else 0"}},
		{"watch /balance if state.balance < 0", Breakpoint{Kind: Watch, Path: "/balance", If: "state.balance < 0"}},
		{`watch "a/b"/c~1d`, Breakpoint{Kind: Watch, Key: "a/b", Path: "/c~1d"}},
		{`watch k"/first name"`, Breakpoint{Kind: Watch, Key: `k"`, Path: ""}},
		{`watch "k""/first name"`, Breakpoint{Kind: Watch, Key: "k", Path: "/first name"}},
		{"trace OrderPaid print event.data.amount", Breakpoint{Kind: Trace, Type: "OrderPaid", Print: "event.data.amount"}},
		{"trace OrderPaid print 1 if position > 2 else 0", Breakpoint{Kind: Trace, Type: "OrderPaid", Print: "1 if position > 2 else 0"}},
		{`trace print " if " if key == " if "`, Breakpoint{Kind: Trace, Print: `" if "`, If: `key == " if "`}},
		{"trace X print 1 if key else 0 if position > 1", Breakpoint{Kind: Trace, Type: "X", Print: "1 if key else 0", If: "position > 1"}},
	}
	for _, c := range cases {
		if strings.HasPrefix(c.text, `watch k"`) {
			if _, err := Parse(c.text); err == nil {
				t.Errorf("%s: no error", c.text)
			}
			continue
		}
		got, err := Parse(c.text)
		c.want.Enabled = true
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.text, got, err, c.want)
			continue
		}
		again, err := Parse(got.String())
		if err != nil || again != got {
			t.Errorf("%s is written %s, which reads as %+v, %v", c.text, got, again, err)
		}
	}
}

func TestWhatIsNoBreakpoint(t *testing.T) {
	cases := []struct{ text, want string }{
		{"", "column 1: "},
		{"brk X", "column 1: \"brk\" is none of b, watch, trace and display"},
		{"b", "column 1: what to break on is missing"},
		{"b X when y", `column 5: "when" is none of if, stream, ignore and print`},
		{"b X if", "column 7: the condition is missing"},
		{"b X if stat.x", "column 8: undefined: stat (did you mean state?)"},
		{"b X if event.typ == 1", "column 13: an event has no field typ"},
		{"b X if event.data.amount >", "column 27"},
		{"b X ignore many", `column 12: "many" is no count`},
		{"b X print 1", "column 1: a breakpoint prints nothing"},
		{"watch", "column 6: what is to be watched is missing"},
		{"watch k/a~x", "column 8: "},
		{"watch k/a stream s", "column 11: a watchpoint has a key, not a stream"},
		{"trace X", "column 1: a tracepoint needs something to print"},
		{"trace X print", "column 14: the expression is missing"},
		{"trace X print foo(", "column "},
		{"display  ", "column 10: the expression is missing"},
		{"display stat.x", "column 9: undefined: stat (did you mean state?)"},
		{`b "X`, "column 3: a quotation that does not end"},
	}
	for _, c := range cases {
		_, err := Parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.text, err, c.want)
		}
	}
}

func TestABreakpointIsReadBackFromItsText(t *testing.T) {
	name := rapid.SampledFrom([]string{"", "OrderPaid", "a b", "if", "print", `q"uote`, "tab\there", "a/b", "ünï", `\`, "stream"})
	rapid.Check(t, func(t *rapid.T) {
		b := Breakpoint{Kind: rapid.SampledFrom([]Kind{Break, Watch, Trace, Display}).Draw(t, "kind"), Enabled: true}
		b.If = rapid.SampledFrom([]string{"", "key == 'x'", "state.a > 1 if position > 2 else True"}).Draw(t, "if")
		b.Ignore = rapid.IntRange(0, 3).Draw(t, "ignore")
		switch b.Kind {
		case Display:
			b = Breakpoint{Kind: Display, Print: rapid.SampledFrom([]string{"state.a", `" if " + key`}).Draw(t, "display"), Enabled: true}
		case Watch:
			b.Key, b.Path = name.Draw(t, "key"), ""
			if p := name.Draw(t, "path"); p != "" || b.Key == "" {
				b.Path = "/a/" + b.Path.Child(strings.ReplaceAll(p, "/", ""))[1:]
			}
		case Trace:
			b.Print = rapid.SampledFrom([]string{"event.data", "1 if key else 2", `" if "`}).Draw(t, "print")
			fallthrough
		default:
			b.Type, b.Stream = name.Draw(t, "type"), name.Draw(t, "stream")
			if b.Type == "" && b.Stream == "" && b.Kind == Break {
				b.Type = "T"
			}
		}
		got, err := Parse(b.String())
		if err != nil || got != b {
			t.Fatalf("%+v is written %s, which reads as %+v, %v", b, b, got, err)
		}
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var stored Breakpoint
		if err := json.Unmarshal(text, &stored); err != nil || stored != b {
			t.Fatalf("%s reads as %+v, %v", text, stored, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"b X if a", `watch "k"/p if state.x`, "trace T print 1 if 2 else 3 if 4", `b "\u00e4`, "watch //"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(b.String()); err != nil || again != b {
			t.Fatalf("%q is written %q, which reads as %+v, %v", text, b.String(), again, err)
		}
	})
}
