package present

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many columns of a terminal s takes.
func Width(s Safe) int {
	if plain(string(s)) {
		return len(s)
	}
	return ansi.StringWidthWc(string(s))
}

// Truncate is s cut at its end to at most w columns, the last of them an ellipsis if anything was cut.
func Truncate(s Safe, w int) Safe { return TruncateTail(s, w, Ellipsis) }

// TruncateTail is Truncate with another text in place of the ellipsis; tail must be no wider than one column.
func TruncateTail(s Safe, w int, tail Safe) Safe {
	switch {
	case w <= 0:
		return ""
	case Width(s) <= w:
		return s
	case plain(string(s)):
		return s[:w-1] + tail
	}
	head, _ := splitAt(s, w-1)
	return head + tail
}

// TruncateMiddle is s with its middle replaced by tail so that at most w columns remain: long ids keep both their prefix and
// their distinguishing end.
func TruncateMiddle(s Safe, w int, tail Safe) Safe {
	switch {
	case w <= 0:
		return ""
	case Width(s) <= w:
		return s
	case w <= 2:
		return TruncateTail(s, w, tail)
	}
	left := (w - 1) / 2
	head, _ := splitAt(s, left)
	return head + tail + lastCells(s, w-1-left)
}

// PadRight is s followed by spaces up to w columns; longer text stays as it is.
func PadRight(s Safe, w int) Safe { return s + spaces(w-Width(s)) }

// PadLeft is s preceded by spaces up to w columns; longer text stays as it is.
func PadLeft(s Safe, w int) Safe { return spaces(w-Width(s)) + s }

// Fit is s cut or padded on its right to exactly w columns.
func Fit(s Safe, w int) Safe { return PadRight(Truncate(s, w), w) }

// FitLeft is s cut at its end, or padded on its left, to exactly w columns.
func FitLeft(s Safe, w int) Safe { return PadLeft(Truncate(s, w), w) }

func spaces(n int) Safe {
	if n <= 0 {
		return ""
	}
	const many = "                                                                "
	if n <= len(many) {
		return Safe(many[:n])
	}
	return Safe(strings.Repeat(" ", n))
}

// splitAt is the longest beginning of s that takes at most w columns, and the rest.
func splitAt(s Safe, w int) (head, rest Safe) {
	used := 0
	for i := 0; i < len(s); {
		cluster, cells := nextCluster(s[i:])
		if used+cells > w {
			return s[:i], s[i:]
		}
		used += cells
		i += len(cluster)
	}
	return s, ""
}

// lastCells is the longest end of s that takes at most w columns.
func lastCells(s Safe, w int) Safe {
	skip := Width(s) - w
	for i := 0; i < len(s); {
		if skip <= 0 {
			return s[i:]
		}
		cluster, cells := nextCluster(s[i:])
		skip -= cells
		i += len(cluster)
	}
	return ""
}

func nextCluster(s Safe) (cluster Safe, cells int) {
	if s[0] < 0x7f && (len(s) == 1 || s[1] < 0x7f) {
		return s[:1], 1
	}
	text, _ := ansi.FirstGraphemeCluster(string(s), ansi.GraphemeWidth)
	if text == "" {
		text = string(s)
	}
	return Safe(text), ansi.StringWidthWc(text)
}

// Split is the longest beginning of s that takes at most w columns, and the rest.
func Split(s Safe, w int) (head, rest Safe) { return splitAt(s, w) }
