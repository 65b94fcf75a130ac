package script_test

import (
	"strings"
	"testing"
)

// Each case is an expression over data, and the JSON text of what it yields; an expectation that begins with ! is part of
// the error's message.
var expressions = []struct{ name, data, expr, want string }{
	{"sum of decimals", `{}`, `0.1 + 0.2`, `0.3`},
	{"a decimal literal keeps its digits", `{}`, `1.50`, `1.50`},
	{"a literal without a leading zero", `{}`, `.5`, `0.5`},
	{"a literal with an exponent", `{}`, `1e3 + 1`, `1001`},
	{"a literal that ends in a point", `{}`, `[1., 2.e1]`, `[1,2e1]`},
	{"digits of data stay", `{"n":120.00}`, `data.n`, `120.00`},
	{"an exponent of data stays", `{"n":1E+2}`, `data.n`, `1E+2`},
	{"minus zero stays", `{"n":-0}`, `data.n`, `-0`},
	{"integers of any size", `{"n":9007199254740993}`, `data.n + 1`, `9007199254740994`},
	{"integers beyond 64 bits", `{"n":18446744073709551616}`, `data.n * data.n`, `340282366920938463463374607431768211456`},
	{"data of 30 digits", `{"n":123456789012345678901234567890}`, `data.n`, `123456789012345678901234567890`},
	{"division rounds to 34 digits", `{}`, `1 / 3`, `0.3333333333333333333333333333333333`},
	{"division of half a unit goes to even", `{}`, `20000000000000000000000000000000001 / 2 / 10000000000000000000000000000000000`, `1`},
	{"a quotient that is whole", `{}`, `6 / 2`, `3`},
	{"floor division goes down", `{}`, `[-7 // 2, 7 // -2, -7.5 // 2]`, `[-4,-4,-4]`},
	{"the rest has the divisor's sign", `{}`, `[-7 % 3, 7 % -3, -7.5 % 2]`, `[2,-2,0.5]`},
	{"division by zero", `{}`, `1 / 0`, `!division by zero`},
	{"division by a zero decimal", `{}`, `1 // 0.0`, `!division by zero`},
	{"unary minus on data", `{"n":1.5}`, `-data.n`, `-1.5`},
	{"unary minus on a literal", `{}`, `-0.5 - -1`, `0.5`},
	{"equality by value", `{"a":1,"b":1.0,"c":1e0}`, `data.a == data.b and data.b == data.c`, `true`},
	{"inequality by value", `{"a":1.10}`, `data.a != 1.1`, `false`},
	{"zero has no sign", `{"a":-0,"b":0.0}`, `data.a == data.b`, `true`},
	{"a number is no text", `{"a":1}`, `data.a == "1"`, `false`},
	{"true is not one", `{}`, `True == 1`, `false`},
	{"lists compare by value", `{"a":[1,2.0]}`, `data.a == [1.0, 2]`, `true`},
	{"documents compare by value", `{"a":{"x":1,"y":2}}`, `data.a == {"y": 2.0, "x": 1}`, `true`},
	{"documents that differ", `{"a":{"x":1,"y":2}}`, `data.a == {"x": 1}`, `false`},
	{"ordering mixes numbers", `{"a":1.5}`, `[1 < data.a, data.a < 2, data.a >= 1.50]`, `[true,true,true]`},
	{"ordering against None is False", `{}`, `[data.x < 1, data.x > 1, 1 <= data.x, None >= None]`, `[false,false,false,false]`},
	{"ordering of different kinds raises", `{}`, `1 < "a"`, `!cannot order number < text`},
	{"arithmetic on None raises", `{}`, `data.x + 1`, `!cannot compute None + number`},
	{"multiplication with None raises", `{}`, `2 * data.x`, `!cannot compute number * None`},
	{"unary minus of None raises", `{}`, `-data.x`, `!cannot compute -None`},
	{"a missing field reads as None", `{}`, `data.x`, `null`},
	{"reading through None gives None", `{}`, `data.x.y["z"][0].w`, `null`},
	{"reading through null gives None", `{"x":null}`, `data.x.y`, `null`},
	{"an absent payload is None", ``, `data.x`, `null`},
	{"a missing key by index", `{}`, `data["x"]`, `null`},
	{"a missing key of a dict", `{}`, `{"a": 1}["b"]`, `null`},
	{"an attribute is the field", `{"items":[1],"keys":2,"get":3}`, `[data.items, data.keys, data.get]`, `[[1],2,3]`},
	{"in on a document", `{"a":null}`, `["a" in data, "b" in data, "b" not in data]`, `[true,false,true]`},
	{"in on a list compares by value", `{"l":[1.0,"x"]}`, `[1 in data.l, "x" in data.l, 2 in data.l]`, `[true,true,false]`},
	{"in what is missing", `{}`, `"a" in data.x`, `false`},
	{"in on a text", `{"s":"abc"}`, `"bc" in data.s`, `true`},
	{"for over a document", `{"b":1,"a":2}`, `[k for k in data]`, `["b","a"]`},
	{"len of a document", `{"b":1,"a":2}`, `len(data)`, `2`},
	{"keys and items", `{"b":1,"a":2}`, `[keys(data), items(data), values(data)]`, `[["b","a"],[["b",1],["a",2]],[1,2]]`},
	{"get with a default", `{"b":1}`, `[get(data, "b", 5), get(data, "c", 5), get(data, "c"), get(data.x, "y", 6)]`, `[1,5,null,6]`},
	{"keys of documents are texts", `{}`, `data[1]`, `!keys of a document are texts`},
	{"documents have no methods", `{}`, `data.keys()`, `!document has no method keys`},
	{"dicts of the script have methods", `{}`, `{"a": 1}.get("a")`, `1`},
	{"a dict's key is a number by value", `{}`, `{1: "a"}[1.0]`, `"a"`},
	{"a repeated key in a literal", `{}`, `{"a": 1, "a": 2}`, `!duplicate key`},
	{"an unhashable key", `{}`, `{[1]: 2}`, `!list cannot be a key`},
	{"comprehension", `{"l":[1,2,3]}`, `[x * 0.5 for x in data.l if x > 1]`, `[1.0,1.5]`},
	{"dict comprehension", `{"l":["a","b"]}`, `{k: len(k) for k in data.l}`, `{"a":1,"b":1}`},
	{"lambda", `{}`, `(lambda x, y=2: x + y)(1)`, `3`},
	{"conditional", `{"a":1}`, `"one" if data.a == 1 else "other"`, `"one"`},
	{"and, or, not", `{}`, `[data.x or 0, not data.x, 1 and 2]`, `[0,true,2]`},
	{"truth of decimals", `{"z":0.00}`, `[bool(data.z), bool(0.1)]`, `[false,true]`},
	{"text concatenation", `{"s":"a"}`, `data.s + "b"`, `"ab"`},
	{"text and number do not add", `{}`, `"a" + 1`, `!cannot compute text + number`},
	{"text repetition", `{}`, `["ab" * 2, 2 * "ab", [0] * 3]`, `["abab","abab",[0,0,0]]`},
	{"text by index and slice", `{"s":"hello"}`, `[data.s[0], data.s[-1], data.s[1:3], data.s[::-1]]`, `["h","o","el","olleh"]`},
	{"list slices", `{"l":[1,2,3,4]}`, `[data.l[1:], data.l[:-1], data.l[::2], data.l[9:]]`, `[[2,3,4],[1,2,3],[1,3],[]]`},
	{"index beyond a list raises", `{"l":[1]}`, `data.l[1]`, `!beyond a list of 1`},
	{"negative index", `{"l":[1,2]}`, `data.l[-1]`, `2`},
	{"int cuts", `{}`, `[int(1.9), int(-1.9), int("12"), int("ff", 16), int(True)]`, `[1,-1,12,255,1]`},
	{"int of nonsense", `{}`, `int("1.5")`, `!is not a whole number`},
	{"float reads texts exactly", `{}`, `float("0.1") + float("0.2")`, `0.3`},
	{"float of nonsense", `{}`, `float("NaN")`, `!is not a number`},
	{"abs", `{}`, `[abs(-1), abs(-1.5), abs(2)]`, `[1,1.5,2]`},
	{"min and max", `{"l":[3,1.5,2]}`, `[min(data.l), max(data.l), max(1, 2.5), min([], default=0)]`, `[1.5,3,2.5,0]`},
	{"min of None raises", `{}`, `min(1, None)`, `!cannot order None`},
	{"sorted", `{"l":[3,1.5,2]}`, `[sorted(data.l), sorted(data.l, reverse=True), sorted(["b","A"], key=lambda s: s.lower())]`, `[[1.5,2,3],[3,2,1.5],["A","b"]]`},
	{"sum is exact", `{"l":[0.1,0.2,0.3]}`, `sum(data.l)`, `0.6`},
	{"round is half even", `{}`, `[round(0.125, 2), round(0.135, 2), round(2.5), round(-2.5), round(1/3, 2)]`, `[0.12,0.14,2,-2,0.33]`},
	{"str", `{"d":{"a":[1]}}`, `[str(1.50), str(None), str([1, "a"]), str(data.d), str("x")]`, `["1.50","None","[1, \"a\"]","{\"a\":[1]}","x"]`},
	{"format with %", `{}`, `"%s=%d %r %x%%" % ("a", 3.0, "q", 255)`, `"a=3 \"q\" ff%"`},
	{"format with braces", `{}`, `"{}-{b}".format(0.1, b=2)`, `"0.1-2"`},
	{"join and split", `{"s":"a,b"}`, `"-".join(data.s.split(","))`, `"a-b"`},
	{"type", `{}`, `[type(1), type(0.5), type("a"), type(None), type(event), type(data)]`, `["int","float","string","NoneType","event","dict"]`},
	{"decode", `{"s":"{\"a\": 1.10}"}`, `decode(data.s).a`, `1.10`},
	{"decode with a default", `{"s":"{"}`, `[decode(data.s, None), decode(None, {})]`, `[null,{}]`},
	{"decode of no JSON raises", `{"s":"{"}`, `decode(data.s)`, `!decode:`},
	{"escapes in data", `{"s":"a\n\u00e9\ud83d\ude00","k\"":1}`, `[data.s, data["k\""]]`, `["a\né😀",1]`},
	{"a tuple is stored as a list", `{}`, `(1, (2,))`, `[1,[2]]`},
	{"a time is stored as text", `{}`, `event.time`, `"2026-01-15T10:00:00.5+02:00"`},
	{"a duration is stored as seconds", `{}`, `event.time - parse_time("2026-01-15T07:59:58.25Z")`, `2.25`},
	{"times compare by instant", `{}`, `[event.time == parse_time("2026-01-15T08:00:00.5Z"), event.time < parse_time("2026-01-15T08:00:01Z")]`, `[true,true]`},
	{"a missing time does not order", `{}`, `event.recorded_time < event.time`, `false`},
	{"leap seconds", `{}`, `[parse_time("2016-12-31T23:59:60.5Z").second, parse_time("2016-12-31T23:59:60.5Z") - parse_time("2016-12-31T23:59:59Z")]`, `[60,1.5]`},
	{"time plus duration", `{}`, `[parse_time("2026-01-15T10:00:00Z") + duration(days=1, minutes=30), parse_time("2026-01-15T10:00:00Z") - duration(0.5)]`, `["2026-01-16T10:30:00Z","2026-01-15T09:59:59.500000000Z"]`},
	{"durations", `{}`, `[duration(90) / 60, duration(90) / duration(60), duration(1) * 2.5, duration(2) > duration(1), duration(3).seconds]`, `[1.5,1.5,2.5,true,3]`},
	{"zones", `{}`, `[in_zone(parse_time("2026-07-01T12:00:00Z"), "Europe/Madrid"), parse_time("2026-07-01T12:00:00", "Europe/Madrid")]`, `["2026-07-01T14:00:00+02:00","2026-07-01T12:00:00+02:00"]`},
	{"calendar", `{}`, `[event.time.year, event.time.hour, event.time.date, event.time.weekday, event.time.unix]`, `[2026,10,"2026-01-15",3,1768464000.5]`},
	{"from_timestamp", `{}`, `from_timestamp(0)`, `"1970-01-01T00:00:00Z"`},
	{"no now", `{}`, `now()`, `!undefined: now`},
	{"a time and a text do not order", `{}`, `event.time < "2026"`, `!cannot order time < text`},
	{"event fields", `{}`, `[event.id, event.type, event.stream, event.streams, event.version, event.position, event.correlation_id, event.causation_id, event.metadata, event.recorded_time]`,
		`["e1","OrderPlaced","order-1",["order-1","customer-7"],1,1,"c1",null,null,null]`},
	{"the raw record", `{"a":1}`, `event.raw`, `"{\"a\":1}"`},
	{"an unknown field of the event", `{}`, `event.kind`, `!an event has no field kind`},
	{"a field of a text", `{"s":"a"}`, `data.s.x`, `!text has no field x`},
	{"an event cannot be stored", `{}`, `event`, `!an event cannot be stored`},
	{"a function cannot be stored", `{}`, `[lambda: 1]`, `!function cannot be stored`},
	{"a dict with other keys cannot be stored", `{}`, `{1: 2}`, `!a key that is no text`},
	{"number too long", `{}`, `int("9" * 10000) + 1`, `!more than 10,000 digits`},
	{"exponent too large", `{}`, `float("1e100000") * float("1e100000")`, `!more than 10,000 digits`},
	{"exponent of data too large", `{"n":1e999999}`, `data.n + 1`, `!more than 10,000 digits`},
	{"data of any exponent passes through", `{"n":1e999999}`, `data.n`, `1e999999`},
	{"bits", `{}`, `[6 & 3, 6 | 3, 6 ^ 3, 1 << 4, 256 >> 4, ~5]`, `[2,7,5,16,16,-6]`},
	{"union of dicts", `{}`, `{"a": 1} | {"b": 2}`, `{"a":1,"b":2}`},
	{"named arguments", `{}`, `(lambda a, b: [a, b])(b=1 == 1.0, a=2)`, `[2,true]`},
	{"spread pairs", `{"d":{"a":1}}`, `dict(b=2, **data.d)`, `{"b":2,"a":1}`},
	{"one instant in two zones is one key", `{}`, `{parse_time("2026-01-15T10:00:00Z"): 1}[parse_time("2026-01-15T12:00:00+02:00")]`, `1`},
	{"DELETE is a value like others", `{}`, `DELETE == DELETE`, `true`},
	{"star arguments", `{"l":[1,2]}`, `max(*data.l)`, `2`},
	{"fail", `{}`, `fail("no", 1)`, `!fail: no 1`},
	{"any and all", `{"l":[0,1]}`, `[any(data.l), all(data.l)]`, `[true,false]`},
	{"zip, enumerate, reversed, range", `{}`, `[zip([1,2], "ab".elems()), enumerate(["x"]), reversed([1,2]), list(range(3))]`, `[[[1,"a"],[2,"b"]],[[0,"x"]],[2,1],[0,1,2]]`},
	{"hasattr and getattr", `{"a":1}`, `[hasattr(data, "a"), hasattr(data, "b"), getattr(data, "a"), getattr(data, "b", 2)]`, `[true,false,1,2]`},
	{"in-place sum of a list of data", `{"l":[1]}`, `[x for x in [data.l]][0] + [2]`, `[1,2]`},
	{"a loop over what is missing", `{}`, `[x for x in data.x]`, `!None has no items to go through`},
	{"sets are not there", `{}`, `set([1])`, `!undefined: set`},
	{"byte strings are not there", `{}`, `b"a"`, `!byte strings`},
}

func TestExpressions(t *testing.T) {
	for _, c := range expressions {
		t.Run(c.name, func(t *testing.T) {
			got, err := result(t, c.expr, c.data)
			want, fails := strings.CutPrefix(c.want, "!")
			switch {
			case fails && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("%s = %s, error %v; want an error with %q", c.expr, got, err, want)
			case !fails && (err != nil || got != want):
				t.Errorf("%s = %s, error %v; want %s", c.expr, got, err, want)
			}
		})
	}
}

// Each case is the body of apply, run once for each payload, and the document after the last one.
var bodies = []struct {
	name     string
	body     string
	payloads []string
	want     string
}{
	{"assignment copies", "state.a = {'x': 1}\nstate.b = state.a\nstate.b.x = 2", nil, `{"a":{"x":1},"b":{"x":2}}`},
	{"a list of the script is copied", "l = [1]\nstate.l = l\nl.append(2)\nstate.m = l", nil, `{"l":[1],"m":[1,2]}`},
	{"data are copied", "state.d = event.data\nstate.d.x = 2\nstate.e = event.data.x", []string{`{"x":1}`}, `{"d":{"x":2},"e":1}`},
	{"a reference writes through", "state.a = {}\nx = state.a\nx.y = 1", nil, `{"a":{"y":1}}`},
	{"list verbs", "state.l = [1, 2]\nl = state.l\nl.append(3)\nl.insert(0, 0)\nl.extend([4, 5])\nl.remove(1)\nstate.p = l.pop()\nstate.q = l.pop(0)\nl[0] = 'x'\nl[-1] = 'y'",
		nil, `{"l":["x",3,"y"],"p":5,"q":0}`},
	{"list clear", "state.l = [1, 2]\nstate.l.clear()\nstate.l.append(3)", nil, `{"l":[3]}`},
	{"list index", "state.l = [1, 2.0]\nstate.i = state.l.index(2)", nil, `{"l":[1,2.0],"i":1}`},
	{"in-place sum of a document's list", "state.l = [1]\nstate.l += [2]", nil, `{"l":[1,2]}`},
	{"in-place sum by way of a name", "state.l = [1]\nx = state.l\nx += [2]\nx.append(3)\nstate.l += [4]\nx.append(5)", nil, `{"l":[1,2,3,4,5]}`},
	{"assigning a part to itself keeps it", "state.a = {'b': 1}\nx = state.a\nstate.a = state.a\nx.b = 2", nil, `{"a":{"b":2}}`},
	{"in-place sum of a local list keeps it", "a = [1]\nb = a\na += [2]\nstate.b = b", nil, `{"b":[1,2]}`},
	{"augmented assignment", "state.n = (state.n or 0)\nstate.n += 1\nstate.n *= 3\nstate['n'] -= 0.5", []string{`{}`, `{}`}, `{"n":10.0}`},
	{"augmented assignment computes its parts once", "state.l = [0, 0]\nc = []\ndef f():\n    c.append(1)\n    return 0\nstate.l[f()] += 5\nstate.c = len(c)", nil, `{"l":[5,0],"c":1}`},
	{"augmented bits", "n = 6\nn |= 1\nn &= 5\nn ^= 1\nn <<= 2\nn >>= 1\nstate.n = n", nil, `{"n":8}`},
	{"augmented division", "n = 7\nn //= 2\nn %= 2\nn /= 4\nstate.n = n\ns = 'x=%d'\ns %= 3\nstate.s = s", nil, `{"n":0.25,"s":"x=3"}`},
	{"augmented through a path", "state.a = {'b': {'n': 1}}\nstate.a.b.n += 1\nk = 'b'\nstate.a[k]['n'] += 1", nil, `{"a":{"b":{"n":3}}}`},
	{"delete a member", "state.a = 1\nstate.b = 2\ndelete(state, 'a')\ndelete(state, 'zz')", nil, `{"b":2}`},
	{"members by key", "state[event.data.k] = event.data.v", []string{`{"k":"a","v":1}`, `{"k":"b","v":2}`}, `{"a":1,"b":2}`},
	{"loop while deleting", "state.d = {'a': 1, 'b': 2}\nfor k in state.d:\n    delete(state.d, k)", nil, `{"d":{}}`},
	{"loop over a list of a document", "state.l = [1, 2]\nn = 0\nfor x in state.l:\n    n += x\nstate.n = n", nil, `{"l":[1,2],"n":3}`},
	{"unpacking", "a, b = 1, 2\n(c, [d]) = event.data.p\nstate.x = [a, b, c, d]", []string{`{"p":[3,[4]]}`}, `{"x":[1,2,3,4]}`},
	{"assignment to targets", "state.l = [0, 0]\nstate.a, state.l[1] = 1, 2", nil, `{"l":[0,2],"a":1}`},
	{"for with a target of the document", "for state.x in [1, 2]:\n    pass", nil, `{"x":2}`},
	{"digits move when the value does not", "state.n = event.data.n", []string{`{"n":1}`, `{"n":1.0}`}, `{"n":1.0}`},
	{"nested functions", "def twice(x):\n    return x * 2\nstate.n = twice(twice(1.5))", nil, `{"n":6.0}`},
	{"break and continue", "n = 0\nfor i in range(10):\n    if i == 2:\n        continue\n    if i > 4:\n        break\n    n += i\nstate.n = n", nil, `{"n":8}`},
	{"a dict grows", "d = {}\nfor x in event.data.l:\n    d[x] = d.get(x, 0) + 1\nstate.d = d", []string{`{"l":["a","b","a"]}`}, `{"d":{"a":2,"b":1}}`},
	{"DELETE removes the document", "state.n = 1\nif event.data.x:\n    return DELETE", []string{`{}`, `{"x":1}`}, ``},
	{"a document begins again after DELETE", "state.n = (state.n or 0) + 1\nif event.data.x:\n    return DELETE", []string{`{}`, `{"x":1}`, `{}`}, `{"n":1}`},
	{"repeated keys in data: the last counts", "state.x = event.data.x", []string{`{"x":1}`}, `{"x":1}`},
	{"a member that is null", "state.x = None\nstate.y = 'x' in state", nil, `{"x":null,"y":true}`},
	{"storing a part of itself", "state.a = {'n': 1}\nstate.a.self = state.a\nstate.a.n = 2", nil, `{"a":{"n":2,"self":{"n":1}}}`},
	{"elif", "if event.data.n == 1:\n    state.x = 'a'\nelif event.data.n == 2:\n    state.x = 'b'\nelse:\n    state.x = 'c'", []string{`{"n":2.0}`}, `{"x":"b"}`},
}

func indent(body string) string { return "    " + strings.ReplaceAll(body, "\n", "\n    ") }

func TestBodies(t *testing.T) {
	for _, c := range bodies {
		t.Run(c.name, func(t *testing.T) {
			payloads := c.payloads
			if payloads == nil {
				payloads = []string{`{}`}
			}
			got, err := folded(t, "def apply(state, event):\n"+indent(c.body)+"\n", payloads...)
			if err != nil || got != c.want {
				t.Errorf("got %s, error %v; want %s", got, err, c.want)
			}
		})
	}
}
