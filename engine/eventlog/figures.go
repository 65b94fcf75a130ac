package eventlog

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Texts that are a whole number, or one with a fixed number of decimals, between what all have before it and behind it, are kept as
// that number: 12, order-12, 12.50. Decimals count as digits of it.

// figures is how such texts are written.
type figures struct {
	before, after []byte
	digits        int // zeros fill the number up to so many; 0 = it has none before it
	decimals      int
}

// mostDigits is how many digits a number may have, so that its steps are numbers too.
const mostDigits = 18

// figuresOf is how the texts of a column seem to be written; not ok says that they are not numbers.
func figuresOf(column []byte, size int) (f figures, ok bool) {
	text := column[:size]
	second := column[min(size+1, len(column)):]
	if n := bytes.IndexByte(second, slotEnd); n >= 0 {
		second = second[:n]
	}
	head := 0
	for head < size && head < len(second) && text[head] == second[head] {
		head++
	}
	for head > 0 && (isDigit(text[head-1]) || text[head-1] == '.') {
		head--
	}
	if head == 1 && text[0] == '-' {
		head = 0
	}
	for head < size && !isDigit(text[head]) && text[head] != '-' { // a column of one text
		head++
	}
	i := head
	if i < size && text[i] == '-' {
		i++
	}
	from := i
	for i < size && isDigit(text[i]) {
		i++
	}
	if i == from {
		return f, false
	}
	f.before = text[:head]
	if text[from] == '0' && i > from+1 {
		f.digits = i - from
	} else if i+1 < size && text[i] == '.' && isDigit(text[i+1]) {
		for i++; i < size && isDigit(text[i]); i++ {
			f.decimals++
		}
	}
	f.after = text[i:size]
	return f, f.decimals < mostDigits
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// read reads the texts of a column.
func (f *figures) read(column []byte, list []int64) ([]int64, bool) {
	for list = list[:0]; len(column) > 0; {
		v, n := f.number(column)
		if n < 0 || column[n] != slotEnd {
			return list, false
		}
		list = append(list, v)
		column = column[n+1:]
	}
	return list, true
}

// number reads the text at the start of a column, which has an end, and returns its length; -1 if it is written otherwise.
func (f *figures) number(b []byte) (v int64, n int) {
	if n = len(f.before); n > 0 && (len(b) <= n || string(b[:n]) != string(f.before)) {
		return 0, -1
	}
	negative := b[n] == '-'
	if negative {
		n++
	}
	from := n
	for ; isDigit(b[n]); n++ {
		v = v*10 + int64(b[n]-'0')
	}
	digits := n - from
	if f.digits > 0 && digits != f.digits || f.digits == 0 && digits > 1 && b[from] == '0' || digits == 0 || digits+f.decimals > mostDigits {
		return 0, -1
	}
	if f.decimals > 0 {
		if b[n] != '.' {
			return 0, -1
		}
		n++
		for end := n + f.decimals; n < end; n++ {
			if !isDigit(b[n]) {
				return 0, -1
			}
			v = v*10 + int64(b[n]-'0')
		}
	}
	if negative {
		if v = -v; v == 0 {
			return 0, -1
		}
	}
	if len(f.after) > 0 && !bytes.HasPrefix(b[n:], f.after) {
		return 0, -1
	}
	return v, n + len(f.after)
}

func (f *figures) appendTo(dst []byte) []byte {
	dst = append(binary.AppendUvarint(dst, uint64(len(f.before))), f.before...)
	dst = append(binary.AppendUvarint(dst, uint64(len(f.after))), f.after...)
	return append(dst, byte(f.digits), byte(f.decimals))
}

func (r *reader) figures() figures {
	f := figures{before: r.bytes(r.uint()), after: r.bytes(r.uint())}
	f.digits, f.decimals = int(r.byte()), int(r.byte())
	r.bad = r.bad || f.digits > mostDigits || f.decimals > mostDigits
	return f
}

// mostFigures is more than the digits, the sign and the point of a number take.
const mostFigures = 24

// fill appends the texts of numbers, with an end behind each; not ok says that out would be larger than most.
func (f *figures) fill(out []byte, list []int64, most int) ([]byte, bool) {
	size := len(f.before) + mostFigures + len(f.after) + 1
	out = slices.Grow(out, min(len(list)*size, most-len(out))+size) // one more than there may be fits
	at := len(out)
	out = out[:cap(out)]
	var head [8]byte
	copy(head[:], f.before)
	word := binary.LittleEndian.Uint64(head[:])
	for _, v := range list {
		if at > most {
			return out[:at], false
		}
		if len(f.before) <= len(head) {
			binary.LittleEndian.PutUint64(out[at:], word)
			at += len(f.before)
		} else {
			at += copy(out[at:], f.before)
		}
		u := uint64(v)
		if v < 0 {
			out[at] = '-'
			at, u = at+1, -u
		}
		at += f.put(out[at:at+mostFigures], u)
		if len(f.after) > 0 {
			at += copy(out[at:], f.after)
		}
		out[at] = slotEnd
		at++
	}
	return out[:at], true
}

// put writes the digits of a number, and returns how many bytes they are.
func (f *figures) put(to []byte, u uint64) int {
	n := max(f.digits, f.decimals+1)
	if u >= powers[n] {
		n = digitsOf(u)
	}
	size := n
	if f.decimals > 0 {
		size++
		for i := range f.decimals {
			to[size-1-i] = byte('0' + u%10)
			u /= 10
		}
		n -= f.decimals
		to[n] = '.'
	}
	for n > 1 {
		n -= 2
		binary.LittleEndian.PutUint16(to[n:], hundred[u%100])
		u /= 100
	}
	if n > 0 {
		to[0] = byte('0' + u)
	}
	return size
}

// hundred are the numbers below it, as two digits.
var hundred = func() (list [100]uint16) {
	for i := range list {
		list[i] = uint16('0'+i/10) | uint16('0'+i%10)<<8
	}
	return list
}()

// powers are those of ten.
var powers = func() (list [20]uint64) {
	list[0] = 1
	for i := 1; i < len(list); i++ {
		list[i] = 10 * list[i-1]
	}
	return list
}()

// digitsOf is how many digits a number has; 0 has one.
func digitsOf(u uint64) int {
	n := bits.Len64(u|1) * 1233 >> 12
	return n + int(b2u(u|1 >= powers[n]))
}
