package asof

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"asof/engine/event"
	"asof/engine/store"
)

// run looks a run up in a bucket, by the number that it starts with.
func (r *reader) run(bucket string, start uint32, header int) (o opened, err error) {
	k := idKey(start)
	v := runValue(r.tx, bucket, k)
	if v == nil {
		return o, fmt.Errorf("%w: %s %x is missing", ErrDamaged, bucket, k)
	}
	return r.ix.unsealRun(bucket, k, v, header)
}

// value looks a value of the segment at first up, other than a part.
func (r *reader) value(first event.Position, name string) ([]byte, error) {
	v, err := r.sealed(first, []byte(name))
	if err != nil {
		return nil, err
	}
	return r.ix.unsealSegment(first, name, v)
}

// sealed looks a value of the segment at first up and does not check it.
func (r *reader) sealed(first event.Position, name []byte) ([]byte, error) {
	b := r.tx.Bucket([]byte(bucketSegments)).Bucket(posKey(first))
	if b == nil {
		return nil, r.damage(first, "it is missing")
	}
	v := b.Get(name)
	if v == nil {
		return nil, r.damage(first, fmt.Sprintf("%q is missing", name))
	}
	return v, nil
}

// damage is an error about the segment that starts at first.
func (r *reader) damage(first event.Position, what string) error {
	return fmt.Errorf("%w: segment at %d: %s", ErrDamaged, first, what)
}

// keyRun is a run of the dictionary.
func (r *reader) keyRun(i int) (*keyRun, error) {
	if r.keys == nil {
		r.keys = make([]*keyRun, len(r.keyRuns))
	}
	if r.keys[i] == nil {
		o, err := r.run(bucketKeys, r.keyRuns[i].start, keyRunHeader)
		if err != nil {
			return nil, err
		}
		run, err := openKeyRun(o.head, o.leaves)
		if err != nil {
			return nil, err
		}
		r.keys[i] = &run
	}
	return r.keys[i], nil
}

// wholeKeyRun is a run of the dictionary of which all will be read.
func (r *reader) wholeKeyRun(i int) (*keyRun, error) {
	run, err := r.keyRun(i)
	if err == nil {
		err = run.check()
	}
	return run, err
}

// dirRun is a run of the directory.
func (r *reader) dirRun(i int) (*dirRun, error) {
	if r.dirs == nil {
		r.dirs = make([]*dirRun, len(r.dirRuns))
	}
	if r.dirs[i] == nil {
		o, err := r.run(bucketDir, r.dirRuns[i].start, dirRunHeader)
		if err != nil {
			return nil, err
		}
		run, err := openDirRun(o.head, o.leaves)
		if err != nil {
			return nil, err
		}
		r.dirs[i] = &run
	}
	return r.dirs[i], nil
}

// id is the number of a key and the position of the first event that belonged to it.
func (r *reader) id(name string) (id uint32, seen event.Position, ok bool, err error) {
	list := []asked{{name: name}}
	err = r.ids(list)
	return list[0].id, list[0].seen, list[0].found, err
}

// named is the key with the number id, on loan for as long as the transaction, and the position of the first event that belonged to it.
func (r *reader) named(id uint32) (string, event.Position, error) {
	i := sort.Search(len(r.keyRuns), func(i int) bool { return r.keyRuns[i].start > id }) - 1
	if i >= 0 {
		x, err := r.keyRun(i)
		if err != nil {
			return "", 0, err
		}
		if k := int(id - x.firstID); k < x.n {
			return x.nameOf(k)
		}
	}
	return "", 0, fmt.Errorf("%w: no key %d", ErrDamaged, id)
}

// name is the key with the number id.
func (r *reader) name(id uint32) (string, error) {
	name, _, err := r.named(id)
	return strings.Clone(name), err
}

// dirRunOf is the run of the directory that covers a segment; -1 if there is none.
func (r *reader) dirRunOf(ordinal int) int {
	if ordinal < 0 {
		return -1
	}
	return sort.Search(len(r.dirRuns), func(i int) bool { return r.dirRuns[i].start > uint32(ordinal) }) - 1
}

// isSegment is nil if an entry of the directory names a segment that there is.
func (r *reader) isSegment(entry uint32) error {
	if int(entry&^dirFlags) >= len(r.extents) {
		return fmt.Errorf("%w: no segment %d", ErrDamaged, entry&^dirFlags)
	}
	return nil
}

// lastSegment is the directory's entry of the latest segment up to ordinal that wrote the key.
func (r *reader) lastSegment(id uint32, ordinal int) (entry uint32, ok bool, err error) {
	for i := r.dirRunOf(ordinal); i >= 0; i-- {
		x, err := r.dirRun(i)
		if err != nil {
			return 0, false, err
		}
		r.ix.probes.Runs.Add(1)
		row, err := x.row(id)
		if err != nil {
			return 0, false, err
		}
		if entry, ok := lastUpTo(row, uint32(ordinal)); ok {
			return entry, true, r.isSegment(entry)
		}
	}
	return 0, false, nil
}

// segmentsOf lists the ordinals of the segments that wrote the key, ascending.
func (r *reader) segmentsOf(id uint32) ([]int, error) {
	var all []int
	for i := range r.dirRuns {
		x, err := r.dirRun(i)
		if err != nil {
			return nil, err
		}
		r.ix.probes.Runs.Add(1)
		row, err := x.row(id)
		if err != nil {
			return nil, err
		}
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
func (r *reader) part(segment int, id uint32) (*part, error) {
	e := r.extents[segment]
	ref := partRef{segment, id % e.parts}
	if p, ok := r.parts[ref]; ok {
		return p, nil
	}
	p, err := r.openPart(e, ref.part)
	if err != nil {
		return p, err
	}
	if r.parts == nil {
		r.parts = make(map[partRef]*part)
	}
	r.parts[ref] = p
	return p, nil
}

// openPart opens a part where it is said to lie, or else where it is found.
func (r *reader) openPart(e extent, number uint32) (*part, error) {
	if v, head := r.partAt(e, number); v != nil {
		if p, err := r.ix.unsealPart(e.first, number, v, head); err == nil {
			return p, nil
		}
	}
	v, err := r.sealed(e.first, []byte{byte(number)})
	if err != nil {
		return nil, err
	}
	return r.ix.unsealPart(e.first, number, v, min(len(v), headGuess))
}

// partAt are the bytes of a part where it is said to lie, unchecked, and how many its head has; nil if it is not said.
func (r *reader) partAt(e extent, number uint32) (v []byte, head int) {
	if int(number) >= len(e.at) {
		return nil, 0
	}
	at := e.at[number]
	v = store.At(r.tx, at.from, at.size)
	return v, min(len(v), int(at.head))
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
