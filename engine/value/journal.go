package value

// Write is what one verb did to a document.
type Write struct {
	Path     Pointer
	Op       Op
	Old, New *Node // before and after; nobody changes them any more
}

// Journal keeps what is needed to undo the running event of a document. Its zero value is ready.
type Journal struct {
	log     []entry
	bumps   []bump
	holes   []*Node // objects with holes
	writes  []Write
	changed uint64 // the document's, before the event
	paths   paths
	names   nameMemo
	slab    nodeSlab
}

// entry is one write and how to undo it.
type entry struct {
	verb   verb
	op     Op
	slot   uint32
	parent *Node // nil for the whole document
	old    *Node
	new    *Node // in the document
	snap   *Node // in the write, where it is not new itself
}

// bump is a stamp that the event moved.
type bump struct {
	node *Node
	was  uint64
}

type verb uint8

const (
	wholeVerb  verb = iota // the document's root
	putVerb                // what stood in a slot
	addVerb                // a slot more at the end
	removeVerb             // a hole in an object
	popVerb                // a slot less at the end of an array
	listVerb               // all items of an array
)

func (j *Journal) reset() {
	clear(j.log)
	clear(j.bumps)
	clear(j.writes)
	clear(j.holes)
	j.log, j.bumps, j.writes, j.holes = j.log[:0], j.bumps[:0], j.writes[:0], j.holes[:0]
}

// Reuse gives the room of all documents that share the journal to those to come. None of those documents may be used any more,
// and neither may values of their writes; texts and paths that were read from them stay good. Who keeps neither, and folds
// document after document, is spared most of the work of the garbage collector.
func (j *Journal) Reuse() {
	j.reset()
	j.slab.rewind()
}

// Clear is Reuse that takes texts and paths back too: only what Keep has kept is good any more.
func (j *Journal) Clear() {
	j.reset()
	j.slab.clear()
}

// journal is where the document keeps its running event.
func (d *Doc) journal() *Journal {
	if d.j == nil {
		d.j = &Journal{}
	}
	return d.j
}

func (d *Doc) note(e entry) {
	j := d.journal()
	j.log = append(j.log, e)
}

// amendReach is how many writes back amend looks.
const amendReach = 8

// amend makes fresh the outcome of the write by which old came there, if the running event wrote it a moment ago: a loop that
// counts in a document leaves one write. Only plain values are passed over, so that no write in between can have seen old.
func (d *Doc) amend(parent, old, fresh *Node) bool {
	if old.stamp != d.stamp || old.body != nil || fresh.body != nil {
		return false
	}
	for i := len(d.j.log) - 1; i >= max(len(d.j.log)-amendReach, 0); i-- {
		e := &d.j.log[i]
		if e.verb != putVerb && e.verb != addVerb || e.snap != nil || e.new.body != nil {
			return false
		}
		if e.new == old && e.parent == parent && e.op != Same {
			if e.op == Replace && Equal(e.old, fresh) {
				return false
			}
			e.new = fresh
			return true
		}
	}
	return false
}

// bump moves the stamps from n up to the document's, unless the write changed nothing. A node that carries the event's stamp
// has been moved with all above it.
func (d *Doc) bump(n *Node, op Op) {
	if op == Same {
		return
	}
	for ; n != nil && n.stamp != d.stamp; n = n.parent {
		d.j.bumps = append(d.j.bumps, bump{n, n.stamp})
		n.stamp = d.stamp
	}
	d.changed = d.stamp
}

// Rollback undoes the writes since Begin: the document is what it was, to the last stamp and the order of its members.
func (d *Doc) Rollback() {
	if d.j == nil {
		return
	}
	for i := len(d.j.log) - 1; i >= 0; i-- {
		d.undo(&d.j.log[i])
	}
	for i := len(d.j.bumps) - 1; i >= 0; i-- {
		d.j.bumps[i].node.stamp = d.j.bumps[i].was
	}
	d.changed = d.j.changed
	d.j.reset()
}

// Restart undoes the writes since Begin, which stays in force.
func (d *Doc) Restart() {
	stamp := d.stamp
	d.Rollback()
	d.Begin(stamp)
}

func (d *Doc) undo(e *entry) {
	switch e.verb {
	case wholeVerb:
		d.root = e.old
	case putVerb:
		e.parent.body.kids[e.slot] = e.old
	case addVerb:
		b := e.parent.body
		b.kids[e.slot] = nil
		b.kids = b.kids[:e.slot]
		if e.parent.kind == Object {
			b.names[e.slot] = ""
			b.names = b.names[:e.slot]
		}
	case removeVerb:
		e.parent.body.kids[e.slot] = e.old
		e.parent.body.dead--
	case popVerb:
		e.parent.body.kids = append(e.parent.body.kids, e.old)
	case listVerb:
		e.parent.body = e.old.body
	}
}

// Commit ends the event and returns its writes in their order. The slice is valid until the next Begin.
func (d *Doc) Commit() []Write {
	if d.j == nil {
		return nil
	}
	j := d.j
	if cap(j.writes) < len(j.log) {
		j.writes = make([]Write, 0, max(len(j.log), 16))
	}
	var parent *Node
	var above Pointer
	for i := range j.log {
		e := &j.log[i]
		if e.parent != parent {
			parent, above = e.parent, ""
			if parent != nil {
				above = j.paths.of(parent)
			}
		}
		j.writes = append(j.writes, Write{Path: above, Op: e.op, Old: e.old, New: e.new})
		w := &j.writes[i]
		if parent != nil && e.verb != listVerb {
			w.Path = j.paths.step(above, parent, e.slot)
		}
		if e.snap != nil {
			w.New = e.snap
			if e.old == e.new { // a part of the document that was put where it stood
				w.Old = e.snap
			}
		}
	}
	d.Settle()
	return j.writes
}

// Settle is Commit for who does not want to know the writes.
func (d *Doc) Settle() {
	j := d.j
	if j == nil {
		return
	}
	for _, n := range j.holes {
		if n.body.dead > 0 && (len(n.body.kids) <= indexFrom || n.body.dead*2 > len(n.body.kids)) {
			n.body.fill()
		}
	}
	clear(j.log)
	j.log, j.bumps, j.holes = j.log[:0], j.bumps[:0], j.holes[:0]
}
