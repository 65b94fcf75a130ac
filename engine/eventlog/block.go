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

// blockHead is what stands before a block's compressed parts: count u32, the three parts' sizes u32 before and after
// compression, the earliest and the latest time, 16 bytes each, and the link at the last event. Two bytes of each event's link
// follow, by which a changed event is named.
const (
	blockParts = 3
	timesAt    = 4 + 8*blockParts
	linkAt     = timesAt + 16 + 16
	blockHead  = linkAt + 32
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
	plain   []byte // of the columns
}

func newEncoder() (*encoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	return &encoder{zstd: z}, err
}

// encode makes a block's value of events, with room for the links, which setLinks fills in.
func (n *encoder) encode(events []event.Event) []byte {
	earliest, latest := event.Time{}, event.Time{}
	for i := range events {
		earliest, latest = widen(earliest, latest, events[i].Time)
	}
	n.columns.encode(events)
	n.plain = n.columns.appendTo(n.plain[:0])
	parts := [blockParts][]byte{n.columns.rest, n.columns.cuts, n.plain}
	value := newSealed(blockHead + 2*len(events) + len(parts[0])/6 + len(parts[1])*3/4 + len(n.plain))
	head := len(value)
	value = value[:head+blockHead+2*len(events)]
	le := binary.LittleEndian
	le.PutUint32(value[head:], uint32(len(events)))
	putTime(value[:head+timesAt], earliest)
	putTime(value[:head+timesAt+16], latest)
	for i, part := range parts {
		before := len(value)
		value = n.zstd.EncodeAll(part, value)
		le.PutUint32(value[head+4+8*i:], uint32(len(part)))
		le.PutUint32(value[head+8+8*i:], uint32(len(value)-before))
	}
	return value
}

// setLinks fills the links into a block's value and returns the one at its last event. Before is the link before its first.
func setLinks(value []byte, hashes []digests, before link) link {
	checks := value[sealSize+blockHead:]
	for i := range hashes {
		before = hashes[i].next(before)
		copy(checks[2*i:], before[:2])
	}
	copy(value[sealSize+linkAt:], before[:])
	return before
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

// parseBlock decodes an unsealed block. Nothing of sealed is kept.
func parseBlock(z *zstd.Decoder, first event.Position, sealed []byte) (*block, error) {
	room := plain()
	defer plains.Put(room)
	f, parts, err := expand(z, first, sealed, room)
	if err != nil {
		return nil, err
	}
	b := &block{frame: f}
	if b.events, err = decodeBlock(first, f.count, parts[0], parts[1], parts[2]); err != nil {
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
func expand(z *zstd.Decoder, first event.Position, sealed []byte, room *[]byte) (f frame, parts [blockParts][]byte, err error) {
	if len(sealed) < blockHead {
		return f, parts, damaged("block %d: %d bytes", first, len(sealed))
	}
	count := uint64(binary.LittleEndian.Uint32(sealed))
	frames := blockHead + 2*count
	if count == 0 || frames > uint64(len(sealed)) {
		return f, parts, damaged("block %d: cut to %d bytes", first, len(sealed))
	}
	f = frame{first: first, count: int(count), earliest: getTime(sealed[timesAt:]), latest: getTime(sealed[timesAt+16:]), link: link(sealed[linkAt:])}
	f.checks = bytes.Clone(sealed[blockHead:frames])
	if parts, err = openParts(z, sealed, sealed[frames:], room); err != nil {
		return f, parts, damaged("block %d: %w", first, err)
	}
	return f, parts, nil
}

// plains are buffers for what blocks expand to before their events are made.
var plains sync.Pool

func plain() *[]byte {
	if room, ok := plains.Get().(*[]byte); ok {
		return room
	}
	return new([]byte)
}

// openParts expands a block's parts, into room.
func openParts(z *zstd.Decoder, head, frames []byte, room *[]byte) (parts [blockParts][]byte, err error) {
	le := binary.LittleEndian
	total := uint64(0)
	for i := range parts {
		total += uint64(le.Uint32(head[4+8*i:]))
	}
	if total > maxBlock {
		return parts, fmt.Errorf("%d bytes", total)
	}
	if err := checkFrames(head, frames); err != nil {
		return parts, err
	}
	all := slices.Grow((*room)[:0], int(total))[:total]
	*room = all
	for i := range parts {
		size, packed := int(le.Uint32(head[4+8*i:])), int(le.Uint32(head[8+8*i:]))
		got, err := z.DecodeAll(frames[:packed], all[:0:size])
		if err != nil || len(got) != size {
			return parts, fmt.Errorf("%d of %d bytes: %w", len(got), size, err)
		}
		parts[i], all, frames = got, all[size:], frames[packed:]
	}
	return parts, nil
}

// checkFrames compares what the frames say of their sizes with what the head does, before that much memory is taken; frames of
// less than 256 bytes say nothing.
func checkFrames(head, frames []byte) error {
	for i := range blockParts {
		size, packed := uint64(binary.LittleEndian.Uint32(head[4+8*i:])), uint64(binary.LittleEndian.Uint32(head[8+8*i:]))
		if packed > uint64(len(frames)) {
			return fmt.Errorf("a frame of %d bytes in %d", packed, len(frames))
		}
		if size > 0 {
			var says zstd.Header
			if err := says.Decode(frames[:packed]); err != nil || says.HasFCS && says.FrameContentSize != size || !says.HasFCS && size >= 256 {
				return fmt.Errorf("a frame is not of %d bytes", size)
			}
		}
		frames = frames[packed:]
	}
	if len(frames) > 0 {
		return fmt.Errorf("%d bytes too many", len(frames))
	}
	return nil
}

const eventSize = int(unsafe.Sizeof(event.Event{}))

func newDecompressor() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecodeAllCapLimit(true))
}
