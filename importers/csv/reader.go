package csv

import (
	"errors"
	"fmt"
	"strings"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// How much of a source its mapping is chosen on, and how many records one Read hands out.
const (
	sampleBytes   = 4 << 20
	sampleRecords = 2000
	batchRecords  = 256
)

// reader reads rows as an ingest.Reader. The header is no record.
type reader struct {
	in      ingest.Input
	opts    ingest.Options
	rows    *scan.Rows
	names   []string // of the columns; nil until the header is read
	shape   *shape
	pending []sampled
	failed  error
	verdict ingest.Verdict
}

// sampled is a row of the sample, with its cells.
type sampled struct {
	rec   ingest.Record
	cells []scan.Field
}

func newReader(in ingest.Input, opts ingest.Options, delimiter byte, reason string) *reader {
	return &reader{
		in: in, opts: opts, rows: scan.NewRows(in.Body, delimiter, opts.Limit),
		verdict: ingest.Verdict{Format: "csv", Reason: reason},
	}
}

// Verdict is the mapping, once the first batch is read.
func (r *reader) Verdict() ingest.Verdict { return r.verdict }

// Read is the next batch. At a live source it may be empty.
func (r *reader) Read(batch *ingest.Batch) error {
	if r.in.Context != nil && r.in.Context.Err() != nil {
		return r.in.Context.Err()
	}
	if r.shape == nil {
		if err := r.learn(); err == scan.ErrIdle {
			return nil
		} else if err != nil {
			return err
		}
	}
	for n := 0; n < batchRecords; n++ {
		var rec ingest.Record
		cells := r.rows.Cells
		if len(r.pending) > 0 {
			rec, cells, r.pending = r.pending[0].rec, r.pending[0].cells, r.pending[1:]
		} else {
			if err := r.next(&rec); err == scan.ErrIdle {
				return nil
			} else if err != nil {
				return err
			}
			cells = r.rows.Cells
		}
		if rec.Rejected == "" {
			r.shape.event(&rec, cells)
		}
		batch.Records = append(batch.Records, rec)
	}
	return nil
}

// next reads a row and holds it against the header.
func (r *reader) next(rec *ingest.Record) error {
	if r.failed != nil {
		return r.failed
	}
	if err := r.rows.Next(rec); err != nil {
		return err
	}
	if n := len(r.rows.Cells); rec.Rejected == "" && n != len(r.names) && !r.fits(rec.Raw) {
		rec.Rejected = fmt.Sprintf("it has %d cells, the header %d", n, len(r.names))
	}
	return nil
}

// fits allows a row to have more cells than the header if they are empty.
func (r *reader) fits(row []byte) bool {
	if len(r.rows.Cells) < len(r.names) {
		return false
	}
	for _, cell := range r.rows.Cells[len(r.names):] {
		if cell.From != cell.To {
			return false
		}
	}
	return true
}

// learn reads the header and the sample, and chooses the mapping.
func (r *reader) learn() error {
	if r.names == nil {
		var rec ingest.Record
		if err := r.rows.Next(&rec); err != nil {
			return err
		}
		if rec.Rejected != "" {
			return fmt.Errorf("csv header: %s", rec.Rejected)
		}
		r.names = header(rec.Raw, r.rows.Cells)
	}
	size := 0
	for size < sampleBytes && len(r.pending) < sampleRecords {
		var rec ingest.Record
		err := r.next(&rec)
		if err == scan.ErrIdle && len(r.pending) > 0 {
			break
		}
		if err == scan.ErrIdle {
			return err
		}
		if err != nil {
			r.failed = err
			break
		}
		size += len(rec.Raw)
		r.pending = append(r.pending, sampled{rec, append([]scan.Field(nil), r.rows.Cells...)})
	}
	return r.choose()
}

func (r *reader) choose() error {
	table := scan.NewTable()
	cells := make([]scan.Cell, len(r.names))
	for _, s := range r.pending {
		if s.rec.Rejected != "" {
			continue
		}
		for i := range cells {
			cells[i] = cellOf(s.rec.Raw, s.cells[i])
		}
		table.AddRow(r.names, cells)
	}
	mapping, err := scan.Choose(table, r.opts.Map, scan.ZoneName(r.opts.Zone))
	if err != nil {
		return err
	}
	if r.shape, err = newShape(r.names, mapping, r.in.Name, r.opts.Zone); err != nil {
		return err
	}
	v := mapping.Verdict()
	r.verdict.Fields, r.verdict.Order, r.verdict.Zone = v.Fields, v.Order, v.Zone
	for i, f := range r.verdict.Fields {
		if path := mapping.Path(f.Name); path != nil {
			r.verdict.Fields[i].Path = path[0]
		}
	}
	return nil
}

// header names the columns: an empty name becomes column1, column2 …; a name that comes again gets a number.
func header(row []byte, cells []scan.Field) []string {
	names := make([]string, len(cells))
	taken := map[string]bool{}
	for i, cell := range cells {
		name := strings.TrimSpace(cell.Text(row))
		if name == "" {
			name = fmt.Sprintf("column%d", i+1)
		}
		for n, base := 2, name; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[name] = true
		names[i] = strings.Clone(name)
	}
	return names
}

var errNoColumn = errors.New("there is no such column")

func noColumn(path string, names []string) error {
	return fmt.Errorf("mapping to %q: %w; the columns are %s", path, errNoColumn, strings.Join(names, ", "))
}
