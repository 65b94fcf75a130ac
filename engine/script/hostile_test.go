package script_test

import (
	"runtime"
	"strings"
	"testing"

	"asof/engine/script"
)

// Each case is the body of apply; it must stop, name the limit, and say where.
var hostile = []struct {
	name, body string
	limit      script.Limit
	message    string
}{
	{"endless loop", "for i in range(1 << 60):\n    pass", script.LimitSteps, "steps"},
	{"nested loops", "for i in range(100000):\n    for j in range(100000):\n        x = i * j", script.LimitSteps, "steps"},
	{"recursion", "def f(n):\n    return f(n)\nf(1)", script.NoLimit, "called recursively"},
	{"recursion by way of a lambda", "f = lambda g: g(g)\nf(f)", script.NoLimit, "called recursively"},
	{"appending for ever", "l = []\nfor i in range(1 << 60):\n    l.append(i)", script.LimitSteps, "steps"},
	{"appending to a document for ever", "state.l = []\nfor i in range(1 << 60):\n    state.l.append('x' * 100)", script.LimitMemory, "memory"},
	{"loop over a list that grows", "state.l = [1]\nfor x in state.l:\n    state.l.append(x)", script.LimitMemory, "memory"},
	{"text doubling", "s = 'x'\nfor i in range(1000):\n    s = s + s", script.LimitMemory, "memory"},
	{"text doubling in place", "s = 'x'\nfor i in range(1000):\n    s += s", script.LimitMemory, "memory"},
	{"text doubling by replace", "s = 'x'\nfor i in range(1000):\n    s = s.replace('x', 'xx')", script.LimitMemory, "memory"},
	{"text doubling by format", "s = 'x'\nfor i in range(1000):\n    s = '{}{}'.format(s, s)", script.LimitMemory, "memory"},
	{"text doubling by %", "s = 'x'\nfor i in range(1000):\n    s = '%s%s' % (s, s)", script.LimitMemory, "memory"},
	{"text doubling by join", "s = 'x'\nfor i in range(1000):\n    s = s.join([s, s])", script.LimitMemory, "memory"},
	{"text times a billion", "s = 'x' * (1 << 40)", script.LimitMemory, "memory"},
	{"text times more than a word", "s = 'x' * (1 << 100)", script.LimitMemory, "memory"},
	{"list doubling", "l = [0]\nfor i in range(1000):\n    l = l + l", script.LimitMemory, "memory"},
	{"list doubling in place", "l = [0]\nfor i in range(1000):\n    l += l", script.LimitMemory, "memory"},
	{"list doubling by extend", "l = [0]\nfor i in range(1000):\n    l.extend(l)", script.LimitMemory, "memory"},
	{"list times a billion", "l = [0] * (1 << 30)", script.LimitMemory, "memory"},
	{"tuple doubling", "l = (0,)\nfor i in range(1000):\n    l = l + l", script.LimitMemory, "memory"},
	{"sort of a hundred million", "l = sorted(range(100000000))", script.LimitMemory, "memory"},
	{"sort again and again", "l = list(range(10000))\nfor i in range(1 << 60):\n    l = sorted(l, reverse=True)", script.LimitSteps, "steps"},
	{"list of a huge range", "l = list(range(1 << 60))", script.LimitMemory, "memory"},
	{"spread of a huge range", "l = max(*range(1 << 40))", script.LimitMemory, "memory"},
	{"any of a huge range", "any(range(1 << 40))", script.LimitMemory, "memory"},
	{"comprehension without end", "l = [i for i in range(1 << 60)]", script.LimitSteps, "steps"},
	{"dict of ten million keys", "d = {}\nfor i in range(10000000):\n    d[i] = i", script.LimitSteps, "steps"},
	{"dict comprehension of ten million keys", "d = {i: i for i in range(10000000)}", script.LimitMemory, "memory"},
	{"document of ten million keys", "for i in range(10000000):\n    state[str(i)] = i", script.LimitMemory, "memory"},
	{"power of a big number", "n = 10\nfor i in range(1000):\n    n = n * n", script.LimitDigits, "10,000 digits"},
	{"power of a decimal", "n = 1.1\nfor i in range(1000):\n    n = n * n", script.LimitDigits, "10,000 digits"},
	{"shift without end", "n = 1\nfor i in range(100000):\n    n = n << 500", script.LimitDigits, "10,000 digits"},
	{"huge return", "return 'x' * 10000000", script.NoLimit, "apply must return nothing or DELETE"},
	{"wrong return", "return state", script.NoLimit, "apply must return nothing or DELETE, not document"},
	{"wrong return of False", "return False", script.NoLimit, "apply must return nothing or DELETE"},
	{"cyclic list stored", "l = []\nl.append(l)\nstate.l = l", script.LimitDepth, "contain itself"},
	{"cyclic dict stored", "d = {}\nd['d'] = d\nstate.d = d", script.LimitDepth, "contain itself"},
	{"cyclic list as text", "l = []\nl.append(l)\nstate.s = str(l)", script.LimitDepth, "contain itself"},
	{"cyclic lists compared", "l = []\nl.append(l)\nm = []\nm.append(m)\nstate.s = l == m", script.LimitDepth, "contain itself"},
	{"cyclic list in an error", "l = []\nl.append(l)\nfail(l)", script.LimitDepth, "contain itself"},
	{"a tree of shared lists stored", "l = [1]\nfor i in range(100):\n    l = [l, l]\nstate.l = l", script.LimitMemory, "memory"},
	{"a tree of shared lists compared", "l = [1]\nm = [1]\nfor i in range(100):\n    l = [l, l]\n    m = [m, m]\nstate.l = l == m", script.LimitSteps, "steps"},
	{"a tree of shared lists as text", "l = [1]\nfor i in range(100):\n    l = [l, l]\nstate.l = str(l)", script.LimitSteps, "steps"},
	{"a tree of shared tuples as key", "l = (1,)\nfor i in range(100):\n    l = (l, l)\nd = {l: 1}", script.NoLimit, "key of this size"},
	{"a tree of shared tuples looked up", "l = (1,)\nfor i in range(100):\n    l = (l, l)\nd = {}\nx = l in d", script.NoLimit, "key of this size"},
	{"nesting without end", "l = []\nfor i in range(100000):\n    l = [l]\nstate.l = l", script.LimitDepth, "nested too deeply"},
	{"a document nested in itself without end", "state.a = {}\nfor i in range(100):\n    state.a = {'l': state.a, 'r': state.a}", script.LimitMemory, "memory"},
	{"print flood", "for i in range(1 << 60):\n    print('x' * 1000)", script.LimitMemory, "memory"},
	{"event mutated", "event.type = 'x'", script.NoLimit, "an event cannot be changed"},
	{"data mutated", "event.data.x = 1", script.NoLimit, "cannot be changed"},
	{"data mutated by index", "event.data['x'] = 1", script.NoLimit, "cannot be changed"},
	{"list of data mutated", "event.data.l.append(1)", script.NoLimit, "cannot be changed"},
	{"item of data mutated", "event.data.l[0] = 1", script.NoLimit, "cannot be changed"},
	{"in-place sum on data", "event.data.x += 1", script.NoLimit, "cannot be changed"},
	{"data deleted", "delete(event.data, 'x')", script.NoLimit, "cannot be changed"},
	{"global mutated", "TABLE['x'] = 1", script.NoLimit, "frozen"},
	{"global list mutated", "LIST += [1]", script.NoLimit, "local variable LIST referenced before assignment"},
	{"global list appended", "LIST.append(1)", script.NoLimit, "frozen"},
	{"default mutated", "keep()", script.NoLimit, "frozen"},
	{"writing through None", "state.a.b = 1", script.NoLimit, "None"},
	{"detached part", "state.a = {'x': {}}\nx = state.a\nstate.a = 1\nx.y = 2", script.NoLimit, "has been replaced or removed"},
	{"detached list", "state.a = [[1]]\nx = state.a[0]\nstate.a.pop()\nx.append(2)", script.NoLimit, "has been replaced or removed"},
	{"key that is no text", "state[1] = 2", script.NoLimit, "keys of a document are texts"},
	{"None as key", "state[event.data.nothing] = 2", script.NoLimit, "keys of a document are texts, not None"},
	{"search in a long text", "s = 'x' * 1000000\nfor i in range(1 << 60):\n    'y' in s", script.LimitSteps, "steps"},
	{"counting in a long text", "s = 'x' * 1000000\nfor i in range(1 << 60):\n    s.count('y')", script.LimitMemory, "memory"},
	{"multiplying long numbers", "n = int('9' * 4900)\nfor i in range(1 << 60):\n    m = n * n", script.LimitSteps, "steps"},
	{"dividing long numbers", "n = int('9' * 9900)\nd = int('7' * 5000)\nfor i in range(1 << 60):\n    m = n % d", script.LimitSteps, "steps"},
	{"long decimals", "n = float('0.' + '9' * 4900)\nfor i in range(1 << 60):\n    m = n * n < n", script.LimitSteps, "steps"},
	{"long numbers as text", "n = int('9' * 9900)\nfor i in range(1 << 60):\n    m = str(n)", script.LimitSteps, "steps"},
	{"comparing long texts", "s = 'x' * 9000000\nt = s[:1] + s[1:]\nfor i in range(1 << 60):\n    s == t", script.LimitSteps, "steps"},
	{"ordering long texts", "s = 'x' * 9000000\nt = s[:1] + s[1:]\nfor i in range(1 << 60):\n    s < t", script.LimitSteps, "steps"},
	{"long keys", "s = 'x' * 9000000\nd = {}\nfor i in range(1 << 60):\n    d[s] = 1", script.LimitSteps, "steps"},
	{"long names", "s = 'x' * 9000000\nfor i in range(1 << 60):\n    state[s] = 1", script.LimitMemory, "memory"},
	{"adding times without end", "t = event.time\nfor i in range(1 << 60):\n    t = t + duration(0.001)", script.LimitSteps, "steps"},
	{"closures without end", "l = []\nfor i in range(1 << 60):\n    def f():\n        return i\n    l.append(f)", script.LimitSteps, "steps"},
	{"method value", "f = [].append\nf(1)", script.NoLimit, "has no field append"},
	{"method of None", "event.data.nothing.append(1)", script.NoLimit, "None has no method append"},
	{"calling a number", "event.data.x(1)", script.NoLimit, "document has no method x"},
	{"shadowed builtin", "len = 3\nlen([])", script.NoLimit, "invalid call of non-function"},
}

const hostileHead = "TABLE = {'a': 1}\nLIST = [1]\ndef keep(seen=[]):\n    seen.append(1)\ndef apply(state, event):\n"

func TestHostileScripts(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := folded(t, hostileHead+indent(c.body)+"\n", `{"x":1,"l":[1]}`)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatal("no error")
			}
			e := scriptError(t, err)
			if !strings.Contains(e.Error(), c.message) || e.Limit != c.limit {
				t.Errorf("error %q, limit %q; want %q, limit %q", e, e.Limit, c.message, c.limit)
			}
			if e.File != "test.star" || e.Line < 1 || e.Col < 1 || e.Position != 1 || e.EventID != "e1" {
				t.Errorf("the error does not name its place and event: %+v", e)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 400<<20 {
				t.Errorf("allocated %d MiB", grown>>20)
			}
		})
	}
}

// Sources that must not get past Compile, or must at least not hang or crash it.
func TestHostileSources(t *testing.T) {
	const tail = "\ndef apply(state, event):\n    pass\n"
	cases := []struct{ name, src, message string }{
		{"brackets", "x = " + strings.Repeat("[", 100000) + tail, "nested too deeply"},
		{"signs", "x = " + strings.Repeat("-", 100000) + "1" + tail, "nested too deeply"},
		{"not", "x = " + strings.Repeat("not ", 10000) + "1" + tail, "at most"},
		{"long sum", "x = " + strings.Repeat("1+", 100000) + "1" + tail, "nested too deeply"},
		{"long path", "def f(x):\n    return x" + strings.Repeat(".a", 100000) + tail, "nested too deeply"},
		{"too long", strings.Repeat("#", 300<<10) + tail, "longer than"},
		{"top level without end", "def f():\n    for i in range(1 << 60):\n        pass\nf()" + tail, "too many steps"},
		{"top level without measure", "def f():\n    return 'x' * (1 << 40)\nx = f()" + tail, "too much memory"},
		{"a tree of shared tuples at the top", "def f():\n    l = (1,)\n    for i in range(100):\n        l = (l, l)\n    return l\nx = f()" + tail, "steps"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := script.Compile("test.star", []byte(c.src), script.Options{})
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("error %v; want %q", err, c.message)
			}
		})
	}
}

func TestLimitsAreOptions(t *testing.T) {
	src := "def apply(state, event):\n    s = 'x' * 100000\n    for i in range(1000):\n        pass\n"
	p, err := script.Compile("test.star", []byte(src), script.Options{Limits: script.Limits{Memory: 1 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.New().Keys(order(1, `{}`), nil); err != nil {
		t.Fatal(err)
	}
	err = p.New().Apply(newDoc(), order(1, `{}`), "k")
	if e := scriptError(t, err); e.Limit != script.LimitMemory || !strings.Contains(e.Msg, "1 KiB") || e.Line != 2 {
		t.Errorf("error %+v", e)
	}
	if p, err = script.Compile("test.star", []byte(src), script.Options{Limits: script.Limits{Steps: 100}}); err != nil {
		t.Fatal(err)
	}
	err = p.New().Apply(newDoc(), order(1, `{}`), "k")
	if e := scriptError(t, err); e.Limit != script.LimitSteps || !strings.Contains(e.Msg, "more than 100 ") {
		t.Errorf("error %+v", e)
	}
}
