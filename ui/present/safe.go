package present

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/norm"
)

// Safe is text that may be written to a terminal: one line, free of control characters, of invisible and direction-changing
// characters, and of clusters whose width terminals disagree about. Make one with Text; convert only constants.
type Safe string

// maxMarks is how many combining marks a character may carry. Living scripts need at most three.
const maxMarks = 4

// maxCluster is the longest cluster, in bytes, of which a part is kept where widths disagree.
const maxCluster = 64

// Text is s with everything that a terminal could obey, hide or mismeasure made visible: ␉ ␊ ␍ \x1b U+202E. It is
// idempotent, and both common ways to measure text agree on its result.
func Text(s string) Safe {
	if plain(s) {
		return Safe(s)
	}
	out := escape(s)
	for range 3 { // dropping one character may join its neighbours into a new cluster
		if settled(out) {
			return Safe(out)
		}
		out = escape(out)
	}
	return Safe(spell(out))
}

// Clip is Text for a long s of which at most cells columns are wanted: it looks at no more of s than it needs. A cut is
// marked by an ellipsis.
func Clip(s string, cells int) Safe {
	limit := 8*max(cells, 0) + 64
	if len(s) <= limit {
		return Truncate(Text(s), cells)
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return Truncate(Text(s[:limit])+Ellipsis, cells)
}

// plain reports whether s is printable ASCII only.
func plain(s string) bool {
	for i := range len(s) {
		if s[i]-0x20 >= 0x5f {
			return false
		}
	}
	return true
}

// settled reports whether escaping s again changes nothing and both width methods agree on it.
func settled(s string) bool {
	return level(s) && escape(s) == s
}

// level reports whether both methods measure s the same, also between its neighbours in a row.
func level(s string) bool {
	s = " " + s + "x"
	return ansi.StringWidth(s) == ansi.StringWidthWc(s)
}

// spell is s with every character beyond ASCII written as its code point: the last resort.
func spell(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "U+%04X", r)
		}
	}
	return b.String()
}

// escaper is one pass over a text.
type escaper struct {
	b     strings.Builder
	last  rune // last rune of the text that was kept as it is; 0 at the start and after a visible form
	marks int  // combining marks since the last base character
}

func escape(s string) string {
	var e escaper
	e.b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			e.form(fmt.Sprintf(`\x%02x`, s[i]))
		} else {
			e.rune(r)
		}
		i += size
	}
	return regroup(e.b.String())
}

func (e *escaper) rune(r rune) {
	switch {
	case r >= 0x20 && r < 0x7f:
		e.keep(r)
	case r == '\t':
		e.form("␉")
	case r == '\n':
		e.form("␊")
	case r == '\r':
		e.form("␍")
	case r < 0xa0:
		e.form(fmt.Sprintf(`\x%02x`, r))
	case r == 0x200d || r == 0xfe0f || r == 0xfe0e:
		if !pictured(e.last) && (r == 0x200d || !keycap(e.last)) {
			e.form(fmt.Sprintf("U+%04X", r))
		}
	case r >= 0x1f3fb && r <= 0x1f3ff && pictured(e.last): // a skin tone
	case invisible(r):
		e.form(fmt.Sprintf("U+%04X", r))
	case unicode.In(r, unicode.Mn, unicode.Me):
		e.mark(r)
	default:
		e.keep(r)
	}
}

func (e *escaper) keep(r rune) {
	e.b.WriteRune(r)
	e.last, e.marks = r, 0
}

func (e *escaper) form(text string) {
	e.b.WriteString(text)
	e.last, e.marks = 0, 0
}

// mark keeps a combining mark, on a dotted circle where it has nothing to stand on.
func (e *escaper) mark(r rune) {
	if e.last == 0 || e.last == ' ' {
		e.keep('◌')
	}
	if e.marks++; e.marks <= maxMarks {
		e.b.WriteRune(r)
	}
}

// pictured reports whether r is of the kind that emoji are built of.
func pictured(r rune) bool {
	return r >= 0x203c && unicode.In(r, unicode.So, unicode.Sk, unicode.Sm, unicode.Po)
}

func keycap(r rune) bool { return r >= '0' && r <= '9' || r == '#' || r == '*' }

// invisible reports whether r draws nothing, changes direction, breaks the line, or is no character.
func invisible(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0: // joiner and fillers that Unicode calls letters, marks, symbols
		return true
	case 0xa0, 0x3000: // spaces with a width of their own
		return false
	}
	if r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef || r >= 0x180b && r <= 0x180f { // variation selectors
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point) ||
		r > 0xa0 && unicode.Is(unicode.Zs, r)
}

// regroup replaces clusters that are not as wide as the sum of their runes.
func regroup(s string) string {
	if !strings.ContainsFunc(s, broad) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		cluster, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		b.WriteString(agreed(cluster))
		rest = rest[len(cluster):]
	}
	return b.String()
}

// broad reports whether r may be part of a cluster of several runes.
func broad(r rune) bool { return r >= 0x300 }

// lone reports whether the cluster is one character of the large scripts that combine with nothing: no need to measure it.
func lone(cluster string) bool {
	r, size := utf8.DecodeRuneInString(cluster)
	return size == len(cluster) && (r < 0x300 || r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa || r >= 0x3400 && r <= 0x9fff ||
		r >= 0xac00 && r <= 0xd7a3)
}

// agreed is the cluster, or the nearest text to it that has one width by every method.
func agreed(cluster string) string {
	if lone(cluster) || level(cluster) {
		return cluster
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFKC, norm.NFKD} { // jamo, half-width marks, Thai am
		if other := form.String(cluster); level(other) {
			return other
		}
	}
	if len(cluster) > maxCluster {
		return spell(cluster)
	}
	return apart(cluster)
}

// apart keeps of a cluster what keeps its width and writes the rest as code points: of an Indic conjunct the joining sign, else
// what follows the first character. Nothing is dropped, so that texts that differ look different.
func apart(cluster string) string {
	out, last := "", ""
	for _, r := range cluster {
		next := string(r)
		switch {
		case level(out + last + next):
			out, last = out+last, next
		case level(out + spell(last) + next):
			out, last = out+spell(last), next
		default:
			out, last = out+last, spell(next)
		}
	}
	return out + last
}

// TextHits is Text of s with byte offsets in s that something matched at, moved to where they are in the result; offsets are
// given up where the text had to be escaped.
func TextHits(s string, hits []int) (Safe, []int) {
	text := Text(s)
	if string(text) != s {
		hits = nil
	}
	return text, hits
}
