package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"asof/engine/ingest"
)

// elements is the source of the elements of one list: the whole document, or a member of it at a path of names. The
// document is never held whole.
type elements struct {
	w      window
	limit  int64
	path   []string
	state  elementState
	first  bool   // no element was seen yet
	indent []byte // what stands before an element, from its line's start, if elements start lines
	long   *discard
}

type elementState uint8

const (
	beforeList   elementState = iota
	wantElement               // the list has just begun
	wantComma                 // after an element
	afterComma                // an element has to follow
	afterList                 // the list is closed
	endOfContent              // nothing more can be read
)

func newElements(in ingest.Input, limit int64) *elements {
	e := &elements{w: newWindow(in, limit), limit: limit, path: wrapperPath(in.Head.Wrapper), first: true}
	if in.Offset > 0 {
		e.state = wantComma
	}
	return e
}

// learn takes the indentation from the head, for a source that begins in the middle.
func (e *elements) learn(head *elements) {
	var s Scanner
	var rec ingest.Record
	if head.Next(&s, &rec) == nil {
		e.first, e.indent = false, head.indent
	}
}

func (e *elements) Next(s *Scanner, rec *ingest.Record) error {
	*rec = ingest.Record{Events: rec.Events[:0]}
	if e.long != nil {
		return e.discard(rec)
	}
	if e.state == beforeList {
		if err := e.enter(s); err != nil {
			return err
		}
	}
	for e.state < afterList {
		found, err := e.separator(rec)
		if err != nil || rec.Rejected != "" {
			return err
		}
		if found {
			return e.element(s, rec)
		}
	}
	if e.state == afterList {
		return e.tail(s, rec)
	}
	return e.w.err
}

// enter passes everything up to the list's first element.
func (e *elements) enter(s *Scanner) error {
	for {
		src := e.w.unread()
		at, err := listStart(s, src, e.path)
		if err == nil {
			e.w.pass(at)
			e.state = wantElement
			return nil
		}
		if !errors.Is(err, ErrShort) {
			return fmt.Errorf("the list %q: %w", strings.Join(e.path, "."), err)
		}
		if int64(len(src)) > e.limit {
			return fmt.Errorf("the list %q does not start within %d bytes", strings.Join(e.path, "."), e.limit)
		}
		if err := e.w.more(); err == ErrIdle {
			return err
		} else if err == io.EOF {
			return fmt.Errorf("the list %q: %w", strings.Join(e.path, "."), io.ErrUnexpectedEOF)
		} else if err != nil {
			return err
		}
	}
}

// separator passes what stands between elements and reports whether an element comes next. A fault of the separators is a
// rejected record of its own.
func (e *elements) separator(rec *ingest.Record) (element bool, err error) {
	before := e.w.offset()
	if err := e.w.skip(); err == ErrIdle {
		return false, err
	} else if err != nil {
		e.state = endOfContent
		e.w.take(rec, 0)
		rec.Unfinished = true
		rec.Rejected = "the document ends before its list is closed"
		return false, nil
	}
	switch c := e.w.buf[e.w.pos]; {
	case c == ']':
		if e.state == afterComma {
			e.w.take(rec, 1)
			rec.Rejected = "a comma without a value before the end of the list"
		} else {
			e.w.pass(1)
		}
		e.state = afterList
	case c == ',' && e.state == wantComma:
		e.w.pass(1)
		e.state = afterComma
	case c == ',':
		e.w.take(rec, 1)
		rec.Rejected = "a comma without a value before it"
		e.state = afterComma
	default:
		e.learnIndent(before)
		return true, nil
	}
	return false, nil
}

// learnIndent remembers how the first element is indented.
func (e *elements) learnIndent(before uint64) {
	if !e.first {
		return
	}
	e.first = false
	between := e.w.buf[max(0, e.w.pos-int(min(e.w.offset()-before, 4096))):e.w.pos]
	if i := bytes.LastIndexByte(between, '\n'); i >= 0 {
		e.indent = append(bytes.Clone(between[i:]), e.w.buf[e.w.pos])
	}
}

// element reads one element; it starts at the first unread byte.
func (e *elements) element(s *Scanner, rec *ingest.Record) error {
	for {
		src := e.w.unread()
		end, err := s.Record(src)
		if err == nil && end == len(src) && s.Kind == Number && !e.w.ended() {
			err = ErrShort // of a number, more may follow
		}
		if err == nil {
			e.accept(s, rec, end)
			return nil
		}
		if !errors.Is(err, ErrShort) || e.w.ended() {
			rec.Unfinished = errors.Is(err, ErrShort)
			return e.reject(rec, err, end)
		}
		if int64(len(src)) > e.limit {
			return e.tooLong(rec, overLimit(e.limit))
		}
		if err := e.w.grow(); err != nil {
			return err
		}
	}
}

func (e *elements) accept(s *Scanner, rec *ingest.Record, end int) {
	switch {
	case e.state == wantComma:
		rec.Rejected = "no comma before it"
	case int64(end) > e.limit:
		rec.Rejected = overLimit(e.limit)
	case s.Kind != Object:
		rec.Rejected = "not an object but " + s.Kind.name()
	}
	e.w.takeLines(rec, end, s.lines(e.w.unread()[:end]))
	if int64(end) > e.limit {
		rec.Raw = rec.Raw[:keptOfLong]
	}
	e.state = wantComma
}

// reject takes a bad element: up to its closing bracket if one is found, else up to the next line that begins as the first
// element's did, else everything that is left.
func (e *elements) reject(rec *ingest.Record, cause error, at int) error {
	size, err := e.extent()
	if err != nil {
		return err
	}
	reason := reasonOf(cause, at, at+1, e.w.ended())
	if size < 0 {
		e.state = endOfContent
		return e.tooLong(rec, reason)
	}
	e.w.take(rec, len(trimmed(e.w.unread()[:size])))
	rec.Rejected = reason
	e.state = wantComma
	return nil
}

// tooLong passes everything that is left as one rejected record.
func (e *elements) tooLong(rec *ingest.Record, reason string) error {
	e.long = &discard{}
	e.long.begin(&e.w, nil, e.limit, reason)
	e.state = endOfContent
	return e.discard(rec)
}

func (e *elements) discard(rec *ingest.Record) error {
	if !e.long.run(&e.w) {
		return ErrIdle
	}
	unfinished := rec.Unfinished
	*rec, e.long = e.long.rec, nil
	rec.Unfinished = unfinished
	return nil
}

// tail checks what follows the list: the rest of the objects that wrap it, and then nothing.
func (e *elements) tail(s *Scanner, rec *ingest.Record) error {
	for int64(len(e.w.unread())) <= e.limit {
		if err := e.w.more(); err == ErrIdle {
			return err
		} else if err != nil {
			break
		}
	}
	e.state = endOfContent
	src := e.w.unread()
	reason := "text follows the document"
	if len(e.path) > 0 {
		whole := append(bytes.Repeat([]byte(`{"":`), len(e.path)), '0')
		from := len(whole)
		whole = append(whole, src...)
		end, err := s.Scan(whole, 0)
		if err != nil {
			reason = "after the list: " + reasonOf(err, end-from, end-from+1, true)
		} else {
			src = src[end-from:]
			e.w.pass(end - from)
		}
	}
	if len(trimmed(src)) == 0 && !strings.HasPrefix(reason, "after") {
		return e.w.err
	}
	if err := e.w.skip(); err != nil && len(trimmed(src)) > 0 {
		return err
	}
	return e.tooLong(rec, reason)
}
