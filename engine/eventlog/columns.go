package eventlog

import (
	"bytes"
	"encoding/binary"

	"asof/engine/event"
)

// The columns of a block. What stands word for word in a record is a reference into it.
const (
	colFlags = iota
	colType
	colRawLen
	colTime
	colNano
	colTimeForm
	colRecorded
	colVersion
	colID
	colStream
	colOthers
	colCorrelation
	colCausation
	colPayload
	colMeta
	colPlace
	colExtra // marks and ordinal
	colText  // texts that do not stand in the record
	columnCount
)

// The flags of an event.
const (
	flagSameRecord = 1 << iota
	flagSameForm   // the time has the form of the event's before it: zone, precision
	flagRecorded
	flagOthers
	flagCorrelation
	flagCausation
	flagPayload
	flagMeta
	flagNextPlace // the record follows the one before it in the same source
	flagExtra
	flagNumbering // two bits
)

// columns is the encoder's state: reused from block to block.
type columns struct {
	col   [columnCount][]byte
	types map[string]int
	names []string
	hints [columnCount]int // where a field's text stood in the record before
	last  [columnCount]string
}

func (c *columns) reset() {
	for i := range c.col {
		c.col[i] = c.col[i][:0]
	}
	if c.types == nil {
		c.types = map[string]int{}
	}
	clear(c.types)
	clear(c.last[:])
	c.names = c.names[:0]
}

func (c *columns) uint(col int, v uint64) { c.col[col] = binary.AppendUvarint(c.col[col], v) }
func (c *columns) int(col int, v int64)   { c.col[col] = binary.AppendVarint(c.col[col], v) }

// Kinds of reference to a text, in the low bits of its length.
const (
	textInRecord = iota
	textInline
	textSame // as the event before
)

// text writes where a text is: in the record, in the column of texts, or in the event before.
func (c *columns) text(col int, s string, raw []byte) {
	if len(s) > 0 {
		if at := c.find(col, s, raw); at >= 0 {
			c.uint(col, uint64(len(s))<<2|textInRecord)
			c.uint(col, uint64(at))
			return
		}
		if s == c.last[col] {
			c.uint(col, textSame)
			return
		}
	}
	c.uint(col, uint64(len(s))<<2|textInline)
	c.col[colText] = append(c.col[colText], s...)
	c.last[col] = s
}

// searched is how far into a record a text is looked for.
const searched = 2048

func (c *columns) find(col int, s string, raw []byte) int {
	if at := c.hints[col]; at+len(s) <= len(raw) && string(raw[at:at+len(s)]) == s {
		return at
	}
	if len(s) < 3 {
		return -1
	}
	at := bytes.Index(raw[:min(len(raw), searched)], stringBytes(s))
	if at >= 0 {
		c.hints[col] = at
	}
	return at
}

// encode writes events into the columns.
func (c *columns) encode(events []event.Event) {
	c.reset()
	prev := &event.Event{}
	for i := range events {
		e := &events[i]
		c.uint(colFlags, c.event(e, prev, i > 0))
		prev = e
	}
}

// event writes all of an event but its flags, which it returns.
func (c *columns) event(e, prev *event.Event, follows bool) uint64 {
	flags := uint64(e.Numbering) * flagNumbering
	if follows && sameRecord(e, prev) {
		flags |= flagSameRecord
	} else {
		c.uint(colRawLen, uint64(len(e.Raw)))
	}
	flags |= c.times(e, prev) | c.place(e, prev, follows)
	number, known := c.types[e.Type]
	if !known {
		number = len(c.names)
		c.types[e.Type] = number
		c.names = append(c.names, e.Type)
	}
	c.uint(colType, uint64(number))
	c.int(colVersion, int64(e.Version))
	c.text(colID, e.ID, e.Raw)
	c.text(colStream, string(e.Stream), e.Raw)
	if len(e.Others) > 0 {
		flags |= flagOthers
		c.uint(colOthers, uint64(len(e.Others)))
		for _, s := range e.Others {
			c.text(colOthers, string(s), e.Raw)
		}
	}
	if e.Correlation != "" {
		flags |= flagCorrelation
		c.text(colCorrelation, e.Correlation, e.Raw)
	}
	if e.Causation != "" {
		flags |= flagCausation
		c.text(colCausation, e.Causation, e.Raw)
	}
	if !e.Payload.IsZero() {
		flags |= flagPayload
		c.part(colPayload, e.Payload)
	}
	if !e.Meta.IsZero() {
		flags |= flagMeta
		c.part(colMeta, e.Meta)
	}
	if e.Ordinal != 0 || e.Marks != 0 {
		flags |= flagExtra
		c.uint(colExtra, uint64(e.Marks))
		c.uint(colExtra, uint64(e.Ordinal))
	}
	return flags
}

func (c *columns) times(e, prev *event.Event) (flags uint64) {
	sec, nsec, zone, kind := e.Time.Pack()
	prevSec, _, prevZone, prevKind := prev.Time.Pack()
	if zone == prevZone && kind == prevKind {
		flags |= flagSameForm
	} else {
		c.col[colTimeForm] = append(c.col[colTimeForm], kind)
		c.int(colTimeForm, int64(zone))
	}
	if kind != 0 {
		c.int(colTime, sec-prevSec)
		c.nano(colNano, nsec, kind)
	}
	if rsec, rnsec, rzone, rkind := e.Recorded.Pack(); rkind != 0 {
		flags |= flagRecorded
		c.col[colRecorded] = append(c.col[colRecorded], rkind)
		c.int(colRecorded, int64(rzone))
		c.int(colRecorded, rsec-sec)
		c.nano(colRecorded, rnsec, rkind)
	}
	return flags
}

// nano writes a second's fraction with no more digits than the source had.
func (c *columns) nano(col int, nsec int32, kind uint8) {
	unit := nanoUnit(kind)
	if nsec%unit != 0 {
		unit = 1
	}
	c.uint(col, uint64(nsec/unit)<<1|b2u(unit == 1))
}

// nanoUnit is how many nanoseconds the last digit of a time of this kind stands for.
func nanoUnit(kind uint8) int32 {
	digits := int(kind>>2) - 1
	unit := int32(1)
	for range 9 - max(0, min(digits, 9)) {
		unit *= 10
	}
	return unit
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (c *columns) place(e, prev *event.Event, follows bool) uint64 {
	if follows && e.Place == nextPlace(prev, sameRecord(e, prev)) {
		return flagNextPlace
	}
	c.uint(colPlace, uint64(e.Place.Source))
	c.uint(colPlace, e.Place.Line)
	c.uint(colPlace, e.Place.Offset)
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

// part writes where a payload lies: the number of spans and the form, then the spans, or bytes of its own.
func (c *columns) part(col int, p event.Part) {
	if p.Own != nil {
		c.uint(col, uint64(len(p.Own))<<2|3)
		c.col[colText] = append(c.col[colText], p.Own...)
		return
	}
	c.uint(col, uint64(len(p.Spans))<<2|b2u(p.Members))
	end := int64(0)
	for _, s := range p.Spans {
		c.int(col, int64(s.Off)-end)
		c.uint(col, uint64(s.Len))
		end = int64(s.Off) + int64(s.Len)
	}
}

// appendTo appends the columns: the types' names, each column's length, then the columns.
func (c *columns) appendTo(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(c.names)))
	for _, name := range c.names {
		dst = appendText(dst, name)
	}
	for _, col := range c.col {
		dst = binary.AppendUvarint(dst, uint64(len(col)))
	}
	for _, col := range c.col {
		dst = append(dst, col...)
	}
	return dst
}
