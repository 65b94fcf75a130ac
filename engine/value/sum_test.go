package value

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSumIsAsDecimalsGiveIt(t *testing.T) {
	token := rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?`), rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?`), decimals())
	rapid.Check(t, func(t *rapid.T) {
		var pen Pen
		a, b := rapid.OneOf(token, rapid.Just("")).Draw(t, "a"), token.Draw(t, "b")
		if rapid.IntRange(0, 9).Draw(t, "opposite") == 0 {
			a = "-" + b
			if b[0] == '-' {
				a = b[1:]
			}
		}
		want, wantErr := slowSum(a, b)
		got, err := pen.Sum(a, b)
		if (err == nil) != (wantErr == nil) || got.Text() != want.Text() {
			t.Fatalf("%q + %q: %s %v, want %s %v", a, b, got.Text(), err, want.Text(), wantErr)
		}
	})
}
