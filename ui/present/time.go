package present

import (
	"fmt"
	"strings"
	"time"

	"asof/engine/event"
)

// Time is a time with its date and zone, in loc or in its own zone if loc is nil: 2026-01-15 09:31:07.204Z. A missing time is
// empty.
func Time(t event.Time, loc *time.Location) Safe {
	return Safe(strings.Replace(zoned(t, loc), "T", " ", 1))
}

// Clock is the time of day with its zone, with the given digits of the second's fraction, so that a column of them is
// aligned: 09:31:07.204Z.
func Clock(t event.Time, loc *time.Location, digits int) Safe {
	_, clock, found := strings.Cut(zoned(t, loc), "T")
	if !found {
		return ""
	}
	end := strings.IndexAny(clock, "Z+-")
	if end < 0 {
		return Safe(clock)
	}
	whole, fraction, _ := strings.Cut(clock[:end], ".")
	if digits > 0 {
		fraction = (fraction + "000000000")[:min(digits, 9)]
		whole += "." + fraction
	}
	return Safe(whole + clock[end:])
}

func zoned(t event.Time, loc *time.Location) string {
	if loc == nil {
		return t.Text()
	}
	return t.In(loc)
}

// Duration is d in at most two units, cut rather than rounded: 12µs, 340ms, 1.1s, 4m12s, 3h05m, 2d04h, 120d, 3.1y.
func Duration(d time.Duration) Safe {
	if d < 0 {
		if d == -1<<63 {
			d++
		}
		return "-" + Duration(-d)
	}
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return "0.0s"
	case d < time.Microsecond:
		return Safe(fmt.Sprintf("%dns", d))
	case d < time.Millisecond:
		return Safe(fmt.Sprintf("%dµs", d/time.Microsecond))
	case d < 100*time.Millisecond:
		return Safe(fmt.Sprintf("%dms", d/time.Millisecond))
	case d < time.Minute:
		return Safe(fmt.Sprintf("%d.%ds", d/time.Second, d%time.Second/(100*time.Millisecond)))
	case d < time.Hour:
		return Safe(fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second))
	case d < day:
		return Safe(fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute))
	case d < 100*day:
		return Safe(fmt.Sprintf("%dd%02dh", d/day, d%day/time.Hour))
	case d < 1000*day:
		return Safe(fmt.Sprintf("%dd", d/day))
	}
	tenths := int64(d / (day * 36525 / 1000))
	return Safe(fmt.Sprintf("%d.%dy", tenths/10, tenths%10))
}

// Delta is Duration with its sign: +1.1s.
func Delta(d time.Duration) Safe {
	if d < 0 {
		return Duration(d)
	}
	return "+" + Duration(d)
}

// Age is how long before now something was: 4m12s ago. A thing of the future, where a log's times run backwards, is later.
func Age(d time.Duration) Safe {
	switch {
	case d == 0:
		return "now"
	case d < 0:
		return TrimSign(Duration(d)) + " later"
	}
	return Duration(d) + " ago"
}

// TrimSign is a duration without its minus sign.
func TrimSign(s Safe) Safe { return Safe(strings.TrimPrefix(string(s), "-")) }

// Fine is a short time with two digits behind its point, by which very different ones are compared in a column: 1.20 µs, 3.05 ms, 2.00 s.
func Fine(d time.Duration) Safe {
	switch {
	case d >= time.Second:
		return Safe(fmt.Sprintf("%.2f s", d.Seconds()))
	case d >= time.Millisecond:
		return Safe(fmt.Sprintf("%.2f ms", float64(d)/1e6))
	}
	return Safe(fmt.Sprintf("%.2f µs", float64(d)/1e3))
}
