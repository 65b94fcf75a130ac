package eventlog

import (
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// TestRememberedStreams puts and finds at random, with keys whose halves repeat, and compares with a map.
func TestRememberedStreams(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r remembered
		model := map[streamKey]streamState{}
		most := rapid.SampledFrom([]int{0, 1, 50, 1000}).Draw(t, "most")
		half := func(name string, n int) uint64 {
			return uint64(rapid.IntRange(0, n).Draw(t, name)) << rapid.SampledFrom([]int{2, 20, 61}).Draw(t, "shift")
		}
		for range rapid.IntRange(0, 400).Draw(t, "steps") {
			key := streamKey{half("first", 40), half("second", 3)}
			if state, ok := r.find(key); state != model[key] || ok != contains(model, key) {
				t.Fatalf("%x: %v, %v; want %v", key, state, ok, model[key])
			}
			state := streamState{event.Version(rapid.Int64().Draw(t, "version")), rapid.Bool().Draw(t, "versioned")}
			put := r.put(key, state, most)
			if want := contains(model, key) || len(model) < most; put != want {
				t.Fatalf("%x is put: %v with %d of %d", key, put, len(model), most)
			} else if put {
				model[key] = state
			}
		}
		for key, want := range model {
			if state, ok := r.find(key); !ok || state != want {
				t.Fatalf("%x: %v, %v; want %v", key, state, ok, want)
			}
		}
	})
}

func contains(m map[streamKey]streamState, key streamKey) bool {
	_, ok := m[key]
	return ok
}
