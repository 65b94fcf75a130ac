package eventlog

import (
	"bytes"
	"strconv"

	"asof/engine/event"
)

// field writes a field into the shape and the columns. End is where the field before it ended in the record; so is what it
// returns, of this one.
func (c *columns) field(f int, e, prev *event.Event, t *typed, s *shape, end int) int {
	switch f {
	case fieldTime:
		s.kind, s.zone = form(e.Time)
	case fieldRecorded:
		s.rkind, s.rzone = form(e.Recorded)
	}
	if s.mould > 0 && c.slot(f, e, s) {
		return end
	}
	switch f {
	case fieldID:
		return c.text(f, e.ID, e.Raw, t, s, end)
	case fieldStream:
		return c.text(f, string(e.Stream), e.Raw, t, s, end)
	case fieldCorrelation:
		return c.text(f, e.Correlation, e.Raw, t, s, end)
	case fieldCausation:
		return c.text(f, e.Causation, e.Raw, t, s, end)
	case fieldVersion:
		return c.version(int64(e.Version), e.Raw, t, s, end)
	case fieldTime:
		sec, _ := prev.Time.Unix()
		return c.time(f, e.Time, sec, e.Raw, t, s, end)
	case fieldRecorded:
		sec, _ := e.Time.Unix()
		return c.time(f, e.Recorded, sec, e.Raw, t, s, end)
	case fieldMeta:
		return c.part(f, &e.Meta, t, s, end)
	}
	return c.part(f, &e.Payload, t, s, end)
}

func form(t event.Time) (kind uint8, zone int16) {
	_, _, zone, kind = t.Pack()
	return kind, zone
}

// found notes that a field stands in the record, and returns its end.
func (c *columns) found(f, at, size int, t *typed, s *shape, end int) int {
	if at < end {
		c.turned++
	}
	c.places[f], t.gaps[f], t.fails[f] = at, int32(at-end), 0
	s.forms[f] = formRecord
	s.gaps[f] = c.varying(t, f, colGap+f, at-end)
	c.far = max(c.far, at+size)
	return at + size
}

// guess is where the field stands if it stands as it did in the last event of the type.
func (t *typed) guess(f, end, size, within int) int {
	if at := end + int(t.gaps[f]); at >= 0 && at <= within-size {
		return at
	}
	return -1
}

// search reports whether it is worth to look for a field that is not where it is expected.
func (t *typed) search(f int) bool {
	t.fails[f]++
	return t.fails[f] < mostFails || t.fails[f]%64 == 0
}

// text writes a text. An id is cut out of its record if it stands behind all fields so far, with a byte between, by which the
// one before it ends.
func (c *columns) text(f int, text string, raw []byte, t *typed, s *shape, end int) int {
	if text == "" {
		return end
	}
	at := t.guess(f, end, len(text), len(raw))
	if at < 0 || string(raw[at:at+len(text)]) != text {
		at = -1
		if text == c.last[f] {
			s.forms[f] = formSame
			return end
		}
		if len(text) >= 3 && t.search(f) {
			head := raw[:min(len(raw), searched)]
			if at = bytes.Index(head[min(end, len(head)):], stringBytes(text)); at >= 0 {
				at += end
			} else {
				at = bytes.Index(head, stringBytes(text))
			}
		}
	}
	if at >= 0 {
		s.sizes[f] = c.varying(t, fieldCount+f, colSize+f, len(text))
		cut := f != fieldStream && s.flags&flagSameRecord == 0 && s.mould == 0 && (at > c.far || c.far == 0)
		end = c.found(f, at, len(text), t, s, end)
		if cut {
			s.forms[f] = formCut
			c.rest = append(c.rest, raw[c.copied:at]...)
			c.cuts = append(c.cuts, text...)
			c.copied = end
		}
		return end
	}
	s.forms[f] = formApart
	s.sizes[f] = c.varying(t, fieldCount+f, colSize+f, len(text))
	c.col[colText] = append(c.col[colText], text...)
	c.last[f] = text
	return end
}

func (c *columns) version(v int64, raw []byte, t *typed, s *shape, end int) int {
	if v == 0 && s.numbering == 0 {
		return end
	}
	if at := t.guess(fieldVersion, end, 1, len(raw)); at >= 0 {
		if got, n := readNumber(raw[at:]); n > 0 && at+n < len(raw) && got == v {
			return c.found(fieldVersion, at, n, t, s, end)
		}
	}
	if s.numbering == uint8(event.BySource) && v >= 0 && t.search(fieldVersion) {
		if at := c.searchNumber(raw[:min(len(raw), searched)], v); at >= 0 {
			if got, n := readNumber(raw[at:]); n > 0 && at+n < len(raw) && got == v {
				return c.found(fieldVersion, at, n, t, s, end)
			}
		}
	}
	s.forms[fieldVersion] = formApart
	c.int(colVersion, v)
	return end
}

// searchNumber finds a number that follows a colon.
func (c *columns) searchNumber(raw []byte, v int64) int {
	c.digits = strconv.AppendInt(append(c.digits[:0], ':'), v, 10)
	for from := 0; ; {
		i := bytes.Index(raw[from:], c.digits)
		if i < 0 {
			return -1
		}
		at := from + i + 1
		if next := at + len(c.digits) - 1; next < len(raw) && raw[next]-'0' > 9 {
			return at
		}
		from = at
	}
}

func (c *columns) time(f int, at event.Time, before int64, raw []byte, t *typed, s *shape, end int) int {
	sec, nsec, zone, kind := at.Pack()
	if kind == 0 {
		return end
	}
	day := &c.day[f-fieldTime]
	if i := t.guess(f, end, dateTime, len(raw)); i >= 0 {
		if got, n := day.read(raw[i:], zone, kind); n > 0 && i+n < len(raw) && got == at {
			return c.found(f, i, n, t, s, end)
		}
	}
	if at.Digits() >= 0 && t.search(f) {
		if i := c.searchTime(raw[:min(len(raw), searched)], at); i >= 0 {
			if got, n := day.read(raw[i:], zone, kind); n > 0 && i+n < len(raw) && got == at {
				return c.found(f, i, n, t, s, end)
			}
		}
	}
	s.forms[f] = formApart
	if f == fieldTime {
		c.int(colTime, sec-before)
		c.nano(colNano, nsec, kind)
	} else {
		c.int(colRecorded, sec-before)
		c.nano(colRecorded, nsec, kind)
	}
	return end
}

// searchTime finds a time by its date and its time of day.
func (c *columns) searchTime(raw []byte, at event.Time) int {
	c.digits = at.Append(c.digits[:0], nil)
	c.digits = c.digits[:min(dateTime, len(c.digits))]
	i := bytes.Index(raw, c.digits)
	if i < 0 {
		c.digits[dateTime-9] = ' '
		i = bytes.Index(raw, c.digits)
	}
	return i
}

// nano writes a second's fraction with no more digits than the source had.
func (c *columns) nano(col int, nsec int32, kind uint8) {
	unit := nanoUnit(kind)
	if nsec%unit != 0 {
		unit = 1
	}
	c.uint(col, uint64(nsec/unit)<<1|b2u(unit == 1))
}

// nanoUnits is how many nanoseconds the last of some digits stands for.
var nanoUnits = [10]int32{1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1}

// nanoUnit is how many nanoseconds the last digit of a time of this kind stands for.
func nanoUnit(kind uint8) int32 { return nanoUnits[max(0, min(int(kind>>2)-1, 9))] }

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// nextPlace is where the record after prev's stands if records are lines.
func nextPlace(prev *event.Event, same bool) event.Place {
	p := prev.Place
	if !same {
		p.Line++
		p.Offset += uint64(len(prev.Raw)) + 1
	}
	return p
}

// part writes where a payload is if it is one run of the record.
func (c *columns) part(f int, p *event.Part, t *typed, s *shape, end int) int {
	if p.IsZero() {
		return end
	}
	if p.Own == nil && !p.Members && len(p.Spans) == 1 {
		at, size := int(p.Spans[0].Off), int(p.Spans[0].Len)
		s.sizes[f] = c.varying(t, fieldCount+f, colSize+f, size)
		return c.found(f, at, size, t, s, end)
	}
	s.forms[f] = formApart
	return end
}

// runs writes a payload that is not one run of the record.
func (c *columns) runs(p *event.Part) {
	if p.Own != nil {
		c.uint(colParts, uint64(len(p.Own))<<2|3)
		c.col[colText] = append(c.col[colText], p.Own...)
		return
	}
	c.uint(colParts, uint64(len(p.Spans))<<2|b2u(p.Members))
	last := int64(0)
	for _, span := range p.Spans {
		c.int(colParts, int64(span.Off)-last)
		c.uint(colParts, uint64(span.Len))
		last = int64(span.Off) + int64(span.Len)
	}
}

// other writes one of the other streams: its size, and its place in the record if it stands there.
func (c *columns) other(text string, raw []byte) {
	at := -1
	if i := c.hint; i+len(text) <= len(raw) && string(raw[i:i+len(text)]) == text {
		at = i
	} else if len(text) >= 3 {
		at = bytes.Index(raw[:min(len(raw), searched)], stringBytes(text))
	}
	c.uint(colOthers, uint64(len(text))<<1|b2u(at >= 0))
	if at < 0 {
		c.col[colText] = append(c.col[colText], text...)
		return
	}
	c.uint(colOthers, uint64(at))
	c.hint = at
}
