package external

import (
	"bytes"
	"fmt"
	"time"

	"asof/engine/value"
)

// hello is what a program said of itself.
type hello struct{ state, numbers string }

func (h hello) kept() bool  { return h.state == "kept" }
func (h hello) exact() bool { return h.numbers == "exact" }

// helloLine is how asof begins, and how a program answers that needs nothing special.
const helloLine = `{"asof":"reducer","protocol":1}`

// faults count how often a program had to be started anew. Beyond a limit that is no property of some events any more.
type faults struct {
	ends, hangs int
	text        string // of the last one
	final       error  // wraps ErrUnable: nothing can be asked any more
}

const (
	maxEnds  = 100
	maxHangs = 10
)

// run sees to it that a program runs that has said hello.
func (f *Folder) run() error {
	if f.faults.final != nil {
		return f.faults.final
	}
	if f.child != nil {
		return nil
	}
	c, err := start(f.prog.words)
	if err != nil {
		return f.unable(fmt.Sprintf("it cannot be started: %v. Is it installed, and named as a shell in this folder would find it?", err))
	}
	if f.timer == nil {
		f.timer = time.NewTimer(f.prog.opts.Hello)
	}
	f.child, f.line, f.blank, f.last, f.hello = c, 0, 0, nil, hello{}
	c.in <- []byte(helloLine + "\n")
	f.timer.Reset(f.prog.opts.Hello)
	select {
	case lines, ok := <-c.out:
		if !ok {
			return f.unable("it " + c.how() + " before it said hello" + c.stderr.said())
		}
		return f.greeted(lines)
	case <-f.timer.C:
		return f.unable(fmt.Sprintf("it said no hello within %v. Its first line of output must be %s, and it must be flushed%s",
			f.prog.opts.Hello, helloLine, c.stderr.said()))
	case <-f.ctx.Done():
		f.end(true)
		return f.ctx.Err()
	}
}

// greeted reads the hello and what comes with it.
func (f *Folder) greeted(lines []byte) error {
	line, rest, _ := bytes.Cut(lines, []byte("\n"))
	f.line = 1
	h, err := readHello(line)
	if err != nil {
		return f.unable(err.Error())
	}
	f.hello = h
	return f.take(rest)
}

func readHello(line []byte) (hello, error) {
	n, err := value.Parse(line)
	if err != nil || n.Get("asof").Text() != "reducer" {
		return hello{}, fmt.Errorf("its first line of output is %s, not a hello. asof's hello is answered with %s; everything that is no answer goes to standard error",
			clip(line), helloLine)
	}
	if p := n.Get("protocol"); p.Text() != fmt.Sprint(protocol) {
		return hello{}, fmt.Errorf("it speaks protocol %s of reducers, and this asof speaks %d", named(p.JSON()), protocol)
	}
	h := hello{state: "each", numbers: "float64"}
	if err := option(n, "state", &h.state, "each", "kept"); err != nil {
		return hello{}, err
	}
	return h, option(n, "numbers", &h.numbers, "float64", "exact")
}

// option reads a member of the hello that need not be there.
func option(n *value.Node, name string, to *string, legal ...string) error {
	v := n.Get(name)
	if v == nil {
		return nil
	}
	for _, l := range legal {
		if v.Kind() == value.String && v.Text() == l {
			*to = l
			return nil
		}
	}
	return fmt.Errorf("its hello has %q: %s; legal are %q", name, clip(v.JSON()), legal)
}

// unable ends the program for good.
func (f *Folder) unable(why string) error {
	f.end(true)
	f.faults.final = &UnableError{f.prog.text, why}
	return f.faults.final
}

// died is called when the program has ended while answers were due.
func (f *Folder) died() error {
	f.faults.ends++
	text := fmt.Sprintf("the program of --exec %q %s%s", f.prog.text, f.child.how(), f.child.stderr.said())
	return f.fault(text, f.faults.ends > maxEnds, "Let it answer {\"error\":…} to events that it cannot fold")
}

// hung is called when the program has been silent for too long.
func (f *Folder) hung() error {
	f.faults.hangs++
	text := fmt.Sprintf("the program of --exec %q gave no answer within %v (--exec-timeout). It must answer each line, and flush its output%s",
		f.prog.text, f.prog.opts.Patience, f.child.stderr.said())
	return f.fault(text, f.faults.hangs > maxHangs, "")
}

// fault ends the program and gives up what was asked of it. What is asked next starts it anew.
func (f *Folder) fault(text string, tooOften bool, remedy string) error {
	first := &slot{}
	if len(f.due) > 0 {
		first = f.due[0]
	}
	for _, s := range f.due {
		s.lost = true
	}
	f.lost = 0
	for _, s := range f.told {
		s.lost = s.lost || !s.answered // also those that wait for another one's answer
		if s.lost {
			f.lost++
		}
	}
	f.due, f.last, f.buf = nil, nil, nil
	f.child.stop(true)
	f.child = nil
	f.faults.text = text
	if !tooOften {
		return nil
	}
	return f.unable(fmt.Sprintf("it had to be started anew %d times, the last time near event %d (key %q): %s. %s",
		f.faults.ends+f.faults.hangs, first.position, first.key, text, remedy))
}
