package asof

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"asof/engine/event"
	"asof/engine/value"
)

// bytes looks a value up in a bucket.
func (r *reader) bytes(bucket string, k []byte) ([]byte, error) {
	v := r.tx.Bucket([]byte(bucket)).Get(k)
	if v == nil {
		return nil, fmt.Errorf("%w: %s %x is missing", ErrDamaged, bucket, k)
	}
	return v, nil
}

// value looks a value of the segment at first up.
func (r *reader) value(first event.Position, name string) ([]byte, error) {
	b := r.tx.Bucket([]byte(bucketSegments)).Bucket(posKey(first))
	if b == nil {
		return nil, r.damage(first, "it is missing")
	}
	v := b.Get([]byte(name))
	if v == nil {
		return nil, r.damage(first, name+" is missing")
	}
	return v, nil
}

// damage is an error about the segment that starts at first.
func (r *reader) damage(first event.Position, what string) error {
	return fmt.Errorf("%w: segment at %d: %s", ErrDamaged, first, what)
}

func (r *reader) keyRun(i int) (keyRun, error) {
	if run, ok := r.keys[i]; ok {
		return run, nil
	}
	v, err := r.bytes(bucketKeys, idKey(r.keyRuns[i].start))
	if err != nil {
		return keyRun{}, err
	}
	run, err := openKeyRun(v)
	if err != nil {
		return run, err
	}
	if r.keys == nil {
		r.keys = make(map[int]keyRun)
	}
	r.keys[i] = run
	return run, nil
}

func (r *reader) dirRun(i int) (dirRun, error) {
	if run, ok := r.dirs[i]; ok {
		return run, nil
	}
	v, err := r.bytes(bucketDir, idKey(r.dirRuns[i].start))
	if err != nil {
		return dirRun{}, err
	}
	run, err := openDirRun(v)
	if err != nil {
		return run, err
	}
	if r.dirs == nil {
		r.dirs = make(map[int]dirRun)
	}
	r.dirs[i] = run
	return run, nil
}

// id is the number of a key and the position of the first event that belonged to it.
func (r *reader) id(name string) (id uint32, seen event.Position, ok bool, err error) {
	for i := len(r.keyRuns) - 1; i >= 0; i-- {
		run, err := r.keyRun(i)
		if err != nil {
			return 0, 0, false, err
		}
		r.ix.probes.Runs.Add(1)
		if id, seen, ok := run.find(name); ok {
			return id, seen, true, nil
		}
	}
	return 0, 0, false, nil
}

// name is the key with the number id.
func (r *reader) name(id uint32) (string, error) {
	i := sort.Search(len(r.keyRuns), func(i int) bool { return r.keyRuns[i].start > id }) - 1
	if i >= 0 {
		run, err := r.keyRun(i)
		if err != nil {
			return "", err
		}
		if k := int(id - run.firstID); k < run.n {
			return strings.Clone(run.name(k)), nil
		}
	}
	return "", fmt.Errorf("%w: no key %d", ErrDamaged, id)
}

// lastSegment is the directory's entry of the latest segment up to ordinal that wrote the key.
func (r *reader) lastSegment(id uint32, ordinal int) (entry uint32, ok bool, err error) {
	if ordinal < 0 {
		return 0, false, nil
	}
	i := sort.Search(len(r.dirRuns), func(i int) bool { return r.dirRuns[i].start > uint32(ordinal) }) - 1
	for ; i >= 0; i-- {
		run, err := r.dirRun(i)
		if err != nil {
			return 0, false, err
		}
		r.ix.probes.Runs.Add(1)
		if entry, ok := lastUpTo(run.of(id), uint32(ordinal)); ok {
			if int(entry&^dirFlags) >= len(r.extents) {
				return 0, false, fmt.Errorf("%w: no segment %d", ErrDamaged, entry&^dirFlags)
			}
			return entry, true, nil
		}
	}
	return 0, false, nil
}

// segmentsOf lists the ordinals of the segments that wrote the key, ascending.
func (r *reader) segmentsOf(id uint32) ([]int, error) {
	var all []int
	for i := range r.dirRuns {
		run, err := r.dirRun(i)
		if err != nil {
			return nil, err
		}
		r.ix.probes.Runs.Add(1)
		row := run.of(id)
		for k := range len(row) / 4 {
			all = append(all, int(u32At(row, k)&^dirFlags))
		}
	}
	if n := len(all); n > 0 && all[n-1] >= len(r.extents) || !slices.IsSorted(all) {
		return nil, fmt.Errorf("%w: segments of key %d", ErrDamaged, id)
	}
	return all, nil
}

// part opens the partition of a segment that a key is in.
func (r *reader) part(segment int, id uint32) (part, error) {
	e := r.extents[segment]
	ref := partRef{segment, id % e.parts}
	if p, ok := r.parts[ref]; ok {
		return p, nil
	}
	v, err := r.value(e.first, string([]byte{byte(ref.part)}))
	if err != nil {
		return part{}, err
	}
	p, err := openPart(v, e.first, r.ix.decoder)
	if err != nil {
		return p, err
	}
	if r.parts == nil {
		r.parts = make(map[partRef]part)
	}
	r.parts[ref] = p
	return p, nil
}

func (r *reader) column(segment int) (keyColumn, error) {
	first := r.extents[segment].first
	v, err := r.value(first, valueColumn)
	if err != nil {
		return keyColumn{}, err
	}
	return openKeyColumn(v, first)
}

func (r *reader) stats(segment int) (stats, error) {
	v, err := r.value(r.extents[segment].first, valueStats)
	if err != nil {
		return stats{}, err
	}
	return openStats(v)
}

// tape plays one key's group of a frame: how the document stood at its beginning, then entry after entry.
type tape struct {
	row     row
	entries entries
	names   *value.Names
	buf     []byte
	r       *reader
}

// open winds the tape to the start of frame f. It reports whether the frame has a group of the key.
func (t *tape) open(r *reader, p part, f int, id uint32) (bool, error) {
	var err error
	t.r = r
	r.ix.probes.Frames.Add(1)
	if t.buf, err = p.frame(f, t.buf); err != nil {
		return false, err
	}
	g, ok, err := findGroup(t.buf, id)
	if err != nil || !ok {
		return false, err
	}
	t.names = r.layout.names
	return true, t.load(p, g)
}

// load winds the tape to the start of a group.
func (t *tape) load(p part, g group) (err error) {
	t.row, _, err = decodeRow(g.row, t.names)
	t.entries = entries{part: p, src: g.entries, pos: p.first - 1}
	return err
}

// peek is the next entry, without moving.
func (t *tape) peek() (entry, bool, error) {
	if t.entries.done() {
		return entry{}, false, nil
	}
	ahead := t.entries
	e, err := ahead.next()
	return e, err == nil, err
}

// play does the next entry to the document. See is shown each write before it is done, with a nil New if it is identical.
func (t *tape) play(see func(value.Write) error) (entry, error) {
	e, err := t.entries.next()
	if err != nil {
		return e, err
	}
	t.r.ix.probes.Entries.Add(1)
	if e.failed && t.row.tainted == 0 {
		t.row.tainted = e.pos
	}
	for range e.writes {
		w, err := t.entries.write()
		if err != nil {
			return e, err
		}
		if see == nil && w.code == codeIdentical {
			continue
		}
		op, err := t.entries.part.decode(w, t.names)
		if err != nil {
			return e, err
		}
		if see != nil {
			if err := see(op); err != nil {
				return e, err
			}
		}
		if w.code == codeIdentical {
			continue
		}
		if err := t.row.doc.Apply(uint64(e.pos), op); err != nil {
			return e, fmt.Errorf("%w: write at %d: %w", ErrDamaged, e.pos, err)
		}
	}
	return e, nil
}

// playTo does all entries up to at.
func (t *tape) playTo(at event.Position) error {
	for {
		e, ok, err := t.peek()
		if err != nil || !ok || e.pos > at {
			return err
		}
		if _, err := t.play(nil); err != nil {
			return err
		}
	}
}

// seek winds the tape to how the key's document stood after the event at `at`. Not found means that no event up to there wrote
// to it.
func (t *tape) seek(r *reader, id uint32, at event.Position) (bool, error) {
	ordinal := r.segment(at)
	entry, ok, err := r.lastSegment(id, ordinal)
	if err != nil || !ok {
		return false, err
	}
	p, err := r.part(int(entry&^dirFlags), id)
	if err != nil {
		return false, err
	}
	ok, err = t.open(r, p, p.frameOf(id, at), id)
	if err == nil && !ok {
		err = fmt.Errorf("%w: key %d is not in the segment at %d", ErrDamaged, id, p.first)
	}
	if err != nil {
		return false, err
	}
	return true, t.playTo(at)
}

// row is a key's document as of at.
func (r *reader) row(id uint32, at event.Position) (row, error) {
	var t tape
	ok, err := t.seek(r, id, at)
	if err != nil {
		return row{}, err
	}
	if !ok {
		return row{doc: value.NewDoc()}, nil
	}
	return t.row, nil
}
