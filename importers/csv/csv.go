// Package csv reads delimited text: CSV, TSV, and files with ; or |. The first row names the columns, but where it has a time or a
// JSON object in it, as what a console consumer prints: then they are named by what is in them, or column1, column2 …
//
// A cell becomes JSON by one rule, cell by cell: empty without quotes, or \N, is null; what is a number by JSON's grammar is
// that number with its own digits (so 007 and +1 are texts); true and false are themselves; a valid JSON object or list is
// itself; all else, the quoted empty cell included, is a text. Quotes make no other difference.
package csv

import (
	"bytes"
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/ingest"
	"asof/importers/scan"
)

// Importer reads delimited text.
type Importer struct{}

// Format describes the format.
func (Importer) Format() ingest.Format {
	return ingest.Format{
		Name:       "csv",
		Title:      "CSV, TSV",
		Detect:     "a header row, or values from the first row on, and as many cells in each of the next rows, divided by one of , ; TAB |",
		Projection: "merge",
		Lines:      true,
	}
}

// looked is how many rows the detection looks at.
const looked = 10

// Detect votes with the share of the first rows that have as many cells as the header.
func (Importer) Detect(head ingest.Head) ingest.Vote {
	start := bytes.TrimLeft(head.Bytes, " \t\r\n")
	if len(start) == 0 || bytes.IndexByte([]byte("{[<%"), start[0]) >= 0 || bytes.IndexByte(head.Bytes, 0) >= 0 {
		return ingest.Vote{}
	}
	best := sniff(head)
	switch {
	case best.columns < 2:
		return ingest.Vote{}
	case best.rows < 2 && !(best.headed && head.Whole):
		return ingest.Vote{}
	case 10*best.even < 8*best.rows:
		return ingest.Vote{Reason: best.reason()}
	case best.headless && best.columns < 3 && !best.objects:
		return ingest.Vote{Reason: best.reason() + ": too few to be sure that it is a table"}
	}
	return ingest.Vote{Weight: 1, Share: 100 * best.even / best.rows, Reason: best.reason()}
}

// layout is how a head looks when it is split at one delimiter.
type layout struct {
	delimiter byte
	columns   int // of the first row
	rows      int // that were looked at
	even      int // of them, with as many cells as the first
	skip      int // rows before the first, which are no part of the table

	headed   bool // the first row has a name that tells a time, a stream or a type
	headless bool // the first row is of values, not of names
	objects  bool // JSON objects are among them
	torn     bool // a JSON object was cut at its commas, or the like
}

func (l layout) reason() string {
	name := map[byte]string{',': "commas", ';': "semicolons", '\t': "tabs", '|': "bars"}[l.delimiter]
	text := fmt.Sprintf("%d columns divided by %s", l.columns, name)
	if l.rows == 1 {
		text += "; one row"
	} else {
		text += fmt.Sprintf("; %d of the first %d rows have as many cells", l.even, l.rows)
	}
	if l.skip > 0 {
		text += fmt.Sprintf(", those after the first %d", l.skip)
	}
	if l.headless {
		text += "; the first is no header"
	}
	return text
}

// sniff is the layout of the delimiter that divides the first rows most evenly. Between equals, one that leaves JSON objects whole
// is better, and then the more columns.
func sniff(head ingest.Head) layout {
	best := layout{delimiter: ','}
	for _, delimiter := range []byte(",;\t|") {
		l := layoutOf(head, delimiter, 0)
		for skip := 1; skip <= mostSkipped && 10*l.even < 8*l.rows; skip++ {
			if below := layoutOf(head, delimiter, skip); below.sure() {
				l = below
			}
		}
		if l.columns < 2 {
			continue
		}
		if best.columns < 2 || l.beats(best) {
			best = l
		}
	}
	return best
}

func (l layout) beats(o layout) bool {
	switch evener := l.even*o.rows - o.even*l.rows; {
	case evener != 0:
		return evener > 0
	case l.torn != o.torn:
		return o.torn
	}
	return l.columns > o.columns
}

// mostSkipped is how many rows may stand before a table: what a spreadsheet was told, whose account it is, of which days.
const mostSkipped = 9

// sure reports whether the rows after those that were skipped are a table beyond doubt.
func (l layout) sure() bool {
	return l.columns >= 3 && l.rows >= 3 && l.even == l.rows && !l.headless
}

func layoutOf(head ingest.Head, delimiter byte, skip int) layout {
	l := layout{delimiter: delimiter, skip: skip}
	rows := rowsOf(head, delimiter)
	for range skip {
		var rec ingest.Record
		if rows.Next(&rec) != nil {
			return l
		}
	}
	for l.rows < looked {
		var rec ingest.Record
		if rows.Next(&rec) != nil || !head.Whole && rec.Unfinished {
			break
		}
		if l.rows++; l.rows == 1 {
			l.columns = len(rows.Cells)
			l.look(rec.Raw, rows.Cells)
		}
		if rec.Rejected == "" && (len(rows.Cells) == l.columns || fits(rows.Cells, l.columns)) {
			l.even++
		}
	}
	return l
}

// look tells by the first row whether it is a header. What has a time or a JSON object in it is none.
func (l *layout) look(row []byte, cells []scan.Field) {
	for _, cell := range cells {
		if cell.IsNull(row) {
			continue
		}
		text := cell.Text(row)
		l.torn = l.torn || strings.Count(text, "{") != strings.Count(text, "}")
		l.headed = l.headed || scan.Telling(text)
		if kindOf(text) == scan.Object {
			l.headless, l.objects = true, true
		} else if at, err := event.ParseTime(text, nil); err == nil && at.Digits() >= 0 {
			l.headless = true
		}
	}
}

// rowsOf are the rows of a head.
func rowsOf(head ingest.Head, delimiter byte) *scan.Rows {
	return scan.NewRows(ingest.Input{Body: scan.Memory(head.Bytes)}, delimiter, 0)
}

// Open starts reading a source. Its head's first row names the columns.
func (Importer) Open(in ingest.Input, opts ingest.Options) (ingest.Reader, error) {
	l := sniff(in.Head)
	return newReader(in, opts, l)
}
