package ingest

import (
	"fmt"
	"hash/maphash"
	"time"
)

// leadSize is how many bytes of a source decide its order, and backwardsPart which part of the time span seen there its time
// may fall behind before it counts as running backwards: the small inversions of concurrent writers do not.
const (
	leadSize      = 64 << 20
	backwardsPart = 0.01
)

// sample is what the decision about an order needs of one record.
type sample struct {
	time   stamp
	stream uint64 // 0 = none
}

// lead collects what the first bytes of a source tell about its order.
type lead struct {
	samples   []sample
	seed      maphash.Seed
	sequenced int
	accepted  int
	// of the source's own sequence
	last  int64
	rises int
	falls int
}

func newLead() *lead { return &lead{seed: maphash.MakeSeed()} }

func (l *lead) add(r *Record) {
	if len(r.Events) == 0 {
		return
	}
	l.accepted++
	s := sample{time: stampOfRecord(r)}
	if id := r.Events[0].Stream; id != "" {
		s.stream = maphash.String(l.seed, string(id)) | 1
	}
	l.samples = append(l.samples, s)
	if r.Sequenced {
		l.sequence(r.Sequence)
	}
}

func (l *lead) sequence(n int64) {
	if l.sequenced > 0 {
		switch {
		case n > l.last:
			l.rises++
		case n < l.last:
			l.falls++
		}
	}
	l.last = n
	l.sequenced++
}

// decide fixes the order: what the person asked for, else what the format says, else what the lead shows.
func (l *lead) decide(asked, format string) Order {
	switch {
	case asked == OrderFile:
		return Order{By: OrderFile, Why: "asked for with --order"}
	case asked == OrderTime:
		return l.askedTime()
	case asked != "":
		return l.bySequence("asked for with --order " + asked)
	}
	switch format {
	case OrderFile:
		return Order{By: OrderFile, Why: "the format's own order"}
	case OrderTime:
		return Order{By: OrderTime, Sort: true, Why: "the format's own order"}
	case OrderReverse:
		return Order{By: OrderFile, Reverse: true, Why: "the format lists the newest first"}
	case OrderSequence:
		return l.bySequence("the number that the format orders by")
	}
	if l.sequenced == l.accepted && l.accepted > 1 {
		return l.bySequence("every record is numbered")
	}
	return l.byTime()
}

func (l *lead) bySequence(why string) Order {
	switch {
	case l.falls == 0:
		return Order{By: OrderSequence, Why: why + ", and the records stand in that order"}
	case l.rises == 0:
		return Order{By: OrderSequence, Reverse: true, Why: why + "; the records stand newest first"}
	}
	return Order{By: OrderSequence, Sort: true, Why: fmt.Sprintf("%s; it falls %d times in file order", why, l.falls)}
}

func (l *lead) askedTime() Order {
	o := Order{By: OrderTime, Sort: true, Why: "asked for with --order"}
	if times := straight(l.samples); newestFirst(times) {
		o.Reverse, o.Why = true, o.Why+"; the records stand newest first"
	}
	return o
}

// byTime is the rule for sources that number nothing.
func (l *lead) byTime() Order {
	times := straight(l.samples)
	lo, hi := span(times)
	if len(times) < 2 || lo == hi {
		return Order{By: OrderFile, Why: "there are no times that differ"}
	}
	limit := hi.seconds(lo) * backwardsPart
	worst := backwards(times)
	if worst <= limit {
		return Order{By: OrderFile, Why: fileWhy(worst)}
	}
	o := Order{By: OrderFile}
	if o.Reverse = newestFirst(times); o.Reverse {
		reverse(times)
		if worst = backwards(times); worst <= limit {
			o.Why = "the records stand newest first"
			return o
		}
	}
	if n := streamsBackwards(times, limit); n > 0 {
		o.Why = fmt.Sprintf("time runs backwards by up to %s, but within %d streams too", inWords(worst), n)
		return o
	}
	o.By, o.Sort = OrderTime, true
	if o.Reverse {
		o.Why = "the records stand newest first, and a few of them out of turn"
		return o
	}
	o.Why = fmt.Sprintf("time runs backwards by up to %s in the file, and in no stream", inWords(worst))
	return o
}

func fileWhy(worst float64) string {
	if worst == 0 {
		return "time never runs backwards"
	}
	return fmt.Sprintf("time runs backwards by at most %s, less than 1 %% of the time span", inWords(worst))
}

// inWords is a number of seconds as a person says it.
func inWords(seconds float64) string {
	switch {
	case seconds >= 2*86400:
		return fmt.Sprintf("%.0f days", seconds/86400)
	case seconds >= 1:
		return (time.Duration(seconds) * time.Second).String()
	}
	return time.Duration(seconds * 1e9).Round(time.Microsecond).String()
}

// straight is the samples with a time, without the odd ones that must not decide: times more than a day above everything in
// the next 1,000, and, if they are at most one in a thousand, lone times more than a day below both neighbours.
func straight(samples []sample) []sample {
	timed := make([]sample, 0, len(samples))
	for _, s := range samples {
		if s.time.Has {
			timed = append(timed, s)
		}
	}
	return withoutDips(withoutPeaks(timed))
}

func withoutPeaks(timed []sample) []sample {
	peak := make([]bool, len(timed))
	var window []int // indexes of falling times, of the next 1,000
	for i := len(timed) - 1; i >= 0; i-- {
		for len(window) > 0 && window[0] > i+followers {
			window = window[1:]
		}
		peak[i] = len(window) > 0 && timed[i].time.seconds(timed[window[0]].time) > outlierDay
		for len(window) > 0 && !timed[i].time.less(timed[window[len(window)-1]].time) {
			window = window[:len(window)-1]
		}
		window = append(window, i)
	}
	return drop(timed, peak)
}

func withoutDips(timed []sample) []sample {
	dip := make([]bool, len(timed))
	n := 0
	for i := 1; i+1 < len(timed); i++ {
		t := timed[i].time
		if timed[i-1].time.seconds(t) > outlierDay && timed[i+1].time.seconds(t) > outlierDay {
			dip[i] = true
			n++
		}
	}
	if n == 0 || n > max(1, len(timed)/1000) || len(timed) < 10 {
		return timed
	}
	return drop(timed, dip)
}

// drop leaves out the marked samples if they are few: in a file that stands newest first, every one is a peak.
func drop(timed []sample, odd []bool) []sample {
	kept := make([]sample, 0, len(timed))
	for i, s := range timed {
		if !odd[i] {
			kept = append(kept, s)
		}
	}
	if len(timed)-len(kept) > max(1, len(timed)/100) {
		return timed
	}
	return kept
}

func span(times []sample) (lo, hi stamp) {
	for i, s := range times {
		if i == 0 || s.time.less(lo) {
			lo = s.time
		}
		hi = hi.max(s.time)
	}
	return lo, hi
}

// backwards is by how many seconds time falls behind the highest before it, at worst.
func backwards(times []sample) float64 {
	var high stamp
	worst := 0.0
	for _, s := range times {
		high = high.max(s.time)
		worst = max(worst, high.seconds(s.time))
	}
	return worst
}

// newestFirst tells whether nearly all steps between differing times go back.
func newestFirst(times []sample) bool {
	up, down := 0, 0
	for i := 1; i < len(times); i++ {
		switch c := times[i].time.compare(times[i-1].time); {
		case c > 0:
			up++
		case c < 0:
			down++
		}
	}
	return down > 0 && down >= 9*up
}

func reverse(times []sample) {
	for i, j := 0, len(times)-1; i < j; i, j = i+1, j-1 {
		times[i], times[j] = times[j], times[i]
	}
}

// streamsBackwards counts the streams whose own time falls behind by more than limit seconds.
func streamsBackwards(times []sample, limit float64) int {
	type course struct {
		high stamp
		bad  bool
	}
	streams := map[uint64]course{}
	n := 0
	for _, s := range times {
		if s.stream == 0 {
			continue
		}
		c := streams[s.stream]
		c.high = c.high.max(s.time)
		if !c.bad && c.high.seconds(s.time) > limit {
			c.bad = true
			n++
		}
		streams[s.stream] = c
	}
	return n
}
