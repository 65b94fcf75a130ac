package projection

import (
	"bytes"

	"asof/engine/event"
)

// clock writes times as their Text does. Events come in order, so it keeps the text of the last time, and where the day, the
// zone and the digits are the same it writes only the time of day anew.
type clock struct {
	written []byte // the last text; "" if there is none to go by
	from    int    // where the time of day begins in it
	day     int64
	zone    int16
	kind    uint8
}

const daySeconds = 24 * 60 * 60

// text is good until the next call.
func (c *clock) text(t event.Time) []byte {
	sec, nsec, zone, kind := t.Pack()
	local := sec + int64(zone)*60
	day, second := local/daySeconds, local%daySeconds
	if second < 0 {
		day, second = day-1, second+daySeconds
	}
	if len(c.written) > 0 && day == c.day && zone == c.zone && kind == c.kind && !t.IsLeap() {
		c.turn(int(second), nsec, t.Digits())
		return c.written
	}
	c.written = t.Append(c.written[:0], nil)
	c.day, c.zone, c.kind, c.from = day, zone, kind, bytes.IndexByte(c.written, 'T')+1
	if t.IsLeap() {
		leap := c.written
		c.written = c.written[:0]
		return leap
	}
	return c.written
}

// turn sets the time of day in the text.
func (c *clock) turn(second int, nsec int32, digits int) {
	dst := c.written[c.from:]
	twoDigits(dst, second/3600)
	twoDigits(dst[3:], second/60%60)
	twoDigits(dst[6:], second%60)
	if digits <= 0 {
		return
	}
	for i := 9; i > digits; i-- {
		nsec /= 10
	}
	for i := digits; i > 0; i-- {
		dst[8+i] = byte('0' + nsec%10)
		nsec /= 10
	}
}

func twoDigits(dst []byte, n int) {
	dst[0], dst[1] = byte('0'+n/10), byte('0'+n%10)
}
