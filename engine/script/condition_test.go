package script_test

import (
	"strings"
	"testing"

	"asof/engine/script"
	"asof/engine/value"
)

func TestConditions(t *testing.T) {
	state, _ := value.Parse([]byte(`{"status":"paid","balance":-0.5,"items":[{"sku":"a"}]}`))
	before, _ := value.Parse([]byte(`{"status":"new"}`))
	cases := []struct{ expr, want string }{
		{`event.type == "OrderPlaced" and event.data.amount > 100`, "true"},
		{`state.balance < 0`, "true"},
		{`before.status == "paid" and state.status != "paid"`, "false"},
		{`before.status != state.status`, "true"},
		{`state.items[3].sku == None`, "true"},
		{`state.items[0].sku == "a"`, "true"},
		{`state.missing.deeper > 3`, "false"},
		{`event.data.amount == 100.10`, "true"},
		{`position == 7 and key.startswith("order-")`, "true"},
		{`any([i.sku == "a" for i in state.items])`, "true"},
		{`state.missing + 1 > 0`, "!cannot compute None + number"},
		{`state.`, "!cond:1:"},
		{`stat.balance`, "!undefined: stat (did you mean state?)"},
		{`1 if`, "!cond:1:"},
		{`[x for x in range(1000000000)]`, "!too many steps"},
	}
	for _, c := range cases {
		got, err := holds(c.expr, script.Subject{
			Event: order(7, `{"amount":100.1}`), State: state, Before: before, Key: "order-7", Position: 7,
		})
		want, fails := strings.CutPrefix(c.want, "!")
		switch {
		case fails && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, error %v; want an error with %q", c.expr, got, err, want)
		case !fails && (err != nil || got != (want == "true")):
			t.Errorf("%s: %v, error %v; want %s", c.expr, got, err, want)
		}
	}
}

func holds(expr string, s script.Subject) (bool, error) {
	c, err := script.CompileExpr("cond", expr, script.Options{Limits: script.Limits{Steps: 100_000}})
	if err != nil {
		return false, err
	}
	return c.New().Holds(s)
}

func TestConditionsTellWhatTheyUse(t *testing.T) {
	c, err := script.CompileExpr("cond", `state.a > 1 and key != ""`, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Uses("state") || !c.Uses("key") || c.Uses("before") || c.Uses("event") {
		t.Error("Uses does not tell the names in the expression")
	}
}

func TestConditionsOnNothing(t *testing.T) {
	if got, err := holds(`state.a == None and event.type == None and not before`, script.Subject{}); !got || err != nil {
		t.Errorf("got %v, error %v", got, err)
	}
}
