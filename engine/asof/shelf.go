package asof

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"asof/engine/event"
	"asof/engine/value"

	"github.com/zeebo/xxh3"
)

// A shelf is an object of a document that has many members: they stand in rows of their own, so that no keyframe of the document
// copies them, and a look-up of one of them reads a few dozen beside it. By its name's hash a member belongs to a bucket, which is a
// row like a key's, in the same partition, with the writes below its members once more. The row of the document itself has the
// object without its members, and all writes.
//
//	row of a document with shelves    row · count uvarint · shelf…
//	shelf                             size uvarint · path · base uvarint · step uvarint · bits uvarint
//	row of a bucket                   size of the shelf's path uvarint · document · birth step uvarint per member
//	entry of a bucket                 as in a document's group, each write behind its number in the event, less that of the one before
//
// Bucket i of 2^bits is row base + i·step. Births order the members of all buckets: they are position<<24 | number of the write that
// added the member, and each is stored less the one before it. A shelf ends with a write at or above its path.
type shelf struct {
	path value.Pointer
	base uint32
	step uint32
	bits uint

	// What of it has been put into a document that was read.
	all     bool
	some    []uint32 // buckets
	buckets []bucket // of all, where the order is asked for
}

const (
	firstRow   = 1 << 31 // rows of buckets have numbers from here on, those of keys below
	birthBits  = 24
	maxShelves = 16 // of a document
	maxBits    = 20
)

func bucketOf(name string, bits uint) uint32 { return uint32(xxh3.HashString(name)) & (1<<bits - 1) }

func (s *shelf) row(bucket uint32) uint32 { return s.base + bucket*s.step }

func (s *shelf) len() int { return 1 << s.bits }

// has reports whether a bucket's members stand in the document.
func (s *shelf) has(bucket uint32) bool { return s.all || slices.Contains(s.some, bucket) }

// order is in which order the members of a bucket came.
type order struct {
	names  []string
	births []uint64
}

func (o *order) add(name string, birth uint64) {
	o.names, o.births = append(o.names, name), append(o.births, birth)
}

func (o *order) remove(name string) {
	if i := slices.Index(o.names, name); i >= 0 {
		o.names, o.births = slices.Delete(o.names, i, i+1), slices.Delete(o.births, i, i+1)
	}
}

// wrote follows a write at name, a member of the bucket.
func (o *order) wrote(was, is bool, name string, birth uint64) {
	switch {
	case is && !was:
		o.add(name, birth)
	case was && !is:
		o.remove(name)
	}
}

func birthOf(pos event.Position, write int) uint64 { return uint64(pos)<<birthBits | uint64(write) }

func appendBirths(dst []byte, births []uint64) []byte {
	last := uint64(0)
	for _, b := range births {
		dst = binary.AppendUvarint(dst, b-last)
		last = b
	}
	return dst
}

func cutBirths(src []byte, n int) (births []uint64, rest []byte, err error) {
	births = make([]uint64, n)
	last := uint64(0)
	for i := range births {
		var step uint64
		if step, src, err = uvarint(src); err != nil {
			return nil, nil, err
		}
		last += step
		births[i] = last
	}
	return births, src, nil
}

func (s *shelf) append(dst []byte) []byte {
	dst = append(binary.AppendUvarint(dst, uint64(len(s.path))), s.path...)
	for _, v := range [...]uint64{uint64(s.base), uint64(s.step), uint64(s.bits)} {
		dst = binary.AppendUvarint(dst, v)
	}
	return dst
}

// cutShelves reads the shelves behind a document.
func cutShelves(src []byte) (shelves []shelf, rest []byte, err error) {
	n, src, err := uvarint(src)
	if err != nil || n > maxShelves {
		return nil, nil, fmt.Errorf("%w: %d shelves", ErrDamaged, n)
	}
	shelves = make([]shelf, n)
	for i := range shelves {
		size, rest, err := uvarint(src)
		if err != nil || size > uint64(len(rest)) {
			return nil, nil, fmt.Errorf("%w: shelf cut off", ErrDamaged)
		}
		shelves[i].path = value.Pointer(rest[:size])
		src = rest[size:]
		var v [3]uint64
		for k := range v {
			if v[k], src, err = uvarint(src); err != nil {
				return nil, nil, err
			}
		}
		if v[2] > maxBits || v[0] < firstRow || v[0]+v[1]<<v[2] > noSegment {
			return nil, nil, fmt.Errorf("%w: shelf of 2^%d buckets from %d", ErrDamaged, v[2], v[0])
		}
		shelves[i].base, shelves[i].step, shelves[i].bits = uint32(v[0]), uint32(v[1]), uint(v[2])
	}
	return shelves, src, nil
}

// scope says which members of shelves a reader wants to have in the document. The zero scope wants them all.
type scope struct {
	few      bool            // only those that paths point at, into or above, and those that the entries from … to write at
	paths    []value.Pointer // of what is wanted
	stamps   bool            // what stands at a shelf or above is wanted for its stamp alone
	from, to event.Position  // both included; 0 = none
	order    bool            // and in which order the members came
	frames   *frames         // read before; or nil
}

// frames remembers of each part the frame that was read last: buckets that are read one after the other share them.
type frames struct {
	last map[event.Position]*frameRead // by the segment's first position: all buckets of a shelf are in one partition
}

type frameRead struct {
	f   int
	buf []byte
}

func (c *frames) read(r *reader, p *part, f int) ([]byte, error) {
	was := c.last[p.first]
	if was != nil && was.f == f {
		return was.buf, nil
	}
	if was == nil {
		was = &frameRead{}
		c.last[p.first] = was
	}
	r.ix.probes.Frames.Add(1)
	buf, err := p.frame(f, was.buf)
	if err != nil {
		delete(c.last, p.first)
		return nil, err
	}
	was.f, was.buf = f, buf
	return buf, nil
}

// within is a scope of what has to do with a path.
func within(path value.Pointer) scope { return scope{few: true, paths: []value.Pointer{path}} }

// wants lists the buckets of a shelf that a scope wants.
func (sc *scope) wants(s *shelf) (all bool, some []uint32) {
	if !sc.few {
		return true, nil
	}
	for _, p := range sc.paths {
		if name, ok := p.Below(s.path); ok {
			if b := bucketOf(name, s.bits); !slices.Contains(some, b) {
				some = append(some, b)
			}
		} else if !sc.stamps && s.path.HasPrefix(p) {
			return true, nil
		}
	}
	return len(some) > s.len()/2, some
}

// shelve puts the members of shelves that the scope wants into a row, as they stand before the entry at pos, seen from the segment
// of that number.
func (r *reader) shelve(w *row, sc *scope, ordinal int, pos event.Position) error {
	for i := range w.shelves {
		s := &w.shelves[i]
		if s.all {
			continue
		}
		all, some := sc.wants(s)
		if all {
			if err := r.shelveAll(w, s, sc.order, ordinal, pos); err != nil {
				return err
			}
			continue
		}
		for _, b := range some {
			if s.has(b) {
				continue
			}
			members, _, err := r.members(s, b, scope{}, ordinal, pos)
			if err != nil {
				return err
			}
			if !w.doc.Adopt(s.path, members, false) {
				return fmt.Errorf("%w: no object where a shelf stands", ErrDamaged)
			}
			s.some = append(s.some, b)
		}
	}
	return nil
}

// born is a member with its place among those of all buckets.
type born struct {
	birth uint64
	value.Member
}

// shelveAll puts all members of a shelf into a row, in their order.
func (r *reader) shelveAll(w *row, s *shelf, keep bool, ordinal int, pos event.Position) error {
	var list []born
	read := &frames{last: map[event.Position]*frameRead{}}
	if keep {
		s.buckets = make([]bucket, s.len())
	}
	for b := range uint32(s.len()) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		members, row, err := r.members(s, b, scope{order: true, frames: read}, ordinal, pos)
		if err != nil {
			return err
		}
		if len(members) != len(row.order.births) {
			return fmt.Errorf("%w: %d members, %d births", ErrDamaged, len(members), len(row.order.births))
		}
		for i, m := range members {
			list = append(list, born{row.order.births[i], m})
		}
		if keep {
			s.buckets[b] = bucket{order: *row.order, changed: row.doc.Changed(), back: row.backs}
		}
	}
	slices.SortFunc(list, func(a, b born) int { return cmp.Compare(a.birth, b.birth) })
	members := make([]value.Member, len(list))
	for i := range list {
		members[i] = list[i].Member
	}
	if !w.doc.Adopt(s.path, members, true) {
		return fmt.Errorf("%w: no object where a shelf stands", ErrDamaged)
	}
	s.all, s.some = true, nil
	return nil
}

// members are those of a bucket, as they stand before the entry at pos, in their order.
func (r *reader) members(s *shelf, b uint32, sc scope, ordinal int, pos event.Position) ([]value.Member, row, error) {
	id := s.row(b)
	t := tape{buf: r.borrow(), scope: sc}
	ok, err := t.seekFrom(r, ordinal, id, pos-1)
	r.giveBack(t.buf)
	if err == nil && !ok {
		err = fmt.Errorf("%w: row %d is nowhere up to %d", ErrDamaged, id, pos-1)
	}
	if err != nil {
		return nil, row{}, err
	}
	root := t.row.doc.Root()
	members := make([]value.Member, 0, root.Len())
	for name, v := range root.Members() {
		members = append(members, value.Member{Name: name, Value: v})
	}
	return members, t.row, nil
}

// shelved follows a write in the shelves of a row. It reports whether the write is done with that: what it writes at is not there.
func (w *row) shelved(pos event.Position, path value.Pointer, code int) (done bool, err error) {
	if code == codeIdentical {
		return false, nil
	}
	for i := 0; i < len(w.shelves); i++ {
		s := &w.shelves[i]
		if name, ok := path.Below(s.path); ok {
			if s.has(bucketOf(name, s.bits)) {
				return false, nil
			}
			if code != codeSame {
				w.doc.Touch(uint64(pos), s.path)
			}
			return true, nil
		}
		if s.path.HasPrefix(path) {
			if !s.all {
				return false, fmt.Errorf("%w: a shelf ends that is not there", ErrDamaged)
			}
			w.shelves = slices.Delete(w.shelves, i, i+1)
			i--
		}
	}
	return false, nil
}

// follow keeps the order of members up after a write at path. Was says whether something stood there before.
func (w *row) follow(path value.Pointer, pos event.Position, number int, was bool, code int) {
	o, above := w.order, value.Pointer("")
	for i := range w.shelves {
		s := &w.shelves[i]
		if name, ok := path.Below(s.path); ok && s.buckets != nil {
			b := &s.buckets[bucketOf(name, s.bits)]
			if o, above = &b.order, s.path; code < codeSame || code > codeIdentical {
				b.changed = uint64(pos)
			}
		}
	}
	if o != nil && path.IsChild(above) {
		o.wrote(was, w.doc.Root().At(path) != nil, strings.Clone(path.Last()), birthOf(pos, number))
	}
}

// complete reports whether no member of a shelf is missing in the document.
func (w *row) complete() bool {
	for i := range w.shelves {
		if !w.shelves[i].all {
			return false
		}
	}
	return true
}
