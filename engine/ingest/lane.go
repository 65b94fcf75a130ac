package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"sync/atomic"
	"syscall"

	"asof/engine/eventlog"
)

// lane is one source in a pass: where its records come from, and what is known of it so far.
type lane struct {
	source   *Source
	mem      *memory
	row      eventlog.Source
	importer Importer
	number   int // among the pass's lanes
	dirty    bool
	began    uint64 // unpacked offset at which this run began
	resumed  bool   // the pass began in a run that was killed

	file   *os.File // nil for standard input, and while it is parked
	info   os.FileInfo
	size   int64 // of the raw file when the pass began
	raw    *counter
	led    *ledger
	feed   *feed
	lead   []*Batch // what was read to decide, not yet passed on
	log    sink
	passed []passed // batches that the log may still need
	trial  *trial   // while its order is undecided
	items  records  // in order, with outliers marked
	head   *Record
	high   stamp // of head: the highest time of its events
	key    stamp // by which the merge goes: the running highest time with head

	at       uint64 // source offset up to which records were passed on
	restored uint64 // records of this pass that were passed on before a kill
	result   SourceResult
}

// counter counts raw bytes and keeps the error that ended them: what the file system says, as against what an unpacker says.
type counter struct {
	raw   io.Reader
	count *atomic.Int64
	err   error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	c.count.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// from is where this pass began to read the source.
func (l *lane) from() place {
	if l.mem.Order.sorts() {
		return l.mem.From
	}
	return l.mem.At
}

// upTo is the unpacked offset at which this pass ends, 0 if that is the source's end.
func (l *lane) upTo() uint64 {
	switch {
	case !l.mem.Order.sorts() || l.mem.At.Offset == l.mem.From.Offset && l.mem.Held == nil:
		return 0
	case l.mem.Held != nil:
		return l.mem.Held.End
	}
	return l.mem.At.Offset
}

// open makes the lane's feed, from where this pass began.
func (l *lane) open(ctx context.Context, c Config, count *atomic.Int64) error {
	if err := l.unpark(); err != nil {
		return err
	}
	in, err := l.input(ctx, c, count)
	if err != nil {
		return err
	}
	if l.importer == nil {
		closeBody(in)
		return nil
	}
	skip := uint64(0)
	if in.Offset < l.from().Offset {
		skip = l.from().Offset
	}
	in.Chunk = c.chunk()
	l.feed, err = startFeed(ctx, l.importer, in, l.options(c), l.led, l.raw, skip, c.ahead())
	return err
}

// options are the configuration's, and what the source took over from the file before it.
func (l *lane) options(c Config) Options {
	o := c.options()
	if len(l.mem.Map) == 0 {
		return o
	}
	both := maps.Clone(l.mem.Map)
	maps.Copy(both, o.Map)
	o.Map = both
	return o
}

// input opens the source where the pass begins, or, if its format cannot be read from the middle, at its start.
func (l *lane) input(ctx context.Context, c Config, count *atomic.Int64) (Input, error) {
	in, err := l.decision(ctx, c)
	if err != nil {
		return Input{}, err
	}
	if err := l.choose(c, in.Head); err != nil {
		closeBody(in)
		return Input{}, err
	}
	l.mem.Plain, l.mem.Mark = in.Plain, in.Mark
	if in.Plain && l.file != nil {
		return l.plain(in, count)
	}
	closeBody(in)
	return l.packed(ctx, c, in.Head, count)
}

// decision is an input made for its head: of as many bytes as when the source was first looked at.
func (l *lane) decision(ctx context.Context, c Config) (Input, error) {
	if l.file == nil {
		return c.Opener(ctx, l.mem.Name, l.source.pipe.preview(l.mem.HeadLen))
	}
	return c.Opener(ctx, l.mem.Name, sectionOf(l.file, l.mem.Decided))
}

// choose takes the remembered importer; if there is none yet, it lets them vote.
func (l *lane) choose(c Config, head Head) error {
	if l.mem.Format == "" {
		im, vote, err := c.choose(head)
		if err != nil || im == nil {
			return err
		}
		l.importer, l.mem.Vote, l.mem.Format = im, vote, vote.Format
		return nil
	}
	for _, im := range c.Importers {
		if im.Format().Name == l.mem.Format {
			l.importer = im
			return nil
		}
	}
	return fmt.Errorf("format %q: %w", l.mem.Format, ErrFormat)
}

// lines tells whether a source can be read from the middle: one record after another, not a list or a document around them.
func lines(im Importer, head Head) bool { return im != nil && im.Format().Lines && head.Wrapper == "" }

// plain reads a file whose unpacked bytes lie in it one for one.
func (l *lane) plain(in Input, count *atomic.Int64) (Input, error) {
	from, end := l.from(), l.size
	if to := l.upTo(); to > 0 {
		end = int64(to) + int64(in.Mark)
	}
	if lines(l.importer, in.Head) {
		in.Offset, in.Line = from.Offset, from.Lines
	}
	var err error
	if l.led, err = sumLedger(l.file, in.Mark, from, in.Offset); err != nil {
		closeBody(in)
		return Input{}, err
	}
	start := int64(in.Mark) + int64(in.Offset)
	l.raw = &counter{raw: io.NewSectionReader(l.file, start, end-start), count: count}
	closeBody(in) // it was opened for its head
	in.Body = l.raw
	return in, nil
}

// joined reads one thing and closes another.
type joined struct {
	io.Reader
	closer io.Reader
}

func (j joined) Close() error {
	closeBody(Input{Body: j.closer})
	return nil
}

// packed unpacks from the first byte on, up to where the pass begins.
func (l *lane) packed(ctx context.Context, c Config, head Head, count *atomic.Int64) (Input, error) {
	l.raw = &counter{raw: l.whole(ctx), count: count}
	in, err := c.Opener(ctx, l.mem.Name, l.raw)
	if err != nil {
		return Input{}, err
	}
	in.Head = head
	from := l.from()
	l.led = newLedger(place{})
	tail, err := discard(in.Body, from)
	if err != nil {
		closeBody(in)
		return Input{}, err
	}
	limited := in.Body
	if to := l.upTo(); to > 0 {
		limited = io.LimitReader(in.Body, int64(to-from.Offset))
	}
	if !lines(l.importer, head) && !l.exhausted(in) {
		return l.again(ctx, c, in, count)
	}
	in.Offset, in.Line = from.Offset, from.Lines
	l.led.at, l.led.ends, l.led.lines, l.led.tail = from.Offset, from.Offset, from.Lines, tail
	in.Body = joined{limited, in.Body}
	return in, nil
}

// exhausted tells that a document on standard input is the one that was read before, with nothing after it. The lane then has no
// importer: there is nothing to read.
func (l *lane) exhausted(in Input) bool {
	if l.file != nil || l.from().Offset == 0 {
		return false
	}
	if _, err := io.ReadFull(in.Body, make([]byte, 1)); !errors.Is(err, io.EOF) {
		return false
	}
	l.importer = nil
	return true
}

// again opens a packed source anew at its first byte, for a format that cannot be read from the middle: what was discarded
// had to be compared first.
func (l *lane) again(ctx context.Context, c Config, in Input, count *atomic.Int64) (Input, error) {
	if l.from().Offset == 0 {
		return in, nil
	}
	if l.file == nil {
		closeBody(in)
		return Input{}, fmt.Errorf("%s: %w: standard input of this format cannot go on", l.mem.Format, ErrChanged)
	}
	closeBody(in)
	l.raw = &counter{raw: l.whole(ctx), count: count}
	fresh, err := c.Opener(ctx, l.mem.Name, l.raw)
	if err != nil {
		return Input{}, err
	}
	fresh.Head = in.Head
	if to := l.upTo(); to > 0 {
		fresh.Body = joined{io.LimitReader(fresh.Body, int64(to)), fresh.Body}
	}
	return fresh, nil
}

// whole is the raw source from its first byte to the size it had when the pass began.
func (l *lane) whole(ctx context.Context) io.Reader {
	if l.file == nil {
		return l.source.pipe.reader(ctx)
	}
	return io.NewSectionReader(l.file, 0, l.size)
}

// stop gives up what the lane has open. The lane can be opened again.
func (l *lane) stop() error {
	var err error
	switch {
	case l.items != nil:
		err = l.items.close()
	case l.feed != nil:
		err = l.feed.close()
	}
	l.items, l.feed, l.lead, l.passed, l.head = nil, nil, nil, nil, nil
	return err
}

// park closes the file of a lane that has been stopped, for there may be more of them than a process may have open.
func (l *lane) park() error {
	if l.file == nil {
		return nil
	}
	err := l.source.release(l.file)
	l.file = nil
	return err
}

// unpark opens it again.
func (l *lane) unpark() error {
	if l.file != nil || l.info == nil {
		return nil
	}
	info, err := l.openSource()
	if err != nil {
		return err
	}
	if !os.SameFile(info, l.info) {
		return fmt.Errorf("%w: another one took its place while it was read", ErrChanged)
	}
	return nil
}

// openSource opens the lane's file.
func (l *lane) openSource() (os.FileInfo, error) {
	f, err := l.source.open()
	if err != nil {
		return nil, openError(err)
	}
	l.file = f
	info, err := f.Stat()
	if err != nil {
		return nil, unwrapPath(err)
	}
	return info, nil
}

// openError says what to do where too many files are open.
func openError(err error) error {
	if errors.Is(err, syscall.EMFILE) {
		return fmt.Errorf("%w: so many files overlap in time; allow more with ulimit -n, or load fewer at once", unwrapPath(err))
	}
	return unwrapPath(err)
}

func (l *lane) close() error {
	err := l.stop()
	if l.file != nil {
		err = errors.Join(err, l.source.release(l.file))
		l.file = nil
	}
	return err
}
