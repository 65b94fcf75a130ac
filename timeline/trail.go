package timeline

import (
	"slices"
	"sync"

	"asof/timeline/casefile"
)

// trailLength is how many places the trail keeps.
const trailLength = 1000

// place is where the cursor stands and came by.
type place struct {
	mu       sync.Mutex
	restored bool
	at       Cursor
	first    Cursor // as it was restored
	trail    []Cursor
}

func (p *place) restore(m casefile.Memory, known bool) {
	p.restored, p.first, p.at, p.trail = known, m.Cursor, m.Cursor, slices.Clone(m.Trail)
}

// Visit says where the cursor stands now. It is saved within a second and is where the store opens next time. A jump puts
// the place that was left on the trail, unless it is the one that was put there last.
func (s *Session) Visit(c Cursor, jump bool) {
	p := &s.place
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.at
	p.at = c
	if jump && left != c && (len(p.trail) == 0 || p.trail[len(p.trail)-1] != left) {
		p.trail = append(p.trail, left)
		if extra := len(p.trail) - trailLength; extra > 0 {
			p.trail = slices.Delete(p.trail, 0, extra)
		}
	}
	s.remember()
}

// remember hands the place to the case file. The caller holds the place's lock.
func (s *Session) remember() {
	m := casefile.Memory{Cursor: s.place.at, Trail: slices.Clone(s.place.trail)}
	for _, l := range s.inUse() {
		m.Projections = append(m.Projections, casefile.Reference{Ref: l.ref, By: l.by})
	}
	s.cases.Remember(m)
}

// Restored is the cursor that the case file remembered when the session was opened.
func (s *Session) Restored() (Cursor, bool) { return s.place.first, s.place.restored }

// Back takes the last place off the trail and makes it the cursor.
func (s *Session) Back() (Cursor, bool) {
	p := &s.place
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.trail) == 0 {
		return Cursor{}, false
	}
	last := len(p.trail) - 1
	p.at, p.trail = p.trail[last], p.trail[:last]
	s.remember()
	return p.at, true
}

// Trail lists the places that Back would give, the latest last.
func (s *Session) Trail() []Cursor {
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	return slices.Clone(s.place.trail)
}
