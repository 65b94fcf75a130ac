package asof

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// The build's side of shelves: which objects have one, and the groups of their buckets.

const (
	aimMembers = 32 // of a bucket, at most, when the shelf is set up
	aimShare   = 16 // of Options.Members, if that is less
	maxRowBack = 2  // maxBack of buckets
	maxSteady  = 16 // events that must have written to the members of an object, at least, before it has a shelf
)

// bucket is what a build knows of one.
type bucket struct {
	order
	changed  uint64 // stamp of the last change
	back     int    // groups in a row that went without a keyframe
	from, to int    // where its row stands in the shelver's rows
	group    *bucketGroup
	full     []byte // its row, if the next entry is to begin a new frame
}

// bucketGroup is a bucket's group of the window.
type bucketGroup struct {
	id     uint32
	pieces []piece
	last   event.Position // of the last entry
	forced bool           // it must have a keyframe
	of     *bucket
}

// piece is a group's part of a frame.
type piece struct {
	pos      event.Position // of the first entry, if there is a piece before
	keyframe []byte
	entries  []byte
}

// shelver is what a worker shelves with.
type shelver struct {
	rows    []byte         // of all buckets of the key at hand, as they stood when it was begun with
	open    []*bucketGroup // of the key at hand
	touched []shelfWrite   // by the event at hand
	row     []byte         // of the key at hand
	values  []*value.Node
	pending bool // shelves have changed, and no keyframe says so
}

// shelfWrite is a write below a shelf.
type shelfWrite struct {
	id     uint32
	bucket *bucket
	shelf  value.Pointer
	number int // in the event
}

// aim is for how many members a bucket is.
func (g *groupFold) aim() int { return max(1, min(aimMembers, g.ix.opts.Members/aimShare)) }

// shelve decides which objects of the document at hand have shelves from now on, and reports whether that is otherwise than before.
func (g *groupFold) shelve() (changed bool) {
	root, least := g.row.doc.Root(), g.ix.opts.Members
	kept := g.row.shelves[:0]
	for _, s := range g.row.shelves {
		if n := root.At(s.path).Len(); n < least/4 || n > g.aim()<<(s.bits+1) && s.bits < maxBits {
			changed = true // the members go back, or into more buckets
			continue
		}
		kept = append(kept, s)
	}
	g.row.shelves = kept
	root.Widest(least, func(n *value.Node) {
		path := value.PathOf(n)
		if !slices.ContainsFunc(g.row.shelves, func(s shelf) bool { return path.HasPrefix(s.path) }) && g.steady(n) && g.addShelf(path, n) {
			changed = true
		}
	})
	return changed
}

// steady reports whether an object is written to member by member: one that is replaced as a whole again and again has nothing of a
// shelf.
func (g *groupFold) steady(n *value.Node) bool {
	least := max(2, min(maxSteady, g.ix.opts.Members/2))
	var stamps []uint64
	for _, v := range n.Members() {
		if slices.Contains(stamps, v.Changed()) {
			continue
		}
		if stamps = append(stamps, v.Changed()); len(stamps) == least {
			return true
		}
	}
	return false
}

// addShelf sets a shelf up, if there is room for it.
func (g *groupFold) addShelf(path value.Pointer, n *value.Node) bool {
	parts := uint64(len(g.b.workers))
	s := shelf{path: value.Pointer(strings.Clone(string(path))), step: uint32(parts), all: true}
	for g.aim()<<s.bits < n.Len() && s.bits < maxBits {
		s.bits++
	}
	first := (firstRow + parts - 1) / parts * parts
	base := first + uint64(g.part) + parts*uint64(g.rows)
	kept := slices.DeleteFunc(slices.Clone(g.row.shelves), func(s shelf) bool { return s.path.HasPrefix(path) })
	if base+parts<<s.bits > noSegment || len(kept) == maxShelves {
		return false
	}
	s.base = uint32(base)
	g.rows += uint32(s.len())
	s.buckets = make([]bucket, s.len())
	number := uint64(0)
	for name := range n.Members() {
		s.buckets[bucketOf(name, s.bits)].add(name, number)
		number++
	}
	for i := range s.buckets {
		b := &s.buckets[i]
		b.changed = n.Changed()
		g.openGroup(&s, uint32(i), g.bucketRow(nil, &s, n, b)).forced = true
	}
	g.row.shelves = append(kept, s)
	return true
}

// bucketRow appends the row of a bucket of the shelf that n is.
func (g *groupFold) bucketRow(dst []byte, s *shelf, n *value.Node, b *bucket) []byte {
	g.shelf.values = g.shelf.values[:0]
	for _, name := range b.names {
		g.shelf.values = append(g.shelf.values, n.Get(name))
	}
	return g.rowOfBucket(dst, s, b, g.shelf.values)
}

// rowOfBucket is bucketRow with the values of the members.
func (g *groupFold) rowOfBucket(dst []byte, s *shelf, b *bucket, values []*value.Node) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s.path)))
	dst = g.row.doc.AppendMembers(dst, g.b.memberNames, b.names, values, b.changed)
	return appendBirths(dst, b.births)
}

// spread lists the values of a shelf's members bucket after bucket, in the order of each, without looking any of them up.
func (g *groupFold) spread(s *shelf, n *value.Node) {
	from := 0
	for i := range s.buckets {
		s.buckets[i].from = from
		from += len(s.buckets[i].names)
	}
	g.shelf.values = slices.Grow(g.shelf.values[:0], from)[:from]
	for name, v := range n.Members() {
		b := &s.buckets[bucketOf(name, s.bits)]
		g.shelf.values[b.from] = v
		b.from++
	}
}

// takeRows keeps the rows of buckets as they stand: one that is written to may have to say how it stood before. Where there are few
// events, only those are kept that cannot go without.
func (g *groupFold) takeRows(events int) {
	g.shelf.rows = g.shelf.rows[:0]
	for k := range g.row.shelves {
		s := &g.row.shelves[k]
		n := g.row.doc.Root().At(s.path)
		if s.buckets[0].group != nil {
			continue // it is new, and so are the rows in all its groups
		}
		g.spread(s, n)
		values := g.shelf.values
		for i := range s.buckets {
			b := &s.buckets[i]
			own := values[:len(b.names)]
			values = values[len(b.names):]
			if b.from = len(g.shelf.rows); b.back >= maxRowBack || events > s.len()/4 {
				g.shelf.rows = g.rowOfBucket(g.shelf.rows, s, b, own)
			}
			b.to = len(g.shelf.rows)
		}
	}
}

func (g *groupFold) openGroup(s *shelf, i uint32, row []byte) *bucketGroup {
	b := &s.buckets[i]
	b.group = &bucketGroup{id: s.row(i), last: g.w.first - 1, of: b}
	b.group.pieces = append(b.group.pieces, piece{keyframe: row})
	g.shelf.open = append(g.shelf.open, b.group)
	return b.group
}

// shelveWrites writes what an event did below shelves into the buckets, and ends the shelves that it replaced.
func (g *groupFold) shelveWrites(pos event.Position, writes []value.Write) {
	g.shelf.touched = g.shelf.touched[:0]
	for j := range writes {
		w := &writes[j]
		if w.Op == value.Same && value.Identical(w.Old, w.New) {
			continue
		}
		for i := 0; i < len(g.row.shelves); i++ {
			s := &g.row.shelves[i]
			if name, ok := w.Path.Below(s.path); ok {
				i := bucketOf(name, s.bits)
				if s.buckets[i].group == nil {
					b := &s.buckets[i]
					g.openGroup(s, i, slices.Clone(g.shelf.rows[b.from:b.to]))
				}
				g.shelf.touched = append(g.shelf.touched, shelfWrite{s.row(i), &s.buckets[i], s.path, j})
				break
			}
			if s.path.HasPrefix(w.Path) {
				g.row.shelves = slices.Delete(g.row.shelves, i, i+1)
				i--
			}
		}
	}
	slices.SortStableFunc(g.shelf.touched, func(a, b shelfWrite) int { return cmp.Compare(a.id, b.id) })
	for rest := g.shelf.touched; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].id == rest[0].id {
			n++
		}
		g.bucketEntry(pos, writes, rest[:n])
		rest = rest[n:]
	}
}

// bucketEntry adds what an event did to one bucket.
func (g *groupFold) bucketEntry(pos event.Position, writes []value.Write, touched []shelfWrite) {
	b := touched[0].bucket
	group := b.group
	if b.full != nil {
		group.pieces = append(group.pieces, piece{pos: pos, keyframe: b.full})
		group.last, b.full = g.w.first-1, nil
	}
	p := &group.pieces[len(group.pieces)-1]
	p.entries = appendUvarint(p.entries, uint64(pos-group.last))
	p.entries = appendUvarint(p.entries, uint64(len(touched))<<1)
	group.last = pos
	last := 0
	for _, t := range touched {
		w := &writes[t.number]
		p.entries = appendUvarint(p.entries, uint64(t.number-last))
		last = t.number
		p.entries = g.pb.appendWrite(p.entries, w)
		if w.Op != value.Same {
			b.changed = uint64(pos)
		}
		if w.Path.IsChild(t.shelf) {
			b.wrote(w.Op != value.Add, w.Op != value.Remove, strings.Clone(w.Path.Last()), birthOf(pos, t.number))
		}
	}
	if len(p.entries) < 4*len(p.keyframe)+g.pb.frameBytes/4 || len(p.entries) < g.pb.frameBytes {
		return
	}
	for i := range g.row.shelves {
		if s := &g.row.shelves[i]; s.path == touched[0].shelf && s.all {
			b.full = g.bucketRow(nil, s, g.row.doc.Root().At(s.path), b)
		}
	}
}

// appendWrite appends a write as it stands in frames.
func (b *partBuilder) appendWrite(dst []byte, w *value.Write) []byte {
	frame := b.frame
	b.frame = dst
	b.write(w, b.paths.at(w.Path))
	dst, b.frame = b.frame, frame
	return dst
}

// settle decides which of the key's buckets go without a keyframe, and hands their groups over.
func (g *groupFold) settle() {
	for _, group := range g.shelf.open {
		b, first := group.of, &group.pieces[0]
		switch b.back++; {
		case len(first.keyframe) == 0, b.back <= maxRowBack && !group.forced && len(first.entries) <= 2*len(first.keyframe):
			first.keyframe = nil
		default:
			b.back = 0
		}
		if len(group.pieces) > 1 {
			b.back = 0
		}
		b.group, b.full = nil, nil
	}
	g.groups = append(g.groups, g.shelf.open...)
	g.letGo()
}

func (g *groupFold) letGo() {
	clear(g.shelf.open)
	g.shelf.open, g.shelf.pending = g.shelf.open[:0], false
}

// appendWide appends a row with shelves as it stands in frames: without their members.
func appendWide(dst []byte, r *row, names *value.Names) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.tainted))
	hollow := make([]*value.Node, len(r.shelves))
	for i := range r.shelves {
		hollow[i] = r.doc.Root().At(r.shelves[i].path)
	}
	return appendShelves(r.doc.AppendHollow(dst, names, hollow), r.shelves)
}

func appendShelves(dst []byte, shelves []shelf) []byte {
	if len(shelves) == 0 {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(len(shelves)))
	for i := range shelves {
		dst = shelves[i].append(dst)
	}
	return dst
}

// appendParked appends a row as it is parked: with all members, and what is known of the buckets.
func appendParked(dst []byte, r *row, names *value.Names) []byte {
	dst = appendShelves(appendRow(dst, r, names), r.shelves)
	for i := range r.shelves {
		for k := range r.shelves[i].buckets {
			b := &r.shelves[i].buckets[k]
			dst = binary.AppendUvarint(dst, b.changed)
			dst = binary.AppendUvarint(dst, uint64(b.back))
			dst = binary.AppendUvarint(dst, uint64(len(b.births)))
			dst = appendBirths(dst, b.births)
		}
	}
	return dst
}

// stock reads what is known of the buckets of a parked row.
func (w *row) stock(src []byte) (err error) {
	for i := range w.shelves {
		s := &w.shelves[i]
		s.all, s.buckets = true, make([]bucket, s.len())
		for k := range s.buckets {
			b := &s.buckets[k]
			var v [3]uint64
			for j := range v {
				if v[j], src, err = uvarint(src); err != nil {
					return err
				}
			}
			b.changed, b.back = v[0], int(v[1])
			if b.births, src, err = cutBirths(src, int(min(v[2], uint64(len(src))))); err != nil {
				return err
			}
			b.names = make([]string, 0, len(b.births))
		}
		for name := range w.doc.Root().At(s.path).Members() {
			b := &s.buckets[bucketOf(name, s.bits)]
			b.names = append(b.names, name)
		}
		for k := range s.buckets {
			if b := &s.buckets[k]; len(b.names) != len(b.births) {
				return fmt.Errorf("%w: a bucket of %d members, %d births", ErrDamaged, len(b.names), len(b.births))
			}
		}
	}
	return nil
}
