package eventlog

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
)

// untyping gives columns back, one after the other, each with an end behind each value.
type untyping struct {
	forms   reader
	text    reader
	bits    bitReader
	out     []byte
	lengths []byte // varints
	most    int    // out may not grow beyond it
	list    []int64
	seen    []packedText
	over    []template // of the packed columns that were passed over
	sieve   *sieve     // nil = all columns are wanted
	some    [mostSome]choiceText
}

// packedText is where in out a packed text stands; one that was passed over, where its bits do, and by its size of which template it is.
type packedText struct{ from, size uint32 }

// passedText is in the size of a text that was passed over.
const passedText = 1 << 31

var untypings = sync.Pool{New: func() any { return &untyping{} }}

// untype gives back what the typing of a block packed: the rest of the records with the columns behind it, and the lengths of that
// rest and of each column, as varints. Room is where to put it, if it is large enough; size, how long it has to be, but for what s passes
// over, which may be nil.
func untype(t texts, packed []byte, count, size int, room []byte, s *sieve) (rest, lengths []byte, ok bool) {
	if len(t.rest) > size {
		return nil, nil, false
	}
	y := untypings.Get().(*untyping)
	defer untypings.Put(y)
	y.forms, y.text, y.bits = reader{b: t.forms}, reader{b: t.values}, bitReader{b: packed}
	y.out, y.most, y.seen, y.over, y.sieve = append(room[:0], t.rest...), size, y.seen[:0], y.over[:0], s
	y.lengths = binary.AppendUvarint(make([]byte, 0, 512), uint64(len(t.rest)))
	ok = y.columns(count)
	rest, lengths = y.out, y.lengths
	y.forms, y.text, y.bits, y.out, y.lengths, y.sieve = reader{}, reader{}, bitReader{}, nil, nil, nil
	return rest, lengths, ok
}

// columns gives back the columns of all moulds. Count is how many events the block has.
func (y *untyping) columns(count int) bool {
	for moulds := y.forms.uint(); moulds > 0; moulds-- {
		slots, n := y.forms.uint(), y.forms.uint()
		if y.forms.bad || slots > mostSlots || n > uint64(count) {
			return false
		}
		for range slots {
			start := len(y.out)
			ok := y.column(int(n))
			if y.sieve != nil {
				y.sieve.column++
			}
			if !ok || y.forms.bad || y.text.bad || len(y.out) > y.most {
				return false
			}
			y.lengths = binary.AppendUvarint(y.lengths, uint64(len(y.out)-start))
		}
	}
	return !y.forms.bad && len(y.forms.b) == 0 && len(y.text.b) == 0 && y.bits.at == 8*len(y.bits.b) && (len(y.out) == y.most || y.sieve != nil)
}

// column gives back one column of n values.
func (y *untyping) column(n int) (ok bool) {
	form := y.forms.byte()
	if y.sieve.unwanted() {
		return y.pass(form, n)
	}
	switch form {
	case typedText:
		y.out = append(y.out, y.text.bytes(y.forms.uint())...)
		return true
	case typedOne:
		return y.repeat(y.ended(), n)
	case typedSome:
		return y.choice(n)
	case typedFigures:
		f := y.forms.figures()
		if ok = y.integers(n); ok && y.sieve != nil && y.sieve.none(f.has) {
			return y.empty(n)
		}
		if ok && y.fits(n, len(f.before)+len(f.after)+2) {
			y.out, ok = f.fill(y.out, y.list, y.most)
		}
	case typedMoments:
		m := y.forms.moments()
		if ok = y.integers(n); ok && y.sieve != nil && y.sieve.none(m.has) {
			return y.empty(n)
		}
		if ok = ok && y.fits(n, m.size()+1); ok {
			y.out = m.fill(y.out, y.list)
		}
	case typedPacked, typedAgain:
		return y.packed(n, form == typedAgain)
	}
	return ok
}

// ended is the next text, with its end.
func (y *untyping) ended() []byte {
	n := bytes.IndexByte(y.text.b, slotEnd)
	return y.text.bytes(uint64(n) + 1) // nothing, where there is no end
}

// fits reports whether there may be n more values of a size.
func (y *untyping) fits(n, size int) bool { return uint64(n)*uint64(size) <= uint64(y.most-len(y.out)) }

// repeat appends a text n times.
func (y *untyping) repeat(text []byte, n int) bool {
	if !y.fits(n, len(text)) {
		return false
	}
	size := n * len(text)
	y.out = slices.Grow(y.out, size)
	to := y.out[len(y.out) : len(y.out)+size]
	for done := copy(to, text); done < size; done *= 2 {
		copy(to[done:], to[:done])
	}
	y.out = y.out[:len(y.out)+size]
	return true
}

// integers reads n integers into list.
func (y *untyping) integers(n int) (ok bool) {
	if !y.forms.bad {
		y.list, ok = unpack(y.list, n, &y.forms, &y.bits)
	}
	return ok
}

// choiceText is a text with its end, of which the first shortText bytes are at hand.
type choiceText struct {
	head [2]uint64
	text []byte
}

const shortText = 16

func (y *untyping) choice(n int) bool {
	k := y.forms.uint()
	if k > mostSome || !y.integers(n) {
		return false
	}
	longest := shortText
	for i := range y.some[:k] {
		s := &y.some[i]
		s.text = y.ended()
		var head [shortText]byte
		copy(head[:], s.text)
		s.head = [2]uint64{binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(head[8:])}
		longest = max(longest, len(s.text))
	}
	if y.text.bad {
		return false
	}
	// One value more than there may be fits.
	out, at := slices.Grow(y.out, min(n*longest, y.most-len(y.out))+longest), len(y.out)
	out = out[:cap(out)]
	for _, v := range y.list {
		if uint64(v) >= k || at > y.most {
			return false
		}
		s := &y.some[v]
		binary.LittleEndian.PutUint64(out[at:], s.head[0])
		if binary.LittleEndian.PutUint64(out[at+8:], s.head[1]); len(s.text) > shortText {
			copy(out[at:], s.text)
		}
		at += len(s.text)
	}
	y.out = out[:at]
	return true
}

func (y *untyping) packed(n int, again bool) bool {
	t, ok := y.forms.template()
	if ok && y.sieve != nil && y.sieve.none(t.has) {
		return y.passPacked(t, n, again) && y.empty(n)
	}
	start := len(y.out)
	if !ok || !again && !y.repeat(t.text, n) {
		return false
	}
	of, runs, size := bitsOf(len(y.seen)+n), t.runs(), t.size+1
	if !again {
		column := y.out[start:]
		for i := range n {
			t.unpack(column[i*size:(i+1)*size], runs, &y.bits)
			y.seen = append(y.seen, packedText{uint32(start + i*size), uint32(t.size)})
		}
		return y.bits.end()
	}
	out, seen := y.out, y.seen
	for i := 0; i < n && len(out) <= y.most; i++ {
		if y.bits.get(1) != 0 {
			k := y.bits.get(of)
			if k >= uint64(len(seen)) {
				return false
			}
			if text := seen[k]; text.size&passedText != 0 {
				out = y.passedOver(out, text)
			} else {
				out = append(append(out, out[text.from:text.from+text.size]...), slotEnd)
			}
			continue
		}
		seen = append(seen, packedText{uint32(len(out)), uint32(t.size)})
		out = append(out, t.text...)
		t.unpack(out[len(out)-size:], runs, &y.bits)
	}
	y.out, y.seen = out, seen
	return y.bits.end()
}
