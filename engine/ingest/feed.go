package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// records yields records one after another; io.EOF ends it. A record is valid until the next call.
type records interface {
	next() (*Record, error)
	close() error
}

// ErrChanged means that a file is not the one that the store was made from.
var ErrChanged = errors.New("not the file that the store was made from")

// feed reads one source in its own order: a goroutine parses ahead, by batches.
type feed struct {
	reader  Reader
	input   Input
	raw     *counter
	skip    uint64 // records that end here or before it are known already
	batches chan *Batch
	free    chan *Batch
	buffers *Buffers
	quit    chan struct{}
	cancel  context.CancelFunc
	err     error // why batches was closed; read it after that
	body    *meter
}

// meter counts what a reader takes, and tells the ledger.
type meter struct {
	body   io.Reader
	ledger *ledger
	read   atomic.Uint64 // offset of the first byte not yet read
	ctx    context.Context
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.body.Read(p)
	if n > 0 {
		m.ledger.wrote(p[:n])
		m.read.Add(uint64(n))
	}
	return n, err
}

// Pass makes a meter a Passer.
func (m *meter) Pass(from, to uint64) { m.ledger.pass(from, to) }

// readAhead is how many batches are parsed ahead of the log, at most, and batchCost what one takes, about.
const (
	readAhead = 16
	batchCost = 256 << 10
)

// ahead is how many batches are parsed ahead within a source's share of the memory, and chunk how much is then read at a time.
func (c Config) ahead() int { return int(max(1, min(c.share()/4/batchCost, readAhead))) }
func (c Config) chunk() int { return int(max(32<<10, min(c.share()/8, 256<<10))) }

// startFeed opens an importer's reader on an input and starts to read.
func startFeed(ctx context.Context, im Importer, in Input, o Options, led *ledger, raw *counter, skip uint64, ahead int) (*feed, error) {
	ctx, cancel := context.WithCancel(ctx)
	m := &meter{body: in.Body, ledger: led, ctx: ctx}
	m.read.Store(in.Offset)
	f := &feed{
		input: in, raw: raw, cancel: cancel, skip: skip, body: m,
		batches: make(chan *Batch, ahead), free: make(chan *Batch, 2*ahead+1), quit: make(chan struct{}),
		buffers: newBuffers(in.Chunk, 8+2*ahead),
	}
	view := in
	view.Body, view.Context, view.Buffers = m, ctx, f.buffers
	var err error
	if f.reader, err = im.Open(view, o); err != nil {
		cancel()
		closeBody(in)
		return nil, err
	}
	f.input.Head = Head{} // it has been looked at
	go f.pump()
	return f, nil
}

func (f *feed) pump() {
	defer close(f.batches)
	for {
		b := f.batch()
		err := f.reader.Read(b)
		b.buffers, f.buffers.left = append(b.buffers, f.buffers.left...), f.buffers.left[:0]
		if err != nil && !errors.Is(err, io.EOF) && !f.fatal(err) {
			b.Records = append(b.Records, f.unreadable(err))
			err = io.EOF
		}
		if len(b.Records) > 0 {
			b.look()
			select {
			case f.batches <- b:
			case <-f.quit:
				return
			}
		}
		if err != nil {
			f.err = err
			return
		}
	}
}

// fatal tells an error of the file system, or the end of the context, from one of the source's content: behind that, nothing
// more can be read, but what was read before it stands.
func (f *feed) fatal(err error) bool {
	return f.body.ctx.Err() != nil || f.raw != nil && f.raw.err != nil || errors.Is(err, ErrChanged)
}

// unreadable is the rest of a source that ends in an error.
func (f *feed) unreadable(err error) Record {
	return Record{Offset: f.end(), End: f.end(), Rejected: "nothing after this can be read: " + err.Error()}
}

func (f *feed) batch() *Batch {
	select {
	case b := <-f.free:
		b.empty()
		return b
	default:
		return new(Batch)
	}
}

// take is the next batch. The caller owns it; it may give it back by again.
func (f *feed) take() (*Batch, error) {
	b, ok := <-f.batches
	if !ok {
		return nil, f.err
	}
	if f.skip > 0 {
		b.Records = b.Records[known(b.Records, f.skip):]
		b.look()
	}
	return b, nil
}

// known is how many records at the start of a batch end at or before an offset.
func known(rs []Record, skip uint64) int {
	for i := range rs {
		if rs[i].End > skip || rs[i].Rejected != "" && rs[i].End == rs[i].Offset {
			return i
		}
	}
	return len(rs)
}

// recycle gives a batch and the buffers of its records back, of which nothing is needed any more.
func (f *feed) recycle(b *Batch) {
	f.buffers.put(b)
	f.again(b)
}

// again gives a batch back to be filled anew.
func (f *feed) again(b *Batch) {
	select {
	case f.free <- b:
	default: // there are enough
	}
}

// end is the offset of the end of the source, once next has said io.EOF.
func (f *feed) end() uint64 { return f.body.read.Load() }

// close ends the reading, waits for the goroutine, and gives the input back.
func (f *feed) close() error {
	close(f.quit)
	f.cancel()
	for range f.batches {
	}
	closeBody(f.input)
	return nil
}

// discard reads an unpacked body up to a place and compares what lies before it with the evidence. It returns the last bytes
// before the place.
func discard(body io.Reader, p place) ([]byte, error) {
	if p.Offset == 0 {
		return nil, nil
	}
	if _, err := io.CopyN(io.Discard, body, int64(p.Offset)-int64(p.TailLen)); err != nil {
		return nil, shorter(err)
	}
	tail := make([]byte, p.TailLen)
	if _, err := io.ReadFull(body, tail); err != nil {
		return nil, shorter(err)
	}
	if sum := sha256.Sum256(tail); !bytes.Equal(sum[:], p.Tail) {
		return nil, fmt.Errorf("%w: the bytes before byte %d differ", ErrChanged, p.Offset)
	}
	return tail, nil
}

func shorter(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is shorter now", ErrChanged)
	}
	return err
}
