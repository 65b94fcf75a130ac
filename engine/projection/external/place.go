package external

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Place finds where in one of the files what a program says to people points: the first file with a line behind it, as
// interpreters and compilers write them: reducer.js:12:5, or File "reducer.py", line 12. The line and the column count from 1; 0 =
// not said.
func Place(text string, files []string) (file string, line, col int) {
	at := len(text)
	for _, f := range files {
		name := regexp.QuoteMeta(filepath.Base(f))
		for _, form := range []string{name + `:(\d+)(?::(\d+))?`, name + `", line (\d+)()`} {
			m := regexp.MustCompile(`(?:^|[\s"'(/\\])` + form).FindStringSubmatchIndex(text)
			if m == nil || m[0] >= at {
				continue
			}
			at, file = m[0], f
			line, _ = strconv.Atoi(text[m[2]:m[3]])
			col = 0
			if m[4] >= 0 {
				col, _ = strconv.Atoi(text[m[4]:m[5]])
			}
		}
	}
	if file != "" && col == 0 {
		col = caret(text[at:])
	}
	return file, line, col
}

// caret is the column that a line of carets points at, below the line of the program that is quoted behind a place.
func caret(text string) int {
	lines := strings.SplitN(strings.TrimLeft(text, "\n"), "\n", 4)
	if len(lines) < 3 {
		return 0
	}
	mark := strings.TrimRight(lines[2], " \t\r")
	if i := strings.IndexByte(mark, '^'); i >= 0 && strings.Trim(mark, " \t^~") == "" {
		return i + 1
	}
	return 0
}
