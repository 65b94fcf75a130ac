package asof

import (
	"encoding/binary"
	"slices"

	"asof/engine/event"
	"asof/engine/store"
	"asof/engine/value"

	"github.com/klauspost/compress/s2"
)

// partBuilder packs one partition of one segment: groups come in the order of their keys, and each closes by itself the
// frames that it fills.
type partBuilder struct {
	first      event.Position
	frameBytes int
	names      *value.Names
	paths      *pathTable
	words      wordTable

	frame  []byte // the frame at hand
	footer []byte
	blob   []byte
	spare  list[[]byte]
	parts  uint32   // key i is in partition i % parts
	keys   []uint32 // of the frame at hand
	listed []byte   // those of the frames before it, for their gists

	key      uint32         // of the open group
	group    int            // where the open group starts in frame
	last     event.Position // of the open group's last entry
	keyframe int            // size of the open group's keyframe
	wide     bool           // the open group's document has shelves
	frameKey uint32         // first key of the frame at hand
	framePos uint32         // footer position of the frame at hand
}

// reset makes the builder ready for the segment that starts at first; it keeps its buffers.
func (b *partBuilder) reset(first event.Position, parts int) {
	b.first, b.paths, b.parts, b.listed = first, newPathTable(), uint32(parts), b.listed[:0]
	b.words.reset()
	b.frame, b.footer, b.blob = b.frame[:0], b.footer[:0], b.blob[:0]
}

// begin opens the group of a key with its keyframe, an encoded row; with nil, it goes without. Wide says that the document has
// shelves.
func (b *partBuilder) begin(key uint32, keyframe []byte, wide bool) {
	if len(b.frame) >= b.frameBytes {
		b.flush()
	}
	b.key, b.wide = key, wide
	b.open(keyframe, 0)
}

// open starts a group in the frame at hand; rel is its footer position, should it be the frame's first.
func (b *partBuilder) open(keyframe []byte, rel uint32) {
	if len(b.frame) == 0 {
		b.frameKey, b.framePos = b.key, rel
	}
	b.group = len(b.frame)
	b.frame = append(b.frame, 0, 0, 0, 0)
	b.frame = binary.AppendUvarint(b.frame, uint64(b.key))
	kind := byte(0)
	if b.wide {
		kind = kindWide
	}
	if keyframe == nil {
		b.frame = append(b.frame, kind|kindBack)
	} else {
		b.frame = append(b.frame, kind)
		b.frame = binary.AppendUvarint(b.frame, uint64(len(keyframe)))
		b.frame = append(b.frame, keyframe...)
	}
	b.keyframe = len(keyframe)
	b.last = b.first - 1
}

// full reports whether the open group should go on in a frame of its own: frames hold at least four times as much as the
// keyframe that they begin with, so that keyframes stay a fifth of the whole whatever the size of the documents.
func (b *partBuilder) full() bool {
	return b.last >= b.first && len(b.frame) >= b.frameBytes && len(b.frame)-b.group >= 4*b.keyframe+b.frameBytes/4
}

// turn continues the open group in a new frame: keyframe is how the document stands before the entry at pos.
func (b *partBuilder) turn(pos event.Position, keyframe []byte, wide bool) {
	b.end()
	b.flush()
	b.wide = wide
	b.open(keyframe, uint32(pos-b.first))
}

// bucket adds the group of a bucket, which has been written before.
func (b *partBuilder) bucket(g *bucketGroup) {
	for i, p := range g.pieces {
		if i == 0 {
			b.begin(g.id, p.keyframe, false)
		} else {
			b.turn(p.pos, p.keyframe, false)
		}
		b.frame = append(b.frame, p.entries...)
	}
	b.end()
}

// entry adds what an event did, and returns by how much its writes move the hash of the state.
func (b *partBuilder) entry(key uint64, pos event.Position, writes []value.Write, failed bool) (moved uint64) {
	b.head(pos, len(writes), failed)
	weight := factor(pos)
	for i := range writes {
		w := &writes[i]
		path := b.paths.at(w.Path)
		b.write(w, path)
		if w.Op != value.Same {
			moved += b.paths.account(key, weight, w.Path, path, w.Old, w.New)
		}
	}
	return moved
}

func (b *partBuilder) head(pos event.Position, writes int, failed bool) {
	b.frame = appendUvarint(b.frame, uint64(pos-b.last))
	n := uint64(writes) << 1
	if failed {
		n |= 1
	}
	b.frame = appendUvarint(b.frame, n)
	b.last = pos
}

func (b *partBuilder) write(w *value.Write, path *pathEntry) {
	number := uint64(b.paths.number(w.Path, path)) << 3
	switch w.Op {
	case value.Remove:
		b.frame = appendUvarint(b.frame, number|codeRemove)
		return
	case value.Same:
		if value.Identical(w.Old, w.New) {
			b.frame = appendUvarint(b.frame, number|codeIdentical)
			return
		}
		b.frame = appendUvarint(b.frame, number|codeSame)
	default:
		if kind := w.New.Kind(); kind == value.String || kind == value.Number {
			old := ""
			if kind == w.Old.Kind() {
				old = w.Old.Text()
			}
			if b.short(path, number, kind, w.New.IsPlain(), old, w.New.Text()) {
				return
			}
		}
		if w.Op == value.Add {
			b.frame = appendUvarint(b.frame, number) // codeAdd
		} else {
			b.frame = appendUvarint(b.frame, number|codeReplace)
		}
	}
	b.frame = value.AppendValue(b.frame, w.New, b.names)
}

// short writes a number or string as a word, or as a tail of an old one of its kind, if it can.
func (b *partBuilder) short(e *pathEntry, number uint64, kind value.Kind, plain bool, old, now string) bool {
	if e.mayBeWord() {
		word, ok := b.words.find(kind, plain, now)
		if e.wasWord(ok); ok {
			b.frame = appendUvarint(appendUvarint(b.frame, number|codeWord), word)
			return true
		}
	}
	shared, ok := tailOf(old, now)
	if ok {
		b.frame = value.AppendText(appendUvarint(b.frame, number|codeTail), value.String, plain, now[shared:])
		b.frame = appendUvarint(b.frame, uint64(shared))
	}
	return ok
}

// end closes the open group.
func (b *partBuilder) end() {
	binary.LittleEndian.PutUint32(b.frame[b.group:], uint32(len(b.frame)-b.group-4))
	if b.key < firstRow {
		b.keys = append(b.keys, b.key)
	}
}

// cancel takes the open group back, which has no entry.
func (b *partBuilder) cancel() { b.frame = b.frame[:b.group] }

// appendPacked compresses a frame. A frame is small, and often read alone: what takes tables that have to be built first would take
// most of a look-up for them.
func appendPacked(dst, frame []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, s2.MaxEncodedLen(len(frame)))
	return dst[:at+len(s2.Encode(dst[at:cap(dst)], frame))]
}

func (b *partBuilder) flush() {
	if len(b.frame) == 0 {
		return
	}
	b.paths.endFrame(len(b.footer) / frameRow)
	b.listed = appendKeys(b.listed, b.keys, b.parts)
	b.keys = b.keys[:0]
	off := len(b.blob)
	b.blob = appendPacked(b.blob, b.frame)
	for _, v := range []uint32{b.frameKey, b.framePos, uint32(off), uint32(len(b.blob) - off), uint32(len(b.frame)), frameSum(b.blob[off:])} {
		b.footer = binary.LittleEndian.AppendUint32(b.footer, v)
	}
	b.frame = b.frame[:0]
}

// mostPart bounds the values whose room is used again.
const mostPart = 4 << 20

// value is newValue, in the room of a part that has been committed if there is one.
func (b *partBuilder) value(size int) []byte {
	if room := b.spare.take(); cap(room) >= store.SealSize+size {
		return append(room[:0], newValue(0)...)
	}
	return newValue(size + size/16)
}

// finish returns the part's bytes, to be sealed up to where the frames begin, and the gists of its frames.
func (b *partBuilder) finish() (bytes, gists []byte) {
	b.flush()
	texts := 0
	for _, p := range b.paths.written {
		texts += len(p)
	}
	out := b.value(partHeader + len(b.footer) + 4*len(b.paths.written) + texts + len(b.words.ends) + len(b.words.texts) + len(b.blob))
	for _, v := range []int{len(b.footer) / frameRow, len(b.paths.written), texts, b.words.len(), len(b.words.texts)} {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	out = append(out, b.footer...)
	end := 0
	for _, p := range b.paths.written {
		end += len(p)
		out = binary.LittleEndian.AppendUint32(out, uint32(end))
	}
	for _, p := range b.paths.written {
		out = append(out, p...)
	}
	out = append(append(out, b.words.ends...), b.words.texts...)
	return append(out, b.blob...), b.paths.encode(b.listed, len(b.footer)/frameRow, len(b.blob))
}
