package event

import (
	"strings"
	"time"
)

// writtenTime reads the forms that are not ISO's and yet name one instant to every reader: a year first, a month by name, or a
// day, month and year between points.
//
//	2011/10/01 00:38:44.546   1.10.2011 00:38   01.10.11   01-Oct-2011 00:38:44   01/Oct/2011:00:38:44 +0200
//	111001 003844, whose year is of this century, as two columns have it
//	Oct 1, 2011, 1:38:44 PM   Sat, 01 Oct 2011 00:38:44 GMT            Sat Oct  1 00:38:44 UTC 2011
func writtenTime(text string, loc *time.Location, days DayOrder) (Time, error) {
	s := scanner{text: text}
	if len(text) == len("060102 150405") && s.digits() == 6 {
		y, m, d := 2000+s.number(2), s.number(2), s.number(2)
		s.expect(" ", true)
		if c := s.clock(false, false); !s.bad && s.pos == len(text) {
			return inZone(text, y, m, d, c, loc)
		}
		return Time{}, notTime(text)
	}
	s.weekday()
	y, m, d := s.writtenDate(days)
	if !s.bad && s.pos == len(s.text) {
		return inZone(text, y, m, d, clock{digits: -1}, loc)
	}
	if !s.oneOf(" T:,") {
		return Time{}, notTime(text)
	}
	s.spaces()
	c := s.writtenClock()
	zone, zoned := s.zone(false)
	if s.bad || s.pos != len(s.text) {
		return Time{}, notTime(text)
	}
	if !zoned {
		return inZone(text, y, m, d, c, loc)
	}
	return assemble(text, y, m, d, c, zone, true)
}

// plainer leaves out what repeats the offset before it, and puts the offset where it is looked for.
//
//	2025-03-04T09:15:00+01:00[Europe/Berlin]   2025-03-04 09:15:00 +0100 CET   Tue Mar 4 09:15:00 2025 +0100
func plainer(text string) string {
	n := len(text)
	if n < len("2006-01-02T15:04Z[") {
		return text
	}
	switch last := text[n-1]; {
	case last == ']':
		if i := strings.LastIndexByte(text, '['); i > 0 && (text[i-1] == 'Z' || offsetEnds(text[:i])) {
			return text[:i]
		}
	case last >= 'A' && last <= 'Z':
		if i := strings.LastIndexByte(text, ' '); i > 0 && offsetEnds(text[:i]) && letterRun(text[i+1:]) {
			return text[:i]
		}
	case offsetEnds(text) && text[n-6] == ' ' && letterRun(text[:3]):
		if i := strings.LastIndexByte(text[:n-6], ' '); i > 0 && n-6-i == len(" 2006") && strings.IndexByte(text[i+1:n-6], ':') < 0 {
			return text[:i] + text[n-6:] + text[i:n-6]
		}
	}
	return text
}

// offsetEnds reports whether a text ends with an offset such as +0100 or -05:30.
func offsetEnds(text string) bool {
	n := len(text)
	if n < 12 {
		return false
	}
	if text[n-3] == ':' {
		return text[n-6] == '+' || text[n-6] == '-'
	}
	return text[n-5] == '+' || text[n-5] == '-' && text[n-6] == ' '
}

func letterRun(text string) bool {
	for _, c := range []byte(text) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return text != ""
}

// weekday passes over the name of a day; it adds nothing to a date, and is not held against it.
func (s *scanner) weekday() {
	start := s.pos
	name := strings.ToLower(s.letters())
	for _, day := range [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		if name == day || name == day[:3] {
			s.oneOf(",")
			s.spaces()
			return
		}
	}
	s.pos = start
}

// writtenDate reads a date.
func (s *scanner) writtenDate(days DayOrder) (y, m, d int) {
	start := s.pos
	if m = s.month(); m > 0 {
		s.expect(" ", true)
		s.spaces()
		d = s.short()
		return s.year(), m, d
	}
	s.pos = start
	if first := s.digits(); first == 4 {
		y = s.number(4)
		sep := s.separator("/.")
		m = s.short()
		s.expect(sep, true)
		return y, m, s.short()
	}
	d = s.short()
	sep := s.separator(".-/ ")
	switch {
	case s.digits() == 0:
		s.spaces()
		m = s.month()
	case sep == ".":
		m = s.short()
	case (sep == "/" || sep == "-") && days != DaysUnsaid:
		if m = s.short(); days == MonthFirst {
			d, m = m, d
		}
	}
	s.expect(sep, true)
	if sep == "." && s.pos == len("02.01.") && s.digits() == 2 {
		return century(s.number(2)), m, d
	}
	s.bad = s.bad || m == 0 || s.digits() != 4
	return s.number(4), m, d
}

// century is the year that two digits mean: from 1970 to 2069.
func century(two int) int {
	if two < 70 {
		return 2000 + two
	}
	return 1900 + two
}

// year reads the year behind a month and a day; ctime has it at the very end, from where it is taken.
func (s *scanner) year() int {
	start := s.pos
	s.oneOf(",")
	s.spaces()
	if s.pos > start && s.digits() == 4 {
		return s.number(4)
	}
	s.pos = start
	cut := strings.LastIndexByte(s.text, ' ')
	if cut < s.pos {
		s.bad = true
		return 0
	}
	last := scanner{text: s.text[cut+1:]}
	s.text = s.text[:cut]
	y := last.number(4)
	s.bad = s.bad || last.bad || last.pos != len(last.text)
	return y
}

// writtenClock reads h:mm, its seconds and their fraction, and the half of the day.
func (s *scanner) writtenClock() clock {
	var c clock
	c.hour = s.short()
	s.expect(":", true)
	c.min = s.number(2)
	if s.oneOf(":") {
		c.sec = s.number(2)
		if s.oneOf(".,") {
			c.nsec, c.digits = s.fraction()
		}
	}
	start := s.pos
	s.spaces()
	switch strings.ToLower(s.letters()) {
	case "am":
		s.bad = s.bad || c.hour < 1 || c.hour > 12
		c.hour %= 12
	case "pm":
		s.bad = s.bad || c.hour < 1 || c.hour > 12
		c.hour = c.hour%12 + 12
	default:
		s.pos = start
	}
	return c
}

// month reads a month's English name, whole or its first three letters (or Sept), and a point behind it; 0 if there is none.
func (s *scanner) month() int {
	name := strings.ToLower(s.letters())
	if len(name) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		whole := strings.ToLower(m.String())
		if name == whole || name == whole[:3] || name == "sept" && m == time.September {
			s.oneOf(".")
			return int(m)
		}
	}
	return 0
}

// letters reads ASCII letters, as many as a name has at most and one more.
func (s *scanner) letters() string {
	start := s.pos
	for s.pos < len(s.text) && s.pos-start <= len("wednesday") && (s.text[s.pos]|0x20 >= 'a' && s.text[s.pos]|0x20 <= 'z') {
		s.pos++
	}
	return s.text[start:s.pos]
}

func (s *scanner) spaces() {
	for s.oneOf(" ") {
	}
}

// digits counts the digits that come next.
func (s *scanner) digits() int {
	n := 0
	for s.pos+n < len(s.text) && s.text[s.pos+n] >= '0' && s.text[s.pos+n] <= '9' {
		n++
	}
	return n
}

// short reads one or two digits.
func (s *scanner) short() int {
	n := s.digits()
	s.bad = s.bad || n < 1 || n > 2
	return s.number(min(n, 2))
}

// separator reads one of set, which has to stand between the next two as well.
func (s *scanner) separator(set string) string {
	start := s.pos
	if !s.oneOf(set) {
		s.bad = true
		return set
	}
	return s.text[start:s.pos]
}
