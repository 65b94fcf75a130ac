package value

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// ErrPointer is the root of every error of ParsePointer.
var ErrPointer = errors.New("not a JSON Pointer")

// Pointer is a path into a value as RFC 6901 writes it: "" is the whole, "/items/0/sku" a part; ~ is written ~0 and / ~1.
type Pointer string

// ParsePointer checks that text is a JSON Pointer.
func ParsePointer(text string) (Pointer, error) {
	if text == "" {
		return "", nil
	}
	if text[0] != '/' {
		return "", fmt.Errorf("%w: %q does not begin with /", ErrPointer, text)
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return "", fmt.Errorf("%w: in %q a ~ is neither ~0 nor ~1", ErrPointer, text)
		}
	}
	return Pointer(text), nil
}

// Each yields the pointer's names, unescaped.
func (p Pointer) Each() iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := string(p); rest != ""; {
			var token string
			token, rest = cutToken(rest)
			if !yield(unescape(token)) {
				return
			}
		}
	}
}

// cutToken parts "/a/b" into "a" and "/b".
func cutToken(p string) (token, rest string) {
	p = p[1:]
	if i := strings.IndexByte(p, '/'); i >= 0 {
		return p[:i], p[i:]
	}
	return p, ""
}

// Tokens is the list of the pointer's names, unescaped; nil for the whole.
func (p Pointer) Tokens() []string {
	if p == "" {
		return nil
	}
	tokens := make([]string, 0, strings.Count(string(p), "/"))
	for token := range p.Each() {
		tokens = append(tokens, token)
	}
	return tokens
}

// Child is the pointer to the member called name.
func (p Pointer) Child(name string) Pointer {
	return p + "/" + Pointer(escape(name))
}

// Elem is the pointer to item i.
func (p Pointer) Elem(i int) Pointer { return p + "/" + Pointer(strconv.Itoa(i)) }

// Parent is the pointer without its last name. The whole is its own parent.
func (p Pointer) Parent() Pointer {
	return p[:max(strings.LastIndexByte(string(p), '/'), 0)]
}

// Last is the last name, unescaped; "" for the whole.
func (p Pointer) Last() string {
	if p == "" {
		return ""
	}
	return unescape(string(p[strings.LastIndexByte(string(p), '/')+1:]))
}

// HasPrefix reports whether p points at what q points at, or below it.
func (p Pointer) HasPrefix(q Pointer) bool {
	return strings.HasPrefix(string(p), string(q)) && (len(p) == len(q) || p[len(q)] == '/')
}

func escape(name string) string {
	if strings.IndexByte(name, '~') < 0 && strings.IndexByte(name, '/') < 0 {
		return name
	}
	return string(appendEscaped(nil, name))
}

func appendEscaped(dst []byte, name string) []byte {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; c {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func unescape(token string) string {
	if strings.IndexByte(token, '~') < 0 {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// elemIndex reads an array's index: digits without leading zeros.
func elemIndex(token string) (int, bool) {
	if token == "" || len(token) > 9 || token[0] == '0' && len(token) > 1 {
		return 0, false
	}
	i := 0
	for _, c := range []byte(token) {
		if c < '0' || c > '9' {
			return 0, false
		}
		i = i*10 + int(c-'0')
	}
	return i, true
}

// At is the value that p points at; nil where there is none.
func (n *Node) At(p Pointer) *Node {
	for rest := string(p); rest != "" && n != nil; {
		var token string
		token, rest = cutToken(rest)
		n = n.child(token)
	}
	return n
}

// child is the part of n that an escaped name stands for.
func (n *Node) child(token string) *Node {
	if n.Kind() == Array {
		if i, ok := elemIndex(token); ok {
			return n.Item(i)
		}
		return nil
	}
	return n.Get(unescape(token))
}
