package external

import (
	"fmt"
	"strconv"

	"asof/engine/event"
	"asof/engine/value"
)

// guard finds numbers that a program has rounded to float64 on their way through it: one that stands where another stood, and
// one that an event brought.
type guard struct {
	off   bool // the program computes with exact numbers
	event *event.Event
	known bool
	fine  []string // the event's numbers that a float64 cannot hold
}

func (g *guard) begin(e *event.Event, exact bool) {
	g.off, g.event, g.known, g.fine = exact, e, false, g.fine[:0]
}

// checkAt is check with a path that is not worked out in vain.
func (g *guard) checkAt(path func() value.Pointer, old, v *value.Node) error {
	if g.off || v.Kind() != value.Number && !v.IsContainer() {
		return nil
	}
	return g.check(path(), old, v)
}

// check compares what is to stand at a path with what stands there, and its numbers with the event's.
func (g *guard) check(path value.Pointer, old, v *value.Node) error {
	if g.off {
		return nil
	}
	switch v.Kind() {
	case value.Object:
		for name, kid := range v.Members() {
			if err := g.check(path.Child(name), old.Get(name), kid); err != nil {
				return err
			}
		}
	case value.Array:
		for i, kid := range v.Items() {
			if err := g.check(path.Elem(i), old.Item(i), kid); err != nil {
				return err
			}
		}
	case value.Number:
		return g.number(path, old, v.Text())
	}
	return nil
}

func (g *guard) number(path value.Pointer, old *value.Node, now string) error {
	if old.Kind() == value.Number && rounded(old.Text(), now) {
		return roundedError(path, old.Text(), now)
	}
	for _, fine := range g.numbers() {
		if rounded(fine, now) {
			return roundedError(path, fine, now)
		}
	}
	return nil
}

func roundedError(path value.Pointer, was, now string) error {
	return fmt.Errorf("the number at %s came back as %s: it was %s, and the reducer has rounded it to a float64. "+
		"Let it keep such numbers as text or as big integers; a reducer with exact numbers says \"numbers\":\"exact\" in its hello", path, now, was)
}

// rounded reports whether the number now is another one than was, and what was becomes as a float64.
func rounded(was, now string) bool {
	if was == now || !isFine(was) {
		return false
	}
	a, err := strconv.ParseFloat(was, 64)
	b, _ := strconv.ParseFloat(now, 64)
	return err == nil && a == b && !equalNumbers(was, now)
}

// fineFrom is the count of digits up to which a float64 gives every decimal back.
const fineFrom = 16

// isFine reports whether a float64, written as short as can be, is another number than text writes.
func isFine(text string) bool {
	if digits(text) < fineFrom {
		return false
	}
	f, err := strconv.ParseFloat(text, 64)
	return err == nil && !equalNumbers(text, strconv.FormatFloat(f, 'e', -1, 64))
}

func digits(text string) (n int) {
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

func equalNumbers(a, b string) bool { return value.Equal(value.Num(a), value.Num(b)) }

// numbers are the event's numbers that a float64 cannot hold. Few events have any.
func (g *guard) numbers() []string {
	if !g.known {
		g.known = true
		for _, src := range [][]byte{g.event.Data(), g.event.Metadata()} {
			if n, err := parseIfFine(src); err == nil && n != nil {
				g.collect(n)
			}
		}
	}
	return g.fine
}

// parseIfFine parses JSON text that may hold such a number; any other text is nil.
func parseIfFine(src []byte) (*value.Node, error) {
	// So many digits in a row, with a point between them or not, cover a place whose number is one less than a multiple.
	for i := fineFrom - 1; i < len(src); i += fineFrom {
		if isDigit(src[i]) && digitsAround(src, i) >= fineFrom {
			return value.Parse(src)
		}
	}
	return nil, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' || c == '.' }

func digitsAround(src []byte, i int) int {
	from, to := i, i+1
	for from > 0 && isDigit(src[from-1]) {
		from--
	}
	for to < len(src) && isDigit(src[to]) {
		to++
	}
	return to - from
}

func (g *guard) collect(n *value.Node) {
	switch n.Kind() {
	case value.Object:
		for _, kid := range n.Members() {
			g.collect(kid)
		}
	case value.Array:
		for _, kid := range n.Items() {
			g.collect(kid)
		}
	case value.Number:
		if isFine(n.Text()) {
			g.fine = append(g.fine, n.Text())
		}
	}
}
