package asof

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSortItems: items in the order of their events come out as any sort gives them, however many keys there are.
func TestSortItems(t *testing.T) {
	var room []uint64
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]uint32{0, 3, 1 << 10, 1 << 19, 1<<32 - 1}).Draw(t, "most")
		id := rapid.Uint32Range(0, most)
		var items []uint64
		for i := range rapid.IntRange(0, 3*fewItems).Draw(t, "events") {
			items = append(items, uint64(id.Draw(t, "id"))<<32|uint64(i))
		}
		want := slices.Sorted(slices.Values(items))
		if room = sortItems(items, room); !slices.Equal(items, want) {
			t.Fatalf("%x, not %x", items, want)
		}
	})
}
