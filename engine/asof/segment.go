package asof

import (
	"encoding/binary"
	"fmt"

	"asof/engine/event"

	"github.com/klauspost/compress/s2"
	"github.com/zeebo/xxh3"
)

// part is one partition of one segment, read in place; doc.go draws it.
type part struct {
	first  event.Position // of the segment
	number uint32         // of the partition
	warm   warm           // which frames have been read before
	frames int
	paths  int
	footer []byte // frameRow bytes per frame
	ends   []byte // u32 per path: where its text ends
	texts  []byte
	words  []byte // u16 per word: where it ends
	spelt  []byte // the words
	blob   []byte // the compressed frames
}

const (
	partHeader = 20
	frameRow   = 24
	maxFrame   = 1 << 30 // bytes of a frame before compression
)

// partHead is how many bytes stand in front of a part's frames.
func partHead(b []byte) (int, error) {
	if len(b) < partHeader {
		return 0, fmt.Errorf("%w: part of %d bytes", ErrDamaged, len(b))
	}
	frames, paths, texts := uint64(u32At(b, 0)), uint64(u32At(b, 1)), uint64(u32At(b, 2))
	words, spelt := uint64(u32At(b, 3)), uint64(u32At(b, 4))
	if n := partHeader + frames*frameRow + 4*paths + texts + 2*words + spelt; n <= uint64(len(b)) {
		return int(n), nil
	}
	return 0, fmt.Errorf("%w: %d frames and %d paths in %d bytes", ErrDamaged, frames, paths, len(b))
}

func openPart(b []byte, first event.Position) (*part, error) {
	if _, err := partHead(b); err != nil {
		return nil, err
	}
	p := &part{first: first, frames: int(u32At(b, 0)), paths: int(u32At(b, 1))}
	texts, words, spelt := int(u32At(b, 2)), int(u32At(b, 3)), int(u32At(b, 4))
	b = b[partHeader:]
	p.footer, b = b[:p.frames*frameRow], b[p.frames*frameRow:]
	p.ends, b = b[:4*p.paths], b[4*p.paths:]
	p.texts, b = b[:texts], b[texts:]
	p.words, b = b[:2*words], b[2*words:]
	p.spelt, p.blob = b[:spelt], b[spelt:]
	return p, nil
}

// A row of the footer says of a frame: its first key, the first position of that key's group in it, and where it lies. The
// position is relative to the segment's first and 0 where the key's group starts with this frame, so that the frame is found
// for the time before the key's first write too: its keyframe is the state of then.
func (p *part) firstKey(f int) uint32 { return binary.LittleEndian.Uint32(p.footer[f*frameRow:]) }
func (p *part) firstPos(f int) uint32 { return binary.LittleEndian.Uint32(p.footer[f*frameRow+4:]) }

// frameOf is the frame that holds the group of id as of at, or the place where it would be.
func (p *part) frameOf(id uint32, at event.Position) int {
	rel := uint32(0)
	if at > p.first {
		rel = uint32(at - p.first)
	}
	lo, hi := 0, p.frames
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if k := p.firstKey(mid); k < id || (k == id && p.firstPos(mid) <= rel) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// span lists the frames that hold id's group, from the first to the last.
func (p *part) span(id uint32) (from, to int) {
	from = p.frameOf(id, 0)
	to = from
	for lo, hi := from+1, p.frames; ; {
		if lo >= hi {
			to = lo - 1
			break
		}
		mid := int(uint(lo+hi) >> 1)
		if p.firstKey(mid) <= id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return from, to
}

// frameSum is the checksum of a compressed frame.
func frameSum(packed []byte) uint32 { return uint32(xxh3.Hash(packed)) }

// bounds are where the compressed bytes of a frame are said to lie.
func (p *part) bounds(f int) (from, to uint64) {
	row := p.footer[f*frameRow:]
	from = uint64(binary.LittleEndian.Uint32(row[8:]))
	return from, from + uint64(binary.LittleEndian.Uint32(row[12:]))
}

// frame decompresses a frame into buf.
func (p *part) frame(f int, buf []byte) ([]byte, error) {
	if f < 0 || f >= p.frames {
		return nil, fmt.Errorf("%w: segment at %d: no frame %d", ErrDamaged, p.first, f)
	}
	row := p.footer[f*frameRow:]
	from, to := p.bounds(f)
	raw := binary.LittleEndian.Uint32(row[16:])
	if to > uint64(len(p.blob)) || raw > maxFrame {
		return nil, fmt.Errorf("%w: segment at %d: frame %d lies outside", ErrDamaged, p.first, f)
	}
	packed := p.blob[from:to]
	if frameSum(packed) != binary.LittleEndian.Uint32(row[20:]) {
		return nil, fmt.Errorf("%w: segment at %d: frame %d: the checksum is another", ErrDamaged, p.first, f)
	}
	if n, err := s2.DecodedLen(packed); err != nil || n != int(raw) {
		return nil, fmt.Errorf("%w: segment at %d: frame %d has %d bytes for %d", ErrDamaged, p.first, f, n, raw)
	}
	out, err := s2.Decode(buf, packed)
	if err != nil {
		return nil, fmt.Errorf("%w: segment at %d: frame %d: %w", ErrDamaged, p.first, f, err)
	}
	return out, nil
}

// pathText is the text of a path by its number in this part, on loan for as long as the transaction.
func (p *part) pathText(i uint64) (string, error) {
	if i >= uint64(p.paths) {
		return "", fmt.Errorf("%w: segment at %d: no path %d", ErrDamaged, p.first, i)
	}
	start := uint32(0)
	if i > 0 {
		start = u32At(p.ends, int(i)-1)
	}
	end := u32At(p.ends, int(i))
	if start > end || int(end) > len(p.texts) {
		return "", fmt.Errorf("%w: segment at %d: path %d lies outside", ErrDamaged, p.first, i)
	}
	return borrow(p.texts[start:end]), nil
}

// pathBelow is pathText without its first cut bytes, which lead to a part.
func (p *part) pathBelow(i uint64, cut int) (string, error) {
	path, err := p.pathText(i)
	if err == nil && cut > 0 && (len(path) <= cut || path[cut] != '/') {
		err = fmt.Errorf("%w: segment at %d: path %d does not lead into a bucket", ErrDamaged, p.first, i)
	}
	if err != nil {
		return "", err
	}
	return path[cut:], nil
}

// word is a word by its number in this part, on loan for as long as the transaction.
func (p *part) word(i uint64) ([]byte, error) {
	if i >= uint64(len(p.words)/2) {
		return nil, fmt.Errorf("%w: segment at %d: no word %d", ErrDamaged, p.first, i)
	}
	start := uint16(0)
	if i > 0 {
		start = binary.LittleEndian.Uint16(p.words[2*i-2:])
	}
	end := binary.LittleEndian.Uint16(p.words[2*i:])
	if start > end || int(end) > len(p.spelt) {
		return nil, fmt.Errorf("%w: segment at %d: word %d lies outside", ErrDamaged, p.first, i)
	}
	return p.spelt[start:end], nil
}
