package scan

import (
	"strings"
	"time"

	"asof/engine/event"
)

// Where the unit of a bare number changes: below 10^11 it counts seconds (until the year 5138), below 10^14 milliseconds (from
// 1973 on), below 10^17 microseconds, else nanoseconds. A bound belongs to the finer unit.
const (
	digitsOfMillis = 11
	digitsOfMicros = 14
	digitsOfNanos  = 17
	digitsOfMost   = 19 // of nanoseconds: the year 2286; more is no time
)

// TimeOf reads a time from a JSON string's text or a number's: text by event.ParseDated, in zone (nil = UTC) if it names none; a
// bare number by its size, which marks it event.GuessedUnit. What cannot be read is marked event.BadTime.
func TimeOf(text string, kind Kind, zone *time.Location, days event.DayOrder) (event.Time, event.Mark) {
	if kind == String {
		if t, ok := plainUTC(text); ok {
			return t, 0
		}
		if t, err := event.ParseDated(text, zone, days); err == nil {
			return t, 0
		}
	}
	if kind == String || kind == Number {
		if t, ok := NumberTime(text); ok {
			return t, event.GuessedUnit
		}
	}
	return event.Time{}, event.BadTime
}

// plainUTC reads the form in which most logs write a time, 2026-01-15T09:31:07.204Z, in a tenth of ParseTime's time. It leaves
// everything else, leap seconds included, to ParseTime.
func plainUTC(text string) (event.Time, bool) {
	n := len(text)
	if n < 20 || n > 30 || n == 21 || text[n-1] != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
		text[16] != ':' || n > 20 && text[19] != '.' {
		return event.Time{}, false
	}
	digits := "" // the fraction's
	if n > 20 {
		digits = text[20 : n-1]
	}
	if !allDigits(digits) || !allDigits(text[0:4]) || !allDigits(text[5:7]) || !allDigits(text[8:10]) ||
		!allDigits(text[11:13]) || !allDigits(text[14:16]) || !allDigits(text[17:19]) {
		return event.Time{}, false
	}
	year, month, day := integer(text[0:4]), integer(text[5:7]), integer(text[8:10])
	hour, minute, second := integer(text[11:13]), integer(text[14:16]), integer(text[17:19])
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return event.Time{}, false // a day from 29 on may not exist
	}
	nsec := integer(digits)
	for range 9 - len(digits) {
		nsec *= 10
	}
	return event.Unix(((daysTo(year, month, day)*24+hour)*60+minute)*60+second, nsec, len(digits)), true
}

// daysTo is the number of days from 1970-01-01 to a date of the Gregorian calendar, which starts its years in March here.
func daysTo(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469
}

// NumberTime reads a number as an instant by its size, exactly: no float64 is involved.
func NumberTime(text string) (event.Time, bool) {
	whole, fraction, negative, ok := decimal(text)
	if !ok || len(whole) > digitsOfMost {
		return event.Time{}, false
	}
	shift := 0 // digits of a second in the whole part
	switch {
	case len(whole) > digitsOfNanos:
		shift = 9
	case len(whole) > digitsOfMicros:
		shift = 6
	case len(whole) > digitsOfMillis:
		shift = 3
	}
	cut := max(0, len(whole)-shift)
	below := strings.Repeat("0", max(0, shift-len(whole))) + whole[cut:] + fraction
	precision := min(len(below), 9)
	sec := integer(whole[:cut])
	nsec := integer((below + "000000000")[:9])
	if negative {
		sec, nsec = -sec, -nsec
	}
	return event.Unix(sec, nsec, precision), true
}

// integer reads at most 18 digits.
func integer(digits string) int64 {
	var n int64
	for _, c := range []byte(digits) {
		n = n*10 + int64(c-'0')
	}
	return n
}

// decimal splits a JSON number into the digits before and after its point, leading zeros dropped. An exponent moves the point,
// by at most 40 places.
func decimal(text string) (whole, fraction string, negative, ok bool) {
	rest, negative := strings.CutPrefix(text, "-")
	exponent := 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		if exponent, ok = smallInt(rest[i+1:]); !ok {
			return "", "", false, false
		}
		rest = rest[:i]
	}
	whole, fraction, pointed := strings.Cut(rest, ".")
	if whole == "" || pointed && fraction == "" || !allDigits(whole) || !allDigits(fraction) || len(rest) > 60 {
		return "", "", false, false
	}
	if exponent > 0 {
		fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
		whole, fraction = whole+fraction[:exponent], fraction[exponent:]
	}
	if exponent < 0 {
		whole = strings.Repeat("0", max(0, -exponent-len(whole))) + whole
		cut := len(whole) + exponent
		whole, fraction = whole[:cut], whole[cut:]+fraction
	}
	return strings.TrimLeft(whole, "0"), fraction, negative, true
}

func smallInt(text string) (int, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	digits = strings.TrimPrefix(digits, "+")
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 2 || text == "" || !allDigits(digits) {
		return 0, false
	}
	n := int(integer(digits))
	if negative {
		n = -n
	}
	return n, n <= 40 && n >= -40
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
