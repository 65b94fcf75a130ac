package script_test

import (
	"testing"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
)

const threeFields = `
def apply(state, event):
    state.status = "placed"
    state.total = event.data.total
    state.count = (state.count or 0) + 1
`

const orderLine = `{"id":"0b7c2f7e-5d0a-4a35-9a51-7d1f0c2b9e11","stream":"order-481516","type":"OrderPlaced","version":3,` +
	`"time":"2026-01-15T09:31:07.204Z","correlation":"c-99812","data":{"customer":"cust-22871","currency":"EUR","sku":"SKU-20114",` +
	`"qty":3,"price":39.90,"total":119.70,"note":"leave at the door","address":{"city":"Ávila","zip":"05001"}}}`

// BenchmarkThreeFields folds three fields of a payload; 500,000 events a second and core are promised.
func BenchmarkThreeFields(b *testing.B) { benchScript(b, threeFields) }

func benchScript(b *testing.B, src string) {
	p, err := script.Compile("bench.star", []byte(src), script.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("direct", func(b *testing.B) { benchProgram(b, p) })
	b.Run("interpreted", func(b *testing.B) { benchProgram(b, p.Interpreted()) })
}

func benchProgram(b *testing.B, p *script.Program) {
	r := p.New()
	start := len(orderLine) - len(`{"customer":"cust-22871","currency":"EUR","sku":"SKU-20114",`+
		`"qty":3,"price":39.90,"total":119.70,"note":"leave at the door","address":{"city":"Ávila","zip":"05001"}}}`)
	e := &event.Event{Type: "OrderPlaced", Stream: "order-481516", Raw: []byte(orderLine)}
	e.Payload = event.Whole(start, len(orderLine)-start-1)
	docs := make([]*value.Doc, 1000)
	var journal value.Journal // one for all, as when an index is built
	for i := range docs {
		docs[i] = value.NewDoc()
		docs[i].Share(&journal)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		e.Position = event.Position(i + 1)
		doc := docs[i%len(docs)]
		doc.Begin(uint64(i + 1))
		if err := r.Apply(doc, e, "order-481516"); err != nil {
			b.Fatal(err)
		}
		doc.Commit()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkHandlers goes through the handlers of a story's projection: the usual shape of a script.
func BenchmarkHandlers(b *testing.B) {
	const handlers = `
def init(key):
    return {"status": "new", "total": 0, "paid": 0, "refunded": 0, "refunds": []}

def apply(state, event):
    if event.type == "OrderCreated":
        state.status = "created"
    elif event.type == "PaymentTaken":
        state.paid = state.paid + event.data.price
    elif event.type == "PaymentRefunded":
        state.refunded = state.refunded + event.data.price
    elif event.type == "OrderPlaced":
        state.status = "placed"
        state.customer = event.data.customer
        state.total = event.data.total
`
	benchScript(b, handlers)
}
