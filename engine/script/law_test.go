package script_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"asof/engine/script"
	"asof/engine/value"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

// numberText draws numbers as JSON writes them: small, large, with a point, with an exponent.
func numberText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})`),
		rapid.StringMatching(`-?[1-9][0-9]{15,40}`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})\.[0-9]{1,20}`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?[eE][+-]?[0-9]`),
	)
}

// exact computes x op y without rounding; ok is false where the divisor is zero.
func exact(t *rapid.T, op, x, y string) (want *big.Rat, ok bool) {
	a, aok := new(big.Rat).SetString(x)
	b, bok := new(big.Rat).SetString(y)
	if !aok || !bok {
		t.Fatalf("%s or %s is no number", x, y)
	}
	switch op {
	case "+":
		return a.Add(a, b), true
	case "-":
		return a.Sub(a, b), true
	case "*":
		return a.Mul(a, b), true
	}
	if b.Sign() == 0 {
		return nil, false
	}
	quo := new(big.Rat).Quo(a, b)
	floor := new(big.Rat).SetInt(new(big.Int).Div(quo.Num(), quo.Denom()))
	if op == "//" {
		return floor, true
	}
	return new(big.Rat).Sub(a, floor.Mul(floor, b)), true
}

// Rewritten arithmetic and comparisons are those of exact numbers, whether the operands come from data, from texts or stand
// in the script.
func TestArithmeticIsExact(t *testing.T) {
	ops := []string{"+", "-", "*", "//", "%"}
	src := "def apply(state, event):\n    x, y = event.data.x, event.data.y\n    op = event.data.op\n"
	for i, op := range ops {
		src += fmt.Sprintf("    if op == %q:\n        z = x\n        z %s= y\n        state.out = [x %s y, z]\n", op, ops[i], op)
	}
	src += "    state.cmp = [x < y, x <= y, x == y, x != y, x >= y, x > y]\n"
	p := compiled(t, src)
	rapid.Check(t, func(rt *rapid.T) {
		x, y := numberText().Draw(rt, "x"), numberText().Draw(rt, "y")
		op := rapid.SampledFrom(ops).Draw(rt, "op")
		doc := newDoc()
		err := p.New().Apply(doc, order(1, fmt.Sprintf(`{"x":%s,"y":%s,"op":%q}`, x, y, op)), "k")
		want, ok := exact(rt, op, x, y)
		if !ok {
			if err == nil || !strings.Contains(err.Error(), "division by zero") {
				rt.Fatalf("%s %s %s: error %v; want division by zero", x, op, y, err)
			}
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		for _, out := range doc.Root().Get("out").Items() {
			got, ok := new(big.Rat).SetString(out.Text())
			if !ok || got.Cmp(want) != 0 {
				rt.Fatalf("%s %s %s = %s; want %s", x, op, y, out.Text(), want.RatString())
			}
		}
		a, _ := new(big.Rat).SetString(x)
		b, _ := new(big.Rat).SetString(y)
		c := a.Cmp(b)
		if got, want := string(doc.Root().Get("cmp").JSON()), fmt.Sprintf("[%t,%t,%t,%t,%t,%t]", c < 0, c <= 0, c == 0, c != 0, c >= 0, c > 0); got != want {
			rt.Fatalf("%s against %s: %s; want %s", x, y, got, want)
		}
	})
}

// Division rounds to 34 digits, half to even.
func TestDivisionRoundsHalfEven(t *testing.T) {
	p := compiled(t, "def apply(state, event):\n    state.out = event.data.x / event.data.y\n")
	ctx := apd.BaseContext.WithPrecision(34)
	ctx.Rounding = apd.RoundHalfEven
	rapid.Check(t, func(rt *rapid.T) {
		x, y := numberText().Draw(rt, "x"), numberText().Draw(rt, "y")
		a, _, aerr := apd.NewFromString(x)
		b, _, berr := apd.NewFromString(y)
		if aerr != nil || berr != nil || b.IsZero() {
			return
		}
		want := new(apd.Decimal)
		if _, err := ctx.Quo(want, a, b); err != nil {
			rt.Fatal(err)
		}
		doc := newDoc()
		if err := p.New().Apply(doc, order(1, fmt.Sprintf(`{"x":%s,"y":%s}`, x, y)), "k"); err != nil {
			rt.Fatal(err)
		}
		got, _, err := apd.NewFromString(doc.Root().Get("out").Text())
		if err != nil || got.Cmp(want) != 0 {
			rt.Fatalf("%s / %s = %s; want %s", x, y, got, want)
		}
	})
}

// jsonValue draws JSON values.
func jsonValue(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 3)
		}
		switch kind {
		case 0:
			return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
		case 1:
			return numberText().Draw(t, "number")
		case 2, 3:
			return string(value.Str(rapid.String().Draw(t, "text")).JSON())
		case 4:
			return "[" + strings.Join(rapid.SliceOfN(jsonValue(depth-1), 0, 4).Draw(t, "items"), " , ") + "]"
		}
		var members []string
		for i, v := range rapid.SliceOfN(jsonValue(depth-1), 0, 4).Draw(t, "values") {
			name := fmt.Sprintf("%s%d", rapid.StringMatching(`[a-z"\\é]{0,3}`).Draw(t, "name"), i)
			members = append(members, string(value.Str(name).JSON())+" : "+v)
		}
		return "{" + strings.Join(members, ",") + "}"
	})
}

// Data moved through a script, whole, field by field, or by way of the script's own lists and dicts, say the same digits.
func TestDataPassThroughUnchanged(t *testing.T) {
	p := compiled(t, `
def copied(x):
    if type(x) == "dict":
        return {k: copied2(v) for k, v in items(x)}
    return copied2(x)

def copied2(x):
    return [y for y in x] if type(x) == "list" else x

def apply(state, event):
    state.whole = event.data
    state.fields = {}
    for k in event.data:
        state.fields[k] = event.data[k]
    state.copied = copied(event.data)
    state.equal = [state.whole == event.data, event.data == state.fields, state.copied == state.whole, event.data != event.data]
`)
	rapid.Check(t, func(rt *rapid.T) {
		var members []string
		for i, v := range rapid.SliceOfN(jsonValue(3), 0, 12).Draw(rt, "values") {
			members = append(members, fmt.Sprintf(`"f%d": %s`, i, v))
		}
		payload := "{" + strings.Join(members, ",") + "}"
		parsed, err := value.Parse([]byte(payload))
		if err != nil {
			rt.Fatal(err)
		}
		doc := newDoc()
		if err := p.New().Apply(doc, order(1, payload), "k"); err != nil {
			rt.Fatal(err)
		}
		for _, name := range []string{"whole", "fields", "copied"} {
			if got, want := string(doc.Root().Get(name).JSON()), string(parsed.JSON()); got != want {
				rt.Fatalf("%s: %s; want %s", name, got, want)
			}
		}
		if got := string(doc.Root().Get("equal").JSON()); got != "[true,true,true,false]" {
			rt.Fatalf("equalities %s", got)
		}
	})
}

// No source makes Compile panic, and no script that compiles makes an event panic or run on.
func FuzzCompile(f *testing.F) {
	for _, c := range expressions {
		f.Add("def apply(state, event):\n    data = event.data\n    state.out = " + c.expr + "\n")
	}
	for _, c := range bodies {
		f.Add("def apply(state, event):\n" + indent(c.body) + "\n")
	}
	f.Add("def apply(e,A):#\n  if 0:0")
	limits := script.Limits{Steps: 20_000, Memory: 1 << 20}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := script.Compile("fuzz.star", []byte(src), script.Options{Limits: limits})
		if err != nil {
			if e := scriptError(t, err); strings.Contains(e.Msg, "internal error") {
				t.Fatal(err)
			}
			return
		}
		doc := newDoc()
		err = p.New().Apply(doc, order(1, `{"a":1.5,"b":[1,{"c":null}],"s":"x"}`), "k")
		if err != nil && strings.Contains(err.Error(), "internal error") {
			t.Fatal(err)
		}
	})
}

// No bytes make a lazy payload panic.
func FuzzPayload(f *testing.F) {
	for _, c := range expressions {
		f.Add(c.data)
	}
	f.Add(`{"a`)
	f.Add(`{"a":`)
	f.Add(`{"a":"\`)
	p, err := script.Compile("fuzz.star", []byte(`
def apply(state, event):
    state.a = event.data.a.b
    state.n = len(event.data)
    for k in event.data:
        state[k] = event.data[k]
    state.t = bool(event.data)
    state.s = str(event.data)
`), script.Options{Limits: script.Limits{Memory: 1 << 20}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		doc := newDoc()
		err := p.New().Apply(doc, order(1, payload), "k")
		if err != nil && strings.Contains(err.Error(), "internal error") {
			t.Fatal(err)
		}
	})
}
