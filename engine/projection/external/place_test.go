package external

import "testing"

// TestPlace: the first place in one of the program's own files, in the words of several interpreters.
func TestPlace(t *testing.T) {
	files := []string{"lib/rules.json", "lib/reducer.js", "reducer.py"}
	for _, c := range []struct {
		text, file string
		line, col  int
	}{
		{"it ended; its standard error:\n/srv/lib/reducer.js:3\nconst x = = 1;\n          ^\n\nSyntaxError", "lib/reducer.js", 3, 11},
		{"  File \"/srv/reducer.py\", line 12\n    x = = 1\n        ^\nSyntaxError: invalid syntax", "reducer.py", 12, 9},
		{"TypeError: x\n    at reduce (/srv/lib/reducer.js:16:31)\n    at /srv/lib/reducer.js:50:54", "lib/reducer.js", 16, 31},
		{"Traceback:\n  File \"reducer.py\", line 4, in fold\n    raise ValueError\n\n^", "reducer.py", 4, 0},
		{"at /srv/my-reducer.js:4:5 and node:internal/loader:16:2", "", 0, 0},
		{"reducer.js: no such file", "", 0, 0},
		{"", "", 0, 0},
	} {
		file, line, col := Place(c.text, files)
		if file != c.file || line != c.line || col != c.col {
			t.Errorf("%q: %s:%d:%d", c.text, file, line, col)
		}
	}
	if file, _, _ := Place("a.b:1:2", []string{"a(b"}); file != "" {
		t.Error("a name is no expression")
	}
}
