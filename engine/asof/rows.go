package asof

import (
	"context"
	"encoding/binary"
	"fmt"

	"asof/engine/event"
	"asof/engine/value"
)

// A parked row says first how its document is written: as in a keyframe, with what is known of shelves, or behind the mark of what tainted
// it laid for a sheet, which takes a third of the time to write and to read.
const (
	parkedWhole = iota
	parkedLaid
)

// rowOf is the row of a key before the window: parked, or new, or read from the index. A row with shelves that was read is the document
// at hand already, and nil is returned: it is large.
func (g *groupFold) rowOf(ctx context.Context, id uint32) ([]byte, error) {
	b, back, founded, ok := g.parked.get(id, g.w.first-1, &g.room)
	if g.back, g.foundation, g.atHand = back, founded, ok; ok {
		return b, nil
	}
	g.back = maxBack
	g.loosen()
	r := row{doc: value.NewDoc()}
	if id < g.w.firstID {
		var err error
		if r, err = g.ix.rowAt(ctx, id, g.w.first-1); err != nil {
			return nil, err
		}
		g.back, g.foundation = r.backs, r.foundation
		if event.Position(r.doc.Changed()) > g.b.began {
			g.b.reread.Add(1)
		}
	}
	if len(r.shelves) > 0 {
		g.journal.Reuse() // of the key before, nothing is used any more
	}
	r.doc.Share(&g.journal) // the one that it was read with serves others by now
	if len(r.shelves) > 0 {
		g.flat, g.row = false, r
		return nil, nil
	}
	g.scratch = appendParked(append(g.scratch[:0], parkedWhole), &r, g.b.memberNames)
	return g.scratch, nil
}

// load makes a parked row the document at hand.
func (g *groupFold) load(parked []byte) error {
	src := parked[1:]
	if g.sheet != nil {
		tainted, doc, err := uvarint(src)
		if err == nil && (parked[0] == parkedLaid && g.sheet.LoadLaid(doc) || parked[0] == parkedWhole && g.sheet.Load(doc, g.ix.opts.Members)) {
			g.flat, g.row = true, row{tainted: event.Position(tainted)}
			return nil
		}
	}
	if parked[0] != parkedWhole {
		return fmt.Errorf("%w: a parked document", ErrDamaged)
	}
	return g.unfold(src)
}

// appendParked appends the document at hand as it is parked.
func (g *groupFold) appendParked(dst []byte) []byte {
	if !g.flat {
		return appendParked(append(dst, parkedWhole), &g.row, g.b.memberNames)
	}
	if laid, ok := g.sheet.AppendLaid(binary.AppendUvarint(append(dst, parkedLaid), uint64(g.row.tainted)), g.ix.opts.Members); ok {
		return laid
	}
	return g.appendRow(append(dst, parkedWhole))
}

// unfold makes a row the document at hand, and not in the sheet.
func (g *groupFold) unfold(src []byte) (err error) {
	g.journal.Reuse() // of the key before, nothing is used any more
	g.flat = false
	if g.row, src, err = decodeRow(src, &g.journal, g.b.memberNames); err == nil {
		err = g.row.stock(src)
	}
	return err
}

// mayShelve reports whether a document that takes so many bytes may have an object for a shelf.
func (g *groupFold) mayShelve(size int) bool { return size > 2*g.ix.opts.Members }

func (g *groupFold) alive() bool {
	if g.flat {
		return g.sheet.Exists()
	}
	return g.row.doc.Root() != nil
}

func (g *groupFold) appendRow(dst []byte) []byte {
	if g.flat {
		return g.sheet.AppendBinary(binary.AppendUvarint(dst, uint64(g.row.tainted)))
	}
	return appendWide(dst, &g.row, g.b.memberNames)
}
