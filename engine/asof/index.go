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
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/store"
	"asof/engine/value"

	"github.com/klauspost/compress/zstd"
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
	bucketErrors   = "errors"
)

// The values of a segment's bucket, beside its parts, which are named by their number in one byte.
const (
	valueColumn = "column"
	valueMarks  = "marks"
	valueStats  = "stats"
)

func buckets() []string {
	return []string{bucketMeta, bucketExtents, bucketSegments, bucketKeys, bucketDir, bucketNames, bucketErrors}
}

const (
	formatVersion = 1
	metaHead      = "head"  // JSON, see header
	metaState     = "state" // generation u64, built u64, keys u32, errors u64
)

// header is what an index file says about itself; it never changes.
type header struct {
	Format     int    `json:"format"`
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
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	view    atomic.Pointer[layout] // the last one seen
	load    sync.Mutex             // guards names and loaded
	names   *value.Names
	loaded  uint32     // names read from the file
	build   sync.Mutex // held while building
	builder *builder   // kept between builds; guarded by build
	probes  Probes
	scratch sync.Pool // of *scratch
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

// Open opens the index of p over log in the folder dir, and creates it if there is none. It does not build.
func Open(ctx context.Context, dir string, log Log, p projection.Projection, opts Options) (*Index, error) {
	return openAt(ctx, Path(dir, p.Identity()), log, p, opts)
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
	ix := &Index{log: log, proj: p, opts: opts, path: path, file: file}
	if err := ix.prepare(ctx); err != nil {
		file.Close()
		return nil, err
	}
	return ix, nil
}

func (ix *Index) prepare(ctx context.Context) error {
	var err error
	if ix.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithEncoderCRC(true)); err != nil {
		return err
	}
	if ix.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithDecoderMaxMemory(maxFrame)); err != nil {
		return err
	}
	return ix.read(ctx, func(*reader) error { return nil })
}

func (o Options) filled() Options {
	if o.Segment <= 0 {
		o.Segment = 1 << 16
	}
	if o.Partitions <= 0 {
		o.Partitions = 4
	}
	if o.FrameBytes <= 0 {
		o.FrameBytes = 8 << 10
	}
	if o.Memory <= 0 {
		o.Memory = 192 << 20
	}
	return o
}

// ensure creates the file if it is missing. Another process that does so at the same time is welcome to win.
func ensure(ctx context.Context, path string, p projection.Projection, opts Options) error {
	if _, err := os.Stat(path); err == nil || opts.ReadOnly {
		return nil
	}
	head, err := json.Marshal(header{
		Format: formatVersion, ID: p.Identity(), Name: p.Name(), By: p.By(), Source: p.Source(),
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
		meta := tx.Bucket([]byte(bucketMeta))
		if err := meta.Put([]byte(metaHead), head); err != nil {
			return err
		}
		return meta.Put([]byte(metaState), state{generation: uint64(time.Now().UnixNano())}.encode())
	})
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("change index: %w", err)
	}
	return nil
}

// Close gives up the file. It waits for a running build, which its context must end.
func (ix *Index) Close() error {
	ix.build.Lock()
	defer ix.build.Unlock()
	ix.builder = nil
	ix.decoder.Close()
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
}

func (s state) encode() []byte {
	b := binary.LittleEndian.AppendUint64(nil, s.generation)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.built))
	b = binary.LittleEndian.AppendUint32(b, s.keys)
	return binary.LittleEndian.AppendUint64(b, s.errors)
}

func decodeState(b []byte) (state, error) {
	if len(b) != 28 {
		return state{}, fmt.Errorf("%w: state of %d bytes", ErrDamaged, len(b))
	}
	return state{
		generation: binary.LittleEndian.Uint64(b),
		built:      event.Position(binary.LittleEndian.Uint64(b[8:])),
		keys:       binary.LittleEndian.Uint32(b[16:]),
		errors:     binary.LittleEndian.Uint64(b[20:]),
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

// List describes the indexes in a store's folder, ordered by file name. One that cannot be read is left out.
func List(ctx context.Context, dir string) ([]Info, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "index-*.bolt"))
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, path := range paths {
		if info, err := peek(ctx, path); err == nil {
			all = append(all, info)
		} else if ctx.Err() != nil {
			return all, err
		}
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
