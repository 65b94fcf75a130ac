package asof

import (
	"bytes"
	"fmt"
	"testing"

	"asof/engine/event"

	"pgregory.net/rapid"
)

// TestParkedIsWhatWasPut compares parked documents with a map: what is there is what was put last, what is not durable is there, and the
// blocks keep to the budget as far as what is not durable lets them.
func TestParkedIsWhatWasPut(t *testing.T) {
	gone, packed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		type kept struct {
			row  []byte
			pos  event.Position
			back int
			f    foundation
		}
		const parts = 3
		p := newParked(parts)
		p.budget = rapid.SampledFrom([]int{0, 4 << 10, 40 << 10}).Draw(t, "budget")
		want, room := map[uint32]kept{}, []byte(nil)
		var durable event.Position
		for i := range rapid.IntRange(1, 400).Draw(t, "puts") {
			id := uint32(rapid.IntRange(0, 60).Draw(t, "key"))*parts + 1
			now := event.Position(i + 1)
			if rapid.IntRange(0, 20).Draw(t, "commit") == 0 {
				durable = now - 1
			}
			if row, back, f, ok := p.get(id, now, &room); ok {
				if w := want[id]; !bytes.Equal(row, w.row) || back != w.back || f != w.f {
					t.Fatalf("key %d: %q %d %v, want %q %d %v", id, row, back, f, w.row, w.back, w.f)
				}
			} else if w, was := want[id]; was {
				if gone++; w.pos > durable {
					t.Fatalf("key %d of %d is gone, durable to %d", id, w.pos, durable)
				}
			}
			w := kept{pos: now, back: i % 3, f: foundation{uint32(i), now}}
			w.row = bytes.Repeat(fmt.Appendf(nil, "what stands in %d at %d, ", id, i), rapid.IntRange(0, 40).Draw(t, "size"))
			if rapid.Bool().Draw(t, "dense") {
				w.row = rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "row")
			}
			p.put(id, w.pos, durable, w.back, w.f, w.row)
			want[id] = w
			if _, _, _, ok := p.get(id, now-1, &room); ok {
				t.Fatalf("key %d is there before it was written", id)
			}
			total, live := 0, 0
			for _, b := range p.blocks {
				total += cap(b)
			}
			for id := range want {
				if e := p.find(id); e != nil {
					if live += e.whole(); e.packed() {
						packed++
					}
				}
			}
			if total != p.total || live != p.live {
				t.Fatalf("%d bytes in blocks and %d of entries, booked %d and %d", total, live, p.total, p.live)
			}
			if durable == now-1 && p.total > p.budget+2*max(mostRow, p.blockSize()) && len(p.blocks) > 3 {
				p.clear(durable, 1<<30)
				if p.clear(durable, 1<<30); p.total > p.budget+2*mostRow {
					t.Fatalf("%d bytes of %d, though all is durable", p.total, p.budget)
				}
			}
		}
	})
	if gone == 0 || packed == 0 {
		t.Errorf("%d rows were let go and %d compressed", gone, packed)
	}
}

const mostRow = 2 << 10
