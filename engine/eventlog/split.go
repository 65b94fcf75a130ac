package eventlog

import "math/bits"

// part is up to eight characters of a text that are packed together.
type part struct{ at, size, bits int }

// partsOf are the parts of the texts of a template.
func (t *template) partsOf() (list []part) {
	for _, run := range t.runs() {
		for at := run[0]; at < run[1]; at += 8 {
			n := min(8, run[1]-at)
			list = append(list, part{at, n, n * alphabets[t.alphabet].bits})
		}
	}
	return list
}

// split makes a list of the parts of n texts, one after the other with an end behind each; not ok says that they are not of the template.
func (t *template) split(column []byte, n int, list []uint64) (parts []uint64, ok bool) {
	step := t.size + 1
	if list = list[:0]; len(column) != n*step {
		return list, false
	}
	a, head := &alphabets[t.alphabet], string(t.text[:t.head])
	for ; len(column) > 0; column = column[step:] {
		text := column[:step]
		if text[t.size] != slotEnd || string(text[:t.head]) != head || t.fixed != 0 && !t.fixes(text) {
			return list, false
		}
		bad := uint8(0)
		for i := range t.parts {
			p := &t.parts[i]
			v, all := a.numbers(text[p.at : p.at+p.size])
			list = append(list, v)
			bad |= all
		}
		if bad > mostNumber {
			return list, false
		}
	}
	return list, true
}

// fixes reports whether a text has the characters that are the same in all.
func (t *template) fixes(text []byte) bool {
	for set := t.fixed; set != 0; set &= set - 1 {
		if at := t.head + bits.TrailingZeros64(set); text[at] != t.text[at] {
			return false
		}
	}
	return true
}

// mostNumber is the highest number of a character; one that is not of the alphabet has a higher one.
const mostNumber = 1<<wideBits - 1

// numbers is the numbers of at most eight characters, one above the other, and the bits of all. That it says each width by itself makes it fast.
func (a *alphabet) numbers(text []byte) (v uint64, all uint8) {
	n := &a.number
	if len(text) < 8 {
		for i, c := range text {
			v |= uint64(n[c]) << (i * a.bits)
			all |= n[c]
		}
		return v, all
	}
	t := (*[8]byte)(text)
	b, c, d, e, f, g, h, i := n[t[0]], n[t[1]], n[t[2]], n[t[3]], n[t[4]], n[t[5]], n[t[6]], n[t[7]]
	all = b | c | d | e | f | g | h | i
	switch a.bits {
	case 4:
		v = uint64(b) | uint64(c)<<4 | uint64(d)<<8 | uint64(e)<<12 | uint64(f)<<16 | uint64(g)<<20 | uint64(h)<<24 | uint64(i)<<28
	case 5:
		v = uint64(b) | uint64(c)<<5 | uint64(d)<<10 | uint64(e)<<15 | uint64(f)<<20 | uint64(g)<<25 | uint64(h)<<30 | uint64(i)<<35
	default:
		v = uint64(b) | uint64(c)<<6 | uint64(d)<<12 | uint64(e)<<18 | uint64(f)<<24 | uint64(g)<<30 | uint64(h)<<36 | uint64(i)<<42
	}
	return v, all
}

// hashOf is a hash of a text's parts.
func hashOf(parts []uint64) (hash uint64) {
	for _, v := range parts {
		hash = mix(hash, v)
	}
	return hash
}
