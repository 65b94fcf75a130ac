package projection

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"asof/engine/event"
	"asof/engine/value"
)

// benchPayloads are an order's life as a shop's log tells it; together they write 27 leaves.
func benchPayloads() []struct{ typ, payload string } {
	return []struct{ typ, payload string }{
		{"OrderPlaced", `{"customer":{"id":"c-%04d","name":"Xenia O'Neill","tier":"basic"},"ship_to":{"street":"Calle Mayor %d","city":"Gdansk","zip":"19341","country":"PL"},"items":1,"total":%d.77,"currency":"EUR","channel":"web"}`},
		{"OrderNoted", `{"note":{"by":"agent-%d","text":"Wants to change the delivery day","ticket":"k-81v5005j7wb%d","minutes":14},"contacts":%d,"sentiment":"calm","language":"PL"}`},
		{"PaymentAuthorized", `{"payment":{"id":"p-b7bpx%d","method":"card","last4":"%d","amount":%d.77,"bank":"Sparhaus"},"risk_score":45}`},
		{"PaymentTaken", `{"payment":{"captured":%d.77,"captured_by":"psp-%d"},"paid":%d.77}`},
		{"OrderPaid", `{"status":"paid","paid":%d.77,"invoice":"INV-b7bpx%d%d"}`},
		{"ShipmentPacked", `{"shipment":{"warehouse":"Leipzig","parcels":%d,"grams":%d,"packed_by":"Xenia"},"status":"packed%d"}`},
		{"ShipmentSent", `{"shipment":{"carrier":"Swiftship","tracking":"806pps779m%d9em%dr3q%d"},"status":"sent"}`},
	}
}

const benchKeys, benchEach = 10_000, 10

// benchEvents are 100,000 events of 10,000 keys, key by key, as a build folds them.
func benchEvents() []event.Event {
	rnd, kinds := rand.New(rand.NewPCG(1, 2)), benchPayloads()
	start := time.Date(2026, 1, 12, 0, 0, 0, 0, time.UTC)
	events := make([]event.Event, benchKeys*benchEach)
	for i := range events {
		k := kinds[i%benchEach%len(kinds)]
		raw := fmt.Appendf(nil, `{"id":"e-%016x","stream":"order-%d","type":%q,"correlation_id":"t-%016x","metadata":{"service":"checkout"},"data":`, rnd.Uint64(), i/benchEach, k.typ, rnd.Uint64())
		from := len(raw)
		raw = fmt.Appendf(raw, k.payload, rnd.IntN(9999), rnd.IntN(9999), rnd.IntN(999))
		events[i] = event.Event{
			Position: event.Position(i + 1), Stream: "order", Type: k.typ, Raw: append(raw, '}'), Payload: event.Whole(from, len(raw)-from),
			Time: event.Unix(start.Unix()+int64(i)*41, int64(rnd.IntN(1000))*1_000_000, 3),
		}
	}
	return events
}

// BenchmarkFold folds the events; an operation is one event. The yardstick reads the same payloads.
func BenchmarkFold(b *testing.B) {
	events := benchEvents()
	b.Run("yardstick", func(b *testing.B) {
		for i := range b.N {
			if !json.Valid(events[i%len(events)].Data()) {
				b.Fatal(i)
			}
		}
	})
	for _, ref := range []string{"merge", "last", "counts", "tally"} {
		b.Run(ref, func(b *testing.B) { benchFold(b, ref, events) })
	}
}

func benchFold(b *testing.B, ref string, events []event.Event) {
	p, err := Parse(ref, Options{})
	if err != nil {
		b.Fatal(err)
	}
	folder, names, doc := p.NewFolder(), value.NewNames(), value.NewDoc()
	var journal value.Journal
	empty := doc.AppendBinary(nil, names)
	writes, row := 0, []byte(nil)
	b.ReportAllocs()
	for n := range b.N {
		i := n % len(events)
		if i%benchEach == 0 {
			journal.Reuse()
			if doc, _, err = journal.DecodeDoc(empty, names); err != nil {
				b.Fatal(err)
			}
		}
		doc.Begin(uint64(n + 1))
		if err := folder.Apply(doc, &events[i], "order"); err != nil {
			b.Fatal(err)
		}
		writes += len(doc.Commit())
		if i%benchEach == benchEach-1 { // so that the table has the names
			row = doc.AppendBinary(row[:0], names)
		}
	}
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
}
