package scan

import (
	"bytes"
	"errors"
	"fmt"

	"asof/engine/ingest"
)

// values is the source of JSON values that stand one after another: JSON Lines, values over several lines, or values on one
// line. A comma may follow an object, as in the lines that were cut out of a list. A bad record costs its first line only; where
// the first record spans lines, it costs everything up to the next line that starts with an object.
type values struct {
	w      window
	limit  int64
	resync []byte   // what ends a bad record
	spent  int64    // bytes beyond a first line that were scanned in vain
	long   *discard // a record over the limit that is being passed
	after  bool     // a comma may come: an object was accepted, or may have been before the source begins
}

// spendable is how much may be scanned in vain beyond first lines, in all; a hostile text could make that quadratic.
const spendable = 64 << 20

func newValues(in ingest.Input, limit int64) *values {
	return &values{w: newWindow(in, limit), limit: limit, resync: newline, after: in.Offset > 0}
}

// learn sees by the head's first good record whether records span lines.
func (v *values) learn(head *values) {
	var s Scanner
	for range HeadRecords {
		var rec ingest.Record
		if head.Next(&s, &rec) != nil {
			return
		}
		if rec.Rejected == "" {
			if bytes.IndexByte(rec.Raw, '\n') >= 0 {
				v.resync = []byte("\n{")
			}
			return
		}
	}
}

func (v *values) Next(s *Scanner, rec *ingest.Record) error {
	*rec = ingest.Record{Events: rec.Events[:0]}
	if v.long != nil {
		return v.discard(rec)
	}
	if err := v.skip(); err != nil {
		return err
	}
	for {
		src := v.line()
		end, err := s.Record(src)
		if err == nil {
			if err = v.follower(src, end, s.Kind); err == nil {
				return v.accept(s, rec, end)
			}
		}
		if !errors.Is(err, ErrShort) || len(src) < len(v.w.unread()) || v.w.ended() {
			return v.reject(rec, err, end)
		}
		if int64(len(src)) > v.limit {
			return v.tooLong(rec, overLimit(v.limit))
		}
		if err := v.w.grow(); err != nil {
			return err
		}
	}
}

// skip passes what stands between two values.
func (v *values) skip() error {
	for {
		if err := v.w.skip(); err != nil || !v.after || v.w.buf[v.w.pos] != ',' {
			return err
		}
		switch err := v.separates(v.w.unread(), 0); err {
		case nil:
			v.w.pass(1)
			v.after = false
		case ErrShort:
			if err := v.w.grow(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// separates checks that the comma at src[at] stands between objects: the end of the line, of everything, or an object follows.
func (v *values) separates(src []byte, at int) error {
	switch next := space(src, at+1); {
	case endsLine(src, at+1), next < len(src) && src[next] == '{', next >= len(src) && v.w.ended():
		return nil
	case next < len(src):
		return errTrailing
	}
	return ErrShort
}

// line is the text in which a value may stand: everything, or only its first line once too much was scanned in vain.
func (v *values) line() []byte {
	src := v.w.unread()
	if v.spent > spendable {
		if i := bytes.IndexByte(src, '\n'); i >= 0 {
			return src[:i]
		}
	}
	return src
}

var errTrailing = errors.New("text follows the value on its line")

// follower checks what stands after a value: the end of the line or of everything, another list or object, or, after an object, a comma.
func (v *values) follower(src []byte, end int, kind Kind) error {
	if endsLine(src, end) {
		return nil
	}
	next := space(src, end)
	switch {
	case next < len(src):
		switch c := src[next]; {
		case c == '{' || c == '[' || c == 0x1e:
			return nil
		case c == ',' && kind == Object:
			return v.separates(src, next)
		}
		return errTrailing
	case v.w.ended() || len(src) < len(v.w.unread()):
		return nil
	}
	return ErrShort
}

// endsLine reports whether nothing but white space stands between src[end] and the end of the line, which is there.
func endsLine(src []byte, end int) bool {
	if end < len(src) && src[end] == '\n' {
		return true
	}
	return bytes.IndexByte(src[end:space(src, end)], '\n') >= 0
}

func (v *values) accept(s *Scanner, rec *ingest.Record, end int) error {
	src := v.w.unread()
	v.after = s.Kind == Object
	rec.Unfinished = !endsLine(src, end) && space(src, end) >= len(src)
	v.w.takeLines(rec, end, s.lines(src[:end]))
	if int64(end) > v.limit {
		rec.Raw = rec.Raw[:min(len(rec.Raw), keptOfLong)]
		rec.Rejected = overLimit(v.limit)
		return nil
	}
	if s.Kind != Object {
		rec.Rejected = "not an object but " + s.Kind.name()
	}
	return nil
}

// reject takes a bad record up to where the next one may start.
func (v *values) reject(rec *ingest.Record, cause error, at int) error {
	from := 0
	if cause == errTrailing {
		from = at
	}
	size, err := v.w.find(v.resync, from, max(keptOfBad, int64(from)))
	if err != nil {
		return err
	}
	src := v.w.unread()
	if size < 0 {
		rec.Unfinished = true
		if size = len(src); !v.w.ended() {
			return v.tooLong(rec, reasonOf(cause, at, at+1, false))
		}
	}
	v.spent += int64(max(0, at-size))
	reason := reasonOf(cause, at, size, size == len(src) && v.w.ended())
	v.w.take(rec, len(trimmed(src[:size])))
	v.after = false
	rec.Rejected = reason
	return nil
}

// reasonOf words why a record of the given size is no JSON.
func reasonOf(cause error, at, size int, last bool) string {
	var syntax *SyntaxError
	switch {
	case errors.Is(cause, ErrShort) && last:
		return "the source ends within this record"
	case errors.Is(cause, ErrShort), errors.As(cause, &syntax) && at >= size:
		return "the line ends within a value"
	case syntax != nil:
		return fmt.Sprintf("not JSON: %s, at byte %d of the record", syntax.What, syntax.At)
	}
	return cause.Error()
}

func (v *values) tooLong(rec *ingest.Record, reason string) error {
	v.long = &discard{}
	v.long.begin(&v.w, v.resync, v.limit, reason)
	return v.discard(rec)
}

func (v *values) discard(rec *ingest.Record) error {
	if !v.long.run(&v.w) {
		return ErrIdle
	}
	*rec, v.long = v.long.rec, nil
	return nil
}
