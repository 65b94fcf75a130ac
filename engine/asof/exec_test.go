package asof

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/event/sharedtest"
	"asof/engine/projection"
)

// execHead is what a reducer for Node needs beside fold(state, event).
const execHead = `
let rest = "", state = null;
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  let out = "";
  for (const line of lines) {
    const m = JSON.parse(line);
    if (m.asof) { out += JSON.stringify({ asof: "reducer", protocol: 1, ...options }) + "\n"; continue; }
    if (m.state !== undefined) state = m.state;
    try {
      state = fold(state, m.event, m.key);
      out += JSON.stringify({ position: m.event.position, state }) + "\n";
    } catch (e) {
      out += JSON.stringify({ position: m.event.position, error: e.message }) + "\n";
    }
  }
  process.stdout.write(out);
});
`

// execBench is benchProjection's script in Node.
const execBench = `const options = {%s};
function fold(s, event) {
  s ??= {};
  s.type = event.type;
  s.status = event.data.status ?? null;
  s.count = (s.count || 0) + 1;
  return s;
}` + execHead

// execProjection is a projection by a reducer for Node.
func execProjection(t testing.TB, source string) projection.Projection {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reducer.js")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	command := fmt.Sprintf("'%s' '%s'", sharedtest.Tool(t, "node"), path)
	p, err := projection.Parse(projection.Exec(command), projection.Options{Patience: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func openExec(t testing.TB, dir string, log *memLog, p projection.Projection, o Options) *Index {
	t.Helper()
	ix, err := Open(context.Background(), dir, log, p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ix.Close() })
	return ix
}

// TestExecEqualsScript: the same fold as a script and as a program have the same history, however the index is cut, and also
// when the build was cancelled on the way.
func TestExecEqualsScript(t *testing.T) {
	log := benchLog(6000)
	script := openExec(t, t.TempDir(), log, benchProjection(t, "bench.star"), Options{})
	if err := script.Build(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	for i, o := range []Options{{}, {Segment: 500, Partitions: 3, FrameBytes: 300}, {Segment: 1000, Memory: 1}} {
		for _, keeps := range []string{"", `state: "kept"`} {
			p := execProjection(t, fmt.Sprintf(execBench, keeps))
			dir := t.TempDir()
			ix := openExec(t, dir, log, p, o)
			if i > 0 {
				ctx, cancel := context.WithCancel(context.Background())
				if err := ix.Build(ctx, func(Progress) { cancel() }); err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				cancel()
				if err := ix.Close(); err != nil {
					t.Fatal(err)
				}
				ix = openExec(t, dir, log, p, o)
			}
			if err := ix.Build(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
			d, found, err := Diverge(context.Background(), script, ix, nil)
			if err != nil || found {
				t.Errorf("%+v %s: %+v %v", o, keeps, d, err)
			}
		}
	}
}

// TestExecStops: a program that breaks the protocol stops the build with its message; what was built before stays and answers,
// and another program goes on with another index.
func TestExecStops(t *testing.T) {
	log := benchLog(3000)
	p := execProjection(t, fmt.Sprintf(strings.Replace(execBench, "s ??= {};", `s ??= {}; if (event.position === 2500) process.stdout.write("debug\n");`, 1), ""))
	ix := openExec(t, t.TempDir(), log, p, Options{Segment: 1000})
	err := ix.Build(context.Background(), nil)
	if !errors.Is(err, projection.ErrUnable) || !strings.Contains(err.Error(), "debug") {
		t.Fatal(err)
	}
	if ix.Built() != 2000 {
		t.Errorf("built up to %d", ix.Built())
	}
	key := string(log.events[1999].Stream)
	if d, err := ix.State(context.Background(), key, 2000); err != nil || d.Root.Get("count") == nil {
		t.Errorf("%+v %v", d, err)
	}
}

// TestExecTaints: an event at which the program falls over is an error with the program's own words, and the rest goes on.
func TestExecTaints(t *testing.T) {
	log := benchLog(300)
	p := execProjection(t, fmt.Sprintf(strings.Replace(execBench, "s ??= {};", `s ??= {};
  if (event.position === 100) throw new Error("no such order");
  if (event.position === 200) { console.error("out of luck"); process.exit(7); }`, 1), `state: "kept"`))
	ix := openExec(t, t.TempDir(), log, p, Options{})
	if err := ix.Build(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	want := map[event.Position]string{100: "no such order", 200: "out of luck"}
	for e, err := range ix.Errors(context.Background(), 1, 0) {
		if err != nil || want[e.Position] == "" || !strings.Contains(e.Message, want[e.Position]) {
			t.Errorf("%+v %v", e, err)
		}
		delete(want, e.Position)
	}
	if len(want) > 0 {
		t.Errorf("no errors %v", want)
	}
}

// BenchmarkExec builds an index by a program for Node; an operation is one event.
func BenchmarkExec(b *testing.B) {
	log := benchLog(benchEvents(b))
	for _, keeps := range []string{"", `state: "kept"`} {
		b.Run("node"+keeps, func(b *testing.B) {
			for range b.N {
				ix := openExec(b, b.TempDir(), log, execProjection(b, fmt.Sprintf(execBench, keeps)), Options{})
				if err := ix.Build(context.Background(), nil); err != nil {
					b.Fatal(err)
				}
				ix.Close()
			}
			b.ReportMetric(float64(len(log.events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// TestExecUnsteady: a reducer whose answers depend on more than its input is caught, by the first event at which two folds part.
func TestExecUnsteady(t *testing.T) {
	for what, c := range map[string]struct {
		code string
		from event.Position // no event before it may be blamed
		path string
	}{
		"random": {`if (event.position >= 700) s.at = Math.random();`, 700, "/at"},
		"time":   {`if (event.position >= 700) s.at = process.hrtime.bigint().toString();`, 700, "/at"},
		"order":  {`s.list = [1, 2, 3, 4, 5, 6]; if (event.position >= 700) s.list.sort(() => Math.random() - 0.5);`, 700, "/list"},
		"global": {`if (event.position >= 700) s.at = globalThis.n = (globalThis.n || 0) + 1;`, 700, "/at"},
		"error":  {`if (event.position >= 700 && Math.random() < 0.05) throw new Error("bad luck");`, 700, ""},
	} {
		t.Run(what, func(t *testing.T) {
			log := benchLog(1000)
			p := execProjection(t, fmt.Sprintf(strings.Replace(execBench, "s ??= {};", "s ??= {}; "+c.code, 1), ""))
			ix := openExec(t, t.TempDir(), log, p, Options{})
			if err := ix.Build(context.Background(), nil); err != nil {
				t.Fatal(err)
			}
			err := ix.Verify(context.Background(), nil)
			var parted *PartedError
			if !errors.As(err, &parted) || !parted.Unsteady || !errors.Is(err, ErrMismatch) {
				t.Fatal(err)
			}
			if parted.Position < c.from || !strings.HasPrefix(string(parted.Path), c.path) || parted.Key != string(log.events[parted.Position-1].Stream) {
				t.Error(err)
			}
			if (what == "random" || what == "time") && parted.Position != c.from {
				t.Error("not the first:", err)
			}
			if parted.Failed == "" && shown(parted.Left) == shown(parted.Right) {
				t.Error("two equal values:", err)
			}
		})
	}
}

// TestExecSteady: a deterministic one passes, and one that was changed behind the index's back is told from an unsteady one.
func TestExecSteady(t *testing.T) {
	log := benchLog(1000)
	lib := filepath.Join(t.TempDir(), "lib.js")
	write := func(n int) {
		if err := os.WriteFile(lib, fmt.Appendf(nil, "module.exports = %d;", n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(1)
	p := execProjection(t, fmt.Sprintf(strings.Replace(execBench, "s ??= {};", fmt.Sprintf("s ??= {}; if (event.position === 500) s.step = require(%q);", lib), 1), ""))
	ix := openExec(t, t.TempDir(), log, p, Options{})
	if err := ix.Build(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if err := ix.Verify(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	write(2)
	err := ix.Verify(context.Background(), nil)
	var parted *PartedError
	if !errors.As(err, &parted) || parted.Unsteady || parted.Position != 500 || parted.Path != "/step" || shown(parted.Left) != "1" || shown(parted.Right) != "2" {
		t.Error(err)
	}
}

// TestExecWavers: folds that agree by chance, as a fresh one and the third do here, do not pass for a deterministic projection.
func TestExecWavers(t *testing.T) {
	log := benchLog(800)
	count := filepath.Join(t.TempDir(), "count")
	code := fmt.Sprintf(`if (event.position === 700) {
  const fs = require("fs");
  fs.appendFileSync(%[1]q, "x");
  const n = fs.statSync(%[1]q).size;
  s.at = n === 1 ? "index" : n < 100 ? "fresh" : "other";
}`, count)
	ix := openExec(t, t.TempDir(), log, execProjection(t, fmt.Sprintf(strings.Replace(execBench, "s ??= {};", "s ??= {}; "+code, 1), "")), Options{})
	if err := ix.Build(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	err := ix.Verify(context.Background(), nil)
	var parted *PartedError
	if !errors.As(err, &parted) || !parted.Unsteady || parted.Position != 700 || parted.Path != "/at" {
		t.Error(err)
	}
}
