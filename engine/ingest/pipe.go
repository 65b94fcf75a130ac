package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a pipe's first bytes may pause before the head is made of what has come.
const patience = 300 * time.Millisecond

// pipe is standard input: read once, by one goroutine, with its head kept so that it can be looked at before it is read.
type pipe struct {
	raw    io.Reader
	head   []byte
	chunks chan []byte
	err    error // why chunks was closed; read it after that
	rest   []byte
	quit   chan struct{}
	once   sync.Once
	failed error          // why the spooling ended; read it when over
	over   atomic.Bool    // nothing more is spooled
	copied sync.WaitGroup // the spooling
}

// fill starts to read and collects the head: its full size, or all there is, or what came before the first pause after a line.
func (p *pipe) fill(ctx context.Context) error {
	p.chunks, p.quit = make(chan []byte, 4), make(chan struct{})
	go p.pump()
	var pause <-chan time.Time
	for len(p.head) < decideSize {
		select {
		case chunk, ok := <-p.chunks:
			if !ok {
				return p.failure()
			}
			p.head = append(p.head, chunk...)
			pause = nil
			if bytes.IndexByte(p.head, '\n') >= 0 {
				pause = time.After(patience)
			}
		case <-pause:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// pump reads until the end. It stays behind in a blocked Read when an import is given up: nobody can interrupt that.
func (p *pipe) pump() {
	defer close(p.chunks)
	for {
		buf := make([]byte, 256<<10)
		n, err := p.raw.Read(buf)
		if n > 0 {
			select {
			case p.chunks <- buf[:n]:
			case <-p.quit:
				err = io.ErrClosedPipe
			}
		}
		if err != nil {
			p.err = err
			return
		}
	}
}

// close ends the pump at its next byte.
func (p *pipe) close() { p.once.Do(func() { close(p.quit) }) }

func (p *pipe) failure() error {
	if errors.Is(p.err, io.EOF) {
		return nil
	}
	return p.err
}

// preview is the first n bytes again, at most the head.
func (p *pipe) preview(n int64) io.Reader {
	return bytes.NewReader(p.head[:min(n, int64(len(p.head)))])
}

// reader yields the head and then the rest, until ctx ends.
func (p *pipe) reader(ctx context.Context) io.Reader {
	return io.MultiReader(bytes.NewReader(p.head), &pipeRest{p, ctx})
}

type pipeRest struct {
	p   *pipe
	ctx context.Context
}

func (r *pipeRest) Read(buf []byte) (int, error) {
	for len(r.p.rest) == 0 {
		select {
		case chunk, ok := <-r.p.chunks:
			if !ok {
				if err := r.p.failure(); err != nil {
					return 0, err
				}
				return 0, io.EOF
			}
			r.p.rest = chunk
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(buf, r.p.rest)
	r.p.rest = r.p.rest[n:]
	return n, nil
}

// identifyPipe takes down the head of standard input.
func (l *lane) identifyPipe() error {
	head := l.source.pipe.head
	sum := sha256.Sum256(head)
	l.mem.HeadLen, l.mem.Head = int64(len(head)), sum[:]
	return nil
}

// spool copies standard input to a temporary file as it comes, so that it can be followed like one, and signals each time.
func (p *pipe) spool(folder string, wake chan<- struct{}) (*tailed, error) {
	file, err := os.CreateTemp(folder, "asof-stdin-") // 0600
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	t := &tailed{file: file, path: Stdin, seen: -1, first: true, rotation: true, gone: os.Remove(file.Name()) == nil}
	if _, err := file.Write(p.head); err != nil {
		return nil, errors.Join(fmt.Errorf("standard input: %w", err), t.close())
	}
	p.copied.Go(func() { p.copyTo(file, wake) })
	return t, nil
}

func (p *pipe) copyTo(file *os.File, wake chan<- struct{}) {
	defer signal(wake)
	defer p.over.Store(true)
	for {
		select {
		case chunk, ok := <-p.chunks:
			if !ok {
				p.failed = p.failure()
				return
			}
			if _, p.failed = file.Write(chunk); p.failed != nil {
				return
			}
			signal(wake)
		case <-p.quit:
			return
		}
	}
}

func signal(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default: // it is awake already
	}
}

// stop ends the spooling.
func (p *pipe) stop() {
	p.close()
	p.copied.Wait()
}

// trouble is why the spooling ended, if not because all had come.
func (p *pipe) trouble() error {
	if !p.over.Load() || p.failed == nil {
		return nil
	}
	return fmt.Errorf("standard input: %w", p.failed)
}
