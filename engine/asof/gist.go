package asof

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"asof/engine/value"
)

// Of each frame its gist is kept: the keys whose groups are in it, and of each path what was written there. So a walk that asks where a
// condition comes to hold need not open frames in which it does not. The gists of a part are a value of their own, which nobody
// else reads.
//
//	┌───────────┬──────────┬────────────┬──────────┬────────────────────────────────────┬───────┬────────┬──────┐
//	│ paths u32 │ left u32 │ frames u32 │ keys u32 │ path end u32 · notes end u32 × path │ paths │ notes… │ keys │
//	└───────────┴──────────┴────────────┴──────────┴────────────────────────────────────┴───────┴────────┴──────┘
//
//	note  frames since the path's note before, uvarint · kinds · [min f32 · max f32, of numbers | texts u64]
//	keys  of each frame: how many, uvarint · step to the next, in keys of the partition, uvarint…
//
// A path has a note for each frame that wrote to it, alone or with something above it; paths are sorted by their texts. Bounds are
// rounded away from the numbers. Texts is a set of hashes (TextSet). Where both numbers and texts were written, there is neither. Left
// is 1 if some paths are left out, since they would take more than a share of what the frames take.
const (
	gistHeader = 16
	gistRow    = 8
	gistShare  = 6       // what the frames take is at least so many times as large as the notes
	gistMore   = 1 << 7  // a note goes on behind its kinds
	smallGist  = 4 << 10 // bytes that notes may take in any case
)

// TextSet is a set of texts that may say of a text that it is in it although it is not.
type TextSet uint64

// anyText has all texts.
const anyText = ^TextSet(0)

// May reports whether the set may have a text.
func (s TextSet) May(text string) bool { return s&textBit(text) != 0 }

func textBit(text string) TextSet { return 1 << (wordHash(text) % 64) }

// gist is what a path's values in the frame at hand have in common.
type gist struct {
	kinds    uint8
	min, max float64 // bounds of the numbers
	texts    TextSet
}

// gistNotes are the notes of a path, of all frames so far.
type gistNotes struct {
	bytes []byte
	next  int // the frame behind the last note
}

// note books a value that was written, or with Absent that one was taken away.
func (t *pathTable) note(e *pathEntry, kind value.Kind, text string) {
	e.count++
	e.kinds |= 1 << kind
	g := &e.gist
	if g.kinds == 0 {
		t.noted = append(t.noted, e)
		*g = gist{min: math.Inf(1), max: math.Inf(-1)}
	}
	g.kinds |= 1 << kind
	switch kind {
	case value.String:
		g.texts |= textBit(text)
	case value.Number:
		lo, ok := quickFloat(text)
		hi := lo
		if !ok || lo <= e.min || lo >= e.max { // else so are its neighbours within the segment's
			lo, hi = bounds(text)
			e.min, e.max = min(e.min, lo), max(e.max, hi)
		}
		g.min, g.max = min(g.min, lo), max(g.max, hi)
	}
}

// endFrame writes the notes of a frame.
func (t *pathTable) endFrame(frame int) {
	for _, e := range t.noted {
		n := &e.notes
		n.bytes = e.gist.append(binary.AppendUvarint(n.bytes, uint64(frame-n.next)))
		n.next = frame + 1
		e.gist.kinds = 0
	}
	t.noted = t.noted[:0]
}

func (g *gist) append(b []byte) []byte {
	const number, text = 1 << value.Number, 1 << value.String
	switch g.kinds & (number | text) {
	case number:
		b = binary.LittleEndian.AppendUint32(append(b, g.kinds|gistMore), math.Float32bits(below(g.min)))
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(-below(-g.max)))
	case text:
		return binary.LittleEndian.AppendUint64(append(b, g.kinds|gistMore), uint64(g.texts))
	}
	return append(b, g.kinds)
}

// below is a float32 that no number at f, or next to it, is less than.
func below(f float64) float32 {
	short := float32(f)
	if float64(short) == f && f == math.Trunc(f) { // a whole number is exact
		return short
	}
	return math.Nextafter32(short, float32(math.Inf(-1)))
}

// encode is the value of the gists of a part whose frames take so many bytes.
func (t *pathTable) encode(keys []byte, frames, size int) []byte {
	paths := make([]*pathEntry, 0, len(t.byText))
	for text, e := range t.byText {
		if len(e.notes.bytes) > 0 {
			e.text = text
			paths = append(paths, e)
		}
	}
	// What is written often comes first, should there be no room for all.
	slices.SortFunc(paths, func(a, b *pathEntry) int {
		if a.count != b.count {
			return int(int64(b.count) - int64(a.count))
		}
		return strings.Compare(a.text, b.text)
	})
	room, kept := max(size/gistShare, smallGist), 0
	for kept < len(paths) && room > 0 {
		room -= len(paths[kept].notes.bytes) + len(paths[kept].text) + gistRow
		kept++
	}
	left := uint32(0)
	if kept < len(paths) || len(t.over.notes.bytes) > 0 {
		left = 1
	}
	paths = paths[:kept]
	slices.SortFunc(paths, func(a, b *pathEntry) int { return strings.Compare(a.text, b.text) })
	b := newValue(gistHeader + gistRow*len(paths) + size/gistShare + len(keys))
	for _, v := range []uint32{uint32(len(paths)), left, uint32(frames), uint32(len(keys))} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	texts, notes := 0, 0
	for _, e := range paths {
		texts, notes = texts+len(e.text), notes+len(e.notes.bytes)
		b = binary.LittleEndian.AppendUint32(b, uint32(texts))
		b = binary.LittleEndian.AppendUint32(b, uint32(notes))
	}
	for _, e := range paths {
		b = append(b, e.text...)
	}
	for _, e := range paths {
		b = append(b, e.notes.bytes...)
	}
	return append(b, keys...)
}

// appendKeys lists the keys of a frame.
func appendKeys(b []byte, keys []uint32, parts uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(keys)))
	last := uint32(0)
	for _, id := range keys {
		b = binary.AppendUvarint(b, uint64(id/parts-last))
		last = id / parts
	}
	return b
}
