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

// Clock reads times one after another: it remembers the day of the last one. It serves one goroutine.
type Clock struct {
	Zone *time.Location // of times that name none; nil = UTC
	Days event.DayOrder // of dates that do not say it

	day   [11]byte // of the last time, as it was written, with the T
	start int64    // the day's first second, Unix
}

// TimeOf reads a time from a JSON string's text or a number's: text by event.ParseDated, a bare number by its size, which marks it
// event.GuessedUnit. What cannot be read is marked event.BadTime.
func (c *Clock) TimeOf(text string, kind Kind) (event.Time, event.Mark) {
	if kind == String {
		if t, ok := c.plainUTC(text); ok {
			return t, 0
		}
		if t, err := event.ParseDated(text, c.Zone, c.Days); err == nil {
			return t, 0
		}
	}
	if kind == String || kind == Number {
		if t, ok := compactTime(text, c.Zone); ok {
			return t, 0
		}
		text = insideDate(strings.TrimPrefix(strings.TrimPrefix(text, "CreateTime:"), "LogAppendTime:")) // as a console consumer has it
		if t, ok := NumberTime(text); ok {
			return t, event.GuessedUnit
		}
	}
	return event.Time{}, event.BadTime
}

// compactTime reads 20250304101530, with milliseconds behind it if there are any: as a number it would count to the year 2611.
func compactTime(text string, zone *time.Location) (event.Time, bool) {
	if len(text) != len("20060102150405") && len(text) != len("20060102150405000") || !allDigits(text) || text[:2] != "19" && text[:2] != "20" {
		return event.Time{}, false
	}
	plain := text[:4] + "-" + text[4:6] + "-" + text[6:8] + "T" + text[8:10] + ":" + text[10:12] + ":" + text[12:14]
	if len(text) > len("20060102150405") {
		plain += "." + text[14:]
	}
	t, err := event.ParseTime(plain, zone)
	return t, err == nil
}

// insideDate is the number in /Date(1700000000000+0100)/, as .NET wrote times; else the text. Its offset moves nothing.
func insideDate(text string) string {
	inside, found := strings.CutPrefix(text, "/Date(")
	if !found || !strings.HasSuffix(inside, ")/") {
		return text
	}
	inside = strings.TrimSuffix(inside, ")/")
	if i := strings.LastIndexAny(inside, "+-"); i > 0 {
		inside = inside[:i]
	}
	return inside
}

// plainUTC reads the form in which most logs write a time, 2026-01-15T09:31:07.204Z, in a tenth of ParseTime's time. It leaves
// everything else, leap seconds included, to ParseTime.
func (c *Clock) plainUTC(text string) (event.Time, bool) {
	n := len(text)
	if n < 20 || n > 30 || n == 21 || text[n-1] != 'Z' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || n > 20 && text[19] != '.' {
		return event.Time{}, false
	}
	if text[:11] != string(c.day[:]) && !c.turn(text[:11]) {
		return event.Time{}, false
	}
	hour, minute, second := twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)
	if hour > 23 || minute > 59 || second > 59 {
		return event.Time{}, false
	}
	nsec, digits := int64(0), max(0, n-21)
	for i := 20; i < n-1; i++ {
		d := text[i] - '0'
		if d > 9 {
			return event.Time{}, false
		}
		nsec = nsec*10 + int64(d)
	}
	nsec *= nanos[digits]
	return event.Unix(c.start+int64(hour)*3600+int64(minute)*60+int64(second), nsec, digits), true
}

// nanos is how many nanoseconds the last of some digits of a second's fraction stands for.
var nanos = [10]int64{1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1}

// turn takes down another day, written as 2026-01-15T. It is false for one that is not, or that does not exist.
func (c *Clock) turn(text string) bool {
	if text[4] != '-' || text[7] != '-' || !allDigits(text[0:4]) || !allDigits(text[5:7]) || !allDigits(text[8:10]) {
		return false
	}
	year, month, day := int(integer(text[0:4])), time.Month(integer(text[5:7])), int(integer(text[8:10]))
	at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || at.Month() != month || at.Day() != day {
		return false
	}
	copy(c.day[:], text)
	c.start = at.Unix()
	return true
}

// twoDigits is the number at text[i:i+2]; over 99 if there is none.
func twoDigits(text string, i int) uint {
	a, b := uint(text[i]-'0'), uint(text[i+1]-'0')
	if a > 9 || b > 9 {
		return 100
	}
	return 10*a + b
}

// NumberTime reads a number as an instant by its size, exactly: no float64 is involved.
func NumberTime(text string) (event.Time, bool) {
	whole, fraction, negative, ok := decimal(text)
	if !ok || len(whole) > digitsOfMost {
		return event.Time{}, false
	}
	if t, ok := ticksTime(whole, fraction, negative); ok {
		return t, true
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

// ticksTime reads .NET's ticks, 100 ns each since the year 1, of the years 2000 to 2099. As nanoseconds since 1970 they would all lie in 1990.
func ticksTime(whole, fraction string, negative bool) (event.Time, bool) {
	const year2000, year2100, year1970 = 630822816000000000, 662380416000000000, 621355968000000000
	if negative || fraction != "" || len(whole) != 18 {
		return event.Time{}, false
	}
	ticks := integer(whole)
	if ticks < year2000 || ticks >= year2100 {
		return event.Time{}, false
	}
	ticks -= year1970
	return event.Unix(ticks/1e7, ticks%1e7*100, 7), true
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
