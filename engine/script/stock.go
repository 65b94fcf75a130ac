package script

// keptValues is how many values of a kind are in stock: an event that needs more allocates them.
const keptValues = 64

// stock hands out values that live no longer than an event, again at the next one. No value of a script outlives its event: what
// the top level made is frozen before the first one, and was made before the stock was opened.
type stock[T any] struct {
	values []T // nil until the stock is opened
	used   int
}

func (s *stock[T]) open() { s.values = make([]T, keptValues) }

// take is an empty value.
func (s *stock[T]) take() *T {
	if s.used >= len(s.values) {
		return new(T)
	}
	s.used++
	return &s.values[s.used-1]
}

// giveBack ends the event: nothing of it is held on to.
func (s *stock[T]) giveBack() {
	clear(s.values[:s.used])
	s.used = 0
}
