package script

import "bytes"

// The functions here step over JSON that is known to be JSON. They return the place behind it, or -1 where it is cut off.

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

// skipString steps over a string; src[i] is its opening quote.
func skipString(src []byte, i int) int {
	for i++; i < len(src); {
		quote := bytes.IndexByte(src[i:], '"')
		if quote < 0 {
			return -1
		}
		end := i + quote
		escapes := 0
		for j := end - 1; j >= i && src[j] == '\\'; j-- {
			escapes++
		}
		if escapes%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
	return -1
}

// skipScalar steps over a number or a word.
func skipScalar(src []byte, i int) int {
	for i < len(src) {
		switch src[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

// skipValue steps over any value.
func skipValue(src []byte, i int) int {
	if i >= len(src) {
		return -1
	}
	switch src[i] {
	case '"':
		return skipString(src, i)
	case '{', '[':
		return skipContainer(src, i)
	case ',', '}', ']', ':':
		return -1
	}
	return skipScalar(src, i)
}

func skipContainer(src []byte, i int) int {
	depth := 0
	for i < len(src) {
		switch src[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			end := skipString(src, i)
			if end < 0 {
				return -1
			}
			i = end
			continue
		}
		i++
	}
	return -1
}
