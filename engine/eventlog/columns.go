package eventlog

import (
	"encoding/binary"
	"slices"

	"asof/engine/event"
)

// The columns of a block: what its events do not have in common.
const (
	colShape  = iota // number of the event's shape; one more than so far = the next one of colShapes
	colShapes        // the shapes
	colText          // texts that do not stand in the record
	colVersion
	colTime
	colNano
	colRecorded
	colOthers
	colParts // payloads and metadata that are not one run of the record
	colPlace
	colExtra // marks and ordinal
	colTail
	colMoulds                         // the moulds
	colGap                            // one for each field
	colSize     = colGap + fieldCount // likewise
	columnCount = colSize + fieldCount
)

// columns is the encoder's state. What it learned of types serves for the blocks that follow.
type columns struct {
	col    [columnCount][]byte
	names  []string
	types  map[string]*typed
	block  int
	shapes map[shape]int
	order  [fieldCount]uint8 // the fields as they follow each other in records
	places [fieldCount]int   // where each was last found
	turned int               // fields that stood before the one before them
	turns  int
	hint   int // where one of the other streams was last found
	last   [fieldCount]string
	day    [2]calendar
	digits []byte
	rest   []byte // the records without what was cut out of them; in the end, all of the block's text
	plain  int    // length of the records without what was cut out, and of the values
	typing typing // the values
	cuts   []byte // what was cut out
	moulds moulds
	copied int // how far the record at hand is in rest and cuts
	far    int // the furthest end of a field in the record at hand
}

// typed is what is known of the events of a type.
type typed struct {
	block  int // the last one in which it was met
	number uint32
	last   shape
	known  int // the number of last
	gaps   [fieldCount]int32
	misses [2*fieldCount + 1]uint8 // new shapes that differed in a gap, a size, the tail
	fails  [fieldCount]uint8
}

const (
	// mostMisses is how often a number may differ before it counts as one that varies.
	mostMisses = 2
	// mostTyped bounds the types that an encoder remembers.
	mostTyped = 4096
	// searched is how far into a record a field is looked for, and mostFails how often in vain before it is given up.
	searched  = 2048
	mostFails = 16
	// mostTurns is how often blocks are encoded anew because the fields' order changed.
	mostTurns = 3
)

func (c *columns) reset() {
	for i := range c.col {
		c.col[i] = c.col[i][:0]
	}
	if c.types == nil {
		c.forget()
		for i := range c.order {
			c.order[i] = uint8(i)
		}
	}
	if len(c.types) > mostTyped {
		c.forget()
	}
	clear(c.shapes)
	clear(c.last[:])
	c.names, c.rest, c.cuts = c.names[:0], c.rest[:0], c.cuts[:0]
	c.moulds.reset()
	c.turned = 0
	c.block++
}

func (c *columns) forget() { c.types, c.shapes = map[string]*typed{}, map[shape]int{} }

func (c *columns) uint(col int, v uint64) { c.col[col] = binary.AppendUvarint(c.col[col], v) }
func (c *columns) int(col int, v int64)   { c.col[col] = binary.AppendVarint(c.col[col], v) }

// encode writes events into the columns.
func (c *columns) encode(events []event.Event) {
	c.reset()
	c.events(events)
	if c.turned*4 > len(events) && c.turns < mostTurns && c.reorder() {
		c.turns++
		c.reset()
		c.events(events)
	}
	c.pour()
}

func (c *columns) events(events []event.Event) {
	prev := &event.Event{}
	for i := range events {
		c.event(&events[i], prev, i > 0)
		prev = &events[i]
	}
}

// reorder puts the fields into the order in which they were last found. What is known of gaps is then void.
func (c *columns) reorder() bool {
	before := c.order
	slices.SortStableFunc(c.order[:], func(a, b uint8) int { return c.places[a] - c.places[b] })
	if c.order == before {
		return false
	}
	c.forget()
	return true
}

// typed is what is known of a type, which gets its number in the block.
func (c *columns) typed(name string) *typed {
	t := c.types[name]
	if t == nil {
		t = &typed{}
		c.types[string(append([]byte{}, name...))] = t
	}
	if t.block != c.block {
		t.block, t.number, t.known = c.block, uint32(len(c.names)), -1
		c.names = append(c.names, name)
	}
	return t
}

// event writes an event.
func (c *columns) event(e, prev *event.Event, follows bool) {
	same := follows && sameRecord(e, prev)
	var k *casting
	if !same {
		k = c.moulds.take(e)
	}
	if k != nil && follows && c.repeats(k, e, prev) {
		c.uint(colShape, uint64(k.known))
		return
	}
	t := c.typed(e.Type)
	s := shape{typ: t.number, numbering: uint8(e.Numbering)}
	if same {
		s.flags |= flagSameRecord
	}
	if k != nil {
		s.mould = k.number
	}
	if follows && e.Place == nextPlace(prev, same) {
		s.flags |= flagNextPlace
	} else {
		c.uint(colPlace, uint64(e.Place.Source))
		c.uint(colPlace, e.Place.Line)
		c.uint(colPlace, e.Place.Offset)
	}
	c.fields(e, prev, t, &s)
	c.apart(e, &s)
	if t.known < 0 || s != t.last {
		c.shape(t, &s)
	}
	c.uint(colShape, uint64(t.known))
	if k != nil {
		k.keep(e, &s, t.known)
	}
}

// fields writes an event's fields.
func (c *columns) fields(e, prev *event.Event, t *typed, s *shape) {
	end := 0
	c.far, c.copied = 0, 0
	for _, f := range c.order {
		end = c.field(int(f), e, prev, t, s, end)
	}
	if s.flags&flagSameRecord == 0 && s.mould == 0 {
		s.tail = c.varying(t, 2*fieldCount, colTail, len(e.Raw)-end)
		c.rest = append(c.rest, e.Raw[c.copied:]...)
	}
}

// apart writes what few events have.
func (c *columns) apart(e *event.Event, s *shape) {
	if len(e.Others) > 0 {
		s.flags |= flagOthers
		c.uint(colOthers, uint64(len(e.Others)))
		for _, o := range e.Others {
			c.other(string(o), e.Raw)
		}
	}
	if e.Ordinal != 0 || e.Marks != 0 {
		s.flags |= flagExtra
		c.uint(colExtra, uint64(e.Marks))
		c.uint(colExtra, uint64(e.Ordinal))
	}
	if s.forms[fieldMeta] == formApart {
		c.runs(&e.Meta)
	}
	if s.forms[fieldPayload] == formApart {
		c.runs(&e.Payload)
	}
}

// shape makes s the type's last shape, and writes it if it is new to the block.
func (c *columns) shape(t *typed, s *shape) {
	number, known := c.shapes[*s]
	if !known {
		number = len(c.shapes)
		c.shapes[*s] = number
		c.col[colShapes] = s.append(c.col[colShapes])
		if t.known >= 0 && t.last.forms == s.forms {
			t.compare(s)
		}
	}
	t.last, t.known = *s, number
}

// compare counts in what a new shape differs from the last one.
func (t *typed) compare(s *shape) {
	for i := range fieldCount {
		t.misses[i] += uint8(b2u(s.gaps[i] != t.last.gaps[i]))
		t.misses[fieldCount+i] += uint8(b2u(s.sizes[i] != t.last.sizes[i]))
	}
	t.misses[2*fieldCount] += uint8(b2u(s.tail != t.last.tail))
	for i := range t.misses {
		t.misses[i] = min(t.misses[i], mostMisses)
	}
}

// varying is a number for the shape, or varies, and then it is written into a column.
func (c *columns) varying(t *typed, miss, col, n int) int32 {
	if t.misses[miss] < mostMisses {
		return int32(n)
	}
	c.int(col, int64(n))
	return varies
}

// appendTo makes a block's text: the records without what was cut out of them and the values' texts, and what is said of the values,
// both of which it is given with the lengths of the first and the last of these; and the columns, as the order of the fields, the
// types' names, each column's length, then the columns.
func (c *columns) appendTo(text []byte, rest, forms int) []byte {
	before := len(text)
	text = append(text, c.order[:]...)
	text = binary.AppendUvarint(text, uint64(len(c.names)))
	for _, name := range c.names {
		text = appendText(text, name)
	}
	for _, col := range c.col {
		text = binary.AppendUvarint(text, uint64(len(col)))
	}
	for _, col := range c.col {
		text = append(text, col...)
	}
	return appendEnd(text, rest, forms, len(text)-before)
}

// texts are what a block's text has, in this order: the records without what was cut out of them, the values' texts, what is said of
// the values, and the columns. How long all but the second are stands at its end.
type texts struct{ rest, values, forms, cols []byte }

const textsEnd = 3 * 4

func appendEnd(text []byte, rest, forms, cols int) []byte {
	for _, n := range []int{rest, forms, cols} {
		text = binary.LittleEndian.AppendUint32(text, uint32(n))
	}
	return text
}

// textsOf takes a block's text apart.
func textsOf(text []byte) (t texts, ok bool) {
	if len(text) < textsEnd {
		return t, false
	}
	end := len(text) - textsEnd
	length := func(i int) int { return int(binary.LittleEndian.Uint32(text[end+4*i:])) }
	rest, forms, cols := length(0), length(1), length(2)
	if rest+forms+cols > end {
		return t, false
	}
	cols = end - cols
	forms = cols - forms
	return texts{text[:rest], text[rest:forms], text[forms:cols], text[cols:end]}, true
}
