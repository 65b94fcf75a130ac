package tui_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"asof/engine/event/sharedtest"
	"asof/engine/projection"
	"asof/timeline"
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

const (
	goodReducer = `const options = {};
function fold(s, event) {
  return { list: [event.type, event.position] };
}
let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const m = JSON.parse(line);
    if (m.asof) { console.log(JSON.stringify({ asof: "reducer", protocol: 1 })); continue; }
    try {
      console.log(JSON.stringify({ position: m.event.position, state: fold(m.state, m.event) }));
    } catch (e) {
      console.log(JSON.stringify({ position: m.event.position, error: e.stack }));
    }
  }
});
`
	python = `import json, sys
def fold(state, event):
    return {"list": [event["type"], event["position"]]}
for line in sys.stdin:
    m = json.loads(line)
    if "asof" in m:
        print(json.dumps({"asof": "reducer", "protocol": 1}), flush=True)
        continue
    print(json.dumps({"position": m["event"]["position"], "state": fold(m["state"], m["event"])}), flush=True)
`
)

// TestSavingAReducer: the file of a program is as good as a script: saved, it folds anew; what is wrong with it is told with its
// place, and the last good index stays.
func TestSavingAReducer(t *testing.T) {
	for _, c := range []struct{ tool, name, good, from, to, broken, place string }{
		{"node", "list.js", goodReducer, "event.type", `event.type + "!"`, "event.type +", "list.js:3:"},
		{"python3", "list.py", python, `event["type"]`, `event["type"] + "!"`, `event["type"] + = 1`, "list.py:3:"},
	} {
		t.Run(c.tool, func(t *testing.T) {
			tool := sharedtest.Tool(t, c.tool)
			path := script(t, c.name, c.good)
			session := openSession(t, openLog(t, shop()), projection.Exec("'"+tool+"' '"+path+"'"))
			d := tuitest.New(t, tui.Options{Session: session, Title: "shop.jsonl"}, 120, 40)
			d.Press("]", "]", "E").ExpectRow(c.name + " · 3 ·").ExpectRow(`"OrderPaid"`)

			renamed := path + "~" // as editors do that write another file and rename it
			save(t, renamed, strings.Replace(c.good, c.from, c.to, 1))
			if err := os.Rename(renamed, path); err != nil {
				t.Fatal(err)
			}
			d.Await(c.name + " is rebuilt from the saved script").Await("OrderPaid!").ExpectRow(c.name + " · 3 ·")

			save(t, path, strings.Replace(c.good, c.from, c.broken, 1))
			d.Await("! " + c.name + " is not taken over").ExpectRow(c.place).ExpectRow("SyntaxError")
			d.ExpectRow("The screen shows the last good one, at event 3 OrderPaid.")
			d.Press("esc").ExpectRow("script not taken over").ExpectRow("OrderPaid!")

			save(t, path, c.good)
			d.Await(c.name + " is rebuilt from the saved script").Await(`→ "OrderPaid"`).ExpectNoRow("not taken over")
		})
	}
}

// TestAReducerThatFails: a program that crashes or hangs at an event fails that event, where the screen says all of why; the rest
// goes on.
func TestAReducerThatFails(t *testing.T) {
	for what, c := range map[string]struct {
		tool, name, good, from, to string
		want                       []string
	}{
		"node crashes":   {"node", "list.js", goodReducer, "    try {", "    if (m.event.position === 3) null.total; try {", []string{"list.js:", "TypeError"}},
		"node hangs":     {"node", "list.js", goodReducer, "  return {", "  while (event.position === 3); return {", []string{"answer", "--exec-timeout"}},
		"python crashes": {"python3", "list.py", python, "    return {", "    if event[\"position\"] == 3: None.total\n    return {", []string{"Traceback", "AttributeError"}},
		"python hangs":   {"python3", "list.py", python, "    return {", "    while event[\"position\"] == 3: pass\n    return {", []string{"answer", "--exec-timeout"}},
	} {
		t.Run(what, func(t *testing.T) {
			path, log := script(t, c.name, strings.Replace(c.good, c.from, c.to, 1)), openLog(t, shop())
			o := timeline.Options{Dir: log.Dir(), Log: log, Patience: time.Second, Projections: []string{projection.Exec("'" + sharedtest.Tool(t, c.tool) + "' '" + path + "'")}}
			session, err := timeline.Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = session.Close() })
			d := tuitest.New(t, tui.Options{Session: session, Title: "shop.jsonl"}, 120, 40)
			d.Await("OrderPlaced\"").Press("x").ExpectRow(c.name+" · 3 ·").ExpectRow("!", "the fold failed here")
			for _, want := range c.want {
				d.ExpectRow(want)
			}
			d.Press("1", "enter").ExpectRow("the fold failed here").ExpectRow(c.want[1]).Press("esc")
			d.Press("]").ExpectRow("tainted: the fold failed at 3")
			d.Press("]").ExpectRow("OrderPaid\"").ExpectNoRow("tainted")
		})
	}
}

// TestAReducerThatStops: a program that asof can not go on with leaves the screen alive, with a card that says where, why and how
// to go on; when it is mended, the screen goes on by itself.
func TestAReducerThatStops(t *testing.T) {
	tool := sharedtest.Tool(t, "node")
	for what, c := range map[string]struct{ from, to, want string }{
		"junk":   {"  return {", `  if (event.position === 3) console.log("debug: here"); return {`, `"debug: here" where the answer to event 3`},
		"order":  {"position: m.event.position,", "position: m.event.position === 3 ? 2 : m.event.position,", "answers event 2"},
		"syntax": {"  return {", "  return return {", "SyntaxError"},
		"hello":  {`protocol: 1`, `protocol: 2`, "protocol 2"},
	} {
		t.Run(what, func(t *testing.T) {
			path := script(t, "list.js", strings.Replace(goodReducer, c.from, c.to, 1))
			log := openLog(t, shop())
			session, err := timeline.Open(context.Background(), timeline.Options{Dir: log.Dir(), Log: log, Projections: []string{projection.Exec("'" + tool + "' '" + path + "'")}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = session.Close() })
			d := tuitest.New(t, tui.Options{Session: session, Title: "shop.jsonl"}, 120, 40)
			d.Await("! list.js can not go on").ExpectRow("list.js").ExpectRow(c.want).ExpectRow("Saving list.js builds it again")
			d.Press("esc").ExpectRow("index stopped at 0").ExpectRow("the index stopped at 0: no state here; :reload says why")
			d.Press("]", "]").ExpectRow("list.js · 3 ·")
			d.Press(":").Type("reload").Press("enter").Await("! list.js is not taken over").ExpectRow(c.want).Press("esc")

			save(t, path, goodReducer)
			d.Await("list.js is rebuilt from the saved script").Await("OrderPaid").ExpectNoRow("index stopped")
		})
	}
}

func TestSavingTwoScripts(t *testing.T) {
	one, two := script(t, "one.star", listScript), script(t, "two.star", "# the other one\n"+listScript)
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop()), one, two), Title: "shop.jsonl"}, 120, 34)
	save(t, one, wordyScript)
	save(t, two, wordyScript) // in the end the two are the same
	d.Await("OrderPlaced!").Press("c", "enter").Await("two @ 1").Press("E").Await("OrderPlaced!", "OrderPlaced!")
}

// What was asked of an index is asked again of the one that takes its place: a mended script breaks no rule any more.
func TestSavingAScriptAsksAgain(t *testing.T) {
	path, rules := script(t, "refunds.star", wrongScript), script(t, "r.star", "covered = \"not state.refunded > 25\"\n")
	d := tuitest.New(t, tui.Options{Session: openSession(t, openLog(t, shop()), path), Title: "shop.jsonl", Rules: rules}, 120, 34)
	d.Await("1 rule of r.star").Await("!", "7", "PaymentRefunded").Press("x").ExpectRow("! rule broken", "(covered)").ExpectRow("refunds · 7 ·")
	line(d, "watch /refunded if state.refunded > 25").Await("0 to 31.5")
	d.Press("/").Type("state.refunded > 25").Press("enter").Await("order-1 from 7, and still · 1 of 1")
	d.Press("B").Await("watch /refunded if state.refunded > 25", "1 hit").Press("esc")

	save(t, path, rightScript)
	d.Await("state.refunded > 25 holds nowhere").Await("0 to 21 ").Await("refunded  10.5 → 21").ExpectRow("refunds · 7 ·")
	d.Press("B").Await("watch /refunded if state.refunded > 25", "0 hits").Press("esc").ExpectNoRow("rule broken here")
	d.Press("g", "x").ExpectRow("no later problem").ExpectRow("refunds · 1 ·")
}
