package widget

import "github.com/sahilm/fuzzy"

// Hit is an item that a filter picked, with the byte offsets of the characters that matched.
type Hit struct {
	Index int
	At    []int
}

// Fuzzy picks the items that hold the letters of filter in order, the best first; an empty filter picks all in their order.
func Fuzzy(filter string, items []string) []Hit {
	if filter == "" {
		hits := make([]Hit, len(items))
		for i := range items {
			hits[i].Index = i
		}
		return hits
	}
	found := fuzzy.Find(filter, items)
	hits := make([]Hit, len(found))
	for i, m := range found {
		hits[i] = Hit{Index: m.Index, At: m.MatchedIndexes}
	}
	return hits
}
