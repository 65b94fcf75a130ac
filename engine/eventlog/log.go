package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"asof/engine/event"
	"asof/engine/store"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

var (
	bucketMeta  = []byte("meta")
	keyHead     = []byte("head")
	keyIdentity = []byte("identity")
)

// Log is an append-only log of events in a folder. Its methods are safe for concurrent use, by several processes as well.
type Log struct {
	dir      string
	opts     Options
	file     *store.File
	zstd     *zstd.Decoder
	identity Identity
	cache    blockCache
	clock    clockCache
	runs     trusted
	moulds   looseMoulds

	memory    atomic.Pointer[memory] // of the last writer, if remembers says so
	remembers atomic.Bool

	now     atomic.Pointer[head]
	mu      sync.Mutex
	grown   chan struct{} // closed, and made anew, when now moves
	ended   chan struct{} // closed by Close
	writing sync.Mutex    // one Writer or Append of this process at a time
	users   sync.WaitGroup
}

// head is the state of a log after a commit: small, immutable, and kept as JSON.
type head struct {
	Commit  uint64               `json:"commit"` // number of the commit
	Head    event.Position       `json:"head"`
	Root    link                 `json:"root"`
	Blocks  int                  `json:"blocks"`
	Tail    event.Position       `json:"tail"` // first position of the last block
	Info    Info                 `json:"info"`
	First   [2]int64             `json:"first"` // Info.First, packed
	Last    [2]int64             `json:"last"`  // Info.Last, packed
	Names   [nameKinds][]nameRun `json:"names"`
	Sources uint32               `json:"sources"`
	Rejects uint64               `json:"rejects"` // the last number given to a rejected record
}

func packTime(t event.Time) [2]int64 {
	sec, nsec, zone, kind := t.Pack()
	return [2]int64{sec, int64(nsec) | int64(uint16(zone))<<32 | int64(kind)<<48}
}

func unpackTime(p [2]int64) event.Time {
	return event.Unpack(p[0], int32(p[1]), int16(p[1]>>32), uint8(p[1]>>48))
}

func (h *head) put(tx *bbolt.Tx) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return put(tx, bucketMeta, keyHead, append(newSealed(len(text)), text...))
}

func readHead(tx *bbolt.Tx) (*head, error) {
	h := &head{}
	if err := readJSON(tx, bucketMeta, keyHead, h); err != nil {
		return nil, err
	}
	h.Info.Head, h.Info.Root = h.Head, h.Root
	h.Info.First, h.Info.Last = unpackTime(h.First), unpackTime(h.Last)
	return h, nil
}

// readJSON reads a value that must be there.
func readJSON(tx *bbolt.Tx, bucket, key []byte, into any) error {
	b, err := get(tx, bucket, key)
	if err != nil {
		return err
	}
	if b == nil {
		return damaged("%s %s is missing", bucket, key)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return damaged("%s %s: %w", bucket, key, err)
	}
	return nil
}

// Create makes a new, empty log in the folder dir and opens it.
func Create(ctx context.Context, dir string, id Identity, opts Options) (*Log, error) {
	text, err := json.Marshal(id)
	if err != nil {
		return nil, err
	}
	err = store.Create(ctx, filepath.Join(dir, FileName), func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		if err := put(tx, bucketMeta, keyIdentity, append(newSealed(len(text)), text...)); err != nil {
			return err
		}
		return (&head{}).put(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("new log: %w", err)
	}
	return Open(ctx, dir, opts)
}

func buckets() [][]byte {
	return [][]byte{bucketMeta, bucketBlocks, bucketClock, bucketOutliers, bucketPostings, bucketNames, bucketSources, bucketRejects}
}

// Open opens the log in the folder dir. Damage is an error that wraps ErrDamaged; another format, ErrVersion; no log, one
// that wraps fs.ErrNotExist.
func Open(ctx context.Context, dir string, opts Options) (*Log, error) {
	if opts.CacheBytes == 0 {
		opts.CacheBytes = 8 << 20
	}
	if opts.Streams == 0 {
		opts.Streams = 1 << 20
	}
	if opts.BlockBytes == 0 {
		opts.BlockBytes = 160 << 10
	}
	if opts.Workers == 0 {
		opts.Workers = min(8, runtime.GOMAXPROCS(0))
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	z, err := newDecompressor()
	if err != nil {
		return nil, err
	}
	file, err := store.Open(ctx, filepath.Join(dir, FileName), store.Options{ReadOnly: opts.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	l := &Log{dir: dir, opts: opts, file: file, zstd: z, grown: make(chan struct{}), ended: make(chan struct{})}
	l.cache.most = opts.CacheBytes
	if !opts.ReadOnly {
		store.Sweep(dir, "."+sidecarName+"-*")
	}
	err = file.View(ctx, func(tx *bbolt.Tx) error {
		if err := checkVersion(tx); err != nil {
			return err
		}
		if err := readJSON(tx, bucketMeta, keyIdentity, &l.identity); err != nil {
			return err
		}
		h, err := readHead(tx)
		l.now.Store(h)
		return err
	})
	switch {
	case errors.Is(err, ErrVersion):
		return nil, errors.Join(err, file.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("log: %w", err), file.Close())
	}
	return l, nil
}

// Close gives up the log. Iterators and subscriptions end first; a Writer must be closed before.
func (l *Log) Close() error {
	l.mu.Lock()
	select {
	case <-l.ended:
		l.mu.Unlock()
		return nil
	default:
		close(l.ended)
	}
	l.mu.Unlock()
	l.users.Wait()
	l.zstd.Close()
	return l.file.Close()
}

// Dir is the folder of the log.
func (l *Log) Dir() string { return l.dir }

// Identity is what Create was given.
func (l *Log) Identity() Identity { return l.identity }

// Head is the last position as last seen. Commits of this process and those that a Subscribe or Refresh saw count.
func (l *Log) Head() event.Position { return l.now.Load().Head }

// Root is the chain's link at Head: the hash of everything up to there. An empty log's root is 32 zero bytes.
func (l *Log) Root() [32]byte { return l.now.Load().Root }

// Info is what is in the log at Head.
func (l *Log) Info() Info { return l.now.Load().Info }

// Refresh looks for commits of other processes and returns the head.
func (l *Log) Refresh(ctx context.Context) (event.Position, error) {
	var h *head
	err := l.view(ctx, func(tx *bbolt.Tx) (err error) {
		h, err = readHead(tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	l.advance(h)
	return h.Head, nil
}

// advance makes a commit seen, unless a later one already is.
func (l *Log) advance(h *head) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now.Load(); h.Commit <= now.Commit {
		return
	}
	l.now.Store(h)
	close(l.grown)
	l.grown = make(chan struct{})
}

// growth is closed at the next commit that is seen.
func (l *Log) growth() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.grown
}

// view reads in a transaction and says what was read in its errors.
func (l *Log) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := l.file.View(ctx, fn); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	return nil
}
