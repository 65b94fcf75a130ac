package timeline

import (
	"iter"

	"asof/engine/event"
)

// spells are the keys for which a condition holds, and since when. They are found by a key's number at once, and take room by
// the page, so that few keys among millions take little.
type spells struct {
	pages []*[spellsPage]spell
	n     int
	keys  int // for which it has ever held
}

// spell is one of them; from is 0 where there is none.
type spell struct {
	key  string
	from event.Position
	ever bool // there was one
}

const spellsPage = 512

// has reports whether the condition holds for a key.
func (s *spells) has(id uint32) bool {
	place := s.place(id)
	return place != nil && place.from > 0
}

// name is the name of a key for which it has ever held; else empty.
func (s *spells) name(id uint32) string {
	if place := s.place(id); place != nil {
		return place.key
	}
	return ""
}

// place is where a key's spell stands, if it ever had one.
func (s *spells) place(id uint32) *spell {
	if page := int(id / spellsPage); page < len(s.pages) && s.pages[page] != nil {
		return &s.pages[page][id%spellsPage]
	}
	return nil
}

// begin notes that it holds for a key for which it did not.
func (s *spells) begin(id uint32, key string, from event.Position) {
	page := int(id / spellsPage)
	if page >= len(s.pages) {
		s.pages = append(s.pages, make([]*[spellsPage]spell, page+1-len(s.pages))...)
	}
	if s.pages[page] == nil {
		s.pages[page] = new([spellsPage]spell)
	}
	place := &s.pages[page][id%spellsPage]
	if !place.ever {
		s.keys++
	}
	*place = spell{key, from, true}
	s.n++
}

// end takes a key out for which it has.
func (s *spells) end(id uint32) spell {
	place := &s.pages[id/spellsPage][id%spellsPage]
	was := *place
	place.from = 0
	s.n--
	return was
}

// all yields them by the numbers of their keys.
func (s *spells) all() iter.Seq[spell] {
	return func(yield func(spell) bool) {
		for _, page := range s.pages {
			if page == nil {
				continue
			}
			for _, o := range page {
				if o.from > 0 && !yield(o) {
					return
				}
			}
		}
	}
}
