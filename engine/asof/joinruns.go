package asof

// runKind is what is to know of the runs of a bucket to join them.
type runKind struct {
	bucket string
	header int
	join   func(level int, runs []opened) ([]byte, error)
}

var (
	keyRuns = runKind{bucketKeys, keyRunHeader, joinKeyRuns}
	dirRuns = runKind{bucketDir, dirRunHeader, joinDirRuns}
)

// fan is how many runs of one level become one of the next.
const fan = 8

// maxRun bounds the bytes of a run, for the sake of the memory that joining takes.
const maxRun = 128 << 20

// compact joins the last runs of a bucket while fan of them are of one level, so that a look-up probes few of them. Each key
// is copied once per level. Only runs of closed segments get here.
func (w *writer) compact(kind runKind, covered uint32) {
	for w.err == nil {
		runs, err := readRuns(w.tx, kind.bucket, covered)
		if err != nil {
			w.err = err
			return
		}
		n := len(runs) - fan
		if n < 0 || runs[n].level != runs[len(runs)-1].level || sizeOf(runs[n:]) > maxRun {
			return
		}
		w.join(kind, runs[n:])
	}
}

func sizeOf(runs []runRef) (size int) {
	for _, r := range runs {
		size += r.size
	}
	return size
}

// join makes one run of several that follow one another.
func (w *writer) join(kind runKind, runs []runRef) {
	if len(runs) == 0 || w.err != nil {
		return
	}
	values := make([]opened, len(runs))
	for i, r := range runs {
		k := idKey(r.start)
		if values[i], w.err = openRun(runValue(w.tx, kind.bucket, k), kind.header, []byte(kind.bucket), k); w.err != nil {
			return
		}
	}
	joined, err := kind.join(runs[0].level+1, values)
	if err != nil {
		w.err = err
		return
	}
	for _, r := range runs {
		w.dropRun(kind.bucket, idKey(r.start))
	}
	w.putRun(kind.bucket, idKey(runs[0].start), joined, kind.header)
}

// settle joins runs at the end of a build, up to a start, so that a look-up finds nearly everything in one run of each kind. What follows
// a run has come to half of it at least: so each key is copied a few times, however often a build goes on.
func (w *writer) settle(kind runKind, covered, before uint32) {
	if w.err != nil {
		return
	}
	runs, err := readRuns(w.tx, kind.bucket, covered)
	if err != nil {
		w.err = err
		return
	}
	w.join(kind, worthJoining(runs, before))
}

// closedOf is how many segments are closed, and which id is the first that an open one may have given out, of so many.
func closedOf(extents []extent, keys uint32) (closed, ids uint32) {
	for ids, closed = keys, uint32(len(extents)); closed > 0 && !extents[closed-1].closed; closed-- {
		ids = extents[closed-1].firstID
	}
	return closed, ids
}

// worthJoining are the runs that are to become one, of those in front of a start.
func worthJoining(runs []runRef, before uint32) []runRef {
	for len(runs) > 0 && runs[len(runs)-1].start >= before {
		runs = runs[:len(runs)-1]
	}
	left := sizeOf(runs)
	for i, r := range runs {
		if left -= r.size; i < len(runs)-1 && r.size <= 2*left && r.size+left <= maxRun {
			return runs[i:]
		}
	}
	return nil
}
