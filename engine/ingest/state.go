package ingest

import (
	"encoding/json"
	"fmt"
)

const (
	// headSize is how much of a file's start, and tailSize how much of what was consumed, makes its identity.
	headSize = 64 << 10
	tailSize = 64 << 10
	// decideSize is how much of a source decides what it is and which of its fields is what: an Opener's whole head.
	decideSize = 1 << 20
)

// memory is what the store remembers of one source. It commits together with the events that came from it, as JSON in the log's
// table of sources: it alone says where an import goes on.
type memory struct {
	Name  string `json:"name"`            // by which ids are made: it stays, wherever the file goes
	Shown string `json:"shown,omitempty"` // the name that the file has since it was moved
	Path  string `json:"path"`

	// The raw file: its first bytes, and, once it has ended, its size and last bytes.
	HeadLen int64  `json:"head_len"`
	Head    []byte `json:"head"`
	RawSize int64  `json:"raw_size,omitempty"`
	RawTail []byte `json:"raw_tail,omitempty"`
	Inode   string `json:"inode,omitempty"`
	Plain   bool   `json:"plain,omitempty"` // see Input
	Mark    int    `json:"mark,omitempty"`

	// What was decided when it was first read. Decided is the raw length that the head was made of, 0 if it was the usual head.
	Format  string            `json:"format"`
	Decided int64             `json:"decided,omitempty"`
	Map     map[string]string `json:"map,omitempty"` // the mapping of the file before it, where one was rotated away
	Verdict Verdict           `json:"verdict"`
	Vote    Detection         `json:"vote"`
	Order   Order             `json:"order"`

	// At is where reading goes on. A pass that sorts reads From to At before its first event, and has passed Emitted records on.
	At      place  `json:"at"`
	From    place  `json:"from"`
	Emitted uint64 `json:"emitted,omitempty"`
	Pass    int    `json:"pass"`
	Ended   bool   `json:"ended"`
	Key     stamp  `json:"key"`  // the highest time of this pass so far, by which the merge goes
	High    stamp  `json:"high"` // the highest time so far
	Low     stamp  `json:"low"`  // and the lowest

	Records  uint64 `json:"records"`
	Rejected uint64 `json:"rejected"`
	Late     uint64 `json:"late,omitempty"`
	LeftOut  uint64 `json:"left_out,omitempty"` // events that are not of the slice
	// Held is a rejected last line without an end: At stands before it, so that it is read again when the file has grown.
	Held     *held     `json:"held,omitempty"`
	Backward *backward `json:"backward,omitempty"`
	Gaps     []Gap     `json:"gaps,omitempty"`
	Gone     bool      `json:"gone,omitempty"` // rotated away, replaced or truncated: nothing more comes from it
}

// place is a point in the unpacked bytes of a source, with the evidence for what lies before it.
type place struct {
	Offset  uint64 `json:"offset"`
	Lines   uint64 `json:"lines"` // line ends before it
	TailLen int    `json:"tail_len,omitempty"`
	Tail    []byte `json:"tail,omitempty"` // SHA-256 of the TailLen bytes before it
	Sum     []byte `json:"sum,omitempty"`  // the running SHA-256 of all bytes before it, as crypto/sha256 marshals it
}

// held is a record that was counted as rejected although more bytes may still complete it.
type held struct {
	End    uint64 `json:"end"`
	Number uint64 `json:"number"` // of the rejected record in the log
}

// backward is where the time of a source in file order first ran backwards after the order had been decided.
type backward struct {
	Line   uint64 `json:"line"`
	Offset uint64 `json:"offset"`
	By     string `json:"by"`
}

// Gap is a range of a followed file that may be lost: it was there, or can have been, and was gone before it could be read.
type Gap struct {
	Path string `json:"path"`
	From uint64 `json:"from"` // first byte that may be lost
	To   uint64 `json:"to"`   // first byte after it; equal to From if nobody knows how many
	Why  string `json:"why"`
}

// Order is how the records of a source are ordered, and why.
type Order struct {
	By      string `json:"by"`                // OrderFile, OrderSequence or OrderTime
	Reverse bool   `json:"reverse,omitempty"` // the records are turned round first, the last one first
	Sort    bool   `json:"sort,omitempty"`    // they do not stand in this order already
	Why     string `json:"why"`
}

// sorts tells whether the whole source has to be read before its first event is known.
func (o Order) sorts() bool { return o.Sort || o.Reverse }

func (m *memory) marshal() ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("place of %s: %w", m.Name, err)
	}
	return text, nil
}

func unmarshalMemory(text []byte) (*memory, error) {
	m := new(memory)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("place of a source: %w", err)
	}
	return m, nil
}
