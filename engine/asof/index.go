package asof

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
	"asof/engine/value"

	"go.etcd.io/bbolt"
)

// The buckets of an index file; doc.go draws what is in them.
const (
	bucketMeta     = "meta"
	bucketExtents  = "extents"
	bucketSegments = "segments" // a bucket per segment, so that a commit does not copy its neighbour's pages
	bucketKeys     = "keys"
	bucketDir      = "dir"
	bucketNames    = "names"
)

// The values of a segment's bucket, beside its parts, which are named by their number in one byte.
const (
	valueColumn = "column"
	valueMarks  = "marks"
	valueStats  = "stats"
	valueGists  = "gists"  // with the number of a part behind it
	valueErrors = "errors" // with the number of a page behind it
)

func buckets() []string {
	return []string{bucketMeta, bucketExtents, bucketSegments, bucketKeys, bucketDir, bucketNames}
}

const (
	formatVersion = 11
	metaHead      = "head"  // JSON, see header
	metaState     = "state" // generation u64, built u64, keys u32, errors u64, names u32
)

// header is what an index file says about itself; it never changes.
type header struct {
	Format     int    `json:"format"`
	Made       int64  `json:"made"` // nanoseconds; tells files apart that took each other's place
	ID         string `json:"id"`
	Name       string `json:"name"`
	By         string `json:"by,omitempty"`
	Source     []byte `json:"source,omitempty"`
	Segment    int    `json:"segment"`
	Partitions int    `json:"partitions"`
	FrameBytes int    `json:"frame_bytes"`
}

// Index is the change index of one projection over one log. Its methods are safe for concurrent use; one Build runs at a time.
type Index struct {
	log     Log
	proj    projection.Projection
	opts    Options
	path    string
	head    header
	file    *store.File
	view    atomic.Pointer[layout] // the last one seen
	load    sync.Mutex             // guards names and loaded
	names   *value.Names
	loaded  uint32      // names read from the file
	made    int64       // of the file that they were read from
	build   gate        // entered to build
	builder *builder    // kept between builds; guarded by build
	resting *time.Timer // to the end of what the builder's folders hold on to; guarded by build
	probes  Probes
	scratch sync.Pool // of *scratch
	seals   seals
	heal    healing
}

// Probes counts what look-ups read, so that a test can tell that a jump does not grow with the log.
type Probes struct {
	Runs    atomic.Uint64 // runs of the directory and the key dictionary
	Frames  atomic.Uint64 // frames decompressed
	Entries atomic.Uint64 // entries read in them
}

// Probes is the index's count since it was opened.
func (ix *Index) Probes() *Probes { return &ix.probes }

// Path is where the index of a projection lies in a store's folder.
func Path(dir, id string) string { return filepath.Join(dir, "index-"+id+".bolt") }

// Open opens the index of p over log in the folder dir, and creates it if there is none, or one that is damaged or of another
// format version. It does not build. Damage that is found later makes it build the index anew, by itself, before it answers; Options.Notice is told.
func Open(ctx context.Context, dir string, log Log, p projection.Projection, opts Options) (*Index, error) {
	path := Path(dir, p.Identity())
	ix, err := openAt(ctx, path, log, p, opts)
	if (errors.Is(err, ErrDamaged) || errors.Is(err, ErrVersion)) && !opts.ReadOnly {
		if opts.Notice != nil {
			opts.Notice(err)
		}
		if err := startAnew(ctx, path, func(aside string) error { return ensure(ctx, aside, p, opts.filled()) }); err != nil {
			return nil, fmt.Errorf("change index: %w", err)
		}
		ix, err = openAt(ctx, path, log, p, opts)
	}
	if err == nil {
		ix.heal.wanted = true
	}
	return ix, err
}

func openAt(ctx context.Context, path string, log Log, p projection.Projection, opts Options) (*Index, error) {
	opts = opts.filled()
	if err := ensure(ctx, path, p, opts); err != nil {
		return nil, err
	}
	file, err := store.Open(ctx, path, store.Options{ReadOnly: opts.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("change index: %w", err)
	}
	ix := &Index{log: log, proj: p, opts: opts, path: path, file: file, build: newGate()}
	if err := ix.prepare(ctx); err != nil {
		file.Close()
		return nil, err
	}
	return ix, nil
}

func (ix *Index) prepare(ctx context.Context) error {
	return ix.look(ctx, func(r *reader) error {
		if ix.head = r.layout.head; ix.head.ID != ix.proj.Identity() {
			return fmt.Errorf("%w: %s is the index of another projection", ErrDamaged, ix.path)
		}
		return nil
	})
}

func (o Options) filled() Options {
	if o.Segment <= 0 {
		o.Segment = 1 << 16
	}
	if o.Partitions <= 0 {
		o.Partitions = 4
	}
	if o.FrameBytes <= 0 {
		o.FrameBytes = 6 << 10
	}
	if o.Members <= 0 {
		o.Members = 1 << 9
	}
	if o.Memory <= 0 {
		o.Memory = 512 << 20
	}
	return o
}

// ensure creates the file if it is missing. Another process that does so at the same time is welcome to win.
func ensure(ctx context.Context, path string, p projection.Projection, opts Options) error {
	if _, err := os.Stat(path); err == nil || opts.ReadOnly {
		return nil
	}
	now := time.Now().UnixNano()
	head, err := json.Marshal(header{
		Format: formatVersion, Made: now, ID: p.Identity(), Name: p.Name(), By: p.By(), Source: p.Source(),
		Segment: opts.Segment, Partitions: opts.Partitions, FrameBytes: opts.FrameBytes,
	})
	if err != nil {
		return err
	}
	err = store.Create(ctx, path, func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		w := writer{tx: tx}
		w.put(bucketMeta, []byte(metaHead), append(newValue(len(head)), head...))
		w.put(bucketMeta, []byte(metaState), state{generation: uint64(now)}.encode())
		return w.err
	})
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("change index: %w", err)
	}
	return nil
}

// Close gives up the file. It waits for a running build, which its context must end.
func (ix *Index) Close() error {
	ix.build <- struct{}{}
	defer ix.build.leave()
	ix.dropBuilder()
	return ix.file.Close()
}

// Built is the last position that the index answers for, as last seen.
func (ix *Index) Built() event.Position { return ix.view.Load().built }

// Refresh looks at what has been built by now, by other processes too, and returns how far that is.
func (ix *Index) Refresh(ctx context.Context) (event.Position, error) {
	err := ix.read(ctx, func(*reader) error { return nil })
	return ix.Built(), err
}

// Projection is what the index was built with.
func (ix *Index) Projection() projection.Projection { return ix.proj }

// state is the part of the file's meta data that every commit rewrites. Generations count up from the nanosecond at which the
// file was made, so that they go on rising when another file takes its place.
type state struct {
	generation uint64
	built      event.Position
	keys       uint32
	errors     uint64
	names      uint32 // member names
}

func (s state) encode() []byte {
	b := binary.LittleEndian.AppendUint64(newValue(32), s.generation)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.built))
	b = binary.LittleEndian.AppendUint32(b, s.keys)
	b = binary.LittleEndian.AppendUint64(b, s.errors)
	return binary.LittleEndian.AppendUint32(b, s.names)
}

// readState reads and checks the state, which every look-up does.
func readState(tx *bbolt.Tx) (state, error) {
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		return state{}, fmt.Errorf("%w: no bucket %s", ErrDamaged, bucketMeta)
	}
	b, err := unseal(meta.Get([]byte(metaState)), []byte(bucketMeta), []byte(metaState))
	if err != nil {
		return state{}, err
	}
	return decodeState(b)
}

func decodeState(b []byte) (state, error) {
	if len(b) != 32 {
		return state{}, fmt.Errorf("%w: state of %d bytes", ErrDamaged, len(b))
	}
	return state{
		generation: binary.LittleEndian.Uint64(b),
		built:      event.Position(binary.LittleEndian.Uint64(b[8:])),
		keys:       binary.LittleEndian.Uint32(b[16:]),
		errors:     binary.LittleEndian.Uint64(b[20:]),
		names:      binary.LittleEndian.Uint32(b[28:]),
	}, nil
}

// Info describes the index as last seen.
func (ix *Index) Info() Info {
	l := ix.view.Load()
	return infoOf(ix.path, l.head, l.state, len(l.extents))
}

func infoOf(path string, h header, s state, segments int) Info {
	info := Info{ID: h.ID, Name: h.Name, By: h.By, Source: h.Source, Built: s.built, Keys: int(s.keys), Segments: segments, Errors: int(s.errors)}
	if st, err := os.Stat(path); err == nil {
		info.Bytes = st.Size()
	}
	return info
}

// List describes the indexes in a store's folder, ordered by file name. Of one that cannot be read, it tells ID, Bytes and Err.
func List(ctx context.Context, dir string) ([]Info, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "index-*.bolt"))
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, path := range paths {
		info, err := peek(ctx, path)
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if err != nil {
			info = Info{ID: strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "index-"), ".bolt"), Err: err}
			if st, err := os.Stat(path); err == nil {
				info.Bytes = st.Size()
			}
		}
		all = append(all, info)
	}
	return all, nil
}

func peek(ctx context.Context, path string) (info Info, err error) {
	file, err := store.Open(ctx, path, store.Options{ReadOnly: true})
	if err != nil {
		return info, err
	}
	defer file.Close()
	err = file.View(ctx, func(tx *bbolt.Tx) error {
		l, err := readLayout(tx)
		if err == nil {
			info = infoOf(path, l.head, l.state, len(l.extents))
		}
		return err
	})
	return info, err
}

// Drop removes the index with the given identity from a store's folder. It must not be open.
func Drop(dir, id string) error {
	if strings.ContainsAny(id, `/\`) || id == "" {
		return fmt.Errorf("change index: %q is no identity", id)
	}
	return os.Remove(Path(dir, id))
}
