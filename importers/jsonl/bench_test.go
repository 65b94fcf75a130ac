package jsonl

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"asof/engine/ingest"
	"asof/importers/scan"
)

// orders is a text of n events of about 340 bytes over n/10 streams.
func orders(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"id":"evt-%08d","stream":"order-%d","type":"%s","version":%d,"time":"2026-01-%02dT%02d:%02d:%02d.204Z","data":{"amount":120.00,"currency":"EUR","method":"card","items":[{"sku":"A-1","qty":2},{"sku":"B-7","qty":1}],"customer":{"name":"Ana Ruiz","city":"Malaga"}},"metadata":{"correlation_id":"req-%x","user":"web"}}`+"\n",
			i, i%(n/10), [...]string{"OrderPlaced", "PaymentTaken", "OrderShipped"}[i%3], i/(n/10), 1+i*28/n, i/3600%24, i/60%60, i%60, i*7)
	}
	return b.Bytes()
}

// BenchmarkRead reads events with their fields, as the import does.
func BenchmarkRead(b *testing.B) {
	text := orders(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var batch ingest.Batch
	for b.Loop() {
		head, body, err := scan.HeadOf("orders.jsonl", bytes.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		r, err := Importer{}.Open(ingest.Input{Context: context.Background(), Name: "orders.jsonl", Head: head, Body: body}, ingest.Options{})
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
