package expr

import (
	"testing"

	"asof/engine/value"
	"pgregory.net/rapid"
)

func TestShortNumbersCompareAsDecimals(t *testing.T) {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?(e[0-9])?`)
	near := rapid.StringMatching(`-?[0-3](\.[0-2]{1,3}0*)?`)
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.OneOf(number, near)
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		m, mok := shortOf(a)
		n, nok := shortOf(b)
		if !mok || !nok {
			return
		}
		got, ok := m.compare(n)
		if want := value.Compare(value.Num(a), value.Num(b)); ok && got != want {
			t.Fatalf("%s and %s: %d, want %d", a, b, got, want)
		}
	})
}
