package scan

// Descend follows a path of names into the value of a member of raw. Ok is false if something on the way is missing. It uses the
// scanner, and what was scanned before is lost.
func (s *Scanner) Descend(raw []byte, m Member, path []string) (at Member, ok bool) {
	for _, name := range path {
		if m.Kind != Object {
			return m, false
		}
		if _, err := s.Scan(raw, int(m.Value)); err != nil {
			return m, false
		}
		found := false
		for _, inner := range s.Members {
			if nameOf(raw, inner) == name {
				m, found = inner, true
			}
		}
		if !found {
			return m, false
		}
	}
	return m, true
}

// Find follows a path of names from an object.
func (s *Scanner) Find(object []byte, path []string) (at Member, ok bool) {
	return s.Descend(object, Member{Kind: Object, Value: uint32(space(object, 0)), End: uint32(len(object))}, path)
}
