package scan

import (
	"asof/engine/ingest"
)

// Source yields the JSON records of a text one by one.
type Source interface {
	// Next reads the next record into rec: its place, its bytes, and the reason if it is rejected. If it is not, s holds the
	// scan of rec.Raw. The error is io.EOF, ErrIdle, or what reading ended with.
	Next(s *Scanner, rec *ingest.Record) error
}

// NewSource is the source of the records of in: the elements of the list that in.Head says is wrapped, else values one after
// another. Limit bounds a record, in bytes; 0 = DefaultRecord. What the source decides, it decides by the head alone, so that
// it can begin in the middle, behind a record.
func NewSource(in ingest.Input, limit int64) Source {
	limit = recordLimit(limit)
	head := in
	head.Body, head.Offset, head.Line = Memory(in.Head.Bytes), 0, 0
	if in.Head.Wrapper != "" {
		e := newElements(in, limit)
		if e.w.base > 0 {
			e.learn(newElements(head, limit))
		}
		return e
	}
	v := newValues(in, limit)
	v.learn(newValues(head, limit))
	return v
}

// name says what a value is.
func (k Kind) name() string {
	switch k {
	case Object:
		return "an object"
	case Array:
		return "a list"
	case String:
		return "a string"
	case Number:
		return "a number"
	case Bool:
		return "a boolean"
	case Null:
		return "null"
	}
	return "nothing"
}
