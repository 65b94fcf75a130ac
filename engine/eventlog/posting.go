package eventlog

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"asof/engine/event"

	"github.com/zeebo/xxh3"
)

var bucketPostings = []byte("postings")

// kind says by what a posting finds events.
type kind uint8

const (
	byStream kind = iota
	byCategory
	byType
	byCorrelation
	byID
	kindCount
)

// hashBits is how much of a text's hash a posting keeps. What is found is compared with the event, so more bits only save
// comparing; but Count takes equal hashes within a segment for equal texts, once the first has been compared, and so streams
// and the like keep enough for that. Ids are counted one by one and need less.
func (k kind) hashBits() int {
	if k == byID {
		return 36
	}
	return 44
}

// hash is a text's hash as postings of kind k know it: the top bits, at the top.
func (k kind) hash(text string) uint64 {
	keep := 64 - k.hashBits()
	return xxh3.HashString(text) >> keep << keep
}

// posting is one event under one text: the text's hash, and below it the event's offset within its segment. So postings in order of
// their numbers lie by hash, and within one by offset.
type posting uint64

// offBits is how many bits of a posting are an offset. A hash leaves them free.
const offBits = 16

func postingOf(hash uint64, off uint16) posting { return posting(hash | uint64(off)) }

func (p posting) hash() uint64 { return uint64(p) >> offBits << offBits }
func (p posting) off() uint16  { return uint16(p) }

func segmentOf(p event.Position) (segment uint32, off uint16) {
	return uint32((p - 1) / SegmentSize), uint16((p - 1) % SegmentSize)
}

func positionAt(segment uint32, off uint16) event.Position {
	return event.Position(segment)*SegmentSize + event.Position(off) + 1
}

// sortPostings sorts postings whose offsets ascend, with the help of as many others. An odd hash among others costs less than a
// third digit of them all.
func sortPostings(list, spare []posting) {
	const digit = 12
	spare = spare[:len(list)]
	for _, shift := range []int{64 - 2*digit, 64 - digit} {
		var starts [1<<digit + 1]int
		for _, p := range list {
			starts[p>>shift&(1<<digit-1)+1]++
		}
		for i := range 1 << digit {
			starts[i+1] += starts[i]
		}
		for _, p := range list {
			d := p >> shift & (1<<digit - 1)
			spare[starts[d]] = p
			starts[d]++
		}
		list, spare = spare, list
	}
	for i := 1; i < len(list); i++ {
		if list[i-1] <= list[i] {
			continue
		}
		top := list[i] >> (64 - 2*digit)
		from, to := i-1, i+1
		for from > 0 && list[from-1]>>(64-2*digit) == top {
			from--
		}
		for to < len(list) && list[to]>>(64-2*digit) == top {
			to++
		}
		slices.Sort(list[from:to])
		i = to
	}
}

// A run holds the postings of one kind of some neighbouring positions of a segment:
//
//	postings u32 ‖ fan bits u8 ‖ flags u8 ‖ 2^fan+1 × where u32 ‖ groups
//
// Groups lie by hash. The top fan bits of the hash choose the two "where" between which a group lies, so a look-up reads some
// sixteen of them. A group is the rest of the hash, in as few bytes as hold it, then its size as a varint (not in a run
// whose groups are all of one event), then its offsets: u16 each, or a bitmap of 8 KiB for more than 4,096.
const (
	runHead    = 4 + 1 + 1
	flagSingle = 1
	maxFan     = 12
	bitmapSize = SegmentSize / 8
	mostList   = bitmapSize / 2
)

// encodeRun makes a run of sorted postings.
func encodeRun(k kind, sorted []posting) []byte {
	groups := 0
	for i := range sorted {
		if i == 0 || sorted[i].hash() != sorted[i-1].hash() {
			groups++
		}
	}
	fan := min(maxFan, max(0, bits.Len(uint(groups))-4))
	single := groups == len(sorted)
	dst := newSealed(runHead + 4<<fan + 8*groups + 2*len(sorted))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(sorted)))
	dst = append(dst, byte(fan), byte(b2u(single)))
	fans := len(dst)
	dst = append(dst, make([]byte, 4*(1<<fan+1))...)
	body, next, width := len(dst), 0, lowBytes(k, fan)
	for i := 0; i < len(sorted); {
		j := i + 1
		hash := sorted[i].hash()
		for j < len(sorted) && sorted[j].hash() == hash {
			j++
		}
		for top := int(hash >> (63 - fan) >> 1); next <= top; next++ {
			binary.LittleEndian.PutUint32(dst[fans+4*next:], uint32(len(dst)-body))
		}
		low := hash << fan >> (64 - k.hashBits() + fan)
		for b := range width {
			dst = append(dst, byte(low>>(8*b)))
		}
		if !single {
			dst = binary.AppendUvarint(dst, uint64(j-i))
		}
		dst = appendOffsets(dst, sorted[i:j])
		i = j
	}
	for ; next <= 1<<fan; next++ {
		binary.LittleEndian.PutUint32(dst[fans+4*next:], uint32(len(dst)-body))
	}
	return dst
}

func lowBytes(k kind, fan int) int { return (k.hashBits() - fan + 7) / 8 }

func appendOffsets(dst []byte, group []posting) []byte {
	if len(group) <= mostList {
		for i := range group {
			dst = binary.LittleEndian.AppendUint16(dst, group[i].off())
		}
		return dst
	}
	at := len(dst)
	dst = append(dst, make([]byte, bitmapSize)...)
	for _, p := range group {
		dst[at+int(p.off()/8)] |= 1 << (p.off() % 8)
	}
	return dst
}

// run reads a run where it lies.
type run struct {
	kind   kind
	n      int
	fan    int
	single bool
	fans   []byte
	body   []byte
}

func parseRun(k kind, b []byte) (run, error) {
	if len(b) < runHead || b[4] > maxFan {
		return run{}, damaged("postings of %d bytes", len(b))
	}
	r := run{kind: k, n: int(binary.LittleEndian.Uint32(b)), fan: int(b[4]), single: b[5]&flagSingle != 0}
	fans := 4 * (1<<r.fan + 1)
	if len(b) < runHead+fans || r.n > SegmentSize*16 {
		return run{}, damaged("postings of %d bytes", len(b))
	}
	r.fans, r.body = b[runHead:runHead+fans], b[runHead+fans:]
	return r, nil
}

func (r run) where(i int) int {
	return min(int(binary.LittleEndian.Uint32(r.fans[4*i:])), len(r.body))
}

// group reads the group at a place of the body: the rest of its hash, its offsets, and where the next one lies.
func (r run) group(at int) (low uint64, list offsets, next int, err error) {
	width := lowBytes(r.kind, r.fan)
	b := r.body[at:]
	if len(b) < width {
		return 0, offsets{}, 0, damaged("postings are cut")
	}
	for i := range width {
		low |= uint64(b[i]) << (8 * i)
	}
	n, used := uint64(1), 0
	if !r.single {
		n, used = binary.Uvarint(b[width:])
	}
	size := 2 * n
	if n > mostList {
		size = bitmapSize
	}
	from := width + used
	if used < 0 || n == 0 || n > SegmentSize || uint64(len(b)-from) < size {
		return 0, offsets{}, 0, damaged("postings are cut")
	}
	end := from + int(size)
	return low, offsets{n: int(n), b: b[from:end]}, at + end, nil
}

// find is the offsets under a hash.
func (r run) find(hash uint64) (offsets, error) {
	top := int(hash >> (63 - r.fan) >> 1)
	want := hash << r.fan >> (64 - r.kind.hashBits() + r.fan)
	for at, end := r.where(top), r.where(top+1); at < end; {
		low, list, next, err := r.group(at)
		if err != nil {
			return offsets{}, err
		}
		if low == want {
			return list, nil
		}
		at = next
	}
	return offsets{}, nil
}

// appendPostings appends all postings of the run, sorted as they are.
func (r run) appendPostings(dst []posting) ([]posting, error) {
	for top := range 1 << r.fan {
		for at, end := r.where(top), r.where(top+1); at < end; {
			low, list, next, err := r.group(at)
			if err != nil {
				return nil, err
			}
			hash := low << (64 - r.kind.hashBits() + r.fan) >> r.fan
			if r.fan > 0 {
				hash |= uint64(top) << (64 - r.fan)
			}
			for off, ok := list.next(0); ok; off, ok = list.next(off + 1) {
				dst = append(dst, postingOf(hash, uint16(off)))
			}
			at = next
		}
	}
	return dst, nil
}
