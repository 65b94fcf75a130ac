package asof

import "asof/engine/event"

// held are the frames that a question about one key has read: its searches come back to most of them, and a document whose group
// has no keyframe is looked for in those that they have seen already. So are those that a question about many keys reads ahead. They are
// held for one transaction.
type held struct {
	frames []heldFrame
	spare  [][]byte // room of an earlier question
}

type heldFrame struct {
	segment event.Position
	part    uint32
	frame   int
	buf     []byte
}

const (
	mostHeld    = 64       // frames of a question; what it reads beyond is not held
	maxHeldRoom = 64 << 10 // bytes of a frame that is kept for the next question
)

// hold makes the reader hold what it reads.
func (r *reader) hold() { r.holds = true }

// frame is a frame of a part, in buf unless it is held. It lives until buf is used again, and as long as the transaction.
func (r *reader) frame(p *part, f int, buf *[]byte) (frame []byte, err error) {
	h := &r.scratch.held
	if r.holds {
		for i := range h.frames {
			if one := &h.frames[i]; one.frame == f && one.segment == p.first && one.part == p.number {
				return one.buf, nil
			}
		}
	}
	r.ix.probes.Frames.Add(1)
	p.want(f)
	if !r.holds || len(h.frames) == mostHeld {
		*buf, err = p.frame(f, *buf)
		return *buf, err
	}
	var room []byte
	if n := len(h.spare); n > 0 {
		room, h.spare = h.spare[n-1], h.spare[:n-1]
	}
	if frame, err = p.frame(f, room); err == nil {
		h.frames = append(h.frames, heldFrame{p.first, p.number, f, frame})
	}
	return frame, err
}

// letGo ends what a question held.
func (h *held) letGo() {
	for i := range h.frames {
		if buf := h.frames[i].buf; cap(buf) <= maxHeldRoom {
			h.spare = append(h.spare, buf)
		}
		h.frames[i] = heldFrame{}
	}
	h.frames = h.frames[:0]
}
