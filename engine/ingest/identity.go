package ingest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
)

// likeness is how a file compares with what a store remembers.
type likeness uint8

const (
	different likeness = iota
	same               // nothing was added to it
	grown              // the same beginning, and more
)

// hashAt is the SHA-256 of n bytes at off; nil if the file does not have them.
func hashAt(f io.ReaderAt, off, n int64) ([]byte, error) {
	h := sha256.New()
	got, err := hashInto(h, f, off, n)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if got < n {
		return nil, nil
	}
	return h.Sum(nil), nil
}

// compare tells whether a file of the given size is the one that is remembered: by its first bytes, and by the last ones that
// were consumed. The text says, for a person, in what it differs.
func (m *memory) compare(f io.ReaderAt, size int64) (likeness, string, error) {
	if size < m.HeadLen {
		return different, "it is shorter now", nil
	}
	head, err := hashAt(f, 0, m.HeadLen)
	if err != nil {
		return different, "", err
	}
	if !bytes.Equal(head, m.Head) {
		return different, "its first bytes differ", nil
	}
	if !m.Ended {
		return m.compareUnended(f)
	}
	if size < m.RawSize {
		return different, "it is shorter now", nil
	}
	n := min(m.RawSize, tailSize)
	tail, err := hashAt(f, m.RawSize-n, n)
	switch {
	case err != nil:
		return different, "", err
	case !bytes.Equal(tail, m.RawTail):
		return different, fmt.Sprintf("the bytes before byte %d differ", m.RawSize), nil
	case size > m.RawSize:
		return grown, "", nil
	}
	return same, "", nil
}

// compareUnended looks at the last bytes consumed, where it can; of a packed file, unpacking up to there will show it.
func (m *memory) compareUnended(f io.ReaderAt) (likeness, string, error) {
	if !m.Plain {
		return grown, "", nil
	}
	ok, err := m.At.same(io.NewSectionReader(f, int64(m.Mark), 1<<62))
	if err != nil {
		return different, "", fmt.Errorf("identity: %w", err)
	}
	if !ok {
		return different, fmt.Sprintf("the bytes before byte %d differ", m.At.Offset), nil
	}
	return grown, "", nil
}

// title is the file's name, for a person.
func (m *memory) title() string { return cmp.Or(m.Shown, m.Name) }

// goTo remembers where the file is now.
func (m *memory) goTo(s *Source) {
	if m.Path != s.Path {
		m.Path, m.Shown = s.Path, s.Name
	}
}

// elsewhere tells whether what is remembered is still a file of its own, other than the one at path.
func (m *memory) elsewhere(path string) bool {
	own, err := os.Stat(m.Path)
	if err != nil || !own.Mode().IsRegular() {
		return false
	}
	if other, err := os.Stat(path); err != nil || os.SameFile(own, other) {
		return false
	}
	f, err := os.Open(m.Path)
	if err != nil {
		return false
	}
	defer f.Close()
	how, _, err := m.compare(f, own.Size())
	return err == nil && how != different
}

// identify takes down what makes a file's identity before any of it is read.
func (m *memory) identify(f *os.File, size int64) error {
	m.HeadLen = min(size, headSize)
	head, err := hashAt(f, 0, m.HeadLen)
	if err != nil {
		return err
	}
	if head == nil {
		return fmt.Errorf("identity: %w", io.ErrUnexpectedEOF)
	}
	m.Head, m.Inode = head, inode(f)
	return nil
}

// seal takes down how the raw file ended, so that the next run knows it again without reading it.
func (m *memory) seal(f io.ReaderAt, size int64) error {
	n := min(size, tailSize)
	tail, err := hashAt(f, size-n, n)
	if err != nil {
		return err
	}
	if tail == nil {
		return fmt.Errorf("identity: %w", io.ErrUnexpectedEOF)
	}
	m.RawSize, m.RawTail = size, tail
	return nil
}

// ChangedError says that a file is not the one that a store was made from: it needs a store of its own.
type ChangedError struct {
	Path string
	Why  string
}

// Error names the file and the difference.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s has changed since it was imported: %s", e.Path, e.Why)
}

// Unwrap is ErrChanged.
func (e *ChangedError) Unwrap() error { return ErrChanged }

// matches is how a plan's sources and what is remembered belong together.
type matches struct {
	of      []*memory  // by source; nil for one that is new
	how     []likeness // by source
	changed []change   // files that took the place of a remembered one
}

// change is a new file at the path of another that is not in the plan any more.
type change struct {
	source int
	memory *memory
	why    string
}

// match finds, for each source of a plan, what is remembered of it: first by path, then by inode, then by its content alone,
// for a file may have been moved. One that had no records yet, but a header at most, has no content to be known by.
func match(p *Plan, known []*memory) (matches, error) {
	m := &matching{plan: p, taken: map[*memory]bool{}}
	m.of, m.how = make([]*memory, len(p.Sources)), make([]likeness, len(p.Sources))
	byPath := func(s *Source, _ string, k *memory) bool { return s.Path == k.Path && !k.Gone }
	byInode := func(_ *Source, inode string, k *memory) bool { return inode != "" && inode == k.Inode }
	byContent := func(_ *Source, _ string, k *memory) bool { return k.Records > 0 }
	for _, hint := range []func(*Source, string, *memory) bool{byPath, byInode, byContent} {
		for i := range p.Sources {
			if err := m.try(i, known, hint); err != nil {
				return matches{}, err
			}
		}
	}
	left := m.changed[:0:0]
	for _, c := range m.changed {
		if m.of[c.source] == nil && !m.taken[c.memory] {
			left = append(left, c)
		}
	}
	m.changed = left
	return m.matches, nil
}

// err is an error if a file changed: a log that is not followed needs a new store then.
func (m *matches) err(p *Plan) error {
	var err error
	for _, c := range m.changed {
		err = errors.Join(err, &ChangedError{p.Sources[c.source].Path, c.why})
	}
	return err
}

type matching struct {
	matches
	plan  *Plan
	taken map[*memory]bool
}

func (m *matching) try(i int, known []*memory, hint func(*Source, string, *memory) bool) error {
	s := &m.plan.Sources[i]
	if m.of[i] != nil {
		return nil
	}
	if s.pipe != nil {
		m.tryPipe(i, known)
		return nil
	}
	f, err := s.open()
	if err != nil {
		return err
	}
	defer s.release(f)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	node := inode(f)
	for _, k := range known {
		if m.taken[k] || !hint(s, node, k) {
			continue
		}
		how, why, err := k.compare(f, info.Size())
		if err != nil {
			return fmt.Errorf("%s: %w", s.Path, err)
		}
		if how != different {
			if m.of[i] == nil || k.At.Offset >= m.of[i].At.Offset { // what was read furthest
				m.of[i], m.how[i] = k, how
			}
			continue
		}
		if s.Path == k.Path && !k.Gone && !m.noted(i, k) {
			m.changed = append(m.changed, change{i, k, why})
		}
	}
	if k := m.of[i]; k != nil {
		m.taken[k], k.Gone = true, false
	}
	return nil
}

func (m *matching) noted(i int, k *memory) bool {
	for _, c := range m.changed {
		if c.source == i && c.memory == k {
			return true
		}
	}
	return false
}

// tryPipe matches standard input by its head; what follows is compared while it is read.
func (m *matching) tryPipe(i int, known []*memory) {
	head := m.plan.Sources[i].pipe.head
	for _, k := range known {
		if k.Path != Stdin || m.taken[k] || int64(len(head)) < k.HeadLen {
			continue
		}
		if sum := sha256.Sum256(head[:k.HeadLen]); bytes.Equal(sum[:], k.Head) {
			m.of[i], m.how[i], m.taken[k] = k, grown, true
			return
		}
	}
}
