package tui_test

import (
	"context"
	"strings"
	"testing"

	"asof/timeline"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

func TestFolds(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("2", "g").ExpectRow("▾", "items", "2 items").ExpectRow("sku", `"b"`)
	d.Press("e").ExpectRow("▸", "items", "sku").ExpectNoRow("▾")
	d.Press("E").ExpectRow("▾", "items", "2 items")
	for range 6 {
		d.Press("j")
	}
	d.Press("h").ExpectRow("▸", "items")
	d.Press("]", "]", "[", "[").ExpectRow("▸", "items")
	d.Press("enter").ExpectRow("▾", "items")
	d.Press("l").Press("h").ExpectRow("▸", "[0]")
	d.Press("h").Press("h").ExpectRow("▸", "items")
}

// A field that is chosen stays chosen where it is absent: stepping by its changes still finds it.
func TestAnAbsentField(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("G", "K").Type("order-1").Press("enter", "2", "G").ExpectRow("refund", "21", "7")
	d.Press("#").ExpectRow("merge · 7 ·").Press("#").ExpectRow("merge · 6 ·").Press("[", "y").ExpectRow("v  value").Press("v", "esc")
	d.Press("[", "*").ExpectRow("merge · 6 ·").ExpectRow("+", "refund", "10.5")
}

func TestReader(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("enter").ExpectRow("Event 1 · OrderPlaced").ExpectRow("second line").Press("q")
	d.Press("2", "G", "enter").ExpectRow("/note · order-1 @ 1").ExpectRow("│ first line").ExpectRow("│ second line")
	d.Press("esc", "]", "]", "]", "G", "enter").ExpectRow("JSON within a string").ExpectRow(`"deep": true`)
	d.Press("/").Type("deep").Press("enter", "n").ExpectRow("no further deep").Press("esc", "1", "enter").ExpectRow(`"deep": true`)
}

func TestKeysAndPins(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("]", "K").ExpectRow("order-2", "of this event").Type("o1").ExpectRow("▶ order-1").Press("enter")
	d.ExpectRow("State · merge @ 2", "⊙ order-1").ExpectRow("pinned; this event does not touch it")
	d.Press("]", "]", "]").ExpectRow("State · merge @ 5", "⊙ order-1")
	d.Press("p").ExpectRow("State · merge @ 5", "─ order-2").Press("p").Press("]").ExpectRow("⊙ order-2")
}

const (
	rightScript = `
def init(key):
    return {"refunded": 0, "seen": 0}

def apply(state, event):
    state.seen = state.seen + 1
    if event.type == "PaymentRefunded":
        state.refunded = event.data.refund
`
	wrongScript = `
def init(key):
    return {"refunded": 0, "seen": 0}

def apply(state, event):
    state.seen = state.seen + 1
    if event.type == "PaymentRefunded":
        state.refunded = state.refunded + event.data.refund
`
	failingScript = `
def apply(state, event):
    state.seen = True
    if event.type == "Noted":
        fail("no notes here")
`
)

func TestCompare(t *testing.T) {
	d := open(t, shop(), 120, 34, script(t, "wrong.star", wrongScript), script(t, "right.star", rightScript))
	d.Press("c").ExpectRow("projection right", "at the same event").Press("enter")
	d.ExpectRow("wrong @ 1", "right @ 1").ExpectRow("equal")
	d.Press("D").ExpectRow("wrong @ 7", "right @ 7").ExpectRow("~", "refunded", "31.5", "21").ExpectRow("1 difference · first at 7")
	d.Press("[").ExpectRow("wrong @ 6", "right @ 6").ExpectRow("equal")
	d.Press("v").ExpectRow("wrong @ 7").Press("v").ExpectRow("no other difference")
	d.Press("q").ExpectRow("State · wrong @ 7")
	d.Press("c").Type("before").Press("enter").ExpectRow("wrong @ 7", "wrong @ 6").ExpectRow("~", "seen", "5", "4")
	d.Press("[").ExpectRow("wrong @ 6", "wrong @ 5")
	d.Press("c").Type("another position").Press("enter").Type("1").Press("enter").ExpectRow("wrong @ 6", "wrong @ 1").Press("]").ExpectRow("wrong @ 7", "wrong @ 1")
	d.Press("c").Type("another key").Press("enter").ExpectRow("enter compares").Type("order-2").Press("enter").ExpectRow("wrong @ 7 · order-1", "wrong @ 7 · order-2")
	d.Resize(100, 30).ExpectRow("order-2")
}

func TestProjections(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("P").ExpectRow("merge", "shown · 3 keys").Type("count").Press("enter").Await("State · counts @ 1").Await("OrderPlaced", "1")
	d.Press(":").Type("projection "+script(t, "right.star", rightScript)).Press("enter").Await("State · right @ 1").Await("refunded", "0")
}

func TestAFailedFold(t *testing.T) {
	d := open(t, shop(), 120, 34, script(t, "bad.star", failingScript))
	d.Press("x").ExpectRow("bad · 4 ·").ExpectRow("the fold failed here", "bad.star:5").ExpectRow("!", "4", "Noted")
	d.Press("}").ExpectRow("tainted: the fold failed at 4")
	d.Press("x").ExpectRow("no later")
}

func TestCopying(t *testing.T) {
	var got string
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop())), Title: "my shop.jsonl", Clipboard: func(_ context.Context, text string) (string, error) {
		got = text
		return "tmux", nil
	}}, 120, 34)
	for key, want := range map[string]string{
		"k": "order-1", "p": "/$type", "v": "OrderPlaced", "e": shop()[0].data, "c": "asof state 'my shop.jsonl' order-1 --projection merge --at 1",
	} {
		d.Press("y", key).ExpectRow("copied", "bytes, to the clipboard by tmux")
		if d.ExpectCopied(want); got != want {
			t.Errorf("%s copied %q by a tool; want %q", key, got, want)
		}
	}
	d.Press("]", "]", "y", "d")
	if !strings.Contains(got, `/status`) || !strings.Contains(got, `placed`) {
		t.Errorf("the diff is %q", got)
	}
	d.Press("y", "s")
	if !strings.Contains(got, `"total":10.50`) {
		t.Errorf("the state is %q", got)
	}
}

func TestTextsOnDemand(t *testing.T) {
	d := open(t, shop(), 120, 34)
	d.Press("G", "K").Type("order-1").Press("enter")
	d.Press(":").Type("history status").Press("enter").ExpectRow("History of /status").ExpectRow(`"paid" → "refunded"`, "6").Press("down", "enter").ExpectRow("merge · 3 ·")
	d.Press(":").Type("blame /status").Press("enter").ExpectRow("/status", `"paid"`, "3", "OrderPaid", "2 changes").Press("q")
	d.Press(":").Type("diff 1 end").Press("enter").ExpectRow("~ /status", "refunded").Press("q")
	d.Press(":").Type("last status").Press("enter").ExpectRow("merge · 3 ·")
	d.Press(":").Type("info").Press("enter").ExpectRow("8 events").ExpectRow("PaymentRefunded").Press("q")
	name := t.TempDir() + "/state.json"
	d.Press(":").Type("write " + name).Press("enter").ExpectRow("wrote")
	d.Press(":").Type("write " + name).Press("enter").ExpectRow("is there already: choose another name")
}

func TestThePlaceIsRestored(t *testing.T) {
	log := openLog(t, shop())
	s := openSession(t, log)
	d := tuitest.New(t, tui.Options{Session: s, Title: "a"}, 120, 34)
	d.Press("]", "]", "]", "p", "2", "j", "j", "j", "j")
	d.ExpectRow("merge · 4 ·")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := must(timeline.Open(context.Background(), timeline.Options{Dir: log.Dir(), Log: log}))(t)
	defer func() { _ = again.Close() }()
	tuitest.New(t, tui.Options{Session: again, Title: "a"}, 120, 34).ExpectRow("merge · 4 ·").ExpectRow("⊙ order-1")
}
