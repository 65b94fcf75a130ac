package tui_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

// order1 is the shop with order-1 kept in sight.
func order1(t *testing.T) *tuitest.Driver {
	t.Helper()
	d := open(t, shop(), 120, 40)
	return d.Press("K").Type("order-1").Press("enter").ExpectRow("⊙ order-1")
}

func line(d *tuitest.Driver, text string) *tuitest.Driver {
	return d.Press(":").Type(text).Press("enter")
}

func TestReverseContinueToAWrite(t *testing.T) {
	d := order1(t)
	d.Press(")").ExpectRow("nothing to stop at: b breaks")
	line(d, "watch refund").ExpectRow("1  watch /refund").ExpectRow("Watch · merge @ 1").ExpectRow("◎ 1", "/refund of order-1")
	line(d, "end")
	d.Press("(").ExpectRow("1  watch /refund: order-1 10.5 → 21", "PaymentRefunded order-1").ExpectRow("merge · 7 ·").ExpectRow("~◎", "refund", "10.5 → 21")
	d.Press("(").ExpectRow("absent → 10.5").ExpectRow("merge · 6 ·")
	d.Press("(").ExpectRow("no hit before here: the start of recorded history is reached").ExpectRow("merge · 6 ·")
	d.Press(")").ExpectRow("merge · 7 ·")
	d.Press(")").ExpectRow("no hit after here: the end of recorded history is reached").ExpectRow("merge · 7 ·")
}

func TestWatchingAField(t *testing.T) {
	d := order1(t)
	d.Press("2", "g", "j", "j", "j", "j", "w").ExpectRow("1  watch order-1/status").ExpectRow("◎ 1", "order-1/status", `"placed"`, "1", "now", "OrderPlaced")
	d.ExpectRow("─ order-1/status", "3 changes").ExpectRow(`"paid"───`)
	line(d, "display state.total * 2").ExpectRow("· 2", "state.total * 2", "21.00")
	d.Press("]", "]").ExpectRow("~", "order-1/status", `"placed" → "paid"`, "3", "now", "OrderPaid").Await("◎ 3", "OrderPaid")
	d.Press("W").ExpectRow("t stops", "e edit").Press("g", "*").ExpectRow("merge · 6 ·").Press("#").ExpectRow("merge · 3 ·")
	d.Press("enter").ExpectRow("History of /status").ExpectRow(`"paid" → "refunded"`).Press("esc")
	d.Press("t").ExpectRow("disabled 1").ExpectRow("○ 1").Press(")").ExpectRow("every breakpoint is off")
	d.Press("t").ExpectRow("◎ 1").Press("j", "d").ExpectRow("deleted 2").ExpectNoRow("state.total")
	d.Press("W").ExpectNoRow("Watch ·").Press("W").ExpectRow("Watch ·")
	d.Press("2", "w").ExpectRow("deleted 1").ExpectRow("w watches the selected field")
}

func TestTheBreakPrompt(t *testing.T) {
	d := open(t, shop(), 120, 40)
	d.Press("[", "b").ExpectRow("what to break on is missing").Press("esc", "]")
	d.Press("]", "]", "b").ExpectRow(": b OrderPaid").ExpectRow("2 hits, the first at 3")
	d.Type("if event.stream == ").ExpectRow("column 31:").Type(`"order-2"`).ExpectRow("1 hit, at 5").Press("enter").ExpectRow("1  b OrderPaid if event.stream")
	d.Press(")").ExpectRow("◆ 1  b OrderPaid if event.stream", "OrderPaid order-2").ExpectRow("merge · 5 ·").Await("◆", "5", "OrderPaid")
	d.Press("b", "ctrl+u").Type("b refu").ExpectRow("PaymentRefunded", "2 events").Press("down", "enter").ExpectRow("2  b PaymentRefunded")
	d.Press(")").ExpectRow("merge · 6 ·")
}

func TestTheListOfBreakpoints(t *testing.T) {
	d := open(t, shop(), 120, 40)
	d.Press("B").ExpectRow("none is set").Press("esc")
	line(d, "b OrderPaid")
	line(d, "watch order-1/status")
	line(d, "trace PaymentRefunded print event.data.refund * 2")
	line(d, "info b").Await("◆ 1  b OrderPaid", "2 hits").Await("◎ 2  watch order-1/status", "3 hits").Await("· 3  trace PaymentRefunded", "2 hits")
	d.Press("t").ExpectRow("◇ 1  b OrderPaid", "off").Press("t").ExpectRow("◆ 1  b OrderPaid")
	d.Press("enter").ExpectRow("merge · 3 ·").Press("B").ExpectRow("1  b OrderPaid", "stopped 1×")
	d.Press("down", "enter").ExpectRow("merge · 6 ·").Press("B", "down", "down", "enter")
	d.ExpectRow("Trace 3").ExpectRow("21.0", "PaymentRefunded", "6").ExpectRow("42", "PaymentRefunded", "7").Press("down", "enter").ExpectRow("merge · 7 ·")
	name := filepath.Join(t.TempDir(), "hits.jsonl")
	line(d, "trace-write "+name).ExpectRow("wrote")
	if got := string(must(os.ReadFile(name))(t)); !strings.Contains(got, `{"position":7,"type":"PaymentRefunded","key":"order-1","printed":42}`) && !strings.Contains(got, `{"position":7,"type":"PaymentRefunded","printed":42}`) {
		t.Errorf("the list is written as %s", got)
	}
	d.Press("B", "down", "e").ExpectRow("Edit 2").Type(` if state.status == "paid"`).Press("enter").ExpectRow(`2  watch order-1/status if state.status == "paid"`)
	d.Press("B", "d").ExpectNoRow("b OrderPaid").Press("esc", "(").ExpectRow("merge · 3 ·")
	line(d, "delete 9").ExpectRow("there is no breakpoint 9, only 2, 3")
	line(d, "ignore 2 1").ExpectRow("2 passes over 1 hit").Press("g", ")").ExpectRow("no hit after here")
	line(d, "disable 2").ExpectRow("disabled 2")
}

func TestGdbsWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"n 3", "merge · 4 ·"}, {"n", "merge · 2 ·"}, {"rn 5", "merge · 0 ·"}, {"tt 50%", "merge · 4 ·"}, {"c", "nothing to stop at"}, {"rc", "nothing to stop at"},
		{"p state.total + 1", "state.total + 1 = 11.50"}, {"p state.items", `state.items = [{sku: "a"}, {sku: "b"}]`}, {"p stat", "undefined: stat"},
		{"b", "Break at"}, {"watch", "1  watch order-1/$type"}, {"trace", "there is no such tracepoint"}, {"n x", `"x" is no number of events`},
		{"b Nothing if", "the condition is missing"}, {"delete x", `"x" is no breakpoint's number`}, {"display", "the expression is missing"},
	} {
		t.Run(c.text, func(t *testing.T) { line(open(t, shop(), 120, 34), c.text).ExpectRow(c.want) })
	}
}

// What was set is there again when the store is opened again.
func TestBreakpointsAreKept(t *testing.T) {
	log := openLog(t, shop())
	s := openSession(t, log)
	d := tuitest.New(t, tui.Options{Session: s, Title: "a"}, 120, 40)
	line(d, "watch /status if state.status == 'paid'")
	line(d, "b PaymentRefunded")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := must(timeline.Open(context.Background(), timeline.Options{Dir: log.Dir(), Log: log}))(t)
	defer func() { _ = again.Close() }()
	d = tuitest.New(t, tui.Options{Session: again, Title: "a"}, 120, 40)
	d.Await("◎ 1", "/status of order-1 if state.status == 'paid'", `"placed"`).Press(")").ExpectRow("merge · 3 ·").Press(")", ")").ExpectRow("merge · 6 ·")
}

// A condition that raises at an event says where, and what was asked.
func TestAConditionThatRaises(t *testing.T) {
	d := open(t, shop(), 120, 40)
	line(d, "b if event.data.total + 'x' == 1").Press(")").ExpectRow("breakpoint 1: condition:1:")
}

func TestStoppingASearch(t *testing.T) {
	d := open(t, months(4000), 120, 40)
	line(d, "b if len([x for x in range(20000) if x == position]) > 1")
	d.Hurry(tuitest.Key(")"), tuitest.Key("esc")).ExpectRow("stopped continuing").ExpectRow("merge · 1 ·")
	d.Hurry(tuitest.Key(")"), tuitest.Key("ctrl+c")).ExpectRow("stopped continuing").Press("ctrl+c").ExpectEnd(tea.InterruptMsg{})
}
