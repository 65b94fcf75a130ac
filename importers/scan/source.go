package scan

import "asof/engine/ingest"

// Source yields the JSON records of a text one by one.
type Source interface {
	// Next reads the next record into rec: its place, its bytes, and the reason if it is rejected. If it is not, s holds the
	// scan of rec.Raw. The error is io.EOF, ErrIdle, or what reading ended with.
	Next(s *Scanner, rec *ingest.Record) error
}

// NewSource is the source of the records of in: the elements of the list that in.Head says is wrapped, else values one after
// another. Limit bounds a record, in bytes; 0 = DefaultRecord.
func NewSource(in ingest.Input, limit int64) Source {
	if limit == 0 {
		limit = DefaultRecord
	}
	if in.Head.Wrapper != "" {
		return newElements(in.Body, in.Head.Wrapper, limit)
	}
	return newValues(in.Body, limit)
}

// kindNames say what a value is.
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
