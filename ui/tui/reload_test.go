package tui_test

import (
	"os"
	"testing"

	"asof/ui/tui"
	"asof/ui/tui/tuitest"
)

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	listScript   = "def apply(state, event):\n    state.list = {\"a\": [1, 2], \"type\": event.type}\n"
	wordyScript  = "def apply(state, event):\n    state.list = {\"a\": [1, 2], \"type\": event.type + \"!\"}\n"
	brokenScript = "def apply(state, event):\n    state.list = = 1\n"
)

// What a person sees while a script is edited: the result of each save, with the cursor and the folds as they were.
func TestSavingAScript(t *testing.T) {
	path := script(t, "lists.star", listScript)
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop()), path), Title: "shop.jsonl"}, 120, 34)
	d.Press("]", "]", "2", "g", "E", "j", "h").ExpectRow("lists · 3 ·").ExpectRow("▸", "a", "[1, 2]").ExpectRow("OrderPaid\"")

	save(t, path, wordyScript)
	d.Await("lists is rebuilt from the saved script").Await("OrderPaid!").ExpectRow("lists · 3 ·").ExpectRow("▸", "a", "[1, 2]")

	save(t, path, brokenScript)
	d.Await("! lists.star is not taken over").ExpectRow("lists.star:2:18").ExpectRow("2 |     state.list = = 1").ExpectRow("  |                  ^")
	d.ExpectRow("The screen shows the last good one, at event 3 OrderPaid.")
	d.Press("esc").ExpectRow("script not taken over").ExpectRow("OrderPaid!").Press("]").ExpectRow("lists · 4 ·").ExpectRow("Noted!")

	save(t, path, brokenScript+"\n# not yet\n")
	d.Await("! lists.star is not taken over")
	save(t, path, wordyScript) // the card goes with what it was about
	d.Await("lists is shown as its script says").ExpectNoRow("not taken over").ExpectRow("Noted!")
}

func TestSavingAScriptThatFails(t *testing.T) {
	path := script(t, "lists.star", listScript)
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop()), path), Title: "shop.jsonl"}, 120, 34)
	d.Press("]", "]", "]").ExpectRow("lists · 4 ·")
	save(t, path, failingScript)
	d.Await("lists fails at 1 event").ExpectRow("lists.star:5:").ExpectRow("no notes here").ExpectRow("It fails at the cursor, event 4 Noted.")
	d.Press("esc").ExpectRow("script not taken over").ExpectRow("type", "Noted")
	d.Press(":").Type("reload").Press("enter").ExpectRow("lists fails at 1 event").Press("enter")
	d.ExpectRow("lists is rebuilt from the saved script · 1 failed fold").ExpectRow("the fold failed here", "lists.star:5").ExpectNoRow("not taken over")
}

func TestSavingTwoScripts(t *testing.T) {
	one, two := script(t, "one.star", listScript), script(t, "two.star", "# the other one\n"+listScript)
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop()), one, two), Title: "shop.jsonl"}, 120, 34)
	save(t, one, wordyScript)
	save(t, two, wordyScript) // in the end the two are the same
	d.Await("OrderPlaced!").Press("c", "enter").Await("two @ 1").Press("E").Await("OrderPlaced!", "OrderPlaced!")
}
