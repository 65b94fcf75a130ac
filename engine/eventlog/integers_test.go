package eventlog

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestIntegersComeBack packs lists whose numbers, or steps, are mostly small, with some far off.
func TestIntegersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p integers
		var w bitWriter
		var forms []byte
		var lists [][]int64
		for range rapid.IntRange(1, 4).Draw(t, "lists") {
			few, many := int64(1)<<rapid.IntRange(0, 40).Draw(t, "few"), int64(1)<<rapid.IntRange(0, 61).Draw(t, "many")
			seldom := rapid.IntRange(1, 30).Draw(t, "seldom")
			at, keep := rapid.Int64Range(-many, many).Draw(t, "at"), rapid.Int64Range(0, 1).Draw(t, "keep")
			list := make([]int64, rapid.IntRange(1, 60).Draw(t, "n"))
			for i := range list {
				far := few
				if rapid.IntRange(0, seldom).Draw(t, "far") == 0 {
					far = many
				}
				step := rapid.Int64Range(0, far).Draw(t, "step")
				if at = at*keep + step; at > 1<<61 {
					at = 0
				}
				list[i] = at
			}
			forms = p.pack(list, forms, &w)
			lists = append(lists, slices.Clone(list))
		}
		said, r := reader{b: forms}, bitReader{b: w.bytes()}
		for _, list := range lists {
			got, ok := unpack(nil, len(list), &said, &r)
			if !ok || !slices.Equal(got, list) {
				t.Fatalf("%v: got %v, want %v", ok, got, list)
			}
		}
		if len(said.b) > 0 || r.at != 8*len(r.b) {
			t.Fatal("something is left")
		}
	})
}
