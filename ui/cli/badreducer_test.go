package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

// reducerFrame is a reducer in each language: BODY stands where it folds an event into s, ANSWER where its answer is printed.
var reducerFrame = map[string]struct{ file, text, position string }{
	"node": {"r.js", `let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const m = JSON.parse(line);
    if (m.asof) { console.log(JSON.stringify({ asof: "reducer", protocol: 1 })); continue; }
    const e = m.event, s = { n: (m.state?.n ?? 0) + 1 };
    let at = e.position;
    BODY
    console.log(JSON.stringify({ position: at, state: s }));
  }
});
`, "e.position"},
	"python3": {"r.py", `import json, random, sys, time, os
for line in sys.stdin:
    m = json.loads(line)
    if "asof" in m:
        print(json.dumps({"asof": "reducer", "protocol": 1}), flush=True)
        continue
    e, s = m["event"], {"n": ((m["state"] or {}).get("n") or 0) + 1}
    at = e["position"]
    BODY
    print(json.dumps({"position": at, "state": s}), flush=True)
`, `e["position"]`},
}

// badLog is a log of n events in three streams.
func badLog(p *process, n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, `{"stream":"s-%d","type":"T%d","data":{"n":%d}}`+"\n", i%3, i%2, i)
	}
	return p.write("log.jsonl", lines.String())
}

// reducer writes a reducer that does what the body says, and gives its command.
func (p *process) reducer(language, body string) string {
	p.t.Helper()
	tool, frame := sharedtest.Tool(p.t, language), reducerFrame[language]
	return "'" + tool + "' " + p.write(frame.file, strings.Replace(frame.text, "BODY", body, 1))
}

// TestBadReducers: whatever a program does, the command ends with a message that names the place and the way on, and the store
// stays whole; what one event is to blame for fails that event and no other.
func TestBadReducers(t *testing.T) {
	for _, c := range []struct {
		what, node, python string
		exit               int
		want               []string // on standard error, or in the reason of the only event that fails
	}{
		{"hangs", `if (e.position === 50) for (;;);`, `while e["position"] == 50: pass`, exitOK, []string{"no answer within 1s", "--exec-timeout"}},
		{"crashes", `if (e.position === 50) null.total;`, `if e["position"] == 50: None.total`, exitOK, []string{"ended with exit status 1", "total", "standard error"}},
		{"is killed", `if (e.position === 50) process.kill(process.pid, "SIGKILL");`, `if e["position"] == 50: os.kill(os.getpid(), 9)`, exitOK, []string{"signal: killed"}},
		{"prints junk", `if (e.position === 50) console.log("debug: here");`, `if e["position"] == 50: print("debug: here")`, exitUsage,
			[]string{`"debug: here"`, "event 50", `key "s-1"`, "standard error"}},
		{"answers out of order", `if (e.position === 50) at = 51;`, `if e["position"] == 50: at = 51`, exitUsage,
			[]string{"answers event 51 where the answer to event 50 was due", "in the order in which they come"}},
		{"answers something else", `if (e.position === 50) { console.log("[1]"); continue; }`, "if e[\"position\"] == 50:\n        print(\"[1]\", flush=True)\n        continue", exitUsage,
			[]string{`"[1]"`, "event 50"}},
		{"answers nothing", `if (e.position === 50) { console.log("{}"); continue; }`, "if e[\"position\"] == 50:\n        print(\"{}\", flush=True)\n        continue", exitOK,
			[]string{"did the reducer return nothing?", `{"state":null}`}},
		{"raises", `if (e.position === 50) throw new Error("bad luck");`, `if e["position"] == 50: raise ValueError("bad luck")`, exitOK, []string{"bad luck"}},
		{"is no program", `const x = = 1;`, `x = = 1`, exitUsage, []string{"SyntaxError", "before it said hello", "r."}},
	} {
		for language, body := range map[string]string{"node": c.node, "python3": c.python} {
			t.Run(c.what+"/"+language, func(t *testing.T) {
				t.Parallel()
				p := newProcess(t)
				log := badLog(p, 100)
				exec := []string{"--exec", p.reducer(language, body), "--exec-timeout", "1s"}
				root := p.must(exitOK, "info", log, "--json").one(t)["root"]
				a := p.must(c.exit, append([]string{"state", log, "s-1", "--json"}, exec...)...)
				said := a.err
				if c.exit == exitOK {
					if n := a.one(t)["state"].(map[string]any)["n"]; n != json.Number("32") { // of 33, without the one that failed
						t.Errorf("s-1 counts %v", n)
					}
					failed := p.must(exitOK, append([]string{"info", log, "--errors", "--json"}, exec...)...).one(t)
					if failed["position"] != json.Number("50") {
						t.Errorf("failed: %v", failed)
					}
					said, _ = failed["reason"].(string)
				}
				for _, want := range c.want {
					if !strings.Contains(said, want) {
						t.Errorf("no %q in\n%s", want, said)
					}
				}
				if again := p.must(exitOK, "verify", log, "--json").one(t); again["ok"] != true || p.must(exitOK, "info", log, "--json").one(t)["root"] != root {
					t.Errorf("the store is not whole: %v", again)
				}
				good := p.reducer(language, map[string]string{"node": "", "python3": "pass"}[language])
				if s := p.must(exitOK, "state", log, "s-1", "--exec", good, "--json").one(t); s["tainted"] != false {
					t.Errorf("the mended program: %v", s)
				}
			})
		}
	}
}

// TestBadScripts: what is wrong with a script, or happens in it, is told with its place, as one message: at once where the script is
// none, and where an event fails, together with the key that has no state for it.
func TestBadScripts(t *testing.T) {
	const apply = "def apply(state, event):\n    "
	for what, c := range map[string]struct {
		script string
		exit   int
		want   []string
	}{
		"syntax":         {apply + "state.n = = 1\n", exitUsage, []string{"bad.star:2:15"}},
		"unknown name":   {apply + "state.n = evnt.type\n", exitUsage, []string{"bad.star:2:15", "did you mean event?"}},
		"no apply":       {"x = 1\n", exitUsage, []string{"no function apply"}},
		"while":          {apply + "while True:\n        pass\n", exitUsage, []string{"bad.star:2:5", "use for"}},
		"loop at start":  {"x = [i for i in range(1000000000)]\n" + apply + "state.n = 1\n", exitUsage, []string{"bad.star:1:6", "too many steps"}},
		"loop":           {apply + "for i in range(1000000000):\n        pass\n", exitFinding, []string{"failed at 2", "bad.star:2:5", "too many steps"}},
		"allocates":      {apply + "x = \"a\"\n    for i in range(100):\n        x = x + x\n", exitFinding, []string{"failed at 2", "bad.star:4:15", "--script-memory"}},
		"recursion":      {"def f(n):\n    return f(n)\n" + apply + "state.n = f(1)\n", exitFinding, []string{"failed at 2", "recursi", "use for"}},
		"raises":         {apply + "state.n = 1 + None\n", exitFinding, []string{"failed at 2", "bad.star:2:17", "None"}},
		"wrong type":     {apply + "return 7\n", exitFinding, []string{"failed at 2", "nothing or DELETE, not number"}},
		"unstorable":     {apply + "state.n = apply\n", exitFinding, []string{"failed at 2", "bad.star:2:"}},
		"key of no type": {"def key(event):\n    return 7\n" + apply + "state.n = 1\n", exitFinding, []string{"never written"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t)
			log := badLog(p, 6)
			a := p.must(c.exit, "state", log, "s-1", "-p", p.write("bad.star", c.script))
			for _, want := range c.want {
				if !strings.Contains(a.err, want) {
					t.Errorf("no %q in\n%s", want, a.err)
				}
			}
			p.must(exitOK, "verify", log)
		})
	}
	for condition, want := range map[string][]string{
		"state.n +":                             {"condition:1:10"},
		"stat.n > 1":                            {"condition:1:1", "did you mean state?"},
		"1 + None > 2":                          {"condition:1:3", "event 1"},
		"len([x for x in range(10000000)]) > 1": {"too many steps", "event 1"},
		`"a" * 1000000000 == "b"`:               {"--script-memory", "event 1"},
		"7":                                     {"True or False", "event 1"},
		"(lambda f: f(f))(lambda f: f(f)) == None": {"condition:1:", "recursi"},
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t)
			log := badLog(p, 6)
			for _, args := range [][]string{{"find", log, condition}, {"check", log, "--invariant", condition}, {"events", log, "--where", condition}} {
				a := p.must(exitUsage, args...)
				for _, want := range want {
					if !strings.Contains(a.err, want) {
						t.Errorf("%s: no %q in\n%s", args[0], want, a.err)
					}
				}
			}
		})
	}
}

// TestUnsteadyReducers: verify names the first event at which a reducer looks at the clock, at chance, at the order of a map, or at
// what it keeps between events.
func TestUnsteadyReducers(t *testing.T) {
	for _, c := range []struct{ what, node, python, path string }{
		{"clock", `if (e.position >= 50) s.x = process.hrtime.bigint().toString();`, `if e["position"] >= 50: s["x"] = str(time.perf_counter_ns())`, "/x"},
		{"chance", `if (e.position >= 50) s.x = Math.random();`, `if e["position"] >= 50: s["x"] = str(random.random())`, "/x"},
		// Python's sets of texts go by a seed of the process; V8's maps keep their order, so it is drawn as others draw it
		{"order of a map", `if (e.position >= 50) s.x = [..."abcdefgh"].sort(() => Math.random() - 0.5);`, `if e["position"] >= 50: s["x"] = list(set("abcdefgh"))`, "/x"},
		{"memory", `if (e.position >= 50) s.x = process.pid;`, `if e["position"] >= 50: s["x"] = os.getpid()`, "/x"},
	} {
		for language, body := range map[string]string{"node": c.node, "python3": c.python} {
			t.Run(c.what+"/"+language, func(t *testing.T) {
				t.Parallel()
				p := newProcess(t)
				log := badLog(p, 100)
				a := p.must(exitFinding, "verify", log, "--exec", p.reducer(language, body), "--json").one(t)
				checks, _ := a["checks"].([]any)
				bad, _ := checks[len(checks)-1].(map[string]any)
				path, _ := bad["path"].(string)
				if bad["position"] != json.Number("50") || bad["key"] != "s-1" || bad["type"] != "T1" || bad["deterministic"] != false || !strings.HasPrefix(path, c.path) {
					t.Errorf("%v", bad)
				}
			})
		}
	}
}
