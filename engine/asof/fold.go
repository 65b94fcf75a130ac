package asof

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/value"
)

// window is the run of events that becomes one segment.
type window struct {
	first    event.Position
	events   []*event.Event // prepared; nil where upcast failed
	arenas   [][]byte       // what briefs lie in
	goesOn   bool           // the next window has events of the last arena too
	briefs   []briefRef     // per event; nil if the projection has none
	keys     columnBuilder
	items    [][]uint64 // per partition: key id << 32 | index of the event
	moves    []strides  // per partition, room for folded
	names    []string   // id → key, of all keys up to here
	hashes   []uint64   // of names
	keyBytes int        // of all keys
	again    again
	ordinal  uint32 // of the segment
	firstID  uint32 // of newKeys
	rows     uint32 // of buckets that a partition has given out up to its end, at most; once it is folded
	newKeys  []newKey
	errors   []FoldError
	bytes    int  // what it takes in memory, about
	closed   bool // no later build will take the segment up again
	drop     int  // segments at the end of the index that this one takes the place of
}

// briefRef is where a brief lies.
type briefRef struct{ arena, from uint32 }

// briefOf is the brief of event i, or nil.
func (w *window) briefOf(i int) []byte {
	if w.briefs == nil || w.briefs[i].from == noBrief {
		return nil
	}
	return w.arenas[w.briefs[i].arena][w.briefs[i].from:]
}

func (w *window) last() event.Position { return w.first + event.Position(len(w.events)) - 1 }

// folded is what one partition of a window came to.
type folded struct {
	bytes   []byte
	gists   []byte // of the frames
	touched []touch
	moves   strides
	errors  []FoldError
	paths   *pathTable
	rows    uint32 // of buckets that the partition has given out up to the window's end
}

// worker folds one partition's keys, one key after the other and each in log order: so a document is decoded once per
// segment, and the groups come out in the order in which they are stored.
type worker struct {
	ix      *Index
	b       *builder
	packer  partBuilder
	parked  *parked
	folder  projection.Folder // while it folds
	sheet   *value.Sheet      // or nil
	scribe  scribe            // of the sheet
	ahead   ahead
	journal value.Journal
	scratch []byte
	room    []byte   // for a row
	room64  []uint64 // for items
	fetched uint64
	part    uint32
	widest  int            // bytes of the largest window so far
	rows    uint32         // of buckets given out
	groups  []*bucketGroup // of the window
	shelf   shelver
}

func (k *worker) fold(ctx context.Context, w *window) (*folded, error) {
	items := w.items[k.part]
	k.room64 = sortItems(items, k.room64)
	w.moves[k.part] = w.moves[k.part].of(w.first, w.last())
	k.groups = k.groups[:0]
	pb := &k.packer
	pb.reset(w.first, len(w.items))
	out := &folded{moves: w.moves[k.part], paths: pb.paths}
	k.scribe.partBuilder = pb
	g := groupFold{worker: k, w: w, pb: pb, out: out}
	k.ahead.start(k, w, items)
	for near := 0; len(items) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if near <= 0 {
			near = min(len(items), fetchAhead)
			k.fetched += w.fetch(items[:near]) + k.parked.fetch(items[:near])
		}
		n := 1
		for n < len(items) && items[n]>>32 == items[0]>>32 {
			n++
		}
		if err := g.run(ctx, uint32(items[0]>>32), items[:n]); err != nil {
			return nil, err
		}
		items, near = items[n:], near-n
	}
	slices.SortFunc(k.groups, func(a, b *bucketGroup) int { return cmp.Compare(a.id, b.id) })
	for _, b := range k.groups {
		pb.bucket(b)
		out.touched = append(out.touched, touch{b.id, 0})
	}
	clear(k.groups)
	out.rows = k.rows
	out.bytes, out.gists = pb.finish()
	return out, nil
}

const (
	fetchAhead   = 32  // events that are fetched at once
	briefTouched = 256 // bytes of a brief, which most do not exceed
)

// fetch touches the payloads of events: those of one key lie far from each other, and waiting for many at once takes hardly
// longer than for one. What it returns only keeps the reads from being left out.
func (w *window) fetch(items []uint64) (sum uint64) {
	for _, it := range items {
		sum += w.hashes[it>>32]
		if b := w.briefOf(int(uint32(it))); b != nil {
			for i := 0; i < min(len(b), briefTouched); i += 64 {
				sum += uint64(b[i])
			}
			continue
		}
		e := w.events[uint32(it)]
		if e == nil || len(e.Payload.Spans) == 0 {
			continue
		}
		at, size := int(e.Payload.Spans[0].Off), int(e.Payload.Spans[0].Len)
		for i := at; i < at+size && i < len(e.Raw); i += 64 {
			sum += uint64(e.Raw[i])
		}
		sum += uint64(len(e.Type))
	}
	return sum
}

// groupFold folds one key's events of a window.
type groupFold struct {
	*worker
	w   *window
	pb  *partBuilder
	out *folded

	id         uint32
	isNew      bool // the key was first seen in this window, at firstEvent
	firstEvent int
	hash       uint64
	flat       bool // the document is in the sheet, else in row
	row        row
	entries    int
	last       event.Position
	flags      uint32
	back       int    // groups of the key in a row, up to this one, that went without a keyframe
	atHand     bool   // the row was parked
	keyframe   []byte // room
	foundation
}

func (g *groupFold) run(ctx context.Context, id uint32, items []uint64) error {
	parked, err := g.rowOf(ctx, id) // sets g.back
	if err != nil {
		return err
	}
	if parked != nil {
		if err := g.load(parked); err != nil {
			return err
		}
	}
	g.id, g.isNew, g.firstEvent = id, id >= g.w.firstID, int(uint32(items[0]))
	g.hash, g.entries, g.flags, g.last = g.w.hashes[id], 0, 0, g.w.first-1
	before, rows, founded := g.back, g.rows, g.foundation
	var keyframe []byte
	if !g.flat && parked != nil {
		keyframe = parked[1:]
	}
	if had := len(g.row.shelves) > 0; !g.flat && (had || g.mayShelve(len(parked))) {
		if g.shelve() {
			g.back = maxBack
		}
		if had || len(g.row.shelves) > 0 {
			g.takeRows(len(items))
			g.shelf.row = g.appendRow(g.shelf.row[:0])
			keyframe = g.shelf.row
		}
	}
	g.begin(id, keyframe, len(items))
	for n, it := range items {
		if n&1023 == 1023 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := g.ahead.look(ctx); err != nil {
			return err
		}
		if err := g.event(ctx, int(uint32(it))); err != nil {
			return err
		}
	}
	if g.entries == 0 { // shelves neither
		g.pb.cancel()
		g.rows = rows
		g.letGo()
		if parked != nil && !g.atHand {
			g.parked.put(id, g.last, g.b.durable(), before, founded, parked)
		}
		return nil
	} else {
		g.pb.end()
		if !g.alive() {
			g.flags |= dirAbsent
		}
		g.out.touched = append(g.out.touched, touch{id, g.flags})
	}
	g.settleFoundation()
	if g.shelf.pending {
		g.back = maxBack // the next group says so
	}
	g.settle()
	g.scratch = g.appendParked(g.scratch[:0])
	g.parked.put(id, g.last, g.b.durable(), g.back, g.foundation, g.scratch)
	return nil
}

// begin opens the key's group: with a keyframe, or a patch, or neither. That of a sheet is not written before it is needed.
func (g *groupFold) begin(id uint32, keyframe []byte, events int) {
	wide, size := len(g.row.shelves) > 0, len(keyframe)
	if g.flat {
		size = g.sheet.Bulk()
	}
	often, founded := events*entrySize > size, g.flat && g.base != 0
	g.scribe.loose, g.scribe.patch.due = false, false
	switch {
	case !often && (g.back == 0 || !founded && g.back < maxBack):
		g.back++
		g.pb.begin(id, nil, wide)
	case !often && founded:
		g.scribe.begin(id, g.w.ordinal+1-g.base, g.since)
	default:
		if g.back = 0; g.flat {
			g.keyframe = g.appendRow(g.keyframe[:0])
			keyframe = g.keyframe
		}
		g.pb.begin(id, keyframe, wide)
	}
}

// settlePatch writes the group's patch, if one is due, or its keyframe.
func (g *groupFold) settlePatch(ok bool) {
	if p := &g.scribe.patch; p.due {
		if g.back = 0; g.scribe.settle(ok) {
			g.back = 1
		}
	}
}

// settleFoundation says what the patches of the groups to come stand on.
func (g *groupFold) settleFoundation() {
	switch {
	case g.back == 0 && g.flat:
		g.found(g.w.ordinal, g.sheet.Changed())
	case g.back == 0:
		g.found(g.w.ordinal, g.row.doc.Changed())
	case g.scribe.loose || !g.flat:
		g.loosen()
	}
}

// entrySize is what an entry may well take: a group whose entries come to less than its document goes without a keyframe.
const entrySize = 100

// event folds one event.
func (g *groupFold) event(ctx context.Context, i int) error {
	full := g.pb.full()
	if full {
		if !g.flat && (len(g.row.shelves) > 0 || g.mayShelve(g.pb.keyframe)) && g.shelve() {
			g.shelf.pending = true
		}
		g.scratch = g.appendRow(g.scratch[:0])
	}
	existed := g.alive()
	var done bool
	var err error
	if g.flat {
		if done, err = g.sheetEvent(i, full); err != nil {
			return err
		}
	}
	if !g.flat {
		if done, err = g.docEvent(ctx, i, full); err != nil {
			return err
		}
	}
	if done {
		g.exists(i, existed, g.alive())
		g.entries++
		g.last = g.w.first + event.Position(i)
	}
	return nil
}

// sheetEvent folds an event into the sheet. If that cannot be, the document leaves the sheet.
func (g *groupFold) sheetEvent(i int, full bool) (done bool, err error) {
	pos := g.w.first + event.Position(i)
	brief := g.w.briefOf(i)
	if brief != nil && value.Empty(brief) && g.sheet.Exists() {
		return false, nil
	}
	if brief != nil && g.sheet.Takes(brief) {
		g.turn(pos, full)
		ok := !g.scribe.patch.due || g.changesOf()
		g.scribe.apply(g.hash, pos, brief)
		g.settlePatch(ok)
		g.out.moves.at(pos).move(g.scribe.weight, g.scribe.moved)
		return true, nil
	}
	g.settlePatch(g.scribe.patch.due && g.changesOf())
	return false, g.unfold(g.appendRow(nil))
}

// changesOf notes what the patch is to say. It is not ok if none can, or if it were little shorter than the keyframe, which is noted then.
func (g *groupFold) changesOf() (ok bool) {
	p := &g.scribe.patch
	p.pieces, ok = g.sheet.Later(p.pieces[:0], p.since)
	bulk := 0
	for i := range p.pieces {
		bulk += g.sheet.BulkOf(&p.pieces[i].Leaf)
	}
	if ok = ok && bulk <= g.sheet.Bulk()/2; !ok {
		p.keyframe = g.appendRow(p.keyframe[:0])
	}
	return ok
}

// docEvent folds an event into the document.
func (g *groupFold) docEvent(ctx context.Context, i int, full bool) (done bool, err error) {
	e, err := g.b.event(ctx, g.w, i)
	if err != nil {
		return false, err
	}
	pos, doc, name := g.w.first+event.Position(i), g.row.doc, g.w.names[g.id]
	g.scribe.loose = true
	doc.Begin(uint64(pos))
	err = g.folder.Apply(doc, e, name)
	var writes []value.Write
	if err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, projection.ErrUnable) {
			return false, err
		}
		doc.Rollback()
		g.out.errors = append(g.out.errors, foldError(pos, name, err))
		if g.row.tainted == 0 {
			g.row.tainted = pos
		}
	} else if writes = doc.Commit(); len(writes) == 0 {
		return false, nil
	}
	g.turn(pos, full)
	g.out.moves.at(pos).move(factor(pos), g.pb.entry(g.hash, pos, writes, err != nil))
	if len(g.row.shelves) > 0 {
		g.shelveWrites(pos, writes)
	}
	return true, nil
}

// turn goes on in the next frame if this one is full. The row as it was before the event is in scratch.
func (g *groupFold) turn(pos event.Position, full bool) {
	if full {
		g.pb.turn(pos, g.scratch, len(g.row.shelves) > 0)
		g.back, g.shelf.pending = 0, false
	}
}

// exists keeps count of the documents, and of those whose coming and going the directory cannot tell by itself.
func (g *groupFold) exists(i int, before, after bool) {
	if before == after {
		return
	}
	pos := g.w.first + event.Position(i)
	if g.entries > 0 || before || (g.isNew && i != g.firstEvent) {
		g.flags |= dirMixed
	}
	if after {
		g.out.moves.at(pos).alive++
	} else {
		g.out.moves.at(pos).alive--
	}
}

// foldError keeps what an error of a fold says about its place.
func foldError(pos event.Position, key string, err error) FoldError {
	fe := FoldError{Position: pos, Key: key, Message: err.Error()}
	if s, ok := errors.AsType[*projection.Error](err); ok {
		fe.File, fe.Line, fe.Col, fe.Message = s.File, s.Line, s.Col, s.Message
	}
	return fe
}
