package value

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const anOrder = `{"order_id":"ord-000417","status":"placed","total":129.90,"currency":"EUR","customer":{"id":"cus-8812","name":"Ada Lovelace","vip":true},"items":[{"sku":"KB-104","qty":1,"price":89.90},{"sku":"MS-22","qty":2,"price":20.00}],"placed_at":"2024-03-01T12:00:00.123Z","note":null,"channel":"web","attempt":3,"warehouse":"east-2","sum":1}`

func BenchmarkParse(b *testing.B) {
	src := []byte(anOrder)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParserReused(b *testing.B) {
	src, p := []byte(anOrder), &Parser{}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkValid is encoding/json's check of the same text, to compare with on a busy machine.
func BenchmarkValid(b *testing.B) {
	src := []byte(anOrder)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if !json.Valid(src) {
			b.Fatal()
		}
	}
}

func leaves(n int) string {
	var text strings.Builder
	text.WriteByte('{')
	for i := range n - 1 {
		fmt.Fprintf(&text, `"field_%d":"value %d",`, i, i)
	}
	return text.String() + `"total":1}`
}

// tenWrites is one event of the merge fold: ten members that are there get other values.
func tenWrites(b *testing.B, end func(d *Doc)) {
	d := docOf(b, leaves(15))
	values := []*Node{Int(1), Int(2)}
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprint("field_", i))
	}
	stamp := uint64(1)
	b.ReportAllocs()
	for b.Loop() {
		stamp++
		d.Begin(stamp)
		for _, name := range names {
			_ = d.SetMember(d.root, name, values[stamp&1])
		}
		end(d)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(names)), "ns/write")
}

func BenchmarkSetMember(b *testing.B) { tenWrites(b, func(d *Doc) { d.Commit() }) }

func BenchmarkRollback(b *testing.B) { tenWrites(b, func(d *Doc) { d.Rollback() }) }

func BenchmarkEncodeDoc(b *testing.B) {
	d, names := docOf(b, leaves(29)), NewNames()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = d.AppendBinary(dst[:0], names)
	}
}

func BenchmarkDecodeDoc(b *testing.B) {
	names := NewNames()
	src := docOf(b, leaves(29)).AppendBinary(nil, names)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := DecodeDoc(src, names); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHash(b *testing.B) {
	n := mustParse(b, anOrder)
	b.ReportAllocs()
	for b.Loop() {
		Hash(n)
	}
}
