package external

import (
	"context"
	"errors"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// Folder folds events in a process of its own, which it starts when there is something to fold. One goroutine at a time may use
// it. What it is told beforehand goes to the program many lines at a time, so that both sides work at once.
type Folder struct {
	prog  *Program
	ctx   context.Context // of what it was last told beforehand
	child *child          // nil while no program runs
	hello hello           // of the child
	line  uint64          // of its output, the last one read
	blank int             // empty lines of it in a row
	timer *time.Timer     // for the child's silence
	pen   pen

	told  []*slot // foreseen and not yet applied, in order
	due   []*slot // asked and not answered, in the order in which they were asked
	last  *slot   // asked last of the running child
	tail  *slot   // foreseen last
	lost  int     // of told: they are asked anew, one by one
	bytes int     // of told
	buf   []byte  // lines that the child is still to be given

	faults faults
}

// slot is an event to be folded, and what the program answers.
type slot struct {
	key      string
	event    *event.Event
	position event.Position
	before   []byte // the document that was sent with it; nil if none was
	size     int    // of its line
	next     *slot  // the key's next event, if that has been foreseen too
	told     bool   // it is among those told
	asked    bool
	answered bool
	lost     bool // its answer, if one comes, is not to be used: it is asked anew
	bad      bool // it failed: what the program makes of its document is not what stands here
	answer   answer
	err      error
}

// NewFolder makes what folds in one process.
func (p *Program) NewFolder() *Folder { return &Folder{prog: p, ctx: context.Background()} }

// How much is foreseen at most: enough that the program always has something to do.
const (
	maxTold      = 2048 // of one key, one at a time is under way: of so many, enough for lines to go by the hundred
	maxToldBytes = 4 << 20
	flushFrom    = 32 << 10 // bytes of lines that are not held back any longer
)

// Room reports whether the folder wants to be told of another event to come.
func (f *Folder) Room() bool {
	return len(f.told) < maxTold && f.bytes < maxToldBytes && f.lost == 0 && f.faults.final == nil
}

// Foresee tells of the event for which Apply will be asked after all those told before. Root is how the key's document stands
// before it; where the key's event before was foreseen too, it follows that one and root is not looked at. Root may change
// after the call. All that is done for the events told goes on for as long as ctx.
func (f *Folder) Foresee(ctx context.Context, root *value.Node, e *event.Event, key string, follows bool) error {
	f.ctx = ctx
	if err := f.run(); err != nil {
		return err
	}
	s := &slot{key: key, event: e, position: e.Position, told: true}
	before := f.tail
	f.told, f.tail = append(f.told, s), s
	switch {
	case !follows || before == nil:
		f.ask(s, root)
	case f.hello.kept() && (before.lost || before.bad || f.last != before):
		f.lose(s)
	case f.hello.kept():
		before.next = s
		f.continues(s)
	default:
		before.next = s
		f.pass(before)
	}
	if len(f.buf) >= flushFrom {
		return f.flush()
	}
	return nil
}

// Apply folds an event into the document of a key, between Begin and Commit. An error that wraps ErrUnable, or is the
// context's, is no property of the event.
func (f *Folder) Apply(doc *value.Doc, e *event.Event, key string) error {
	s := f.first(e, key)
	for !s.answered && !s.lost && s.asked {
		if err := f.hear(); err != nil {
			return err
		}
	}
	if !s.answered || s.lost {
		if err := f.alone(s, doc); err != nil {
			return err
		}
	}
	if s.err != nil {
		return s.err
	}
	if err := f.pen.write(doc, e, s.answer, f.hello.exact()); err != nil {
		f.spoil(s)
		return err
	}
	return nil
}

// first takes the event off those told, or makes a slot for one that was not told.
func (f *Folder) first(e *event.Event, key string) *slot {
	if len(f.told) == 0 || f.told[0].position != e.Position || f.told[0].key != key {
		f.forget()
		return &slot{key: key, event: e, position: e.Position}
	}
	s := f.told[0]
	f.told[0] = nil
	f.told = f.told[1:]
	f.bytes -= s.size
	if s.told = false; s.lost {
		f.lost--
	}
	return s
}

// forget drops what was told. Answers to it that are still due are not used.
func (f *Folder) forget() {
	for _, s := range f.told {
		s.lost = true
	}
	f.told, f.tail, f.lost, f.bytes = nil, nil, 0, 0
}

// Start sees to it that the program runs, which the first event would do else.
func (f *Folder) Start(ctx context.Context) error {
	f.ctx = ctx
	return f.run()
}

// Close ends the program: at once if it is at work, else by the end of its input. It is started again when it is needed.
func (f *Folder) Close() error {
	f.end(len(f.due) > 0)
	return nil
}

// end ends the program and forgets what was asked of it.
func (f *Folder) end(now bool) {
	f.forget()
	f.due, f.last, f.buf = nil, nil, nil
	if f.child != nil {
		f.child.stop(now)
		f.child = nil
	}
}

// ask sends an event with the document that it is to be folded into.
func (f *Folder) ask(s *slot, root *value.Node) {
	start := len(f.buf)
	f.buf = appendKey(f.buf, s.key)
	from := len(f.buf)
	f.buf = appendState(f.buf, root)
	s.before = f.buf[from+len(`,"state":`) : len(f.buf) : len(f.buf)]
	f.asked(s, start)
}

// askWith is ask with a document as JSON text.
func (f *Folder) askWith(s *slot, state []byte) {
	start := len(f.buf)
	f.buf = append(append(appendKey(f.buf, s.key), `,"state":`...), state...)
	s.before = state
	f.asked(s, start)
}

// continues sends an event to be folded into what the program keeps.
func (f *Folder) continues(s *slot) {
	start := len(f.buf)
	f.buf = appendKey(f.buf, s.key)
	f.asked(s, start)
}

func (f *Folder) asked(s *slot, start int) {
	f.buf = appendEvent(f.buf, s.event)
	s.size = len(f.buf) - start
	if s.told {
		f.bytes += s.size
	}
	s.asked, f.last = true, s
	f.due = append(f.due, s)
}

// pass asks for the event that follows one, if the document after that one is known.
func (f *Folder) pass(s *slot) {
	switch next := s.next; {
	case next == nil || next.asked || next.lost:
	case s.lost:
		f.lose(next)
	case !s.answered: // later
	case s.bad && s.before != nil:
		f.askWith(next, s.before)
	case !s.bad && s.answer.state != nil:
		f.askWith(next, s.answer.state)
	default:
		f.lose(next)
	}
}

// lose gives up what has been asked about an event, and those of its key that follow.
func (f *Folder) lose(s *slot) {
	for ; s != nil && !s.lost; s = s.next {
		s.lost = true
		if s.told {
			f.lost++
		}
	}
}

// spoil notes that an event failed: what the program has made of the events behind it is wrong.
func (f *Folder) spoil(s *slot) {
	s.bad = true
	f.lose(s.next)
}

// alone asks for one event, with the document as it stands and with nothing else under way. A program that does not survive
// that fails the event.
func (f *Folder) alone(s *slot, doc *value.Doc) error {
	for len(f.due) > 0 {
		if err := f.hear(); err != nil {
			return err
		}
	}
	if err := f.run(); err != nil {
		return err
	}
	s.lost, s.answered, s.err, s.bad = false, false, nil, false
	f.ask(s, doc.Root())
	for !s.answered && len(f.due) > 0 {
		if err := f.hear(); err != nil {
			return err
		}
	}
	if !s.answered {
		s.err, s.bad, s.answered = errors.New(f.faults.text), true, true
	}
	return nil
}
