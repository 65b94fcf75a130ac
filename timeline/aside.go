package timeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"asof/engine/asof"
	"asof/engine/projection"
)

// openIndex opens a projection's index in the store. In a store that can not be written to, an index that reaches the head answers
// from there; any other one is built aside, in a folder of this session's own that Close removes.
func (s *Session) openIndex(ctx context.Context, p projection.Projection, o asof.Options) (*asof.Index, error) {
	o.Beside = s.opts.Beside
	if dir := s.asideDir(); dir != "" {
		return asof.Open(ctx, dir, s.log, p, o)
	}
	ix, err := asof.Open(ctx, s.Dir(), s.log, p, o)
	switch {
	case s.opts.ReadOnly, err != nil && !unwritable(err):
		return ix, err
	case err == nil && (ix.Built() >= s.log.Head() || canWrite(asof.Path(s.Dir(), p.Identity()))):
		return ix, nil
	case err == nil:
		if err = ix.Close(); err != nil {
			return nil, err
		}
	}
	dir, asideErr := s.aside()
	if asideErr != nil {
		return nil, fmt.Errorf("the store can not be written to, and no index can be built elsewhere: set TMPDIR: %w", errors.Join(err, asideErr))
	}
	return asof.Open(ctx, dir, s.log, p, o)
}

// indexDir is where this session's indexes lie.
func (s *Session) indexDir() string {
	if dir := s.asideDir(); dir != "" {
		return dir
	}
	return s.Dir()
}

func (s *Session) asideDir() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.elsewhere
}

// aside makes the folder for indexes of a store that can not be written to.
func (s *Session) aside() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.elsewhere != "" {
		return s.elsewhere, nil
	}
	dir, err := os.MkdirTemp("", "asof-index-")
	if err != nil {
		return "", err
	}
	s.elsewhere = dir
	if s.opts.Notice != nil {
		s.opts.Notice(fmt.Sprintf("%s can not be written to: its index is built for this session only, in %s", s.Dir(), dir))
	}
	return dir, nil
}

// unwritable reports whether an error says that a folder or a file can not be written to, by anybody or by this user.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

func canWrite(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
