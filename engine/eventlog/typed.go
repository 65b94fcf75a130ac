package eventlog

import (
	"bytes"
	"encoding/binary"
)

// The values of one column are much alike, and are packed by what they are:
//
//	text     nothing else: as they are, to be compressed
//	one      all the same: it is written once
//	some     each is one of a few texts, which are written once, by number
//	figures  whole numbers or such with a fixed number of decimals, between what all have before and behind them
//	moments  times in one notation
//	packed   texts of one length and alphabet, as ids are
//	again    the same, of which some stand in an earlier packed column of the block, or before in this one, and are kept by number
//
// What is said of each column are its form's name and parameters; texts go where other text goes, numbers into bits that no compressor
// makes smaller. Reading gives the column back byte for byte.
const (
	typedText = iota
	typedOne
	typedSome
	typedFigures
	typedMoments
	typedPacked
	typedAgain
)

const (
	// mostSome bounds the texts of a column that are kept by number.
	mostSome = 256
	// typedAnew is after how many blocks it is tried anew what a column is, and fewTyped are too few values to learn it from.
	typedAnew = 16
	fewTyped  = 16
)

// typing packs columns.
type typing struct {
	forms  []byte // what is said of the columns
	text   []byte
	bits   bitWriter
	list   []int64
	pack   integers
	seen   pool
	some   choice
	parts  []uint64 // of a packed column's texts
	before []int    // which of those that were seen each of them repeats; -1 = none
}

// learned is what the last column of values of one place was; it is tried first for the next one.
type learned struct {
	form     uint8     // from 1; 0 = not known
	template *template // of packed texts; or nil
}

// begin begins a block of so many moulds. What is text goes behind the given one.
func (y *typing) begin(text []byte, moulds int) {
	y.forms, y.text = binary.AppendUvarint(y.forms[:0], uint64(moulds)), text
	y.bits.clear()
	y.seen.clear()
}

// mould packs the columns of a mould.
func (y *typing) mould(k *casting, block int) {
	y.forms = binary.AppendUvarint(binary.AppendUvarint(y.forms, uint64(len(k.slots))), uint64(k.n))
	if block%typedAnew == 0 {
		clear(k.learned)
	}
	for i := range k.slots {
		form := y.column(k.slots[i].column(), k.n, &k.learned[i])
		if k.n >= fewTyped {
			k.learned[i].form = form + 1
		}
	}
}

// column packs a column of n values, and returns its form.
func (y *typing) column(column []byte, n int, last *learned) uint8 {
	size := bytes.IndexByte(column, slotEnd)
	if size < 0 {
		return y.asText(column)
	}
	if step := size + 1; len(column) == n*step && bytes.Equal(column[step:], column[:len(column)-step]) {
		y.forms = append(y.forms, typedOne)
		y.text = append(y.text, column[:step]...)
		return typedOne
	}
	forms := len(y.forms)
	switch {
	case last.form == typedText+1, last.form > typedOne+1 && y.try(last.form-1, column, n, size, last):
	case y.try(typedMoments, column, n, size, last), y.try(typedFigures, column, n, size, last), y.fewTexts(column, n), y.try(typedPacked, column, n, size, last), y.try(typedSome, column, n, size, last):
	}
	if len(y.forms) == forms {
		return y.asText(column)
	}
	return y.forms[forms]
}

func (y *typing) asText(column []byte) uint8 {
	y.forms = binary.AppendUvarint(append(y.forms, typedText), uint64(len(column)))
	y.text = append(y.text, column...)
	return typedText
}

// try packs a column in a form if it is of it. Size is that of the first value.
func (y *typing) try(form uint8, column []byte, n, size int, last *learned) (ok bool) {
	switch form {
	case typedFigures:
		f, is := figuresOf(column, size)
		if !is {
			return false
		}
		if y.list, ok = f.read(column, y.list); !ok && f.digits == 0 && f.decimals == 0 {
			f.digits = size - len(f.before) - len(f.after)
			y.list, ok = f.read(column, y.list)
		}
		if ok {
			y.forms = y.pack.pack(y.list, f.appendTo(append(y.forms, form)), &y.bits)
		}
	case typedMoments:
		m, is := momentsOf(column[:size])
		if !is {
			return false
		}
		if y.list, ok = m.read(column, n, y.list); ok {
			y.forms = y.pack.pack(y.list, m.appendTo(append(y.forms, form)), &y.bits)
		}
	case typedPacked, typedAgain:
		if ok = y.template(column, n, size, last); ok {
			y.packed(last.template, column, n)
		}
	case typedSome:
		ok = y.choose(column, n, min(n/2, mostSome))
	}
	return ok
}

// fewTexts packs a column as some texts if they are few.
func (y *typing) fewTexts(column []byte, n int) bool { return y.choose(column, n, min(n/4, mostSome)) }

func (y *typing) choose(column []byte, n, most int) bool {
	var ok bool
	if y.list, ok = y.some.number(column, most, y.list); !ok {
		return false
	}
	y.forms = binary.AppendUvarint(append(y.forms, typedSome), uint64(len(y.some.texts)))
	for _, text := range y.some.texts {
		y.text = append(append(y.text, text...), slotEnd)
	}
	y.forms = y.pack.pack(y.list, y.forms, &y.bits)
	return true
}

// template finds the template of a column, and the parts of its texts.
func (y *typing) template(column []byte, n, size int, last *learned) (ok bool) {
	if t := last.template; t != nil && t.size == size {
		if y.parts, ok = t.split(column, n, y.parts); ok {
			return true
		}
	}
	t, ok := templateOf(column, n, size)
	if !ok {
		return false
	}
	t.text = bytes.Clone(t.text) // for the blocks that follow
	last.template = &t
	y.parts, ok = t.split(column, n, y.parts)
	return ok
}

// packed packs texts of one template, whose parts are known.
func (y *typing) packed(t *template, column []byte, n int) {
	of, per := bitsOf(len(y.seen.texts)+n), len(t.parts)
	again := false
	y.before = y.before[:0]
	for i, at := 0, 0; i < n; i, at = i+1, at+t.size+1 {
		k := y.seen.find(column[at:at+t.size], hashOf(y.parts[i*per:(i+1)*per]))
		again = again || k >= 0
		y.before = append(y.before, k)
	}
	y.forms = t.appendTo(append(y.forms, typedPacked+byte(b2u(again))))
	y.bits.reserve(n * (1 + max(of, t.width())))
	w, room := y.bits.pen, y.bits.room
	for i, before := range y.before {
		switch {
		case before >= 0:
			w = w.put(room, 1|uint64(before)<<1, 1+of)
			continue
		case again:
			w = w.put(room, 0, 1)
		}
		for k, v := range y.parts[i*per : (i+1)*per] {
			w = w.put(room, v, t.parts[k].bits)
		}
	}
	y.bits.pen = w
	y.bits.end()
}
