package external

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is the tests, and the programs that they run: this binary with an argument that names what it does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "reducer:") {
		reducer(strings.Split(strings.TrimPrefix(os.Args[1], "reducer:"), ","))
		return
	}
	goleak.VerifyTestMain(m)
}

// reducerProgram is a program that does what the words say.
func reducerProgram(t testing.TB, patience time.Duration, words string) *Program {
	t.Helper()
	p, err := Parse(fmt.Sprintf("'%s' 'reducer:%s'", os.Args[0], words), Options{Patience: patience, Hello: patience})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type message struct {
	Asof  string
	Key   string
	State *json.RawMessage // nil: not sent; then null comes as nil too
	Event struct {
		Position uint64
		Type     string
		Stream   string
		Data     json.RawMessage
	}
}

// reducer folds as the model does, keeping the words that it was started with in mind:
//
//	kept, patch, exact, echo   as the package comment says; echo names positions
//	nohello, badhello, old, mute, slowhello   what is wrong from the start
func reducer(words []string) {
	has := map[string]bool{}
	for _, w := range words {
		has[w] = true
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	in := bufio.NewReaderSize(os.Stdin, 1<<16)
	var kept any
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		var members map[string]json.RawMessage
		if json.Unmarshal(line, &m) != nil || json.Unmarshal(line, &members) != nil {
			fmt.Fprintf(os.Stderr, "cannot read %q\n", line)
			os.Exit(9)
		}
		if m.Asof != "" {
			greet(out, has)
			continue
		}
		state := kept
		if s, ok := members["state"]; ok {
			state = decode(s)
		} else if !has["kept"] {
			os.Exit(8)
		}
		do := act(m.Event.Data)
		switch {
		case misbehave(out, do, has):
		case do == "error":
			kept = map[string]any{"half": true} // asof must not rely on what is kept after an error
			fmt.Fprintln(out, `{"error":"no such thing"}`)
		default:
			next := reduce(state, m.Event.Type, m.Event.Position, m.Event.Data)
			reply := map[string]any{"state": next}
			if has["patch"] {
				reply = map[string]any{"patch": []any{map[string]any{"op": "add", "path": "", "value": next}}}
				if a, ok := state.(map[string]any); ok && next != nil {
					reply = map[string]any{"patch": difference(a, next.(map[string]any))}
				}
			}
			if has["echo"] {
				reply["position"] = m.Event.Position
			}
			kept = next
			text, _ := json.Marshal(reply)
			out.Write(append(text, '\n'))
		}
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func greet(out *bufio.Writer, has map[string]bool) {
	switch {
	case has["nohello"]:
		fmt.Fprintln(out, "reducer started on port 8080")
	case has["badhello"]:
		fmt.Fprintln(out, `{"asof":"reducer","protocol":1,"state":"always"}`)
	case has["old"]:
		fmt.Fprintln(out, `{"asof":"reducer","protocol":7}`)
	case has["mute"]:
		return
	default:
		hello := map[string]any{"asof": "reducer", "protocol": 1}
		if has["kept"] {
			hello["state"] = "kept"
		}
		if has["exact"] {
			hello["numbers"] = "exact"
		}
		text, _ := json.Marshal(hello)
		out.Write(append(text, '\n'))
	}
	out.Flush()
}

// misbehave does what an event tells it to that no reducer should do; false: nothing.
func misbehave(out *bufio.Writer, do string, has map[string]bool) bool {
	switch do {
	case "crash":
		out.Flush()
		fmt.Fprintln(os.Stderr, "TypeError: it is undefined")
		os.Exit(3)
	case "lose": // like crash, but what was answered before is still in the buffer
		os.Exit(4)
	case "hang":
		out.Flush()
		time.Sleep(time.Hour)
	case "child": // hangs, and has a child that holds on to the output
		out.Flush()
		c := exec.Command(os.Args[0], "reducer:")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		stdin, _ := c.StdinPipe()
		_ = c.Start()
		time.Sleep(time.Hour)
		stdin.Close()
	case "junk":
		fmt.Fprintln(out, "debug: here I am")
		return false
	case "twice":
		fmt.Fprintln(out, `{"state":{"n":1}}`)
		return false
	case "skip":
		return true
	case "nothing":
		fmt.Fprintln(out, `{}`)
		return true
	case "broken":
		fmt.Fprintln(out, `{"state":{"a":NaN}}`)
		return true
	case "badpatch":
		fmt.Fprintln(out, `{"patch":[{"op":"remove","path":"/no/such"}]}`)
		return true
	case "flood":
		for {
			if _, err := fmt.Fprintln(out); err != nil {
				os.Exit(0)
			}
		}
	case "long":
		for {
			if _, err := out.WriteString("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"); err != nil {
				os.Exit(0)
			}
		}
	}
	return false
}

func act(data json.RawMessage) string {
	var d struct{ Do string }
	_ = json.Unmarshal(data, &d)
	return d.Do
}

func decode(text []byte) any {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var v any
	_ = dec.Decode(&v)
	return v
}

// reduce is the fold: it counts, keeps the last data and the last three positions, and removes the document on "Delete".
func reduce(state any, kind string, position uint64, data json.RawMessage) any {
	if kind == "Delete" {
		return nil
	}
	doc := map[string]any{}
	for k, v := range asMap(state) {
		doc[k] = v
	}
	n := json.Number("0")
	if old, ok := doc["n"].(json.Number); ok {
		n = old
	}
	i, _ := n.Int64()
	doc["n"] = json.Number(fmt.Sprint(i + 1))
	list, _ := doc["list"].([]any)
	list = append(append([]any{}, list...), json.Number(fmt.Sprint(position)))
	doc["list"] = list[max(len(list)-3, 0):]
	if len(data) > 0 {
		doc["data"] = decode(data)
	}
	return doc
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// difference is a patch from one object to another, member by member.
func difference(a, b map[string]any) []any {
	steps := []any{}
	for k := range a {
		if _, ok := b[k]; !ok {
			steps = append(steps, map[string]any{"op": "remove", "path": "/" + k})
		}
	}
	for k, v := range b {
		if fmt.Sprint(a[k]) != fmt.Sprint(v) || a[k] == nil {
			steps = append(steps, map[string]any{"op": "add", "path": "/" + k, "value": v})
		}
	}
	return steps
}

// TestCommandLine: words and quotes as in a shell, and nothing else.
func TestCommandLine(t *testing.T) {
	for text, want := range map[string][]string{
		`node reducer.js`:           {"node", "reducer.js"},
		` node  'my reducer.js' `:   {"node", "my reducer.js"},
		`a "b c"d '' e\ f "\"x\\"`:  {"a", "b cd", "", "e f", `"x\`},
		`sh -c 'cat a | node b.js'`: {"sh", "-c", "cat a | node b.js"},
	} {
		got, err := split(text, false)
		if err != nil || strings.Join(got, "|") != strings.Join(want, "|") || len(got) != len(want) {
			t.Errorf("%s: %q %v", text, got, err)
		}
	}
	if got, err := split(`"C:\Program Files\node.exe" r.js`, true); err != nil || got[0] != `C:\Program Files\node.exe` {
		t.Errorf("on Windows: %q %v", got, err)
	}
	for _, text := range []string{"", "  ", `node "x`, "node 'x"} {
		if _, err := Parse(text, Options{}); err == nil {
			t.Errorf("%q is a command", text)
		}
	}
}

// TestIdentity: what the command names is in the identity, and nothing else.
func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "orders.js")
	write := func(text string) {
		if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	of := func(command string) string {
		p, err := Parse(command, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Name() != "orders.js" {
			t.Errorf("%s is called %s", command, p.Name())
		}
		return strings.Join(p.Identity(), "\x01")
	}
	write("1")
	a, other := of("node "+script), of("node --x "+script)
	again := of("node  '" + script + "'")
	write("2")
	if b := of("node " + script); a == b || a == other || a != again {
		t.Error("the identity is not that of words and files")
	}
}
