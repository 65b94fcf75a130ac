package asof

import (
	"fmt"
	"strings"
	"testing"

	"asof/engine/value"

	"pgregory.net/rapid"
)

func TestNumbersHashByValue(t *testing.T) {
	digits := rapid.StringMatching(`0|[1-9][0-9]{0,4}0{0,16}|[1-9][0-9]{0,25}`)
	frac := rapid.StringMatching(`|\.0{0,20}[0-9]{0,3}[0-9]0{0,5}`)
	exp := rapid.SampledFrom([]string{"", "", "", "e0", "E+2", "e-3", "e00000000000000012", "e-20", "e999999", "e1000001", "e99999999999"})
	number := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + digits.Draw(t, "digits") + frac.Draw(t, "frac") + exp.Draw(t, "exp")
	})
	rapid.Check(t, func(t *rapid.T) {
		a := number.Draw(t, "a")
		b := rapid.OneOf(number, rapid.Just(rewritten(a, rapid.IntRange(0, 3).Draw(t, "way")))).Draw(t, "b")
		m, n := value.Num(a), value.Num(b)
		if m == nil || n == nil {
			t.Fatalf("%s or %s is no number", a, b)
		}
		if equal, hashes := value.Equal(m, n), hashNumber(m) == hashNumber(n); equal != hashes {
			t.Fatalf("%s and %s: equal %v, hashes equal %v", a, b, equal, hashes)
		}
	})
}

// rewritten is the same number, written otherwise.
func rewritten(a string, way int) string {
	mantissa, exp, has := strings.Cut(strings.ToLower(a), "e")
	whole, frac, point := strings.Cut(mantissa, ".")
	switch {
	case way == 0 && point:
		return a[:len(mantissa)] + "00" + a[len(mantissa):]
	case way == 1 && !has:
		return a + "e-0"
	case way == 2 && !has && whole != "0" && whole != "-0":
		return fmt.Sprintf("%s%se-%d", whole, frac, len(frac))
	case way == 3 && !has && !point && whole != "0" && whole != "-0":
		return whole + "0e-1"
	}
	_ = exp
	return a
}
