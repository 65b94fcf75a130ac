package value

import (
	"fmt"
	"math"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

// wide is the same number in the form that has no bound.
func wide(d Decimal) Decimal { return Decimal{large: d.apd()} }

// TestShortNumbersComputeAsLongOnes compares every operation on short numbers with that on their long form.
func TestShortNumbersComputeAsLongOnes(t *testing.T) {
	few := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?`)
	many := rapid.StringMatching(`-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?`)
	edge := rapid.SampledFrom([]string{
		"9223372036854775807", "-9223372036854775808", "-9223372036854775807", "0.000000000000000001", "-0", "-0.0", "0.00", "999999999999999999",
	})
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.OneOf(few, few, many, edge)
		a, b := mustNumber(t, numbers.Draw(t, "a")), mustNumber(t, numbers.Draw(t, "b"))
		if rapid.Bool().Draw(t, "int") {
			a = FromInt(rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, -1, 0, 1}).Draw(t, "whole"))
		}
		x, y := wide(a), wide(b)
		for name, pair := range map[string][2]func() (Decimal, error){
			"+":    {func() (Decimal, error) { return a.Add(b) }, func() (Decimal, error) { return x.Add(y) }},
			"-":    {func() (Decimal, error) { return a.Sub(b) }, func() (Decimal, error) { return x.Sub(y) }},
			"*":    {func() (Decimal, error) { return a.Mul(b) }, func() (Decimal, error) { return x.Mul(y) }},
			"/":    {func() (Decimal, error) { return a.Div(b) }, func() (Decimal, error) { return x.Div(y) }},
			"//":   {func() (Decimal, error) { return a.FloorDiv(b) }, func() (Decimal, error) { return x.FloorDiv(y) }},
			"%":    {func() (Decimal, error) { return a.Mod(b) }, func() (Decimal, error) { return x.Mod(y) }},
			"neg":  {func() (Decimal, error) { return a.Neg(), nil }, func() (Decimal, error) { return x.Neg(), nil }},
			"text": {func() (Decimal, error) { return a, nil }, func() (Decimal, error) { return x, nil }},
		} {
			got, gotErr := pair[0]()
			want, wantErr := pair[1]()
			if got.Text() != want.Text() || fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Fatalf("%s %s %s: %s %v, want %s %v", x.Text(), name, y.Text(), got.Text(), gotErr, want.Text(), wantErr)
			}
		}
		i, ok := a.Int64()
		j, ok2 := x.Int64()
		if a.Cmp(b) != x.Cmp(y) || a.IsInt() != x.IsInt() || a.Sign() != x.Sign() || i*toInt(ok) != j*toInt(ok2) || ok != ok2 {
			t.Fatalf("%s and %s", x.Text(), y.Text())
		}
	})
}

func toInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// TestShortNumbersReadAsLongOnes compares the reading of texts, of which many are no numbers.
func TestShortNumbersReadAsLongOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`-?[0-9]{0,3}\.?[0-9]{0,3}`), rapid.StringMatching(`[-+]?[0-9.]{0,21}`)).Draw(t, "text")
		d, ok := parseShort(text)
		if !ok {
			return
		}
		if numberEnd(text, 0) != len(text) {
			t.Fatalf("%q was read, and is no number", text)
		}
		want, _, err := apd.NewFromString(text)
		if err != nil || d.apd().Cmp(want) != 0 || d.apd().Exponent != want.Exponent {
			t.Fatalf("%q: %s, want %s", text, d.Text(), want)
		}
	})
}

func BenchmarkDecimalAdd(b *testing.B) {
	for b.Loop() {
		x, _ := ParseNumber("4711.07")
		y, _ := ParseNumber("5000")
		if z, err := x.Add(y); err != nil || z.Cmp(x) <= 0 {
			b.Fatal(z.Text())
		}
	}
}
