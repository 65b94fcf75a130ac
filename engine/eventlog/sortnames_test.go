package eventlog

import (
	"slices"
	"strings"
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// Names lie in byte order, whatever they begin with and however long they are, each with its own facts.
func TestNamesAreSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "order-", strings.Repeat("p", 40)}).Draw(t, "prefix")
		part := rapid.SampledFrom([]string{"", "a", "b", "\x00", "\xff", "0", "a long part of a name that is alike", "ü"})
		names := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			return prefix + strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "parts"), "")
		}), 1, 60, rapid.ID[string]).Draw(t, "names")
		var list []tally
		for i, name := range names {
			list = append(list, tally{Name: Name{Text: name, Count: 1, First: event.Position(i + 1), Last: event.Position(i + 1)}})
		}
		want := slices.SortedFunc(slices.Values(list), func(a, b tally) int { return strings.Compare(a.Text, b.Text) })
		if got := sortedNames(list); !slices.Equal(got, want) {
			t.Fatalf("sorted %v, not %v", got, want)
		}
	})
}
