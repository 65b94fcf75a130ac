package scan

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Text drops a byte order mark and turns UTF-16 (with a mark, or plainly ASCII text in it) into UTF-8. Other bytes pass
// unchanged: whether they are UTF-8 is a matter of each record. Mark is the size of a mark before unchanged bytes; it is -1 if
// the bytes were converted.
func Text(r io.Reader) (text io.Reader, mark int, err error) {
	start := make([]byte, 4)
	n, err := io.ReadFull(r, start)
	start = start[:n]
	rest := r
	switch {
	case err == io.ErrUnexpectedEOF:
		rest = failing{io.EOF}
	case err != nil && err != io.EOF && n == 0:
		return nil, 0, err
	case err != nil:
		rest = failing{err}
	}
	from := func(at int) io.Reader { return &replay{start: start[at:], rest: rest} }
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		return from(3), 3, nil
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
		return &utf16Reader{src: from(2), high: 1}, -1, nil
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return &utf16Reader{src: from(2)}, -1, nil
	case n == 4 && ascii(start[0]) && start[1] == 0 && ascii(start[2]) && start[3] == 0:
		return &utf16Reader{src: from(0), high: 1}, -1, nil
	case n == 4 && start[0] == 0 && ascii(start[1]) && start[2] == 0 && ascii(start[3]):
		return &utf16Reader{src: from(0)}, -1, nil
	}
	return from(0), 0, nil
}

func ascii(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }

// failing is a reader that has only an error to give.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// replay yields start, then rest; unlike a MultiReader it never waits for rest while it still has start.
type replay struct {
	start []byte
	rest  io.Reader
}

func (r *replay) Read(p []byte) (int, error) {
	if len(r.start) > 0 {
		n := copy(p, r.start)
		r.start = r.start[n:]
		return n, nil
	}
	return r.rest.Read(p)
}

// utf16Reader decodes UTF-16. A surrogate without its other half, and half a unit at the end, become U+FFFD.
type utf16Reader struct {
	src  io.Reader
	high int    // index of a unit's high byte: 0 = big-endian
	in   []byte // undecoded bytes
	out  []byte // decoded and not yet handed out
	err  error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		if !u.fill() {
			return 0, nil
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill reads and decodes some more. It reports false if the source has nothing to give at present.
func (u *utf16Reader) fill() bool {
	buf := make([]byte, 32<<10)
	n, err := u.src.Read(buf)
	u.in, u.err = append(u.in, buf[:n]...), err
	u.out = u.out[:0]
	for len(u.in) >= 2 {
		r, size := rune(u.unit(0)), 2
		if utf16.IsSurrogate(r) {
			if len(u.in) < 4 && u.err == nil {
				break
			}
			r, size = u.pair(r)
		}
		u.out, u.in = utf8.AppendRune(u.out, r), u.in[size:]
	}
	if u.err != nil && len(u.in) > 0 {
		u.out, u.in = utf8.AppendRune(u.out, utf8.RuneError), nil
	}
	return n > 0 || err != nil
}

func (u *utf16Reader) unit(at int) uint16 {
	return uint16(u.in[at+u.high])<<8 | uint16(u.in[at+1-u.high])
}

// pair joins two surrogates; one that stands alone takes two bytes and is U+FFFD.
func (u *utf16Reader) pair(first rune) (rune, int) {
	if len(u.in) < 4 {
		return utf8.RuneError, 2
	}
	if r := utf16.DecodeRune(first, rune(u.unit(2))); r != utf8.RuneError {
		return r, 4
	}
	return utf8.RuneError, 2
}
