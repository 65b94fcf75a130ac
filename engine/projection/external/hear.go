package external

import (
	"bytes"
	"errors"
	"fmt"
)

// hear takes what the program says, waiting for it, and gives it what is in the buffer when it says nothing: so lines collect.
func (f *Folder) hear() error {
	select {
	case lines, ok := <-f.child.out:
		return f.heard(lines, ok)
	default:
	}
	f.timer.Reset(f.prog.opts.Patience)
	var in chan<- []byte
	if len(f.buf) > 0 {
		in = f.child.in
	}
	select {
	case lines, ok := <-f.child.out:
		return f.heard(lines, ok)
	case in <- f.buf:
		f.buf = make([]byte, 0, min(flushFrom+flushFrom/4, 2*len(f.buf)))
		return nil
	case <-f.timer.C:
		return f.hung()
	case <-f.ctx.Done():
		f.end(true)
		return f.ctx.Err()
	}
}

func (f *Folder) heard(lines []byte, ok bool) error {
	if !ok {
		return f.died()
	}
	return f.take(lines)
}

// flush gives the program all that is in the buffer.
func (f *Folder) flush() error {
	for len(f.buf) > 0 {
		if err := f.hear(); err != nil {
			return err
		}
	}
	return nil
}

// take reads lines of the program's output.
func (f *Folder) take(lines []byte) error {
	for len(lines) > 0 {
		var line []byte
		line, lines, _ = bytes.Cut(lines, []byte("\n"))
		f.line++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			if f.blank++; f.blank > maxBlank {
				return f.unable(f.junk(line))
			}
			continue
		}
		f.blank = 0
		if err := f.answer(line); err != nil {
			return err
		}
	}
	return nil
}

// maxBlank is how many empty lines in a row are passed over.
const maxBlank = 100

func (f *Folder) answer(line []byte) error {
	if len(f.due) == 0 || line[0] != '{' {
		return f.unable(f.junk(line))
	}
	s := f.due[0]
	f.due[0] = nil
	f.due = f.due[1:]
	a, err := readAnswer(line)
	switch {
	case err != nil:
	case !a.isFor(s.position):
		return f.unable(fmt.Sprintf("line %d of its output answers event %s where the answer to event %d was due. "+
			"Answer every line once, in the order in which they come", f.line, named(a.position), s.position))
	case a.failure != nil:
		err = errors.New(a.text())
	}
	if s.lost {
		return nil
	}
	s.answer, s.err, s.answered = a, err, true
	if err != nil {
		s.bad = true
		if f.hello.kept() {
			f.lose(s.next)
			return nil
		}
	}
	if !f.hello.kept() {
		f.pass(s)
	}
	return nil
}

// junk says that a line is no answer.
func (f *Folder) junk(line []byte) string {
	if len(f.due) == 0 {
		return fmt.Sprintf("line %d of its output, %s, answers nothing: every line in was answered. Print one line per event, "+
			"and everything else to standard error", f.line, clip(line))
	}
	s := f.due[0]
	return fmt.Sprintf("line %d of its output is %s where the answer to event %d (key %q) was due. Print answers only, each on one line, "+
		"and everything else to standard error", f.line, clip(line), s.position, s.key)
}
