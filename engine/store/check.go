package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
)

// bbolt trusts its pages: a page that names itself as its own child makes it run for ever, and a freelist with a wrong
// length takes all memory. So the pages are read here first, by their numbers and not through the mapping.
const (
	pageHead    = 16 // id u64, flags u16, count u16, overflow u32
	metaSize    = 64
	branchFlag  = 0x01
	leafFlag    = 0x02
	freeFlag    = 0x10
	boltMagic   = 0xED0CDAED
	boltVersion = 2
	noFreelist  = ^uint64(0)
)

// meta is a bbolt meta page: which page is the root, which the freelist, and how many pages there are.
type meta struct {
	pageSize             uint64
	root, free, high, tx uint64
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// checkMeta checks that a meta page is whole and that the file is as long as it says. An empty file is damage as well.
func checkMeta(f *os.File) error {
	_, err := readMeta(f)
	return err
}

func readMeta(f *os.File) (meta, error) {
	info, err := f.Stat()
	if err != nil {
		return meta{}, err
	}
	best, found := meta{}, false
	for size := int64(1024); size <= 64<<10; size *= 2 {
		for _, off := range []int64{0, size} {
			m, ok := parseMeta(f, off)
			if ok && (off == 0 || m.pageSize == uint64(size)) && (!found || m.tx > best.tx) {
				best, found = m, true
			}
		}
	}
	switch {
	case !found:
		return meta{}, damaged("%s: no meta page is whole", f.Name())
	case uint64(info.Size())/best.pageSize < best.high:
		return meta{}, damaged("%s: cut to %d bytes of at least %d", f.Name(), info.Size(), best.high*best.pageSize)
	}
	return best, nil
}

func parseMeta(f *os.File, off int64) (meta, bool) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], off+pageHead); err != nil {
		return meta{}, false
	}
	sum := fnv.New64a()
	sum.Write(b[:56])
	le := binary.LittleEndian
	if le.Uint32(b[0:]) != boltMagic || le.Uint32(b[4:]) != boltVersion || le.Uint64(b[56:]) != sum.Sum64() {
		return meta{}, false
	}
	m := meta{pageSize: uint64(le.Uint32(b[8:])), root: le.Uint64(b[16:]), free: le.Uint64(b[32:]), high: le.Uint64(b[40:]), tx: le.Uint64(b[48:])}
	sane := m.pageSize >= 1024 && m.pageSize <= 64<<10 && m.pageSize&(m.pageSize-1) == 0 && m.high >= 4 && m.high < 1<<47
	return m, sane
}

// walk is one pass over the pages of a file.
type walk struct {
	file *os.File
	meta meta
	full bool
	seen []uint64 // a bit for each page that is part of the tree or of the freelist
}

// checkTree checks the freelist and the tree of pages: that inner pages are what they should be, with keys in order, and
// that no page has two places. With full it reads every leaf as well.
func checkTree(f *os.File, full bool) error {
	m, err := readMeta(f)
	if err != nil {
		return err
	}
	w := &walk{file: f, meta: m, full: full, seen: make([]uint64, m.high/64+1)}
	if err := w.claim(0, 2); err != nil {
		return err
	}
	if m.free != noFreelist {
		if err := w.freelist(); err != nil {
			return err
		}
	}
	return w.tree(m.root, 0, true)
}

// claim marks pages as used, once.
func (w *walk) claim(first, n uint64) error {
	if first >= w.meta.high || n > w.meta.high-first {
		return damaged("%s: page %d lies outside of the file", w.file.Name(), first)
	}
	for id := first; id < first+n; id++ {
		if w.seen[id/64]&(1<<(id%64)) != 0 {
			return damaged("%s: page %d has two places", w.file.Name(), id)
		}
		w.seen[id/64] |= 1 << (id % 64)
	}
	return nil
}

// head reads a page's head.
func (w *walk) head(id uint64) (flags, count uint16, pages uint64, err error) {
	var b [pageHead]byte
	if id < 2 || id >= w.meta.high {
		return 0, 0, 0, damaged("%s: page %d lies outside of the file", w.file.Name(), id)
	}
	if _, err := w.file.ReadAt(b[:], int64(id*w.meta.pageSize)); err != nil {
		return 0, 0, 0, damaged("%s: page %d: %w", w.file.Name(), id, err)
	}
	le := binary.LittleEndian
	pages = uint64(le.Uint32(b[12:])) + 1
	if le.Uint64(b[:]) != id || pages > w.meta.high-id {
		return 0, 0, 0, damaged("%s: page %d is not itself", w.file.Name(), id)
	}
	return le.Uint16(b[8:]), le.Uint16(b[10:]), pages, nil
}

func (w *walk) read(id, pages uint64) ([]byte, error) {
	b := make([]byte, pages*w.meta.pageSize)
	if _, err := w.file.ReadAt(b, int64(id*w.meta.pageSize)); err != nil && err != io.EOF {
		return nil, damaged("%s: page %d: %w", w.file.Name(), id, err)
	}
	return b, nil
}

func (w *walk) freelist() error {
	id := w.meta.free
	flags, count, pages, err := w.head(id)
	if err != nil {
		return err
	}
	if flags != freeFlag {
		return damaged("%s: page %d is no freelist", w.file.Name(), id)
	}
	if err := w.claim(id, pages); err != nil {
		return err
	}
	b, err := w.read(id, pages)
	if err != nil {
		return err
	}
	ids, n := b[pageHead:], uint64(count)
	if count == 0xFFFF {
		n, ids = binary.LittleEndian.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return damaged("%s: the freelist names %d pages", w.file.Name(), n)
	}
	for i := range n {
		free := binary.LittleEndian.Uint64(ids[i*8:])
		if free < 2 {
			return damaged("%s: page %d is on the freelist", w.file.Name(), free)
		}
		if err := w.claim(free, 1); err != nil {
			return err
		}
	}
	return nil
}

// tree checks the page id and what is below it. Top is set for the tree of buckets, whose leaves are always read.
func (w *walk) tree(id uint64, depth int, top bool) error {
	flags, count, pages, err := w.head(id)
	if err != nil {
		return err
	}
	if err := w.claim(id, pages); err != nil {
		return err
	}
	if depth > 32 || flags != branchFlag && flags != leafFlag || flags == branchFlag && count == 0 {
		return damaged("%s: page %d cannot be in the tree", w.file.Name(), id)
	}
	if flags == leafFlag && !top && !w.full {
		return nil
	}
	b, err := w.read(id, pages)
	if err != nil {
		return err
	}
	if flags == leafFlag {
		return w.leaf(id, b, int(count), depth)
	}
	return w.branch(id, b, int(count), depth, top)
}

func (w *walk) branch(id uint64, b []byte, count, depth int, top bool) error {
	children, err := branchChildren(b, count)
	if err != nil {
		return fmt.Errorf("page %d of %s: %w", id, w.file.Name(), err)
	}
	flags, _, _, err := w.head(children[0])
	if err != nil {
		return err
	}
	for _, child := range children {
		// All leaves are equally deep, so one tells what its siblings are; theirs need not be read.
		if flags == leafFlag && !top && !w.full {
			err = w.claim(child, 1)
		} else {
			err = w.tree(child, depth+1, top)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func branchChildren(b []byte, count int) ([]uint64, error) {
	children := make([]uint64, 0, count)
	var last []byte
	for i := range count {
		at := pageHead + i*16
		if at+16 > len(b) {
			return nil, damaged("too many elements")
		}
		pos, size := uint64(binary.LittleEndian.Uint32(b[at:])), uint64(binary.LittleEndian.Uint32(b[at+4:]))
		key, ok := cut(b, uint64(at)+pos, size)
		if !ok || i > 0 && bytes.Compare(last, key) >= 0 {
			return nil, damaged("element %d is out of place", i)
		}
		last = key
		children = append(children, binary.LittleEndian.Uint64(b[at+8:]))
	}
	return children, nil
}

func cut(b []byte, from, n uint64) ([]byte, bool) {
	if from > uint64(len(b)) || n > uint64(len(b))-from {
		return nil, false
	}
	return b[from : from+n], true
}

// leaf checks a leaf's elements, and the trees of the buckets in it.
func (w *walk) leaf(id uint64, b []byte, count, depth int) error {
	var last []byte
	for i := range count {
		at := pageHead + i*16
		if at+16 > len(b) {
			return damaged("page %d of %s: too many elements", id, w.file.Name())
		}
		le := binary.LittleEndian
		flags, pos := le.Uint32(b[at:]), uint64(le.Uint32(b[at+4:]))
		key, ok := cut(b, uint64(at)+pos, uint64(le.Uint32(b[at+8:])))
		value, fits := cut(b, uint64(at)+pos+uint64(len(key)), uint64(le.Uint32(b[at+12:])))
		if !ok || !fits || flags > 1 || i > 0 && bytes.Compare(last, key) >= 0 {
			return damaged("page %d of %s: element %d is out of place", id, w.file.Name(), i)
		}
		last = key
		if flags == 1 {
			if err := w.bucket(slices.Clone(value), depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket checks a bucket's value: the number of its root page, or 0 with the page itself behind it.
func (w *walk) bucket(value []byte, depth int) error {
	if len(value) < 16 {
		return damaged("%s: a bucket of %d bytes", w.file.Name(), len(value))
	}
	if root := binary.LittleEndian.Uint64(value); root != 0 {
		return w.tree(root, depth+1, false)
	}
	inline := value[16:]
	if len(inline) < pageHead || binary.LittleEndian.Uint16(inline[8:]) != leafFlag {
		return damaged("%s: a bucket without a page", w.file.Name())
	}
	return w.leaf(0, inline, int(binary.LittleEndian.Uint16(inline[10:])), depth+1)
}
