package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

// TestExecReducers: the story's reducers for Node and Python fold as its script does, at every event.
func TestExecReducers(t *testing.T) {
	p := newProcess(t)
	p.must(exitOK, "demo", "shop", "--write", "shop.jsonl", "--reducers", ".", "--events", "4000")
	for interpreter, file := range map[string]string{"node": "orders.js", "python3": "orders.py"} {
		t.Run(interpreter, func(t *testing.T) {
			command := "'" + sharedtest.Tool(t, interpreter) + "' " + file
			p := *p
			p.t = t
			a := p.must(exitOK, "compare", "shop.jsonl", "-p", "orders_v1.star", "--exec", command, "--json").one(t)
			if a["equal"] != true {
				t.Errorf("%v", a)
			}
			if s := p.must(exitOK, "state", "shop.jsonl", "order-1", "--exec", command, "--json").one(t); s["tainted"] != false || s["state"] == nil {
				t.Errorf("%v", s)
			}
		})
	}
}

// TestExecMessages: what goes wrong with a program is told on standard error with its place and the way on, and the store is whole.
func TestExecMessages(t *testing.T) {
	node := "'" + sharedtest.Tool(t, "node") + "' "
	p := newProcess(t)
	log := p.write("log.jsonl", `{"stream":"a","type":"X","data":{"n":1}}
{"stream":"a","type":"Y","data":{"id":9007199254740993}}
{"stream":"b","type":"X","data":{"n":1}}
`)
	hello := `const hello = '{"asof":"reducer","protocol":1}'; require("readline").createInterface({input: process.stdin}).on("line", (line) => { const m = JSON.parse(line); if (m.asof) return console.log(hello); `
	for name, c := range map[string]struct {
		code   string
		exit   int
		stderr []string
	}{
		"silent.js": {"setInterval(() => {}, 1000)", exitUsage, []string{"no hello within 10s", "flushed"}},
		"junk.js":   {hello + `console.log("hi"); })`, exitUsage, []string{`line 2 of its output is "hi"`, "where the answer to event ", "standard error"}},
		"round.js":  {hello + `console.log(JSON.stringify({ state: { id: m.event.data.id ?? 0 } })); })`, exitOK, []string{"tainted", "position 2"}},
	} {
		p.write(name, c.code)
		a := p.must(c.exit, "state", log, "a", "--exec", node+name, "--exec-timeout", "500ms")
		for _, want := range c.stderr {
			if !strings.Contains(a.err, want) {
				t.Errorf("%s: no %q in\n%s", name, want, a.err)
			}
		}
	}
	errs := p.must(exitOK, "info", log, "--errors", "--exec", node+"round.js", "--json").one(t)
	if reason, _ := errs["reason"].(string); !strings.Contains(reason, "/id") || !strings.Contains(reason, "9007199254740993") {
		t.Errorf("%v", errs)
	}
	p.write("empty.js", hello+`console.log(JSON.stringify({ state: undefined })); })`)
	for _, line := range p.must(exitOK, "info", log, "--errors", "--exec", node+"empty.js", "--json").lines(t) {
		if reason, _ := line["reason"].(string); !strings.Contains(reason, "did the reducer return nothing?") {
			t.Errorf("%v", line)
		}
	}
	p.must(exitUsage, "state", log, "--exec", "no-such-program x.js")
	if a := p.must(exitUsage, "state", log, "-p", "round.js"); !strings.Contains(a.err, "round.js") {
		t.Error(a.err)
	}
	p.must(exitOK, "verify", log)
}

// TestExecIsNotRemembered: a store names the program that its index was folded by, and never starts it by itself.
func TestExecIsNotRemembered(t *testing.T) {
	node := sharedtest.Tool(t, "node")
	p := newProcess(t)
	log := p.write("log.jsonl", `{"stream":"a","type":"X","data":{"n":1}}`+"\n")
	p.write("r.js", `require("fs").appendFileSync("ran", "x"); require("readline").createInterface({input: process.stdin}).on("line", (line) => console.log(JSON.parse(line).asof ? '{"asof":"reducer","protocol":1}' : '{"state":{}}'))`)
	p.must(exitOK, "state", log, "--exec", "'"+node+"' r.js")
	read := func() string {
		text, err := os.ReadFile(filepath.Join(p.work, "ran"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	ran := read()
	a := p.must(exitUsage, "state", log, "-p", "r.js.star")
	for _, args := range [][]string{{"state", log}, {"info", log}, {"projections", log}, {"verify", log}} {
		p.must(exitOK, args...)
	}
	if read() != ran || !strings.Contains(a.err, "--exec") || !strings.Contains(a.err, "r.js") {
		t.Errorf("the program ran again, or is not named: %s", a.err)
	}
}

// TestVerifyNamesTheUnsteadyEvent: verify catches a reducer that looks at the clock, and names the event, the key, the path and both values.
func TestVerifyNamesTheUnsteadyEvent(t *testing.T) {
	node := "'" + sharedtest.Tool(t, "node") + "' "
	p := newProcess(t)
	log := p.write("log.jsonl", `{"stream":"a","type":"Opened","data":{"n":1}}
{"stream":"a","type":"Paid","data":{"n":2}}
{"stream":"b","type":"Opened","data":{"n":3}}
`)
	code := `require("readline").createInterface({input: process.stdin}).on("line", (line) => { const m = JSON.parse(line);
  if (m.asof) return console.log('{"asof":"reducer","protocol":1}');
  const state = { n: m.event.data.n }; if (m.event.type === "Paid") state.at = UNSTEADY; console.log(JSON.stringify({ state })); })`
	p.write("steady.js", strings.Replace(code, "UNSTEADY", "7", 1))
	p.must(exitOK, "verify", log, "--exec", node+"steady.js")
	p.write("clock.js", strings.Replace(code, "UNSTEADY", "process.hrtime.bigint().toString()", 1))
	a := p.must(exitFinding, "verify", log, "--exec", node+"clock.js", "--json").one(t)
	checks, _ := a["checks"].([]any)
	bad, _ := checks[len(checks)-1].(map[string]any)
	if bad["ok"] != false || bad["position"] != json.Number("2") || bad["key"] != "a" || bad["path"] != "/at" || bad["type"] != "Paid" ||
		bad["deterministic"] != false || bad["left"] == bad["right"] {
		t.Errorf("%v", bad)
	}
	if text := p.must(exitFinding, "verify", log, "--exec", node+"clock.js").out; !strings.Contains(text, "event 2 (Paid), key \"a\", path \"/at\"") {
		t.Error(text)
	}
}
