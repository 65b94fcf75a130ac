package ingest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Prepare finds the targets' files and lets the importers vote on each. Of standard input it reads the head. A file that was
// named and that no importer reads is an error that wraps ErrFormat; one that a folder or a glob brought along is skipped.
func Prepare(ctx context.Context, targets []string, c Config) (*Plan, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	files, err := expand(targets)
	if err != nil {
		return nil, err
	}
	p := &Plan{Targets: targets, config: c}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		src, err := c.prepare(ctx, f)
		switch {
		case err == nil:
			p.Sources = append(p.Sources, src)
		case f.named || c.Format != "":
			return nil, fmt.Errorf("%s: %w", f.path, wayOn(err))
		default:
			p.Skipped = append(p.Skipped, Skipped{f.path, err.Error()})
		}
	}
	if len(p.Sources) == 0 {
		return nil, wayOn(fmt.Errorf("%s: %w: none of %d files", strings.Join(targets, " "), errUnknown, len(p.Skipped)))
	}
	p.name()
	return p, nil
}

func (c Config) check() error {
	if c.Dedupe != "" && c.Dedupe != "id" {
		return fmt.Errorf("dedupe %q: only id is known", c.Dedupe)
	}
	return nil
}

func (c Config) prepare(ctx context.Context, f target) (Source, error) {
	if f.path == Stdin {
		return c.prepareStdin(ctx)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return Source{}, unwrapPath(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Source{}, unwrapPath(err)
	}
	if !info.Mode().IsRegular() {
		return Source{}, fmt.Errorf("%w: not a regular file; pipe it in and name it -", ErrFormat)
	}
	src := Source{Path: f.path, Size: info.Size()}
	src.lines, src.Verdict, err = c.detect(ctx, filepath.Base(f.path), sectionOf(file, decidedOf(src.Size)))
	return src, err
}

// decidedOf is the raw length that a decision about a file of this size is made of; 0 if growth cannot change it.
func decidedOf(size int64) int64 {
	if size < decideSize {
		return size
	}
	return 0
}

// sectionOf is the file from its first byte, cut after limit bytes unless that is 0.
func sectionOf(f io.ReaderAt, limit int64) io.Reader {
	if limit == 0 {
		limit = 1<<63 - 1
	}
	return io.NewSectionReader(f, 0, limit)
}

// detect also tells whether the source is one of plain lines, so that it can be followed.
func (c Config) detect(ctx context.Context, name string, raw io.Reader) (bool, Detection, error) {
	in, err := c.Opener(ctx, name, raw)
	if err != nil {
		return false, Detection{}, err
	}
	defer closeBody(in)
	im, d, err := c.choose(in.Head)
	return in.Plain && (im == nil || lines(im, in.Head)), d, err
}

// closeBody gives an input back. It was only read: an error of its closing is one that reading has told, or nobody's.
func closeBody(in Input) {
	if cl, ok := in.Body.(io.Closer); ok {
		_ = cl.Close()
	}
}

func (c Config) prepareStdin(ctx context.Context) (Source, error) {
	if c.Stdin == nil {
		return Source{}, fmt.Errorf("standard input: %w", fs.ErrInvalid)
	}
	p := &pipe{raw: c.Stdin}
	if err := p.fill(ctx); err != nil {
		return Source{}, fmt.Errorf("standard input: %w", err)
	}
	src := Source{Path: Stdin, Size: -1, pipe: p}
	var err error
	src.lines, src.Verdict, err = c.detect(ctx, "stdin", bytes.NewReader(p.head))
	return src, err
}

// unwrapPath leaves the path out of an error that is told with its path anyway.
func unwrapPath(err error) error {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err
	}
	return err
}

// name gives each source a short name that no other has: its base name, with as many of its folders as it takes.
func (p *Plan) name() {
	for depth := 1; ; depth++ {
		count := map[string]int{}
		for i := range p.Sources {
			if p.Sources[i].Name == "" {
				count[lastParts(p.Sources[i].Path, depth)]++
			}
		}
		left := 0
		for i := range p.Sources {
			s := &p.Sources[i]
			if s.Name != "" {
				continue
			}
			if short := lastParts(s.Path, depth); count[short] == 1 || short == s.Path {
				s.Name = short
			} else {
				left++
			}
		}
		if left == 0 {
			return
		}
	}
}

func lastParts(path string, n int) string {
	if path == Stdin {
		return "stdin"
	}
	parts := strings.Split(filepath.ToSlash(path), "/")
	if n >= len(parts) {
		return path
	}
	return strings.Join(parts[len(parts)-n:], "/")
}
