package asof

import (
	"fmt"
	"slices"
	"sort"

	"asof/engine/event"
)

// run looks a run up in a bucket, by the number that it starts with.
func (r *reader) run(bucket string, start uint32, header int) (head []byte, p pages, err error) {
	k := idKey(start)
	v := r.tx.Bucket([]byte(bucket)).Get(k)
	if v == nil {
		return nil, p, fmt.Errorf("%w: %s %x is missing", ErrDamaged, bucket, k)
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

// keyRun is a run of the dictionary as a whole.
func (r *reader) keyRun(i int) (keyRun, error) {
	if run, ok := r.keys[i]; ok {
		return run, nil
	}
	head, p, err := r.run(bucketKeys, r.keyRuns[i].start, keyRunHeader)
	if err != nil {
		return keyRun{}, err
	}
	body, err := p.all()
	if err != nil {
		return keyRun{}, err
	}
	run, err := openKeyRun(head, body)
	if err != nil {
		return run, err
	}
	if r.keys == nil {
		r.keys = make(map[int]keyRun)
	}
	r.keys[i] = run
	return run, nil
}

// keyIndex is a run of the dictionary to look keys up in.
func (r *reader) keyIndex(i int) (*keyIndex, error) {
	if r.keyIndexes == nil {
		r.keyIndexes = make([]*keyIndex, len(r.keyRuns))
	}
	if r.keyIndexes[i] == nil {
		head, p, err := r.run(bucketKeys, r.keyRuns[i].start, keyRunHeader)
		if err != nil {
			return nil, err
		}
		x, err := openKeyIndex(head, p)
		if err != nil {
			return nil, err
		}
		r.keyIndexes[i] = &x
	}
	return r.keyIndexes[i], nil
}

// dirRun is a run of the directory as a whole.
func (r *reader) dirRun(i int) (dirRun, error) {
	head, p, err := r.run(bucketDir, r.dirRuns[i].start, dirRunHeader)
	if err != nil {
		return dirRun{}, err
	}
	body, err := p.all()
	if err != nil {
		return dirRun{}, err
	}
	return openDirRun(head, body)
}

// dirIndex is a run of the directory to look keys up in.
func (r *reader) dirIndex(i int) (*dirIndex, error) {
	if r.dirIndexes == nil {
		r.dirIndexes = make([]*dirIndex, len(r.dirRuns))
	}
	if r.dirIndexes[i] == nil {
		head, p, err := r.run(bucketDir, r.dirRuns[i].start, dirRunHeader)
		if err != nil {
			return nil, err
		}
		x, err := openDirIndex(head, p)
		if err != nil {
			return nil, err
		}
		r.dirIndexes[i] = &x
	}
	return r.dirIndexes[i], nil
}

// id is the number of a key and the position of the first event that belonged to it.
func (r *reader) id(name string) (id uint32, seen event.Position, ok bool, err error) {
	a := asked{name: name, hash: nameHash(name)}
	for i := len(r.keyRuns) - 1; i >= 0 && !a.found; i-- {
		x, err := r.keyIndex(i)
		if err != nil {
			return 0, 0, false, err
		}
		r.ix.probes.Runs.Add(1)
		x.start(&a)
		if err := x.findHash(&a); err != nil {
			return 0, 0, false, err
		}
		if err := x.findName(&a); err != nil {
			return 0, 0, false, err
		}
		if err := x.compare(&a); err != nil {
			return 0, 0, false, err
		}
	}
	return a.id, a.seen, a.found, nil
}

// name is the key with the number id.
func (r *reader) name(id uint32) (string, error) {
	i := sort.Search(len(r.keyRuns), func(i int) bool { return r.keyRuns[i].start > id }) - 1
	if i >= 0 {
		x, err := r.keyIndex(i)
		if err != nil {
			return "", err
		}
		if k := int(id - x.firstID); k < x.n {
			return x.nameOf(k)
		}
	}
	return "", fmt.Errorf("%w: no key %d", ErrDamaged, id)
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
		x, err := r.dirIndex(i)
		if err != nil {
			return 0, false, err
		}
		r.ix.probes.Runs.Add(1)
		row, err := x.of(id)
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
		x, err := r.dirIndex(i)
		if err != nil {
			return nil, err
		}
		r.ix.probes.Runs.Add(1)
		row, err := x.of(id)
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
func (r *reader) part(segment int, id uint32) (part, error) {
	e := r.extents[segment]
	ref := partRef{segment, id % e.parts}
	if p, ok := r.parts[ref]; ok {
		return p, nil
	}
	v, err := r.sealed(e.first, []byte{byte(ref.part)})
	if err != nil {
		return part{}, err
	}
	p, err := r.ix.unsealPart(e.first, ref.part, v)
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
