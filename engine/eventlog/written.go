package eventlog

import "asof/engine/event"

// Numbers and times that stand in a record are read from there again. What is read need not be checked: a field is kept so
// only if reading it gave the event's own value, and if a byte of its record follows, so that reading ends there.

// calendar reads times, and remembers the day of the last one.
type calendar struct {
	text [10]byte
	days int64
}

// dateTime is the length of 2006-01-02T15:04:05.
const dateTime = 19

// read reads a time of the given zone and kind at the start of b, and returns its length; 0 if there is none.
func (c *calendar) read(b []byte, zone int16, kind uint8) (event.Time, int) {
	digits := int(kind>>2) - 1
	if len(b) < dateTime || digits < 0 || digits > 9 {
		return event.Time{}, 0
	}
	if date := [10]byte(b); date != c.text {
		c.text, c.days = date, civil(two(b)*100+two(b[2:]), two(b[5:]), two(b[8:]))
	}
	sec := c.days*86400 + two(b[11:])*3600 + two(b[14:])*60 + two(b[17:]) - int64(zone)*60
	n, nsec := dateTime, int32(0)
	if digits > 0 {
		if n += 1 + digits; len(b) < n {
			return event.Time{}, 0
		}
		for _, d := range b[dateTime+1 : n] {
			nsec = nsec*10 + int32(d) - '0'
		}
		nsec *= nanoUnit(kind)
	}
	if n < len(b) {
		switch b[n] {
		case 'Z', 'z':
			n++
		case '+', '-':
			n = min(n+6, len(b))
		}
	}
	return event.Unpack(sec, nsec, zone, kind), n
}

func two(b []byte) int64 { return int64(b[0])*10 + int64(b[1]) - 11*'0' }

// civil is how many days lie between 1970-01-01 and a day of the Gregorian calendar.
func civil(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := (year + 400_000) / 400
	of := year + 400_000 - era*400
	return era*146097 + of*365 + of/4 - of/100 + (153*(month-3)+2)/5 + day - 1 - 1000*146097 - 719468
}

// readNumber reads a whole number as JSON writes it, and returns its length; 0 if there is none.
func readNumber(b []byte) (v int64, n int) {
	for n < len(b) && n < 18 && b[n]-'0' <= 9 {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	if n > 1 && b[0] == '0' {
		return 0, 0
	}
	return v, n
}
