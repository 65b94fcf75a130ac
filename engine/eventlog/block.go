package eventlog

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"asof/engine/event"

	"github.com/klauspost/compress/zstd"
)

var bucketBlocks = []byte("blocks")

// blockHead is what stands before a block's compressed part: count u32, bytes of records u32, bytes of columns u32, the
// earliest and the latest time, 16 bytes each, and the link at the last event. Two bytes of each event's link follow, by
// which a changed event is named.
const blockHead = 4 + 4 + 4 + 16 + 16 + 32

// maxBlock bounds what a block may expand to, so that a wrong length cannot take all memory.
const maxBlock = 1 << 31

// block is a decoded block: events that point into its memory. It is immutable.
type block struct {
	first    event.Position
	events   []event.Event
	checks   []byte // two bytes of each event's link
	link     link   // at the last event
	earliest event.Time
	latest   event.Time
	rawBytes int // of records
	size     int // of memory
}

func (b *block) last() event.Position { return b.first + event.Position(len(b.events)) - 1 }

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
	plain   []byte
}

func newEncoder() (*encoder, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	return &encoder{zstd: z}, err
}

// encode makes a block's value of events, with room for the links, which setLinks fills in.
func (n *encoder) encode(events []event.Event) []byte {
	earliest, latest := event.Time{}, event.Time{}
	n.plain = n.plain[:0]
	for i := range events {
		earliest, latest = widen(earliest, latest, events[i].Time)
		if i == 0 || !sameRecord(&events[i], &events[i-1]) {
			n.plain = append(n.plain, events[i].Raw...)
		}
	}
	raws := len(n.plain)
	n.columns.encode(events)
	n.plain = n.columns.appendTo(n.plain)
	value := newSealed(blockHead + 2*len(events) + len(n.plain)/3)
	value = binary.LittleEndian.AppendUint32(value, uint32(len(events)))
	value = binary.LittleEndian.AppendUint32(value, uint32(raws))
	value = binary.LittleEndian.AppendUint32(value, uint32(len(n.plain)-raws))
	value = putTime(value, earliest)
	value = putTime(value, latest)
	value = value[:sealSize+blockHead+2*len(events)]
	return n.zstd.EncodeAll(n.plain, value)
}

// setLinks fills the links into a block's value and returns the one at its last event. Before is the link before its first.
func setLinks(value []byte, hashes []digests, before link) link {
	checks := value[sealSize+blockHead:]
	for i := range hashes {
		before = hashes[i].next(before)
		copy(checks[2*i:], before[:2])
	}
	copy(value[sealSize+blockHead-len(before):], before[:])
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
	if len(sealed) < blockHead {
		return nil, damaged("block %d: %d bytes", first, len(sealed))
	}
	le := binary.LittleEndian
	count, raws, cols := uint64(le.Uint32(sealed)), uint64(le.Uint32(sealed[4:])), uint64(le.Uint32(sealed[8:]))
	if count == 0 || count > cols || raws+cols > maxBlock {
		return nil, damaged("block %d: %d events in %d and %d bytes", first, count, raws, cols)
	}
	b := &block{first: first, rawBytes: int(raws), earliest: getTime(sealed[12:]), latest: getTime(sealed[28:]), link: link(sealed[44:])}
	frame := blockHead + 2*count
	if frame > uint64(len(sealed)) {
		return nil, damaged("block %d: cut to %d bytes", first, len(sealed))
	}
	// What the frame says of its size must agree before that much memory is taken; frames of less than 256 bytes say nothing.
	var says zstd.Header
	if err := says.Decode(sealed[frame:]); err != nil || says.HasFCS && says.FrameContentSize != raws+cols || !says.HasFCS && raws+cols >= 256 {
		return nil, damaged("block %d: its frame is not of %d bytes", first, raws+cols)
	}
	b.checks = bytes.Clone(sealed[blockHead:frame])
	plain, err := z.DecodeAll(sealed[frame:], make([]byte, 0, raws+cols))
	if err != nil || uint64(len(plain)) != raws+cols {
		return nil, damaged("block %d: %d of %d bytes: %v", first, len(plain), raws+cols, err)
	}
	if b.events, err = decodeBlock(first, int(count), plain[:raws:raws], plain[raws:]); err != nil {
		return nil, err
	}
	b.size = cap(plain) + len(b.events)*eventSize
	return b, nil
}

const eventSize = int(unsafe.Sizeof(event.Event{}))

func newDecompressor() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecodeAllCapLimit(true))
}
