package present_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"asof/ui/present"
)

func TestCutting(t *testing.T) {
	for _, c := range []struct {
		name string
		got  present.Safe
		want present.Safe
	}{
		{"what fits stays", present.Truncate("order", 5), "order"},
		{"the end is cut", present.Truncate("order-481", 6), "order…"},
		{"a wide character is not halved", present.Truncate("東京", 3), "東…"},
		{"nothing fits", present.Truncate("order", 0), ""},
		{"one column", present.Truncate("order", 1), "…"},
		{"the middle is cut", present.TruncateMiddle("payment-gateway-9931", 9, "…"), "paym…9931"},
		{"padded on the right", present.PadRight("東", 4), "東  "},
		{"padded on the left", present.PadLeft("7", 3), "  7"},
		{"fitted", present.Fit("order-481", 4), "ord…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

// TestUnlikeShowsTheDifference: what is left out of both sides is the same, what is left is as wide as asked for where that can
// be, and what differs stays.
func TestUnlikeShowsTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOfN(rapid.SampledFrom([]rune("ab東é\"")), 0, 30, -1)
		same := letters.Draw(t, "same")
		a, b := present.Text(same+letters.Draw(t, "a")), present.Text(same+letters.Draw(t, "b"))
		cells := rapid.IntRange(0, 80).Draw(t, "cells")
		left, right := present.Unlike(a, b, cells, "…")
		if present.Width(a)+present.Width(b) <= cells && (left != a || right != b) {
			t.Fatalf("%q %q fit in %d columns, but are %q %q", a, b, cells, left, right)
		}
		if left == a {
			if right != b {
				t.Fatalf("only %q was cut, to %q", b, right)
			}
			return
		}
		head, end, ok := strings.Cut(string(left), "…")
		otherHead, otherEnd, otherOK := strings.Cut(string(right), "…")
		if !ok || !otherOK || head != otherHead {
			t.Fatalf("%q %q are %q %q", a, b, left, right)
		}
		gone := strings.TrimSuffix(string(a), end)
		if gone == string(a) && end != "" || gone != strings.TrimSuffix(string(b), otherEnd) || !strings.HasPrefix(gone, head) || present.Width(left) > present.Width(a) {
			t.Fatalf("%q %q are %q %q", a, b, left, right)
		}
	})
}

func TestCutsHaveTheirWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := present.Text(rapid.String().Draw(t, "text"))
		w := rapid.IntRange(-2, 40).Draw(t, "w")
		for name, cut := range map[string]present.Safe{
			"Truncate":       present.Truncate(text, w),
			"TruncateMiddle": present.TruncateMiddle(text, w, "…"),
		} {
			if got := present.Width(cut); got > max(w, 0) {
				t.Errorf("%s(%q, %d) = %q has %d columns", name, text, w, cut, got)
			}
			if present.Width(text) <= w && cut != text {
				t.Errorf("%s(%q, %d) = %q, but it fits", name, text, w, cut)
			}
		}
		for name, fit := range map[string]present.Safe{"Fit": present.Fit(text, w), "FitLeft": present.FitLeft(text, w)} {
			if got := ansi.StringWidthWc(string(fit)); got != max(w, 0) {
				t.Errorf("%s(%q, %d) = %q has %d columns", name, text, w, fit, got)
			}
		}
		if head, rest := present.Split(text, w); head+rest != text || present.Width(head) > max(w, 0) {
			t.Errorf("Split(%q, %d) = %q, %q", text, w, head, rest)
		}
	})
}

func TestPadIsUnlimited(t *testing.T) {
	if got := present.PadRight("", 300); string(got) != strings.Repeat(" ", 300) {
		t.Errorf("%d columns", len(got))
	}
}
