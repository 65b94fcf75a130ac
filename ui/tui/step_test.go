package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"asof/ui/tui/tuitest"
)

func TestStepping(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.ExpectRow("asof", "shop.jsonl", "8 events · 3 streams", "merge · 1 · 12.5 %", "2026-01-15 12:00:00.000Z")
	d.ExpectRow("+", "status", `"placed"`, "1", "now")
	d.Press("]").ExpectRow("merge · 2 ·").ExpectRow("State · merge @ 2", "order-2")
	d.Press(".").ExpectRow("merge · 3 ·").ExpectRow("~", "status", `"placed" → "paid"`, "3", "now").ExpectRow("=", "total", "10.50", "1", "20.0s ago")
	d.Press("[").ExpectRow("merge · 2 ·")
	d.Press(",", ",").ExpectRow("merge · 0 ·").ExpectRow("nothing exists yet").ExpectRow("before the first event")
	d.Press("[").ExpectRow("start of recorded history")
	d.Press("G").ExpectRow("merge · 8 · 100 %")
	d.Press("]").ExpectRow("end of recorded history")
	d.Press("g").ExpectRow("merge · 1 ·")
}

func TestStepsOfOneKind(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("}").ExpectRow("merge · 3 ·")
	d.Press("}").ExpectRow("merge · 4 ·")
	d.Press("{").ExpectRow("merge · 3 ·")
	d.Press("o").ExpectRow("merge · 6 ·")
	d.Press("O").ExpectRow("merge · 3 ·")
	d.Press("r").ExpectRow("merge · 1 ·")
	d.Press("backspace").ExpectRow("merge · 3 ·")
	d.Press("x").ExpectRow("no later")
}

func TestGaps(t *testing.T) {
	facts := months(60)
	for i := 40; i < len(facts); i++ {
		facts[i].at += 100_000
	}
	d := open(t, facts, 120, 34)
	d.Press("s").ExpectRow("merge · 41 ·")
	d.Press("s").ExpectRow("no later gap")
	d.Press("G", "S").ExpectRow("merge · 41 ·")
}

func TestChangesOfAField(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("2", "g", "j", "j", "j", "j").ExpectRow("status", `"placed"`)
	d.Press("*").ExpectRow("merge · 3 ·")
	d.Press("*").ExpectRow("merge · 6 ·")
	d.Press("*").ExpectRow("no later change of /status")
	d.Press("#").ExpectRow("merge · 3 ·")
}

// A key that is pressed before the last answer is there must not be lost.
func TestNoStepIsLost(t *testing.T) {
	d := open(t, months(400), 120, 34)
	var keys []tea.Msg
	for range 100 {
		keys = append(keys, tuitest.Key("]"))
	}
	d.Hurry(keys...).ExpectRow("merge · 101 ·").ExpectRow("▶", "101")
	keys = keys[:0]
	for range 5 {
		keys = append(keys, tuitest.Key("}"))
	}
	d.Press("g").Hurry(keys...)
	want := d.Screen()
	d.Press("g", "}", "}", "}", "}", "}")
	if got := d.Screen(); got != want {
		t.Errorf("in a hurry:\n%s\none by one:\n%s", want, got)
	}
}

func TestPages(t *testing.T) {
	d := open(t, months(400), 120, 34)
	d.Press("pgdown").ExpectRow("merge · 25 ·")
	d.Press("pgup").ExpectRow("merge · 1 ·")
	d.Press("ctrl+d").ExpectRow("merge · 13 ·")
	d.Press("ctrl+u").ExpectRow("merge · 1 ·")
	d.Press("end").ExpectRow("merge · 400 ·")
	d.Press("j").ExpectRow("end of recorded history")
	d.Press("k", "up").ExpectRow("merge · 398 ·")
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"5", "merge · 5 ·"}, {"50%", "merge · 4 ·"}, {"end", "merge · 8 ·"}, {"+3", "merge · 4 ·"}, {"order-2:2", "merge · 5 ·"},
		{"PaymentRefunded#2", "merge · 7 ·"}, {"12:00:20", "merge · 3 ·"}, {"goto 6", "merge · 6 ·"}, {"asof 2026-01-15T12:00:21Z", "merge · 4 ·"},
		{"/Refunded/", "merge · 6 ·"}, {"stream-next", "merge · 3 ·"}, {"nowhere at all", "nowhere at all"}, {"find paid", "merge · 3 ·"},
		{"filter type=Noted", "Events · type=Noted"}, {"key order-2", "order-2 does not exist yet"},
	} {
		t.Run(c.text, func(t *testing.T) {
			open(t, shop(), 120, 34).Press(":").Type(c.text).Press("enter").ExpectRow(c.want)
		})
	}
	d := open(t, shop(), 120, 34)
	d.Press(":").Type("PaymentRefunded#2").ExpectRow("goes to 7 · 87.5 %", "PaymentRefunded order-1").Press("esc").ExpectRow("merge · 1 ·")
	d.Press(":").Type("compl").Press("esc")
	d.Press(":").Type("nowhere at all").ExpectRow("enter tries it as a position").Press("esc")
	d.Press(":").Type("stream-next 2").ExpectRow("enter does it").ExpectNoRow("as a position").Press("esc")
	d.Press(":").Type("verif").Press("tab").ExpectRow(": verify").Press("enter").ExpectRow("everything holds")
}

func TestFindAndFilter(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("/").Type("refund").Press("enter").ExpectRow("merge · 6 ·").ExpectRow("refund in")
	d.Press("n").ExpectRow("merge · 7 ·")
	d.Press("n").ExpectRow("merge · 6 ·").ExpectRow("went on at the other end")
	d.Press("N").ExpectRow("merge · 7 ·")
	d.Press("/").Type("nothing like it").Press("enter").ExpectRow("no nothing like it in 8 events")
	d.Press("f").Type("stream=order-2").Press("enter").ExpectRow("Events · stream=order-2", "2").Press("g").ExpectRow("merge · 2 ·")
	d.Press("]").ExpectRow("merge · 5 ·").Press("]").ExpectRow("end of recorded history")
	d.Press("q").ExpectNoRow("stream=order-2")
}

func TestFilterByACondition(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("f").Type("state.status ==").ExpectRow("got end of file, want primary expression").Press("ctrl+u").Type(`if state.status == "paid"`).ExpectRow("enter keeps the events for which this holds")
	d.Press("enter").ExpectRow("Events · if state.status", "3").Press("g").ExpectRow("merge · 3 ·").Press("]").ExpectRow("merge · 4 ·").Press("]").ExpectRow("merge · 5 ·")
	d.Press("]").ExpectRow("end of recorded history").Press("[").ExpectRow("merge · 4 ·")
	d.Press("f", "ctrl+u").Type("type=OrderPaid if event.data.total > 9").Press("enter").ExpectRow("Events · type=OrderPaid if event", "1").Press("g").ExpectRow("merge · 3 ·")
	d.Press("1", "y", "c").ExpectCopied(`asof events shop.jsonl --type OrderPaid --where 'event.data.total > 9' --projection merge`)
	d.Press("f", "ctrl+u").Type("state.total < 0").Press("enter").ExpectRow("state.total < 0 holds for no event of 8").ExpectRow("type=OrderPaid if event")
	d.Press("f", "ctrl+u").Type("state.totl < 0").Press("enter").ExpectRow("state.totl < 0 holds for no event of 8: no document ever had /totl")
	d.Press("q").ExpectNoRow("type=OrderPaid")
	d.Press("f").Type("type=OrderPaid").ExpectRow("2 events")
	d.Type(" && event.data.total > 9").ExpectRow("0 events · what is asked of events follows an if")
}

func TestExportTheList(t *testing.T) {
	d := open(t, shop(), 120, 34)
	name := filepath.Join(t.TempDir(), "cut.jsonl")
	line(d, "filter type=OrderPaid").ExpectRow("Events · type=OrderPaid")
	line(d, "export "+name).ExpectRow("wrote 2 events to")
	line(d, "export "+name).ExpectRow("is there already")
	if got := strings.Count(string(must(os.ReadFile(name))(t)), `"type":"OrderPaid"`); got != 2 {
		t.Errorf("%d events of the type are in the file", got)
	}
	line(d, "filter").Press("ctrl+u", "enter")
	raw := filepath.Join(t.TempDir(), "a cut.jsonl")
	line(d, "export "+raw+" raw").ExpectRow("wrote 8 events to")
	if got := string(must(os.ReadFile(raw))(t)); strings.Count(got, "\n") != 8 || !strings.HasPrefix(got, `{`) {
		t.Errorf("the records are %s", got)
	}
	d.Press(":").Type("export x.out ").ExpectRow("cloudevents", "CloudEvents 1.0").Press("esc")
	line(d, "export").ExpectRow("the file is missing")
}

// TestChoicesOfTheLine moves to what completes a command, and does it.
func TestChoicesOfTheLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"key order-", "⊙ order-1"}, {"filter stream=order-2", "Events · stream=order-2"}, {"goto order-2", "merge · "}, {"goto Noted", "merge · 4 ·"},
	} {
		t.Run(c.text, func(t *testing.T) {
			d := open(t, shop(), 120, 34).Press(":").Type(c.text)
			d.Press("down", "up", "enter").ExpectRow(c.want).ExpectNoRow("! ")
		})
	}
}

func TestMarks(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("]", "m").ExpectRow("mark 'a at 2").Press("]", "]", "m").ExpectRow("mark 'b at 4")
	d.Press("U").ExpectRow("merge · 2 ·").Press("u").ExpectRow("merge · 4 ·")
	d.Press("'").ExpectRow("'a", "2 · 2026-01-15 12:00:10.000Z").Press("enter").ExpectRow("merge · 2 ·")
	d.Press("m").ExpectRow("mark 'a removed")
}

func TestQuitting(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("2", "+", "+").ExpectNoRow("╭ Events").Press("q").ExpectRow("╭ Events")
	d.Press("esc").Press("?").ExpectRow("Keys").Press("q").ExpectNoRow("type to filter")
	d.Press("q").ExpectEnd(tea.QuitMsg{})
	open(t, shop(), 120, 34).Press("/", "ctrl+c").ExpectEnd(tea.InterruptMsg{})
	open(t, shop(), 120, 34).Press("ctrl+z").ExpectEnd(tea.SuspendMsg{})
}
