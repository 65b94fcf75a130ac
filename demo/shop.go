package demo

import (
	"container/heap"
	"io"
	"strconv"
	"time"
)

// shop is a web shop: orders that are placed, paid, shipped, sometimes refunded. One order's refund is carried out twice,
// because the message that asked for it was delivered twice.
func shop() Story {
	return Story{
		Name:  "shop",
		Title: "A web shop. One order was refunded twice: which, when, and why?",
		Hints: []Hint{
			{"]  [", "step to the next or previous event, from every pane"},
			{"x  L", "the event that breaks a rule: order-3000 is paid back twice; L: its last good one"},
			{"w  (", "watch the selected field, then go back to the event that wrote it before"},
			{"c", "compare orders_v1 with orders_v2; D goes to their first difference"},
		},
		Size:     Size{Events: 50_000, Streams: 5_200, Seed: 42},
		Scripts:  []Script{script("shop/orders_v1.star"), script("shop/orders_v2.star")},
		Reducers: []Script{script("shop/orders.js"), script("shop/orders.py")},
		Rules:    script("shop/invariants.star"),
		write:    writeShop,
	}
}

// The steps of an order. An order that is not refunded ends at delivered.
const (
	placed = iota
	reserved
	authorized
	taken
	paid
	packed
	sent
	delivered
	refundAsked
	refunded
	refundedAgain // the planted fault
	done
)

// wait is how long an order rests before a step, in seconds: at least, at most.
var wait = [done][2]int64{
	reserved: {1, 3}, authorized: {2, 40}, taken: {5, 300}, paid: {1, 2}, packed: {1800, 14400}, sent: {1800, 14400},
	delivered: {36000, 93600}, refundAsked: {3600, 86400}, refunded: {60, 900}, refundedAgain: {243, 252},
}

var services = [done]string{
	placed: "checkout", reserved: "warehouse", authorized: "payments", taken: "payments", paid: "checkout", packed: "warehouse",
	sent: "shipping", delivered: "shipping", refundAsked: "helpdesk", refunded: "payments", refundedAgain: "payments",
}

const (
	customers = 4_000
	dayMillis = int64(24 * time.Hour / time.Millisecond)
)

var shopStart = time.Date(2026, time.January, 12, 0, 0, 0, 0, time.UTC).UnixMilli()

type order struct {
	number  int
	next    int   // the step that comes next
	due     int64 // when, in milliseconds
	cents   int64 // what the order costs
	lines   int
	sku     int
	trace   string // correlation id
	last    string // id of the event before
	request string // id of the refund's request
	refunds bool
	faulty  bool
}

// shopRun is a simulation: a queue of orders by the time of their next step.
type shopRun struct {
	*line
	queue    orders
	versions []int32 // of each order's stream, by the order's number
	stock    []int   // version of each stock stream
	onHand   []int64
	now      int64
	arrival  float64 // milliseconds from one new order to the next
	fault    int     // number of the order that is refunded twice
}

func writeShop(w io.Writer, size Size) error {
	stocks := max(1, min(200, size.Streams/25))
	expected := max(1, size.Streams-stocks)
	run := &shopRun{
		line: newLine(w, size.Seed), now: shopStart,
		stock: make([]int, stocks), onHand: make([]int64, stocks),
		fault: expected * 6 / 10,
	}
	// The story lasts a week; a larger log lasts longer, so that the same number of orders is open at a time.
	span := float64(7*dayMillis) * max(1, float64(expected)/5_000)
	run.arrival = span / float64(expected)
	nextOrder := run.now
	// An order takes a little over eight events; what the log has room for beyond that is notes on old orders, a fifth or so.
	notes := max(50, 1000-8040*expected/max(1, size.Events))
	for written := 0; written < size.Events && run.err == nil; written++ {
		switch {
		case len(run.versions) < expected && (len(run.queue) == 0 || nextOrder <= run.queue[0].due):
			run.now = nextOrder
			run.place()
			nextOrder += int64(run.arrival * busy(nextOrder) * (0.2 + 1.6*run.rand.Float64()))
		case len(run.versions) > 0 && (len(run.queue) == 0 || len(run.versions) > 40 && run.rand.IntN(1000) < notes):
			if run.now += run.between(1, 3); len(run.queue) == 0 {
				run.now += run.between(20_000, 200_000) // nothing else happens any more
			}
			run.note(run.rand.IntN(len(run.versions)))
		default:
			run.step()
		}
	}
	return run.close()
}

// busy stretches the time between two orders: at night there are few.
func busy(at int64) float64 {
	hour := float64(at%dayMillis) / float64(dayMillis) * 24
	switch {
	case hour < 6:
		return 3
	case hour < 9, hour >= 22:
		return 1.3
	case hour >= 18:
		return 0.5
	}
	return 0.8
}

func (r *shopRun) place() {
	o := &order{number: len(r.versions), trace: r.id("t-"), sku: r.rand.IntN(len(r.stock)), lines: 1 + r.rand.IntN(4)}
	o.cents = r.between(900, 24_000) * int64(o.lines)
	o.faulty = o.number == r.fault
	o.refunds = o.faulty || r.rand.IntN(50) == 0
	r.versions = append(r.versions, 0)
	buyer := strconv.Itoa(r.rand.IntN(customers))
	first, family := r.pick(firstNames), r.pick(familyNames)
	r.begin(o, "OrderPlaced")
	r.name("customer").raw("{").text("id", "c-"+buyer).text("name", first+" "+family).text("tier", r.pick(tiers)).raw("}")
	r.name("ship_to").raw("{").text("street", r.pick(streets)+" "+strconv.Itoa(1+r.rand.IntN(90)))
	r.text("city", r.pick(cities)).text("zip", strconv.Itoa(10_000+r.rand.IntN(89_999))).text("country", r.pick(countries)).raw("}")
	r.name("items").int(int64(o.lines)).name("total").money(o.cents).text("currency", "EUR").text("channel", r.pick(channels)).end()
	r.schedule(o, reserved)
}

// schedule puts the order back into the queue for its next step.
func (r *shopRun) schedule(o *order, step int) {
	if step >= done {
		return
	}
	o.next = step
	o.due = r.now + r.between(wait[step][0]*1000, wait[step][1]*1000+1)
	heap.Push(&r.queue, o)
}

// begin writes the head of the order's next event.
func (r *shopRun) begin(o *order, kind string) {
	r.caused(o, kind, o.last)
}

func (r *shopRun) caused(o *order, kind, cause string) {
	r.versions[o.number]++
	id := r.id("e-")
	r.event(envelope{
		id: id, stream: "order-" + strconv.Itoa(o.number), kind: kind, version: int(r.versions[o.number]), at: r.now,
		correlation: o.trace, caused: cause, service: services[o.next], redelivered: o.next == refundedAgain,
	})
	o.last = id
}

func (r *shopRun) step() {
	o := heap.Pop(&r.queue).(*order)
	r.now = max(r.now, o.due)
	switch o.next {
	case reserved:
		r.reserve(o)
	case authorized:
		r.begin(o, "PaymentAuthorized")
		r.name("payment").raw("{").text("id", "p-"+o.trace[2:12]).text("method", r.pick(methods)).text("last4", strconv.Itoa(1000+r.rand.IntN(8999)))
		r.name("amount").money(o.cents).text("bank", r.pick(banks)).raw("}").name("risk_score").int(r.between(0, 100)).end()
	case taken:
		r.begin(o, "PaymentTaken")
		r.name("payment").raw("{").name("captured").money(o.cents).text("captured_by", "psp-"+strconv.Itoa(1+r.rand.IntN(4))).raw("}").name("paid").money(o.cents).end()
	case paid:
		r.begin(o, "OrderPaid")
		r.text("status", "paid").name("paid").money(o.cents).text("invoice", "INV-"+o.trace[2:10]).end()
	case packed:
		r.begin(o, "ShipmentPacked")
		r.name("shipment").raw("{").text("warehouse", r.pick(cities)).name("parcels").int(1 + r.between(0, 2)).name("grams").int(r.between(200, 9000))
		r.text("packed_by", r.pick(firstNames)).raw("}").text("status", "packed").end()
	case sent:
		r.begin(o, "ShipmentSent")
		r.name("shipment").raw("{").text("carrier", r.pick(carriers)).text("tracking", r.id("")).raw("}").text("status", "sent").end()
	case delivered:
		r.begin(o, "ShipmentDelivered")
		r.name("shipment").raw("{").text("signed_by", r.pick(firstNames)).text("door", r.pick(doors)).raw("}").text("status", "delivered").end()
	case refundAsked:
		r.begin(o, "RefundRequested")
		o.request = o.last
		r.text("reason", r.pick(reasons)).name("amount").money(o.cents).text("asked_by", "customer").end()
	case refunded, refundedAgain:
		r.refund(o)
	}
	r.schedule(o, o.after())
}

// after is the step that follows the one just taken.
func (o *order) after() int {
	switch {
	case o.next == delivered && !o.refunds, o.next == refunded && !o.faulty:
		return done
	}
	return o.next + 1
}

// reserve happens in the stock's stream, for the order's sake: the correlation id ties the two.
func (r *shopRun) reserve(o *order) {
	r.stock[o.sku]++
	if r.onHand[o.sku] < int64(o.lines) {
		r.onHand[o.sku] += 500
	}
	r.onHand[o.sku] -= int64(o.lines)
	id := r.id("e-")
	r.event(envelope{
		id: id, stream: "stock-" + strconv.Itoa(o.sku), kind: "StockReserved", version: r.stock[o.sku], at: r.now,
		correlation: o.trace, caused: o.last, service: services[reserved],
	})
	r.text("order_id", "order-"+strconv.Itoa(o.number)).name("reserved").int(int64(o.lines)).name("on_hand").int(r.onHand[o.sku])
	r.text("shelf", r.pick(shelves)).end()
	o.last = id
}

// refund pays the money back. Both refunds of the faulty order name the same request as their cause.
func (r *shopRun) refund(o *order) {
	r.caused(o, "PaymentRefunded", o.request)
	r.text("status", "refunded").text("refund_id", "r-"+o.last[2:12]).name("amount").money(o.cents)
	r.text("request_id", o.request).text("handled_by", "refund-worker-"+strconv.Itoa(1+r.rand.IntN(3))).end()
}

// note is what still happens to an order long after: a fifth of a real log touches old entities.
func (r *shopRun) note(number int) {
	r.versions[number]++
	r.event(envelope{
		id: r.id("e-"), stream: "order-" + strconv.Itoa(number), kind: "OrderNoted", version: int(r.versions[number]), at: r.now,
		correlation: r.id("t-"), service: "helpdesk",
	})
	r.name("note").raw("{").text("by", "agent-"+strconv.Itoa(r.rand.IntN(40))).text("text", r.pick(notes)).text("ticket", r.id("k-")).name("minutes").int(r.between(1, 30)).raw("}")
	r.name("contacts").int(r.between(1, 9)).text("sentiment", r.pick(moods)).text("language", r.pick(countries)).end()
}

// orders is a queue by due time; equal times by number, so that a seed gives one log.
type orders []*order

func (q orders) Len() int { return len(q) }
func (q orders) Less(i, j int) bool {
	return q[i].due < q[j].due || q[i].due == q[j].due && q[i].number < q[j].number
}
func (q orders) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *orders) Push(x any)   { *q = append(*q, x.(*order)) }
func (q *orders) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
