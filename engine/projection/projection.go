// Package projection turns events into documents: a key says whose document an event belongs to, a fold says what the event
// does to it.
//
// Each key's documents are folded independently and in log order. That one rule buys parallel builds, branches that refold
// only the touched keys, and blame per key.
package projection

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// RuntimeVersion names what a fold's result depends on beside its source: the built-in folds and the script runner. It is
// raised whenever either of them answers differently, so that indexes of before are built anew.
const RuntimeVersion = "1"

// ErrUnknown is returned for a reference that names neither a built-in nor a script.
var ErrUnknown = errors.New("unknown projection")

// Projection is a key and a fold. It is immutable and safe for concurrent use.
type Projection interface {
	// Name is the built-in's name, or the script's file name without its folder and extension.
	Name() string
	// By is the path that regroups the projection, or "".
	By() string
	// Identity is a hash in lower-case hex of all that the result depends on: source, By and the runtime's version.
	Identity() string
	// Source is the script's text, or nil for a built-in. Of an external program it is a line that names the command.
	Source() []byte
	// NewFolder makes what folds events, for one goroutine.
	NewFolder() Folder
}

// Folder folds events for one goroutine. What it is asked depends on nothing but its arguments.
type Folder interface {
	// Prepare brings an event of an old schema version up to date. It returns e itself if there is nothing to do.
	Prepare(e *event.Event) (*event.Event, error)
	// Keys appends the keys of the documents that a prepared event belongs to, each once; none means: not my event.
	Keys(e *event.Event, dst []string) ([]string, error)
	// Apply folds a prepared event into the document of key, between Begin and Commit, where nothing else writes. After an error
	// the caller rolls back.
	Apply(doc *value.Doc, e *event.Event, key string) error
}

// Options say how a reference is read.
type Options struct {
	// By regroups the projection: a JSON Pointer over an event's fields, such as /data/order_id or /type. "" keeps its own key.
	By string
	// ReadFile reads a script; nil means os.ReadFile.
	ReadFile func(path string) ([]byte, error)
	// Steps and Memory limit a script's work on one event; 0 means the runner's defaults. They bound a fold without changing
	// what it answers below them, and still belong to its identity, since an event beyond them fails.
	Steps  uint64
	Memory int64
	// Patience is how long an external program may be silent while an answer is due; 0 means 10 s.
	Patience time.Duration
}

// Info describes a built-in projection.
type Info struct {
	Name  string
	Short string // one line for people
}

// Builtins lists the built-in projections in the order in which people should meet them.
func Builtins() []Info {
	return []Info{
		{"merge", "each event's payload merged into its stream's document, with type, count, first and last time"},
		{"last", "the last payload of each stream"},
		{"counts", "events by type, in one document for the whole log"},
		{"tally", "per stream: events by type, sum of every numeric field by type, distinct ids"},
	}
}

// Parse reads a reference: the name of a built-in, the path of a .star file, or what Exec makes of a command.
func Parse(ref string, o Options) (Projection, error) {
	by, err := parseBy(o.By)
	if err != nil {
		return nil, err
	}
	if fold, ok := builtin(ref); ok {
		return &native{name: ref, by: by, fold: fold}, nil
	}
	if IsExec(ref) {
		return parseExec(ref, by, o)
	}
	if !strings.HasSuffix(ref, ".star") {
		return nil, fmt.Errorf("%w %q: legal are %s, or the path of a .star file", ErrUnknown, ref, builtinNames())
	}
	read := o.ReadFile
	if read == nil {
		read = os.ReadFile
	}
	src, err := read(ref)
	if err != nil {
		return nil, fmt.Errorf("projection %s: %w", ref, err)
	}
	return Script(strings.TrimSuffix(filepath.Base(ref), ".star"), ref, src, o)
}

func builtinNames() string {
	var names []string
	for _, b := range Builtins() {
		names = append(names, b.Name)
	}
	return strings.Join(names, ", ")
}

// identity hashes the parts with their lengths, so that no two lists of parts run together.
func identity(parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{"asof projection", RuntimeVersion}, parts...) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Restore makes a projection of what is kept with its index: a built-in by its name, or a script by its text, so that a store
// answers without the script's file. An external program is not started from there: ErrExternal.
func Restore(name, by string, source []byte) (Projection, error) {
	if source == nil {
		return Parse(name, Options{By: by})
	}
	return Script(name, name+".star", source, Options{By: by})
}
