// Package importers lists the outside formats that asof reads, and opens their sources.
package importers

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"asof/engine/ingest"
	"asof/importers/cloudevents"
	"asof/importers/csv"
	"asof/importers/jsondoc"
	"asof/importers/jsonl"
	"asof/importers/scan"
)

// All lists the importers, in the order in which `asof formats` shows them.
func All() []ingest.Importer {
	return []ingest.Importer{
		cloudevents.Importer{},
		jsonl.Importer{},
		jsondoc.Importer{},
		csv.Importer{},
	}
}

// Open opens the file at path, or standard input for "-": unpacked, as UTF-8, with its head. The input's Body is an
// io.Closer too; who opened closes it.
func Open(ctx context.Context, path string) (ingest.Input, error) {
	if path == "-" {
		return OpenReader(ctx, "-", io.NopCloser(os.Stdin))
	}
	f, err := os.Open(path)
	if err != nil {
		return ingest.Input{}, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return ingest.Input{}, &os.PathError{Op: "read", Path: path, Err: errors.New("is a folder")}
	}
	in, err := OpenReader(ctx, filepath.Base(path), f)
	if err != nil {
		return ingest.Input{}, &os.PathError{Op: "read", Path: path, Err: err}
	}
	return in, nil
}

// OpenReader is Open for bytes that come from elsewhere. It owns raw: closing the input's Body, or an error, closes it.
func OpenReader(ctx context.Context, name string, raw io.ReadCloser) (ingest.Input, error) {
	unpacked, _, err := scan.Unpack(raw, scan.Limits{})
	if err != nil {
		raw.Close()
		return ingest.Input{}, err
	}
	both := closers{unpacked, raw}
	text, err := scan.Text(unpacked)
	if err != nil {
		both.Close()
		return ingest.Input{}, err
	}
	head, whole, err := scan.HeadOf(name, text)
	if err != nil {
		both.Close()
		return ingest.Input{}, err
	}
	return ingest.Input{Context: ctx, Name: name, Head: head, Body: body{whole, both}}, nil
}

// body is an input's reader with what must be closed behind it.
type body struct {
	io.Reader
	closers
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, one := range c {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
