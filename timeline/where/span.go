package where

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// units are the units of a span of time, from the longest to the shortest.
var units = []struct {
	name string
	span time.Duration
}{
	{"w", 7 * 24 * time.Hour},
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
	{"us", time.Microsecond},
	{"µs", time.Microsecond},
	{"ns", time.Nanosecond},
}

// parseSpan reads "10m", "1d12h" or "1.5s". Not fits means that it is a span, but too long for a time.Duration.
func parseSpan(text string) (total time.Duration, ok, fits bool) {
	fits = true
	for rest := text; rest != ""; {
		end := strings.IndexFunc(rest, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
		if end <= 0 {
			return 0, false, false
		}
		number := rest[:end]
		rest = rest[end:]
		end = strings.IndexAny(rest, "0123456789.")
		if end < 0 {
			end = len(rest)
		}
		part, known, whole := scale(number, rest[:end])
		if !known {
			return 0, false, false
		}
		rest = rest[end:]
		if !whole || part > math.MaxInt64-total {
			fits = false
			continue
		}
		total += part
	}
	return total, text != "", fits
}

// scale is number units as a duration, cut at nanoseconds.
func scale(number, unit string) (span time.Duration, known, fits bool) {
	for _, u := range units {
		if u.name != unit {
			continue
		}
		whole, fraction, dotted := strings.Cut(number, ".")
		if !allDigits(whole) || dotted && !allDigits(fraction) {
			return 0, false, false
		}
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || n > math.MaxInt64/int64(u.span) {
			return 0, true, false
		}
		part, _ := strconv.ParseFloat("0."+fraction+"0", 64)
		return addCapped(time.Duration(n)*u.span, time.Duration(math.Round(part*float64(u.span))))
	}
	return 0, false, false
}

func addCapped(a, b time.Duration) (sum time.Duration, known, fits bool) {
	if b > math.MaxInt64-a {
		return 0, true, false
	}
	return a + b, true, true
}

// spanText is a span that parseSpan reads back, with its sign.
func spanText(span time.Duration) string {
	sign := "+"
	if span < 0 {
		sign, span = "-", -span
	}
	if span == 0 {
		return sign + "0s"
	}
	text := sign
	for _, u := range units {
		if u.name == "w" || u.name == "µs" {
			continue
		}
		if n := span / u.span; n > 0 {
			text += strconv.FormatInt(int64(n), 10) + u.name
			span -= n * u.span
		}
	}
	return text
}
