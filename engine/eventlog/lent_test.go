package eventlog

import (
	"unsafe"

	"asof/engine/event"
)

// lender gives a writer events whose bytes and strings it writes over as soon as the writer is done with them.
type lender struct {
	w    *Writer
	lent []loan
	raw  []byte // of the last event, and its copy
	copy []byte
}

type loan struct {
	upTo  event.Position
	bytes []byte
}

// add adds a copy of an event.
func (l *lender) add(e event.Event) error {
	var all []byte
	text := func(s *string) {
		from := len(all)
		all = append(all, *s...)
		if len(*s) > 0 {
			*s = unsafe.String(&all[from:][0], len(*s))
		}
	}
	if n := len(e.Raw); n == 0 || unsafe.SliceData(e.Raw) != unsafe.SliceData(l.raw) || n != len(l.raw) {
		l.raw, l.copy = e.Raw, append([]byte(nil), e.Raw...)
	}
	if e.Raw != nil {
		e.Raw = l.copy
	}
	all = make([]byte, 0, 64+len(e.ID)+len(e.Stream)+len(e.Type)+len(e.Correlation)+len(e.Causation)) // it must not move
	for _, s := range []*string{&e.ID, (*string)(&e.Stream), &e.Type, &e.Correlation, &e.Causation} {
		text(s)
	}
	if err := l.w.Add(&e); err != nil {
		return err
	}
	l.lent = append(l.lent, loan{e.Position, all}, loan{e.Position + 8, l.copy}) // a record of several events lies in all of them
	for len(l.lent) > 0 && l.lent[0].upTo <= l.w.Done() {
		for i := range l.lent[0].bytes {
			l.lent[0].bytes[i] = '#'
		}
		l.lent = l.lent[1:]
	}
	return nil
}
