package scan

import (
	"fmt"
	"slices"
	"strings"
)

// wrapperPath is the path of names behind a head's Wrapper.
func wrapperPath(wrapper string) []string {
	if wrapper == "[]" {
		return nil
	}
	return strings.Split(wrapper, ".")
}

// listStart is the index after the '[' of the list at path.
func listStart(s *Scanner, src []byte, path []string) (int, error) {
	i := space(src, 0)
	for _, name := range path {
		var err error
		if i, err = memberValue(s, src, i, name); err != nil {
			return i, err
		}
	}
	return opening(src, i, '[')
}

// memberValue is the index of the value of the named member of the object at src[i:].
func memberValue(s *Scanner, src []byte, i int, name string) (int, error) {
	i, err := opening(src, i, '{')
	for err == nil {
		if i = space(src, i); i >= len(src) {
			break
		}
		if src[i] != '"' {
			return i, &SyntaxError{i, "a name in quotes is missing"}
		}
		from := i + 1
		if i, err = s.text(src, i); err != nil {
			return i, err
		}
		found := string(src[from:i-1]) == name
		if i, err = opening(src, space(src, i), ':'); err != nil {
			return i, err
		}
		if i = space(src, i); found || i >= len(src) {
			break
		}
		if i, err = s.Scan(src, i); err != nil {
			return i, err
		}
		i, err = opening(src, space(src, i), ',')
	}
	if err == nil && i >= len(src) {
		err = ErrShort
	}
	return i, err
}

// opening passes the byte c.
func opening(src []byte, i int, c byte) (int, error) {
	switch {
	case i >= len(src):
		return i, ErrShort
	case src[i] != c:
		return i, &SyntaxError{i, fmt.Sprintf("%q is missing", c)}
	}
	return i + 1, nil
}

// A list of unknown name is taken for the records of a document if it has some of them and is most of it.
const (
	fewestElements = 3
	deepestList    = 3 // names on the way to it
)

// largestList is the wrapper of the list of objects that takes more than half of src, which may be cut off and begins with an object;
// or "", if there is none, or the object looks like an event.
func largestList(s *Scanner, src []byte) string {
	var path []string
	var look looks
	eachMember(s, src, 0, func(name string, at int) bool {
		look.see(name)
		path = listWithin(s, src, at, []string{name})
		return path == nil
	})
	if look.kind && look.mark {
		return ""
	}
	return strings.Join(path, ".")
}

// listWithin is the path of such a list that is the value at src[at:], or in it.
func listWithin(s *Scanner, src []byte, at int, path []string) (found []string) {
	if strings.ContainsAny(path[len(path)-1], `.\`) {
		return nil // no wrapper can say it
	}
	switch src[at] {
	case '[':
		if most(s, src, at) {
			return path
		}
	case '{':
		if len(path) < deepestList {
			eachMember(s, src, at, func(name string, at int) bool {
				found = listWithin(s, src, at, append(slices.Clip(path), name))
				return found == nil
			})
		}
	}
	return found
}

// most reports whether the list at src[at:] is of objects, has the fewest elements and takes more than half of src.
func most(s *Scanner, src []byte, at int) bool {
	i, n := space(src, at+1), 0
	for ; i < len(src) && src[i] == '{'; i = space(src, i+1) {
		end, err := s.Scan(src, i)
		if n++; err != nil {
			i = len(src)
			break
		}
		if i = space(src, end); i >= len(src) || src[i] != ',' {
			break
		}
	}
	return n >= fewestElements && 2*(min(i, len(src))-at) > len(src)
}

// eachMember calls f with the name of each member of the object at src[i:] and where its value begins, until f is false or src ends.
func eachMember(s *Scanner, src []byte, i int, f func(name string, at int) bool) {
	i, err := opening(src, i, '{')
	for err == nil {
		if i = space(src, i); i >= len(src) || src[i] != '"' {
			return
		}
		from := i + 1
		if i, err = s.text(src, i); err != nil {
			return
		}
		name := string(src[from : i-1])
		if i, err = opening(src, space(src, i), ':'); err != nil {
			return
		}
		if i = space(src, i); i >= len(src) || !f(name, i) {
			return
		}
		if i, err = s.Scan(src, i); err == nil {
			i, err = opening(src, space(src, i), ',')
		}
	}
}
