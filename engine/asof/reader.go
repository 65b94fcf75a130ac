package asof

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"asof/engine/event"
)

// run looks a run up in a bucket.
func (r *reader) run(bucket string, k []byte) ([]byte, error) {
	v := r.tx.Bucket([]byte(bucket)).Get(k)
	if v == nil {
		return nil, fmt.Errorf("%w: %s %x is missing", ErrDamaged, bucket, k)
	}
	return r.ix.unsealRun(bucket, k, v)
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

func (r *reader) keyRun(i int) (keyRun, error) {
	if run, ok := r.keys[i]; ok {
		return run, nil
	}
	v, err := r.run(bucketKeys, idKey(r.keyRuns[i].start))
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
	v, err := r.run(bucketDir, idKey(r.dirRuns[i].start))
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
