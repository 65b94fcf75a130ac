package csv

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// BenchmarkRead reads rows with their fields, as the import does.
func BenchmarkRead(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("case:concept:name,concept:name,time:timestamp,org:resource,amount,note\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "case-%d,Activity %d,2026-01-15 09:%02d:%02d.204000+01:00,Resource %d,%d.50,\"a note, quoted\"\n", i/10, i%27, i/60%60, i%60, i%100, i)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	var batch ingest.Batch
	for b.Loop() {
		head, body, err := scan.HeadOf("x.csv", bytes.NewReader(text.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		r, err := Importer{}.Open(ingest.Input{Context: context.Background(), Name: "x.csv", Head: head, Body: body}, ingest.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			batch.Records = batch.Records[:0]
			err = r.Read(&batch)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}
