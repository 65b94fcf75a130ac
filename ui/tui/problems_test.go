package tui_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/eventlog"
	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

const rulesOfTheShop = `
once = "not state.refund > 20"

def _paid(state):
    return state.status == "paid"

def refunds_follow_payment(state, before):
    """only what was paid is refunded"""
    return state.status != "refunded" or _paid(before) or before.status == "refunded"
`

func ruled(t *testing.T, rules string) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop())), Title: "shop.jsonl", Rules: rules}, 120, 34)
}

func TestWalkingProblems(t *testing.T) {
	path := script(t, "invariants.star", rulesOfTheShop)
	d := ruled(t, path).ExpectRow("2 rules of invariants.star · x goes to what breaks them").Await("!", "7", "PaymentRefunded")
	d.Press("x").ExpectRow("! rule broken: not state.refund > 20 (once)", "order-1", "1 of 1").ExpectRow("merge · 7 ·").ExpectRow("! rule broken here: not state.refund > 20 (once)")
	d.Press("x").ExpectRow("no later problem · 1 problem of 2 rules and the folds")
	d.Press("L").ExpectRow("the last good one before the problem at 7").ExpectRow("merge · 6 ·")
	d.Press("G", "X").ExpectRow("merge · 7 ·").Press("g", "L").ExpectRow("nothing is wrong up to here")
	line(d, "problems").ExpectRow("rule broken", "(once)", "7").Press("enter").ExpectRow("merge · 7 ·")

	save(t, path, "once = \"not state.refund > 5\"\npaid = \"state.status == 'paid'\"\n")
	d.Await("2 rules of invariants.star").Await("!", "1", "OrderPlaced").Press("g", "x").ExpectRow("rule broken", "(paid)", "order-2").ExpectRow("merge · 2 ·")
	save(t, path, "once = \"not stat.refund > 5\"\n")
	d.Await("! invariants.star is not taken over").ExpectRow("undefined: stat (did you mean state?)").ExpectRow("The rules are those of before.")
	d.Press("esc").ExpectRow("rules not taken over").Press("x").ExpectRow("rule broken", "(once)", "order-1")
	save(t, path, "once = \"not state.refund > 5\"\n")
	d.Await("1 rule of invariants.star").ExpectNoRow("rules not taken over")
}

func TestCheckingAConditionOnScreen(t *testing.T) {
	d := open(t, shop(), 120, 34)
	line(d, "problems").ExpectRow("no rules are given")
	line(d, "check not state.refund > ").ExpectRow("condition:1:")
	line(d, "check not state.refund > 20").Await("!", "7", "PaymentRefunded").Press("x").ExpectRow("rule broken: not state.refund > 20")
	line(d, "rules /nowhere/at/all.star").ExpectRow("no such file")
	line(d, "rules "+script(t, "r.star", "few = \"not state.$count > 4\"\n")).ExpectRow("r.star")
}

func TestLastGoodOfAFold(t *testing.T) {
	d := open(t, shop(), 120, 34, script(t, "bad.star", failingScript))
	d.Press("L").ExpectRow("nothing is wrong up to here").Press("G", "L").ExpectRow("the last good one before the problem at 4").ExpectRow("bad · 1 ·")
}

func TestMinimizeOnTheScreen(t *testing.T) {
	d := open(t, shop(), 120, 34)
	line(d, "minimize").ExpectRow("no rules are given")
	line(d, `check not (state.refund > 20)`).Await("!", "7", "PaymentRefunded")
	d.Press("x").ExpectRow("rule broken").ExpectRow("merge · 7 ·")
	name := filepath.Join(t.TempDir(), "smallest.jsonl")
	line(d, "minimize "+name).ExpectRow("Smallest log", "1 of 7 events").ExpectRow("Given").ExpectRow("nothing").ExpectRow("7", "order-1", "PaymentRefunded").
		ExpectRow("is broken for order-1").ExpectRow("wrote 1 event to")
	if got := string(must(os.ReadFile(name))(t)); !strings.Contains(got, `"refund":21`) || strings.Count(got, "\n") != 1 {
		t.Errorf("the log is %s", got)
	}
}

func TestProfileOnTheScreen(t *testing.T) {
	d := open(t, shop(), 120, 34)
	line(d, "profile").ExpectRow("Cost of folding merge", "8 events in").ExpectRow("type", "folds", "share", "slowest").ExpectRow("OrderPlaced", "2").ExpectRow("order-1", "5")
}

func TestRejectedRecordsOnTheScreen(t *testing.T) {
	ctx := context.Background()
	log := openLog(t, shop())
	w := must(log.Writer(ctx))(t)
	id := must(w.SetSource(eventlog.Source{Name: "shop.jsonl"}))(t)
	if err := w.Reject(&eventlog.Rejected{Source: id, Line: 7, Reason: "no object", Bytes: []byte("junk\x1b[31m")}); err != nil {
		t.Fatal(err)
	}
	must(w.Commit(ctx))(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	d := tuitest.New(t, tui.Options{Session: openSession(t, log), Title: "shop.jsonl"}, 120, 34)
	line(d.ExpectRow("1 rejected"), "rejected").ExpectRow("Rejected", "1 record").ExpectRow("shop.jsonl:7", "no object").ExpectRow(`junk\x1b[31m`)
	line(open(t, shop(), 120, 34), "rejected").ExpectRow("no record was rejected")
}
