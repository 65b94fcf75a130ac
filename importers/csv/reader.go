package csv

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// reader reads rows as an ingest.Reader. The header is no record.
type reader struct {
	in      ingest.Input
	rows    *scan.Rows
	names   []string // of the columns
	header  bool     // the header is still to be passed
	skip    int      // and so are as many rows before it
	first   string   // what the first row is
	shape   *shape
	verdict ingest.Verdict
}

func newReader(in ingest.Input, opts ingest.Options, l layout) (*reader, error) {
	names, table, err := sampleOf(in.Head, l)
	if err != nil {
		return nil, err
	}
	mapping, err := scan.Choose(table, opts.Map, scan.ZoneName(opts.Zone))
	if err != nil {
		return nil, err
	}
	r := &reader{in: in, rows: scan.NewRows(in, l.delimiter, opts.Limit), names: names, header: in.Offset == 0 && !l.headless, verdict: mapping.Verdict()}
	r.first, r.skip = "header", l.skip
	if l.headless {
		r.first = "first row"
	}
	r.verdict.Format, r.verdict.Reason = "csv", l.reason()
	for i, f := range r.verdict.Fields {
		if path := mapping.Path(f.Name); path != nil {
			r.verdict.Fields[i].Path = strings.Join(path, ".")
		}
	}
	r.shape, err = newShape(names, mapping, in.Name, opts.Zone)
	return r, err
}

// sampleOf is the names of the columns of a head, and a table of its rows.
func sampleOf(head ingest.Head, l layout) ([]string, *scan.Table, error) {
	rows := rowsOf(head, l.delimiter)
	var rec ingest.Record
	for range l.skip {
		if err := rows.Next(&rec); err != nil {
			return nil, nil, err
		}
	}
	if err := rows.Next(&rec); err == io.EOF {
		return nil, nil, errNoHeader
	} else if err != nil {
		return nil, nil, err
	}
	if rec.Rejected != "" {
		return nil, nil, fmt.Errorf("csv header: %s", rec.Rejected)
	}
	names := header(rec.Raw, rows.Cells)
	if l.headless {
		names = unheaded(rec.Raw, rows.Cells)
		rows = rowsOf(head, l.delimiter)
	}
	table := scan.NewTable()
	cells := make([]scan.Cell, len(names))
	for table.Records < scan.SampleRecords && rows.Next(&rec) == nil {
		if rec.Rejected != "" || len(rows.Cells) != len(names) && !fits(rows.Cells, len(names)) {
			continue
		}
		for i := range cells {
			cells[i] = cellOf(rec.Raw, rows.Cells[i])
		}
		table.AddRow(names, cells)
	}
	return names, table, nil
}

// Verdict says what was decided by the head.
func (r *reader) Verdict() ingest.Verdict { return r.verdict }

// Read is the next batch. At a live source it may be empty.
func (r *reader) Read(batch *ingest.Batch) error {
	if r.in.Context != nil && r.in.Context.Err() != nil {
		return r.in.Context.Err()
	}
	r.shape.arena.In(batch)
	for range scan.BatchRecords {
		var rec ingest.Record
		if err := r.next(&rec); err == scan.ErrIdle {
			return nil
		} else if err != nil {
			return err
		}
		if rec.Rejected == "" {
			r.shape.event(&rec, r.rows.Cells)
		}
		batch.Records = append(batch.Records, rec)
	}
	return nil
}

// next reads a row and holds it against the header.
func (r *reader) next(rec *ingest.Record) error {
	for ; r.header && r.skip > 0; r.skip-- {
		if err := r.rows.Next(rec); err != nil {
			return err
		}
	}
	if r.header {
		if err := r.rows.Next(rec); err != nil {
			return err
		}
		if rec.Rejected != "" {
			return fmt.Errorf("csv header: %s", rec.Rejected)
		}
		if len(r.rows.Cells) != len(r.names) {
			return fmt.Errorf("csv header: it is longer than the first %d bytes, by which columns are named", scan.HeadBytes)
		}
		r.header = false
	}
	if err := r.rows.Next(rec); err != nil {
		return err
	}
	if n := len(r.rows.Cells); rec.Rejected == "" && n != len(r.names) && !fits(r.rows.Cells, len(r.names)) {
		rec.Rejected = fmt.Sprintf("it has %s, the %s %d", cells(n), r.first, len(r.names))
	}
	return nil
}

// fits allows a row to have more cells than the header if they are empty.
func fits(cells []scan.Field, columns int) bool {
	if len(cells) < columns {
		return false
	}
	for _, cell := range cells[columns:] {
		if cell.From != cell.To {
			return false
		}
	}
	return true
}

// unheaded names the columns of a table without a header by its first row: payload is the one of JSON objects, key the one before it if
// there is nothing else but what a console consumer prints of a record, which has its own name before it; the others are column1, column2 …
func unheaded(row []byte, cells []scan.Field) []string {
	names := header(nil, make([]scan.Field, len(cells)))
	payload, others := -1, 0
	for i, cell := range cells {
		text := cell.Text(row)
		word, _, _ := strings.Cut(text, ":")
		switch {
		case word == "CreateTime" || word == "LogAppendTime" || word == "Partition" || word == "Offset":
			names[i] = word
		case payload < 0 && kindOf(text) == scan.Object:
			names[i], payload = "payload", i
		default:
			others++
		}
	}
	if payload > 0 && others == 1 && strings.HasPrefix(names[payload-1], "column") {
		names[payload-1] = "key"
	}
	return names
}

// header names the columns: an empty name becomes column1, column2 …; a name that comes again gets a number.
func header(row []byte, cells []scan.Field) []string {
	names := make([]string, len(cells))
	taken := map[string]bool{}
	repeats := map[string]int{} // the highest number that a name was given
	for i, cell := range cells {
		name := strings.TrimSpace(cell.Text(row))
		if name == "" {
			name = fmt.Sprintf("column%d", i+1)
		}
		for base := name; taken[name]; name = fmt.Sprintf("%s_%d", base, repeats[base]+1) {
			repeats[base]++
		}
		taken[name] = true
		names[i] = strings.Clone(name)
	}
	return names
}

var (
	errNoColumn = errors.New("there is no such column")
	errNoHeader = errors.New("csv: there is no header row")
)

func noColumn(path string, names []string) error {
	return fmt.Errorf("mapping to %q: %w; the columns are %s", path, errNoColumn, strings.Join(names, ", "))
}

func cells(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return fmt.Sprintf("%d cells", n)
}
