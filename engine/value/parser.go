package value

import "unsafe"

// Parser reads many values, one after the other, in the same room. Its zero value is ready; one goroutine at a time may use it.
type Parser struct {
	p    parser
	room slabs
}

// Parse is ParseNote, but the value is valid until the next call only, and src must not change while it lives. What a document
// and its writes take from it are copies.
func (ps *Parser) Parse(src []byte) (*Node, Notes, error) {
	ps.begin(src)
	ps.refill()
	return ps.p.whole()
}

// begin starts with a text.
func (ps *Parser) begin(src []byte) {
	p := &ps.p
	clear(p.stack[:cap(p.stack)])
	clear(p.keys[:cap(p.keys)])
	*p = parser{src: unsafe.String(unsafe.SliceData(src), len(src)), stack: p.stack[:0], keys: p.keys[:0]}
	p.passing = flagOwned
}

// refill gives the parser all of the room again, enough for the rest of the text.
func (ps *Parser) refill() {
	ps.p.size(&ps.room, ps.p.src[ps.p.pos:])
	ps.p.slabs = ps.room
}
