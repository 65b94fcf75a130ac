package value

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustNumber(t interface{ Fatalf(string, ...any) }, text string) Decimal {
	d, err := ParseNumber(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func TestArithmeticIsExact(t *testing.T) {
	for _, c := range []struct{ a, op, b, want string }{
		{"0.1", "+", "0.2", "0.3"}, {"1.10", "+", "2.20", "3.30"}, {"9223372036854775807", "+", "1", "9223372036854775808"},
		{"-9223372036854775808", "-", "1", "-9223372036854775809"}, {"9007199254740993", "*", "9007199254740993", "81129638414606699710187514626049"},
		{"-9223372036854775808", "*", "-1", "9223372036854775808"}, {"3037000500", "*", "3037000500", "9223372037000250000"},
		{"1", "/", "3", "0.3333333333333333333333333333333333"}, {"2", "/", "3", "0.6666666666666666666666666666666667"},
		{"10", "/", "2", "5"}, {"1", "/", "4", "0.25"}, {"1e400", "/", "1e399", "10"}, {"7.50", "/", "2.5", "3"}, {"1000", "/", "1", "1000"},
		{"7", "//", "2", "3"}, {"-7", "//", "2", "-4"}, {"7", "//", "-2", "-4"}, {"-7", "//", "-2", "3"}, {"7.5", "//", "2", "3"}, {"-0.5", "//", "1", "-1"},
		{"7", "%", "3", "1"}, {"-7", "%", "3", "2"}, {"7", "%", "-3", "-2"}, {"-7", "%", "-3", "-1"}, {"7.5", "%", "2", "1.5"}, {"6", "%", "3", "0"},
		{"1e30", "+", "1", "1000000000000000000000000000001"}, {"1e-7", "+", "0", "1E-7"}, {"1.0", "-", "1", "0.0"}, {"0", "*", "-5", "0"},
	} {
		a, b := mustNumber(t, c.a), mustNumber(t, c.b)
		ops := map[string]func(Decimal) (Decimal, error){"+": a.Add, "-": a.Sub, "*": a.Mul, "/": a.Div, "//": a.FloorDiv, "%": a.Mod}
		if got, err := ops[c.op](b); err != nil || got.Text() != c.want {
			t.Errorf("%s %s %s: got %s, %v, want %s", c.a, c.op, c.b, got.Text(), err, c.want)
		}
	}
}

func TestNumbersOverTheLimits(t *testing.T) {
	nines := strings.Repeat("9", MaxDigits)
	for _, text := range []string{nines + "9", "1e100001", "1e-100001", "1e99999999999999999999", strings.Repeat("0.", 1) + strings.Repeat("1", MaxDigits+1)} {
		if _, err := ParseNumber(text); !errors.Is(err, ErrNumberTooLarge) {
			t.Errorf("%.30s: %v", text, err)
		}
	}
	large := mustNumber(t, nines)
	if _, err := large.Mul(large); !errors.Is(err, ErrNumberTooLarge) {
		t.Error(err)
	}
	if _, err := mustNumber(t, "1e100000").Add(FromInt(1)); !errors.Is(err, ErrNumberTooLarge) {
		t.Error(err)
	}
	if got := mustNumber(t, "1e100000").Text(); got != "1E+100000" {
		t.Error(got)
	}
	for _, err := range []error{second(FromInt(1).Div(FromInt(0))), second(FromInt(1).Mod(FromInt(0))), second(FromInt(1).FloorDiv(mustNumber(t, "0.0")))} {
		if !errors.Is(err, ErrDivideByZero) {
			t.Error(err)
		}
	}
	for _, text := range []string{"", "+1", "01", ".5", "1.", "NaN", "Infinity", "0x1", "1_0", " 1"} {
		if _, err := ParseNumber(text); !errors.Is(err, ErrNotNumber) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func second(_ Decimal, err error) error { return err }

func decimals() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(someNumbers[:19]), rapid.StringMatching(`-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,12})?(e-?[0-9]{1,2})?`))
}

// TestArithmeticAgainstRationals compares with math/big's fractions.
func TestArithmeticAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := mustNumber(t, decimals().Draw(t, "a")), mustNumber(t, decimals().Draw(t, "b"))
		x, y := rational(a), rational(b)
		check := func(op string, want *big.Rat) func(Decimal, error) {
			return func(got Decimal, err error) {
				if err != nil || rational(got).Cmp(want) != 0 {
					t.Fatalf("%s %s %s: got %s, %v", a.Text(), op, b.Text(), got.Text(), err)
				}
				if again := mustNumber(t, got.Text()); again.Text() != got.Text() || again.Cmp(got) != 0 {
					t.Fatalf("%s reads as %s", got.Text(), again.Text())
				}
			}
		}
		check("+", new(big.Rat).Add(x, y))(a.Add(b))
		check("-", new(big.Rat).Sub(x, y))(a.Sub(b))
		check("*", new(big.Rat).Mul(x, y))(a.Mul(b))
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() || a.IsInt() != x.IsInt() || rational(a.Abs()).Cmp(new(big.Rat).Abs(x)) != 0 {
			t.Fatalf("%s and %s", a.Text(), b.Text())
		}
		if y.Sign() == 0 {
			return
		}
		if q := new(big.Rat).Quo(x, y); q.Num().BitLen()+q.Denom().BitLen() > 20000 {
			return
		}
		floor := floorOf(new(big.Rat).Quo(x, y))
		if len(floor.String()) > 400 {
			return
		}
		check("//", new(big.Rat).SetInt(floor))(a.FloorDiv(b))
		check("%", new(big.Rat).Sub(x, new(big.Rat).Mul(y, new(big.Rat).SetInt(floor))))(a.Mod(b))
	})
}

func rational(d Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.Text())
	return r
}

func floorOf(r *big.Rat) *big.Int {
	q, m := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	_ = m // Euclid's rest is not negative, as the denominator is positive
	return q
}

func TestInt64(t *testing.T) {
	for text, want := range map[string]string{
		"1.0": "1", "1e3": "1000", "-9223372036854775808": "-9223372036854775808", "9223372036854775808": "", "1.5": "", "1e100000": "", "-0.0": "0",
	} {
		got := ""
		if i, ok := mustNumber(t, text).Int64(); ok {
			got = FromInt(i).Text()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
