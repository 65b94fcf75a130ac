package asof

import (
	"slices"
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

func TestWhatIsKeptComesInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var units []walkUnit
		var results []pile[found[int]]
		var want []found[int]
		first := event.Position(rapid.IntRange(1, 50).Draw(rt, "first"))
		for range rapid.IntRange(1, 4).Draw(rt, "segments") {
			last := first + event.Position(rapid.IntRange(0, 200).Draw(rt, "size"))
			seen := map[[2]uint64]bool{}
			for range rapid.IntRange(1, 3).Draw(rt, "parts") {
				var kept pile[found[int]]
				for range rapid.IntRange(0, 60).Draw(rt, "kept") {
					pos := first + event.Position(rapid.IntRange(0, int(last-first)).Draw(rt, "at"))
					id := uint32(rapid.IntRange(0, 100).Draw(rt, "id"))
					if seen[[2]uint64{uint64(pos), uint64(id)}] {
						continue
					}
					seen[[2]uint64{uint64(pos), uint64(id)}] = true
					one := found[int]{pos, id, len(want)}
					want = append(want, one)
					kept.add(found[found[int]]{pos, id, one})
				}
				units, results = append(units, walkUnit{first: first, from: first, to: last}), append(results, kept)
			}
			first = last + 1
		}
		slices.SortFunc(want, func(a, b found[int]) int { return a.compare(&b) })
		if got := inOrder(units, results); !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}
