package scan

import (
	"errors"

	"asof/engine/ingest"
)

// Field is one cell of a row: a span of the row's bytes, without its quotes.
type Field struct {
	From, To int
	Quoted   bool
	Doubled  bool // it holds doubled quotes
}

// IsNull reports whether the cell stands for no value: empty without quotes, or \N.
func (f Field) IsNull(row []byte) bool {
	return !f.Quoted && (f.From == f.To || string(row[f.From:f.To]) == `\N`)
}

// Text is what the cell says. It is a view of row where it can be.
func (f Field) Text(row []byte) string {
	if !f.Doubled {
		return view(row[f.From:f.To])
	}
	out := make([]byte, 0, f.To-f.From)
	for i := f.From; i < f.To; i++ {
		out = append(out, row[i])
		if row[i] == '"' {
			i++
		}
	}
	return view(out)
}

// Errors of a row.
var (
	ErrAfterQuote = errors.New("text follows a closing quote")
	ErrOpenQuote  = errors.New("a quote is not closed")
)

// Row splits the row at the start of src into cells, by the rules of encoding/csv with lazy quotes in bare cells: a quote that
// begins a cell runs to its partner, across lines, and holds quotes doubled; a quote within another cell is a quote. End is the
// index of the line's end. The error is ErrShort if src ends before the row does; with last, src's end is the row's end.
func Row(src []byte, delimiter byte, cells []Field, last bool) (out []Field, end int, err error) {
	i := 0
	for {
		cell := Field{From: i}
		if i < len(src) && src[i] == '"' {
			if i, err = quoted(src, &cell, last); err != nil {
				return cells, i, err
			}
			if !last && i+1 >= len(src) {
				return cells, i, ErrShort
			}
			if i < len(src) && src[i] != delimiter && src[i] != '\n' && !(src[i] == '\r' && lineEnds(src, i)) {
				return cells, i, ErrAfterQuote
			}
		} else {
			for i < len(src) && src[i] != delimiter && src[i] != '\n' {
				i++
			}
			cell.To = i
		}
		if i >= len(src) && !last {
			return cells, i, ErrShort
		}
		cells = append(cells, cell)
		if i >= len(src) || src[i] != delimiter {
			break
		}
		i++
	}
	final := &cells[len(cells)-1]
	if !final.Quoted && final.To > final.From && src[final.To-1] == '\r' {
		final.To--
	}
	if i < len(src) && src[i] == '\r' {
		i++
	}
	return cells, i, nil
}

// lineEnds reports whether the carriage return at i ends the line.
func lineEnds(src []byte, i int) bool { return i+1 >= len(src) || src[i+1] == '\n' }

// quoted reads a quoted cell from its quote on.
func quoted(src []byte, cell *Field, last bool) (int, error) {
	cell.Quoted = true
	cell.From++
	for i := cell.From; i < len(src); i++ {
		if src[i] != '"' {
			continue
		}
		if i+1 < len(src) && src[i+1] == '"' {
			cell.Doubled = true
			i++
			continue
		}
		if i+1 >= len(src) && !last {
			return i, ErrShort
		}
		cell.To = i
		return i + 1, nil
	}
	if last {
		return len(src), ErrOpenQuote
	}
	return len(src), ErrShort
}

// Rows yields the rows of a delimited text. A bad row costs its first line only; blank lines are no rows.
type Rows struct {
	Cells []Field // of the last row; valid until the next one

	w         window
	delimiter byte
	limit     int64
	long      *discard
}

// NewRows splits the body of in at delimiter. Limit bounds a row, in bytes; 0 = DefaultRecord.
func NewRows(in ingest.Input, delimiter byte, limit int64) *Rows {
	limit = recordLimit(limit)
	return &Rows{w: newWindow(in, limit), delimiter: delimiter, limit: limit}
}

// Next reads the next row into rec, as a Source does; if it is not rejected, Cells are its cells.
func (r *Rows) Next(rec *ingest.Record) error {
	*rec = ingest.Record{}
	if r.long != nil {
		return r.discard(rec)
	}
	if err := r.skipLines(); err != nil {
		return err
	}
	for {
		src := r.w.unread()
		cells, end, err := Row(src, r.delimiter, r.Cells[:0], r.w.ended())
		r.Cells = cells
		switch {
		case err == nil && int64(end) > r.limit:
			return r.tooLong(rec, overLimit(r.limit))
		case err == nil:
			size := end
			if size > 0 && src[size-1] == '\r' {
				size--
			}
			rec.Unfinished = end == len(src)
			r.w.take(rec, size)
			return nil
		case err != ErrShort:
			return r.reject(rec, err)
		case int64(len(src)) > r.limit && src[0] != '"' && !quotedLong(cells):
			return r.tooLong(rec, overLimit(r.limit))
		case int64(len(src)) > r.limit:
			return r.reject(rec, ErrOpenQuote)
		}
		if err := r.w.grow(); err != nil {
			return err
		}
	}
}

// quotedLong reports whether a row that does not end may be caught in a quote: nothing but its first line is known to be bad.
func quotedLong(cells []Field) bool {
	for _, c := range cells {
		if c.Quoted {
			return true
		}
	}
	return false
}

// skipLines passes line ends, but not the white space that may begin a cell.
func (r *Rows) skipLines() error {
	for {
		for r.w.pos < r.w.end && (r.w.buf[r.w.pos] == '\n' || r.w.buf[r.w.pos] == '\r') {
			r.w.pass(1)
		}
		if r.w.pos < r.w.end {
			return nil
		}
		if err := r.w.more(); err != nil {
			return err
		}
	}
}

func (r *Rows) reject(rec *ingest.Record, cause error) error {
	size, err := r.w.find(newline, 0, keptOfBad)
	if err != nil {
		return err
	}
	if size < 0 {
		if size = len(r.w.unread()); !r.w.ended() {
			return r.tooLong(rec, cause.Error())
		}
		rec.Unfinished = true
	}
	r.w.take(rec, len(trimmed(r.w.unread()[:size])))
	rec.Rejected = cause.Error()
	return nil
}

func (r *Rows) tooLong(rec *ingest.Record, reason string) error {
	r.long = &discard{}
	r.long.begin(&r.w, newline, r.limit, reason)
	return r.discard(rec)
}

func (r *Rows) discard(rec *ingest.Record) error {
	if !r.long.run(&r.w) {
		return ErrIdle
	}
	*rec, r.long = r.long.rec, nil
	return nil
}
