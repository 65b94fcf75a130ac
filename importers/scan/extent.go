package scan

import "bytes"

// extent is the size of a bad element, or -1.
func (e *elements) extent() (int, error) {
	for {
		src := e.w.unread()
		if end := balanced(src); end >= 0 {
			next := space(src, end)
			if next < len(src) && (src[next] == ',' || src[next] == ']') {
				return end, nil
			}
			if next < len(src) || e.w.ended() {
				break
			}
		} else if e.w.ended() || int64(len(src)) > e.limit {
			break
		}
		if err := e.w.grow(); err != nil {
			return 0, err
		}
	}
	if e.indent == nil {
		return -1, nil
	}
	end, err := e.w.find(e.indent, 1, e.limit)
	if end < 0 || err != nil {
		return end, err
	}
	bare := trimmed(e.w.unread()[:end])
	return len(bytes.TrimSuffix(bare, []byte{','})), nil
}

// balanced is the index after the bracket that closes the one at src[0], taking nothing else for granted; -1 if it is missing.
// A string ends at its line's end at the latest.
func balanced(src []byte) int {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + max(0, depth+1)
			}
		case ',':
			if depth == 0 {
				return i
			}
		case '"':
			for i++; i < len(src) && src[i] != '"' && src[i] != '\n'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
		}
	}
	return -1
}
