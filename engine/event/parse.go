package event

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotTime is the root of every error of ParseTime.
var ErrNotTime = errors.New("not a time")

// ParseRFC3339 reads text by RFC 3339 and nothing else: a zone is needed, leap seconds only where one can be, upper or
// lower case T and Z.
func ParseRFC3339(text string) (Time, error) {
	s := scanner{text: text}
	y, m, d := s.date(true)
	if !s.oneOf("Tt") {
		return Time{}, fmt.Errorf("%w: %q has no T after the date", ErrNotTime, text)
	}
	clock := s.clock(true, true)
	zone, zoned := s.zone(true)
	if s.bad || !zoned || s.pos != len(text) {
		return Time{}, fmt.Errorf("%w: %q is not RFC 3339", ErrNotTime, text)
	}
	return assemble(text, y, m, d, clock, zone, true)
}

// ParseTime reads the forms in which logs write an instant: RFC 3339; the same with a space for the T, a comma for the
// point, an offset without colon or minutes, or no offset at all; the basic form 20240101T000000Z; a date alone; and those of
// writtenTime: 2006/01/02, 2.1.2006 and months by name, as e-mail, HTTP, Apache and ctime write them. A time without a zone is
// read in loc (UTC if nil), and says so.
//
// Forms that name different instants to different readers (02/01/2024, Jan 2 15:04:05, a named zone) are refused.
func ParseTime(text string, loc *time.Location) (Time, error) {
	return ParseDated(text, loc, DaysUnsaid)
}

// DayOrder says what comes first in a date such as 02/01/2024 or 02-01-2024, which does not say so itself.
type DayOrder uint8

// Either order, or that nobody knows it: such a date is no time then.
const (
	DaysUnsaid DayOrder = iota
	DayFirst
	MonthFirst
)

// ParseDated is ParseTime, which also reads dates of two numbers and a year, in the given order.
func ParseDated(text string, loc *time.Location, days DayOrder) (Time, error) {
	text = plainer(text)
	s := scanner{text: text}
	extended := len(text) > 4 && text[4] == '-'
	y, m, d := s.date(extended)
	if s.bad {
		return writtenTime(text, loc, days)
	}
	if s.pos == len(text) {
		return inZone(text, y, m, d, clock{digits: -1}, loc)
	}
	if !s.oneOf("Tt ") {
		return Time{}, fmt.Errorf("%w: %q has no time after the date", ErrNotTime, text)
	}
	ways := clockWays
	if text[s.pos-1] != ' ' {
		ways-- // people write no T
	}
	for way := range ways {
		s := s
		c := s.timeOfDay(extended, way)
		zone, zoned := s.zone(false)
		switch {
		case s.bad || s.pos != len(text):
		case zoned:
			return assemble(text, y, m, d, c, zone, true)
		default:
			return inZone(text, y, m, d, c, loc)
		}
	}
	return Time{}, notTime(text)
}

// clockWays is how many ways there are to write a time of day: as the date is, as it is not, and as people do.
const clockWays = 3

func (s *scanner) timeOfDay(extended bool, way int) clock {
	switch way {
	case 0:
		return s.clock(extended, false)
	case 1:
		return s.clock(!extended, false)
	}
	return s.writtenClock()
}

func notTime(text string) error { return fmt.Errorf("%w: %q", ErrNotTime, text) }

type clock struct{ hour, min, sec, nsec, digits int }

// assemble checks the calendar and makes the time. Zone is in minutes east.
func assemble(text string, y, m, d int, c clock, zone int, zoned bool) (Time, error) {
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if day.Month() != time.Month(m) || day.Day() != d || m == 0 || d == 0 {
		return Time{}, fmt.Errorf("%w: %q: there is no such day", ErrNotTime, text)
	}
	if c.hour > 23 || c.min > 59 || c.sec > 60 {
		return Time{}, fmt.Errorf("%w: %q: there is no such time of day", ErrNotTime, text)
	}
	leap := c.sec == 60
	if leap {
		c.sec = 59
	}
	t := Time{
		sec:  day.Unix() + int64(c.hour*3600+c.min*60+c.sec-zone*60),
		nsec: int32(c.nsec), zone: int16(zone), flags: timeSet, digits: int8(c.digits),
	}
	if zoned {
		t.flags |= timeZoned
	}
	if leap {
		if ((t.sec%86400)+86400)%86400 != 86399 {
			return Time{}, fmt.Errorf("%w: %q: leap seconds stand at 23:59:60 UTC", ErrNotTime, text)
		}
		t.nsec += leapBase
	}
	return t, nil
}

// inZone makes the time of a text without a zone. In an hour that a zone skips or repeats, the earlier offset counts.
func inZone(text string, y, m, d int, c clock, loc *time.Location) (Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	offset := earlierOffset(time.Date(y, time.Month(m), d, c.hour, c.min, min(c.sec, 59), 0, time.UTC).Unix(), loc)
	return assemble(text, y, m, d, c, offset/60, false)
}

// earlierOffset is loc's offset, in seconds east, when its clocks show what UTC's show at the Unix time wall.
func earlierOffset(wall int64, loc *time.Location) int {
	near := time.Unix(wall, 0).In(loc)
	_, offset := near.Zone()
	near = near.Add(-time.Duration(offset) * time.Second)
	_, offset = near.Zone()
	start, _ := near.ZoneBounds()
	if start.IsZero() {
		return offset
	}
	_, before := start.Add(-time.Second).Zone()
	if wall-int64(offset) < start.Unix() || wall-int64(before) < start.Unix() {
		return before
	}
	return offset
}

// scanner reads digits from the left and remembers whether anything was amiss.
type scanner struct {
	text string
	pos  int
	bad  bool
}

func (s *scanner) number(digits int) int {
	if s.pos+digits > len(s.text) {
		s.bad = true
		return 0
	}
	n := 0
	for _, c := range []byte(s.text[s.pos : s.pos+digits]) {
		if c < '0' || c > '9' {
			s.bad = true
			return 0
		}
		n = n*10 + int(c-'0')
	}
	s.pos += digits
	return n
}

func (s *scanner) oneOf(set string) bool {
	if s.pos < len(s.text) && strings.IndexByte(set, s.text[s.pos]) >= 0 {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) expect(sep string, wanted bool) {
	if wanted && !s.oneOf(sep) {
		s.bad = true
	}
}

func (s *scanner) date(extended bool) (y, m, d int) {
	y = s.number(4)
	s.expect("-", extended)
	m = s.number(2)
	s.expect("-", extended)
	return y, m, s.number(2)
}

// clock reads hh:mm:ss with a fraction. The extended form may leave the seconds out and have a comma for the point, unless it
// is to be strict.
func (s *scanner) clock(extended, strict bool) clock {
	var c clock
	c.hour = s.number(2)
	s.expect(":", extended)
	c.min = s.number(2)
	if extended && !s.oneOf(":") {
		s.bad = s.bad || strict
		return c
	}
	c.sec = s.number(2)
	if s.oneOf(".") || !strict && s.oneOf(",") {
		c.nsec, c.digits = s.fraction()
	}
	return c
}

// fraction reads any number of digits and keeps nine.
func (s *scanner) fraction() (nsec, digits int) {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' {
		if s.pos-start < 9 {
			nsec = nsec*10 + int(s.text[s.pos]-'0')
		}
		s.pos++
	}
	digits = min(s.pos-start, 9)
	s.bad = s.bad || digits == 0
	for i := digits; i < 9; i++ {
		nsec *= 10
	}
	return nsec, digits
}

// zone reads Z or an offset. Strict is RFC 3339's form with a colon; else a space before it, and hhmm or hh, will do.
func (s *scanner) zone(strict bool) (minutes int, found bool) {
	if !strict {
		s.oneOf(" ")
	}
	if s.oneOf("Zz") {
		return 0, true
	}
	if !strict && (s.text[s.pos:] == "UTC" || s.text[s.pos:] == "GMT") {
		s.pos = len(s.text)
		return 0, true
	}
	sign := 1
	switch {
	case s.oneOf("+"):
	case s.oneOf("-"):
		sign = -1
	default:
		return 0, false
	}
	hours, mins := s.number(2), 0
	if colon := s.oneOf(":"); strict || colon || s.pos < len(s.text) {
		s.bad = s.bad || strict && !colon
		mins = s.number(2)
	}
	s.bad = s.bad || hours > 23 || mins > 59
	return sign * (hours*60 + mins), true
}
