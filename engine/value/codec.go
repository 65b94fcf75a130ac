package value

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// ErrEncoding is the root of every error of decoding: the bytes are not what AppendBinary or AppendNode writes.
var ErrEncoding = errors.New("damaged encoding of a value")

// The low three bits of a value's first byte.
const (
	codeNull = iota
	codeFalse
	codeTrue
	codeNumber
	codePlain // a string that needs no escapes
	codeString
	codeArray
	codeObject
)

// longSize in the upper five bits says that the size follows as a varint.
const longSize = 31

// AppendBinary appends the document with its stamps to dst. Nothing of a running event's journal is kept.
func (d *Doc) AppendBinary(dst []byte, names *Names) []byte {
	dst = binary.AppendUvarint(dst, d.changed)
	if d.root == nil {
		return append(dst, 0)
	}
	dst = appendCounts(dst, d.root)
	e := encoder{names: names, stamped: true}
	if d.j != nil {
		e.memo = &d.j.names
	}
	return e.node(dst, d.root, d.changed)
}

// DecodeDoc reads what AppendBinary wrote, and returns what follows it. It does not hold on to src.
func DecodeDoc(src []byte, names *Names) (*Doc, []byte, error) {
	return decodeDoc(&decoder{src: src, names: names, stamped: true})
}

// DecodeDoc is DecodeDoc of a document that shares the journal; its room is the journal's too, see Reuse.
func (j *Journal) DecodeDoc(src []byte, names *Names) (*Doc, []byte, error) {
	d, rest, err := decodeDoc(&decoder{src: src, names: names, stamped: true, slab: &j.slab})
	if err == nil {
		d.j = j
	}
	return d, rest, err
}

func decodeDoc(r *decoder) (*Doc, []byte, error) {
	d := &Doc{changed: r.uvarint(), names: r.names}
	nodes := r.uvarint()
	if nodes == 0 {
		return d, r.src[r.pos:], r.err()
	}
	root := r.whole(nodes, d.changed)
	if err := r.err(); err != nil {
		return nil, nil, err
	}
	d.root = root
	return d, r.src[r.pos:], nil
}

// AppendNode appends a value without stamps to dst; nil too has an encoding.
func AppendNode(dst []byte, n *Node, names *Names) []byte {
	if n == nil {
		return append(dst, 0)
	}
	e := encoder{names: names}
	return e.node(appendCounts(dst, n), n, 0)
}

// DecodeNode reads what AppendNode wrote, and returns what follows it. It does not hold on to src.
func DecodeNode(src []byte, names *Names) (*Node, []byte, error) {
	r := decoder{src: src, names: names}
	nodes := r.uvarint()
	if nodes == 0 {
		return nil, src[r.pos:], r.err()
	}
	n := r.whole(nodes, 0)
	if err := r.err(); err != nil {
		return nil, nil, err
	}
	return n, src[r.pos:], nil
}

// AppendValue appends a value without stamps in a form that can be passed over without reading it: a scalar as a head and its text,
// an array or object as a head, whose size counts the bytes behind it, and what AppendNode writes.
func AppendValue(dst []byte, n *Node, names *Names) []byte {
	if n.body == nil {
		e := encoder{names: names}
		return e.node(dst, n, 0)
	}
	code := byte(codeArray)
	if n.kind == Object {
		code = codeObject
	}
	from := len(dst)
	return sizeUp(AppendNode(dst, n, names), from, code)
}

// sizeUp puts a head with the size of what stands behind from in front of that.
func sizeUp(dst []byte, from int, code byte) []byte {
	var room [binary.MaxVarintLen64 + 1]byte
	head := appendHead(room[:0], code, len(dst)-from)
	dst = append(dst, head...)
	copy(dst[from+len(head):], dst[from:])
	copy(dst[from:], head)
	return dst
}

// AppendText appends a number or string as AppendValue does.
func AppendText(dst []byte, kind Kind, plain bool, text string) []byte {
	code := byte(codeString)
	switch {
	case kind == Number:
		code = codeNumber
	case plain:
		code = codePlain
	}
	return append(appendHead(dst, code, len(text)), text...)
}

// CutValue parts what AppendValue or AppendText wrote from what follows it.
func CutValue(src []byte) (v, rest []byte, err error) {
	r := decoder{src: src}
	size, code := r.head()
	if code < codeNumber {
		size = 0
	}
	if r.bad == "" && size > len(src)-r.pos {
		r.fail("a value is cut off")
	}
	if r.bad != "" {
		return nil, nil, r.err()
	}
	return src[:r.pos+size], src[r.pos+size:], nil
}

// DecodeValue reads what AppendValue wrote. The text of a scalar is that of src.
func DecodeValue(src []byte, names *Names) (*Node, error) {
	r := decoder{src: src}
	size, code := r.head()
	if r.bad != "" {
		return nil, r.err()
	}
	text := src[r.pos:]
	switch code {
	case codeNull:
		return Nul(), nil
	case codeFalse, codeTrue:
		return Boolean(code == codeTrue), nil
	}
	if size != len(text) {
		r.fail("a value has another size")
		return nil, r.err()
	}
	if code >= codeArray {
		n, rest, err := DecodeNode(text, names)
		if err == nil && (len(rest) > 0 || !n.IsContainer()) {
			r.fail("no array or object")
			err = r.err()
		}
		return n, err
	}
	n := &Node{text: unsafe.String(unsafe.SliceData(text), len(text))}
	return n, r.scalar(n, code)
}

// CutText is the kind and text of a number or string that AppendValue or AppendText wrote; Absent for the rest.
func CutText(src []byte) (kind Kind, plain bool, text []byte) {
	r := decoder{src: src}
	size, code := r.head()
	if r.bad != "" || code < codeNumber || code > codeString || size != len(src)-r.pos {
		return Absent, false, nil
	}
	if code == codeNumber {
		return Number, false, src[r.pos:]
	}
	return String, code == codePlain, src[r.pos:]
}

// scalar sets what a number or string with a text is.
func (r *decoder) scalar(n *Node, code byte) error {
	switch code {
	case codeNumber:
		if n.kind = Number; n.text == "" || numberEnd(n.text, 0) != len(n.text) {
			r.fail("not a number")
		}
	case codePlain:
		n.kind, n.flags = String, flagPlain
	default:
		n.kind = String
	}
	return r.err()
}

// counts tell the decoder how much room a value takes.
type counts struct{ nodes, containers, members, texts int }

func appendCounts(dst []byte, n *Node) []byte {
	var c counts
	c.add(n)
	return c.append(dst)
}

func (c *counts) append(dst []byte) []byte {
	for _, count := range [...]int{c.nodes, c.containers, c.members, c.texts} {
		dst = appendUvarint(dst, uint64(count))
	}
	return dst
}

func (c *counts) add(n *Node) {
	c.nodes++
	if n.kind == Number || n.kind == String {
		c.texts += len(n.text)
	}
	if n.body == nil {
		return
	}
	c.containers++
	if n.kind == Object {
		c.members += n.Len()
	}
	for _, kid := range n.body.kids {
		if kid != nil {
			c.add(kid)
		}
	}
}

type encoder struct {
	names   *Names
	memo    *nameMemo // or nil
	stamped bool
}

func (e *encoder) node(dst []byte, n *Node, above uint64) []byte {
	switch n.kind {
	case Null:
		dst = append(dst, codeNull)
	case Bool:
		if n.text == "true" {
			dst = append(dst, codeTrue)
		} else {
			dst = append(dst, codeFalse)
		}
	case Number:
		dst = append(appendHead(dst, codeNumber, len(n.text)), n.text...)
	case String:
		code := byte(codeString)
		if n.flags&flagPlain != 0 {
			code = codePlain
		}
		dst = append(appendHead(dst, code, len(n.text)), n.text...)
	case Array:
		dst = appendHead(dst, codeArray, n.Len())
	case Object:
		dst = appendHead(dst, codeObject, n.Len())
	}
	if e.stamped {
		dst = appendUvarint(dst, above-n.stamp) // above is not smaller
	}
	if n.body == nil {
		return dst
	}
	for i, kid := range n.body.kids {
		if kid == nil {
			continue
		}
		if n.kind == Object {
			dst = appendUvarint(dst, uint64(e.memo.id(e.names, n.body.names[i])))
		}
		dst = e.node(dst, kid, n.stamp)
	}
	return dst
}

func appendHead(dst []byte, code byte, size int) []byte {
	if size < longSize {
		return append(dst, code|byte(size)<<3)
	}
	return binary.AppendUvarint(append(dst, code|longSize<<3), uint64(size))
}

// appendUvarint is binary.AppendUvarint, quicker for the small numbers that most are.
func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

// KindOf is the kind of a value that AppendValue or AppendText wrote; Absent for none.
func KindOf(src []byte) Kind {
	if len(src) == 0 {
		return Absent
	}
	return kindOf[src[0]&7]
}
