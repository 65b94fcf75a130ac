package demo

import (
	"io"
	"strconv"
	"time"
)

// bank is a small bank: accounts, deposits, withdrawals, transfers, a monthly fee. One transfer is credited twice, so that
// from then on there is more money than was paid in.
func bank() Story {
	return Story{
		Name:  "bank",
		Title: "A small bank. What was the balance on 15 January, and where did the extra money come from?",
		Hints: []Hint{
			{":", "then 2026-01-15 goes to the end of 15 January"},
			{"K", "pick an account; read its balance and which event last wrote it"},
			{"P", "choose the projection total: all the money as one document; x: where a rule breaks"},
			{"}  {", "next and previous event of the same account, o O of the same transfer"},
		},
		Size:    Size{Events: 12_000, Streams: 120, Seed: 7},
		Scripts: []Script{script("bank/balances.star"), script("bank/total.star")}, Rules: script("bank/invariants.star"),
		write: writeBank,
	}
}

var bankStart = time.Date(2025, time.December, 1, 7, 0, 0, 0, time.UTC).UnixMilli()

const bankDays = 62

type account struct {
	stream  string
	version int
	cents   int64
}

type bankRun struct {
	*line
	accounts []account
	now      int64
	left     int // events still to be written
	fault    bool
}

func writeBank(w io.Writer, size Size) error {
	run := &bankRun{line: newLine(w, size.Seed), now: bankStart, left: size.Events, accounts: make([]account, max(2, size.Streams))}
	gap := max(1, bankDays*dayMillis*7/5/int64(max(1, size.Events))) // a transfer is two events
	for i := range run.accounts {
		run.accounts[i].stream = "acct-" + strconv.Itoa(1001+i)
		run.open(i)
	}
	for run.left > 0 && run.err == nil {
		run.now += run.between(1, 2*gap)
		run.business(size.Events)
	}
	return run.close()
}

// write writes one event of an account whose balance it changes by cents, unless the story is already at its end.
func (r *bankRun) write(i int, kind, correlation, caused string, change int64, data func()) string {
	if r.left == 0 {
		return caused
	}
	r.left--
	a := &r.accounts[i]
	a.version++
	a.cents += change
	id := r.id("e-")
	r.event(envelope{id: id, stream: a.stream, kind: kind, version: a.version, at: r.now, correlation: correlation, caused: caused, service: "ledger"})
	data()
	r.end()
	return id
}

func (r *bankRun) open(i int) {
	r.now += r.between(1000, 60_000)
	r.write(i, "AccountOpened", r.id("t-"), "", 0, func() {
		r.text("owner", r.pick(firstNames)+" "+r.pick(familyNames)).text("branch", r.pick(cities)).text("currency", "EUR")
	})
}

// business is one deposit, withdrawal, fee or transfer.
func (r *bankRun) business(events int) {
	i := r.rand.IntN(len(r.accounts))
	amount := r.between(500, 90_000)
	simple := func(kind string, change int64) {
		r.write(i, kind, r.id("t-"), "", change, func() { r.name("amount").money(amount).text("channel", r.pick(channels)) })
	}
	switch what := r.rand.IntN(10); {
	case what < 3 || r.accounts[i].cents < amount:
		simple("MoneyDeposited", amount)
	case what < 5:
		simple("MoneyWithdrawn", -amount)
	case what < 6:
		amount = 250
		simple("FeeCharged", -amount)
	default:
		r.transfer(i, amount, events)
	}
}

// transfer is a debit here and a credit there, seconds apart. The one at two thirds of the story is credited twice.
func (r *bankRun) transfer(from int, amount int64, events int) {
	to := (from + 1 + r.rand.IntN(len(r.accounts)-1)) % len(r.accounts)
	trace, transfer := r.id("t-"), r.id("tr-")
	data := func() {
		r.text("transfer_id", transfer).name("amount").money(amount).text("from", r.accounts[from].stream).text("to", r.accounts[to].stream)
	}
	debit := r.write(from, "TransferSent", trace, "", -amount, data)
	r.now += r.between(500, 9000)
	r.write(to, "TransferReceived", trace, debit, amount, data)
	if !r.fault && r.left < events/3 {
		r.fault = true
		r.now += r.between(30_000, 31_000)
		r.write(to, "TransferReceived", trace, debit, amount, data)
	}
}
