package scan

import (
	"fmt"
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
