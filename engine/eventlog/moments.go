package eventlog

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Texts that are times of one notation, 2006-01-02T15:04:05.000Z, are kept as how many of their last digit's units lie between them and
// 1970 began. What stands behind the digits is the same in all.

// moments is a notation of times.
type moments struct {
	between byte // date and time of day
	digits  int  // of the second's fraction; 0 = it has none
	after   []byte
	unit    int64 // how many a second has
	day     calendar
}

// momentsOf is the notation of a text; not ok says that it is no time.
func momentsOf(text []byte) (m moments, ok bool) {
	if len(text) < dateTime || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' {
		return m, false
	}
	n := dateTime
	if n+1 < len(text) && text[n] == '.' && isDigit(text[n+1]) {
		for n++; n < len(text) && isDigit(text[n]); n++ {
			m.digits++
		}
	}
	m.between, m.after = text[10], text[n:]
	return m, len(m.after) <= 255 && m.count()
}

// count finds the unit, and reports whether times can be counted in it.
func (m *moments) count() bool {
	if m.digits < 0 || m.digits > 9 {
		return false
	}
	m.unit = 1e9 / int64(nanoUnits[m.digits])
	return true
}

// size is how long a text is.
func (m *moments) size() int { return dateTime + min(m.digits, 1) + m.digits + len(m.after) }

// read reads the texts of a column.
func (m *moments) read(column []byte, n int, list []int64) ([]int64, bool) {
	size := m.size()
	if len(column) != n*(size+1) {
		return list, false
	}
	for list = list[:0]; len(column) > 0; column = column[size+1:] {
		v, ok := m.moment(column[:size])
		if !ok || column[size] != slotEnd {
			return list, false
		}
		list = append(list, v)
	}
	return list, true
}

// mostSeconds bounds times, so that the steps between those that are counted in nanoseconds are numbers.
const mostSeconds = 1 << 31

func (m *moments) moment(b []byte) (v int64, ok bool) {
	if date := [10]byte(b); date != m.day.text {
		for _, i := range []int{0, 1, 2, 3, 5, 6, 8, 9} {
			if !isDigit(date[i]) {
				return 0, false
			}
		}
		days := civil(two(b)*100+two(b[2:]), two(b[5:]), two(b[8:]))
		if dateOf(days) != date {
			return 0, false
		}
		m.day.text, m.day.days = date, days
	}
	clock := b[11:dateTime]
	bad := clock[0]-'0' > 9 || clock[1]-'0' > 9 || clock[3]-'0' > 5 || clock[4]-'0' > 9 || clock[6]-'0' > 5 || clock[7]-'0' > 9
	hour := two(clock)
	if bad || hour > 23 || clock[2] != ':' || clock[5] != ':' || b[10] != m.between {
		return 0, false
	}
	v = m.day.days*86400 + hour*3600 + two(clock[3:])*60 + two(clock[6:])
	if m.digits > 6 && (v > mostSeconds || v < -mostSeconds) {
		return 0, false
	}
	n := dateTime
	if m.digits > 0 {
		if b[n] != '.' {
			return 0, false
		}
		n++
		for _, c := range b[n : n+m.digits] {
			if !isDigit(c) {
				return 0, false
			}
			v = v*10 + int64(c-'0')
		}
		n += m.digits
	}
	return v, bytes.Equal(b[n:], m.after)
}

func (m *moments) appendTo(dst []byte) []byte {
	return append(append(dst, m.between, byte(m.digits), byte(len(m.after))), m.after...)
}

func (r *reader) moments() (m moments) {
	m.between, m.digits = r.byte(), int(r.byte())
	m.after = r.bytes(uint64(r.byte()))
	r.bad = r.bad || !m.count()
	return m
}

// fill appends the texts of times, with an end behind each.
func (m *moments) fill(out []byte, list []int64) []byte {
	size, at := m.size()+1, len(out)
	out = slices.Grow(out, len(list)*size)[:at+len(list)*size]
	for _, v := range list {
		m.put(out[at:at+size], v)
		at += size
	}
	return out
}

// put writes a time's text, with an end.
func (m *moments) put(to []byte, v int64) {
	sec := v / m.unit
	fraction := v - sec*m.unit
	if fraction < 0 {
		sec, fraction = sec-1, fraction+m.unit
	}
	days := sec / 86400
	of := sec - days*86400
	if of < 0 {
		days, of = days-1, of+86400
	}
	if days != m.day.days || m.day.text[0] == 0 {
		m.day.days, m.day.text = days, dateOf(days)
	}
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(m.day.text[:]))
	binary.LittleEndian.PutUint16(to[8:], binary.LittleEndian.Uint16(m.day.text[8:]))
	clock := (*[dateTime - 10]byte)(to[10:])
	clock[0], clock[3], clock[6] = m.between, ':', ':'
	minutes := uint32(of) / 60
	binary.LittleEndian.PutUint16(clock[1:], hundred[minutes/60])
	binary.LittleEndian.PutUint16(clock[4:], hundred[minutes%60])
	binary.LittleEndian.PutUint16(clock[7:], hundred[uint32(of)%60])
	n := dateTime
	if m.digits > 0 {
		to[n] = '.'
		for i := n + m.digits; i > n; i-- {
			to[i] = byte('0' + fraction%10)
			fraction /= 10
		}
		n += 1 + m.digits
	}
	n += copy(to[n:], m.after)
	to[n] = slotEnd
}

// dateOf is the date of a day, civil's other way round. Of a year that has more than four digits it is some date.
func dateOf(days int64) (date [10]byte) {
	days = max(0, days+719468+1000*146097)
	era := days / 146097
	day := days - era*146097
	year := (day - day/1460 + day/36524 - day/146096) / 365
	day -= 365*year + year/4 - year/100
	month := (5*day + 2) / 153
	day -= (153*month+2)/5 - 1
	year += era*400 - 400_000
	if month += 3; month > 12 {
		month, year = month-12, year+1
	}
	year = max(0, year) % 10_000
	put := func(i int, n int64) { binary.LittleEndian.PutUint16(date[i:], hundred[n]) }
	put(0, year/100)
	put(2, year%100)
	put(5, month)
	put(8, day)
	date[4], date[7] = '-', '-'
	return date
}
