package timeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"asof/engine/event"
)

// The benchmarks ask at random positions what a screen asks for each frame, over a log of 200,000 events.
const benchmarked = 200_000

var big = sync.OnceValue(func() []fact {
	var facts []fact
	r := rand.New(rand.NewPCG(1, 2))
	for i := range benchmarked {
		facts = append(facts, fact{
			stream: fmt.Sprintf("order-%d", r.IntN(20_000)), kind: []string{"Placed", "Paid", "Shipped"}[r.IntN(3)], at: i,
			data: fmt.Sprintf(`{"status":"s%d","total":%d.50,"customer":{"name":"n%d","city":"c%d"},"pad":"%0200d"}`, r.IntN(5), r.IntN(1000), i, r.IntN(9), i),
		})
	}
	return facts
})

func benchmark(b *testing.B, ask func(s *Session, pos event.Position) error) {
	s := session(b, Options{Dir: folder(b, big())})
	r := rand.New(rand.NewPCG(3, 4))
	for b.Loop() {
		if err := ask(s, event.Position(1+r.IntN(benchmarked))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAround(b *testing.B) {
	benchmark(b, func(s *Session, pos event.Position) error {
		_, err := s.Around(context.Background(), Filter{}, pos, 20, 20)
		return err
	})
}

func BenchmarkDocument(b *testing.B) {
	ctx := context.Background()
	benchmark(b, func(s *Session, pos event.Position) error {
		keys, err := s.KeysOf(ctx, "", pos)
		if err == nil {
			_, err = s.Document(ctx, DocumentQuery{Point: Point{Key: keys[0], At: pos}})
		}
		return err
	})
}

func BenchmarkStrip(b *testing.B) {
	benchmark(b, func(s *Session, _ event.Position) error {
		_, err := s.Strip(context.Background(), StripQuery{Columns: 200})
		return err
	})
}

func BenchmarkSearch(b *testing.B) {
	m, err := NewMatcher("nowhere")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(benchmarked * 330)
	benchmark(b, func(s *Session, _ event.Position) error {
		_, err := s.Search(context.Background(), SearchQuery{Matcher: m}, nil)
		return err
	})
}
