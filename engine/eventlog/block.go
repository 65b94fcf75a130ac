package eventlog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"asof/engine/event"

	"github.com/klauspost/compress/zstd"
)

var bucketBlocks = []byte("blocks")

// The parts of a block. The first two are compressed; the bits are as typing packed them, and their size before is that of what
// untype makes of them and of the text.
const (
	partText = iota
	partCuts
	partBits
	blockParts
)

// blockHead is what stands before a block's parts: count u32, the parts' sizes u32 before and after they were packed, the earliest
// and the latest time, 16 bytes each, and the link at the last event. Two bytes of each event's link follow, by which a changed
// event is named.
const (
	timesAt   = 4 + 8*blockParts
	linkAt    = timesAt + 16 + 16
	blockHead = linkAt + 32
)

// maxBlock bounds what a block may expand to, so that a wrong length cannot take all memory.
const maxBlock = 1 << 31

// frame is what stands before a block's parts.
type frame struct {
	first    event.Position
	count    int
	checks   []byte // two bytes of each event's link
	link     link   // at the last event
	earliest event.Time
	latest   event.Time
}

func (f *frame) last() event.Position { return f.first + event.Position(f.count) - 1 }

// block is a decoded block: events that point into its memory. It is immutable.
type block struct {
	frame
	events   []event.Event
	rawBytes int // of records
}

func blockKey(first event.Position) []byte { return binary.BigEndian.AppendUint64(nil, uint64(first)) }

func putTime(dst []byte, t event.Time) []byte {
	sec, nsec, zone, kind := t.Pack()
	dst = binary.LittleEndian.AppendUint64(dst, uint64(sec))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(nsec))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(zone))
	return append(dst, kind, 0)
}

func getTime(b []byte) event.Time {
	le := binary.LittleEndian
	return event.Unpack(int64(le.Uint64(b)), int32(le.Uint32(b[8:])), int16(le.Uint16(b[12:])), b[14])
}

// encoder makes blocks. It is one worker's own.
type encoder struct {
	columns columns
	zstd    *zstd.Encoder
}

func newEncoder() (*encoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	return &encoder{zstd: z}, err
}

// encode makes a block's value of events, with room for the links, which setLinks fills in.
func (n *encoder) encode(events []event.Event) []byte {
	earliest, latest := bounds(events)
	c := &n.columns
	c.encode(events)
	packed := c.typing.bits.bytes()
	texts := [...][]byte{partText: c.rest, partCuts: c.cuts}
	value := newSealed(blockHead + 2*len(events) + len(c.rest)/2 + len(c.cuts)*3/4 + len(packed))
	head := len(value)
	value = value[:head+blockHead+2*len(events)]
	le := binary.LittleEndian
	le.PutUint32(value[head:], uint32(len(events)))
	putTime(value[:head+timesAt], earliest)
	putTime(value[:head+timesAt+16], latest)
	sizes := func(part, plain, packed int) {
		le.PutUint32(value[head+4+8*part:], uint32(plain))
		le.PutUint32(value[head+8+8*part:], uint32(packed))
	}
	for i, text := range texts {
		before := len(value)
		value = n.zstd.EncodeAll(text, value)
		sizes(i, len(text), len(value)-before)
	}
	sizes(partBits, c.plain, len(packed))
	return append(value, packed...)
}

// setLinks fills the links into a block's value and returns the one at its last event. Before is the link before its first.
func setLinks(value []byte, hashes []digests, before link) link {
	checks := value[sealSize+blockHead:]
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	for i := range hashes {
		before = h.link(&before, &hashes[i])
		copy(checks[2*i:], before[:2])
	}
	copy(value[sealSize+linkAt:], before[:])
	return before
}

// bounds are the earliest and the latest time of events.
func bounds(events []event.Event) (earliest, latest event.Time) {
	first, last := &earliest, &latest
	for i := range events {
		t := &events[i].Time
		if t.Before(*first) && !t.IsZero() || first.IsZero() {
			first = t
		}
		if last.Before(*t) {
			last = t
		}
	}
	return *first, *last
}

func widen(earliest, latest, t event.Time) (event.Time, event.Time) {
	if !t.IsZero() {
		if earliest.IsZero() || t.Before(earliest) {
			earliest = t
		}
		if t.After(latest) {
			latest = t
		}
	}
	return earliest, latest
}

// parts are what a block is expanded to: the records that are kept whole, without what was cut out of them, and behind them the
// columns of the others; what was cut out; the columns of the events; and the lengths of what the first of these has, as varints.
type parts struct {
	rest, cuts, cols, lengths []byte
	sieve                     *sieve // what passed over some columns; or nil
}

// parseBlock decodes an unsealed block. Nothing of sealed is kept.
func parseBlock(z *zstd.Decoder, first event.Position, sealed []byte) (*block, error) {
	room := plain()
	defer plains.Put(room)
	f, p, err := expand(z, first, sealed, room)
	if err != nil {
		return nil, err
	}
	b := &block{frame: f}
	if b.events, err = decodeBlock(first, f.count, p); err != nil {
		return nil, err
	}
	for i := range b.events {
		if i == 0 || !sameRecord(&b.events[i], &b.events[i-1]) {
			b.rawBytes += len(b.events[i].Raw)
		}
	}
	return b, nil
}

// expand reads an unsealed block's frame, and expands its parts into room. Nothing of sealed is kept.
func expand(z *zstd.Decoder, first event.Position, sealed []byte, room *[]byte) (f frame, p parts, err error) {
	return expandBut(z, first, sealed, room, nil)
}

// expandBut is expand but for the columns that s passes over.
func expandBut(z *zstd.Decoder, first event.Position, sealed []byte, room *[]byte, s *sieve) (f frame, p parts, err error) {
	if len(sealed) < blockHead {
		return f, p, damaged("block %d: %d bytes", first, len(sealed))
	}
	count := uint64(binary.LittleEndian.Uint32(sealed))
	frames := blockHead + 2*count
	if count == 0 || frames > uint64(len(sealed)) {
		return f, p, damaged("block %d: cut to %d bytes", first, len(sealed))
	}
	f = frame{first: first, count: int(count), earliest: getTime(sealed[timesAt:]), latest: getTime(sealed[timesAt+16:]), link: link(sealed[linkAt:])}
	f.checks = bytes.Clone(sealed[blockHead:frames])
	if p, err = openParts(z, sealed, sealed[frames:], int(count), room, s); err != nil {
		return f, p, damaged("block %d: %w", first, err)
	}
	return f, p, nil
}

// plains are buffers for what blocks expand to before their events are made.
var plains sync.Pool

func plain() *[]byte {
	if room, ok := plains.Get().(*[]byte); ok {
		return room
	}
	return new([]byte)
}

// partSize is a part's size before it was packed, and after.
type partSize struct{ plain, packed int }

func sizeOf(head []byte, part int) partSize {
	return partSize{int(binary.LittleEndian.Uint32(head[4+8*part:])), int(binary.LittleEndian.Uint32(head[8+8*part:]))}
}

// openParts expands the parts of a block of count events, into room.
func openParts(z *zstd.Decoder, head, packed []byte, count int, room *[]byte, s *sieve) (p parts, err error) {
	if err := checkFrames(head, packed); err != nil {
		return p, err
	}
	// The columns take what the file says, but no more room at once than such a block has.
	text, cuts, rest := sizeOf(head, partText), sizeOf(head, partCuts), sizeOf(head, partBits)
	*room = slices.Grow((*room)[:0], text.plain+cuts.plain+min(rest.plain, 16*len(packed)+1<<12))
	scratch := plain()
	defer plains.Put(scratch)
	*scratch = slices.Grow((*scratch)[:0], text.plain)
	all, err := z.DecodeAll(packed[:text.packed], (*scratch)[:0:text.plain])
	if err != nil || len(all) != text.plain {
		return p, fmt.Errorf("%d of %d bytes: %w", len(all), text.plain, err)
	}
	packed = packed[text.packed:]
	if p.cuts, err = z.DecodeAll(packed[:cuts.packed], (*room)[:0:cuts.plain]); err != nil || len(p.cuts) != cuts.plain {
		return p, fmt.Errorf("%d of %d bytes: %w", len(p.cuts), cuts.plain, err)
	}
	t, ok := textsOf(all)
	if !ok {
		return p, fmt.Errorf("%d bytes of text", len(all))
	}
	at := cuts.plain
	p.cols = append((*room)[at:at:at+len(t.cols)], t.cols...)
	at += len(t.cols)
	s.ask(p.cols)
	if p.rest, p.lengths, ok = untype(t, packed[cuts.packed:], count, rest.plain, (*room)[at:at], s); !ok {
		return p, fmt.Errorf("%d of %d bytes of records", len(p.rest), rest.plain)
	}
	p.sieve = s
	if cap(p.rest) > cap(*room) {
		*room = p.rest[:0]
	}
	return p, nil
}

// checkFrames compares what the frames say of their sizes with what the head does, before that much memory is taken; frames of
// less than 256 bytes say nothing.
func checkFrames(head, packed []byte) error {
	total := 0
	for i := range blockParts {
		of := sizeOf(head, i)
		if total += of.plain; total > maxBlock {
			return fmt.Errorf("%d bytes", total)
		}
		if of.packed > len(packed) {
			return fmt.Errorf("a frame of %d bytes in %d", of.packed, len(packed))
		}
		if of.plain > 0 && i != partBits {
			var says zstd.Header
			if err := says.Decode(packed[:of.packed]); err != nil || says.HasFCS && says.FrameContentSize != uint64(of.plain) || !says.HasFCS && of.plain >= 256 {
				return fmt.Errorf("a frame is not of %d bytes", of.plain)
			}
		}
		packed = packed[of.packed:]
	}
	if len(packed) > 0 {
		return fmt.Errorf("%d bytes too many", len(packed))
	}
	return nil
}

const eventSize = int(unsafe.Sizeof(event.Event{}))

func newDecompressor() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecodeAllCapLimit(true))
}
