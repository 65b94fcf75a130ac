package store

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"go.etcd.io/bbolt"
)

// Descent goes down the pages of a bucket to a value, ahead of bbolt: each step looks at a page and asks the system for what is looked
// at next, so that of many values the pages of a level are read together. It only asks: what it makes of a damaged page does no harm.
type Descent struct {
	key   []byte
	page  uint64
	leaf  bool // the leaf's keys have been asked for
	ended bool
	found bool
	depth int
	head  int // bytes of the value that are asked for at last
}

// deepest bounds the steps, should a page lead to itself.
const deepest = 16

// NewDescent starts at the root of a bucket. Head is how many bytes of the value are wanted.
func NewDescent(b *bbolt.Bucket, key []byte, head int) *Descent {
	d := &Descent{key: key, page: uint64(b.Root()), head: head}
	if d.ended = d.page == 0; !d.ended { // a bucket within its parent's page has none
		WillNeed(d.bytes(b.Tx(), d.page, 1))
	}
	return d
}

// Step looks at the page that was asked for last. It reports whether there is another step.
func (d *Descent) Step(tx *bbolt.Tx) bool {
	if d.depth++; d.ended || d.depth > deepest {
		return false
	}
	page := d.bytes(tx, d.page, 1)
	d.ended = true
	if len(page) < pageHead {
		return false
	}
	count := int(binary.LittleEndian.Uint16(page[10:]))
	if pageHead+16*count > len(page) || count == 0 {
		return false
	}
	switch binary.LittleEndian.Uint16(page[8:]) {
	case branchFlag:
		d.ended = !d.branch(page, count)
	case leafFlag:
		d.ended = !d.leafOf(tx, count)
	}
	if !d.ended && !d.leaf {
		WillNeed(d.bytes(tx, d.page, 1))
	}
	return !d.ended
}

// branch goes to the last child whose first key is not greater.
func (d *Descent) branch(page []byte, count int) bool {
	for i := count - 1; i >= 0; i-- {
		at := pageHead + 16*i
		pos, size := uint64(binary.LittleEndian.Uint32(page[at:])), uint64(binary.LittleEndian.Uint32(page[at+4:]))
		key, ok := cut(page, uint64(at)+pos, size)
		if !ok {
			return false
		}
		if i == 0 || bytes.Compare(key, d.key) <= 0 {
			d.page = binary.LittleEndian.Uint64(page[at+8:])
			return true
		}
	}
	return false
}

// leafOf asks for the keys of a leaf, which stand before their values, and then for the value.
func (d *Descent) leafOf(tx *bbolt.Tx, count int) bool {
	head := d.bytes(tx, d.page, 1)
	all := d.bytes(tx, d.page, uint64(binary.LittleEndian.Uint32(head[12:]))+1)
	for i := range count {
		at := pageHead + 16*i
		pos, size := uint64(binary.LittleEndian.Uint32(head[at+4:])), uint64(binary.LittleEndian.Uint32(head[at+8:]))
		key, ok := cut(all, uint64(at)+pos, size)
		if !ok {
			return false
		}
		if !d.leaf {
			WillNeed(key)
		} else if bytes.Equal(key, d.key) {
			d.found = true
			from := uint64(at) + pos
			WillNeed(all[from:min(from+size+uint64(d.head), uint64(len(all)))])
			return false
		}
	}
	again := !d.leaf
	d.leaf = true
	return again
}

// bytes are n pages from one on, as they are mapped; nil if the file has not so many.
func (d *Descent) bytes(tx *bbolt.Tx, page, n uint64) []byte {
	size := uint64(tx.DB().Info().PageSize)
	all := uint64(tx.Size()) / size
	if page >= all || n > all-page {
		return nil
	}
	return At(tx, page*size, n*size)
}

// At are n bytes of the file, from one on, as they are mapped, for as long as the transaction; nil if the file has not so many. What a
// value's bytes were once, they are as long as nothing is written to its bucket; nobody else knows that, so whoever goes there checks
// what is there.
func At(tx *bbolt.Tx, from, n uint64) []byte {
	if all := uint64(tx.Size()); from > all || n > all-from {
		return nil
	}
	info := tx.DB().Info()
	base := *(*unsafe.Pointer)(unsafe.Pointer(&info.Data))
	return unsafe.Slice((*byte)(unsafe.Add(base, from)), n)
}

// Offset is where in the file the bytes of a value lie, if they are mapped and not about to be written.
func Offset(tx *bbolt.Tx, v []byte) (from uint64, ok bool) {
	from = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(v))) - tx.DB().Info().Data)
	all := uint64(tx.Size())
	return from, from < all && uint64(len(v)) <= all-from
}
