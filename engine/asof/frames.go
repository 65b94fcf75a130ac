package asof

import (
	"encoding/binary"
	"sync"

	"asof/engine/event"
)

// Frames holds the frames that some walks over parts of the same segments have read: a search outward from a position comes back to
// most of them with each stretch. It is safe for concurrent use.
type Frames struct {
	mu    sync.Mutex
	held  map[frameKey]heldText
	bytes int
}

type frameKey struct {
	segment event.Position
	part    uint32
	frame   int
}

// heldText is a frame's text with the checksum of its bytes in the file: the open end of the index may be written anew.
type heldText struct {
	sum  uint32
	text []byte
}

// mostFrames bounds the bytes of the frames that are held.
const mostFrames = 16 << 20

// NewFrames holds nothing yet.
func NewFrames() *Frames { return &Frames{held: map[frameKey]heldText{}} }

// read is a frame of a part. Nobody may write to it.
func (h *Frames) read(r *reader, p *part, f int) ([]byte, error) {
	key, sum := frameKey{p.first, p.number, f}, uint32(0)
	if f >= 0 && f < p.frames {
		sum = binary.LittleEndian.Uint32(p.footer[f*frameRow+20:])
	}
	h.mu.Lock()
	known, ok := h.held[key]
	h.mu.Unlock()
	if ok && known.sum == sum {
		return known.text, nil
	}
	r.ix.probes.Frames.Add(1)
	p.wantOn(f)
	text, err := p.frame(f, nil)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes += len(text); h.bytes > mostFrames {
		clear(h.held)
		h.bytes = len(text)
	}
	h.held[key] = heldText{sum, text}
	return text, nil
}
