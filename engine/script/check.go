package script

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// maxSource bounds a script's length, maxBrackets how deep its brackets nest, and maxRun how many signs stand in a row and how
// often a word that opens a nested expression occurs: the parser recurses.
const (
	maxSource   = 256 << 10
	maxBrackets = 200
	maxRun      = 4000
)

func parse(name string, src []byte) (*syntax.File, error) {
	if err := precheck(name, src); err != nil {
		return nil, err
	}
	options := &syntax.FileOptions{While: true} // so that the place of a while is reported by us
	file, err := options.Parse(name, src, 0)
	if err != nil {
		return nil, compileError(name, err)
	}
	return file, nil
}

// precheck refuses sources on which a recursive parser would exhaust the stack.
func precheck(name string, src []byte) error {
	if len(src) > maxSource {
		return &Error{File: name, Msg: fmt.Sprintf("the script is longer than %d KiB", maxSource>>10)}
	}
	depth, run, line := 0, 0, 1
	for _, c := range src {
		switch c {
		case '\n':
			line++
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if c == '-' || c == '+' || c == '~' {
			run++
		} else if c != ' ' {
			run = 0
		}
		if depth > maxBrackets || run > maxRun {
			return &Error{File: name, Line: line, Col: 1, Msg: fmt.Sprintf("nested too deeply: more than %d levels", maxBrackets)}
		}
	}
	for _, word := range []string{"lambda", "not", "else"} {
		if n := strings.Count(string(src), word); n > maxRun {
			return &Error{File: name, Msg: fmt.Sprintf("the script has %d times %s; at most %d are allowed", n, word, maxRun)}
		}
	}
	return nil
}

// entry is a function that asof calls.
type entry struct {
	name        string
	least, most int
	form        string
	required    bool
}

var entries = [...]entry{
	{"upcast", 1, 1, "def upcast(event):", false},
	{"key", 1, 1, "def key(event):", false},
	{"init", 1, 1, "def init(key):", false},
	{"apply", 2, 3, "def apply(state, event): or def apply(state, event, key):", true},
}

// checkEntries finds the functions that asof calls and checks their parameters.
func checkEntries(name string, file *syntax.File) (map[string]*syntax.DefStmt, error) {
	defs := map[string]*syntax.DefStmt{}
	for _, stmt := range file.Stmts {
		if def, ok := stmt.(*syntax.DefStmt); ok {
			defs[def.Name.Name] = def
		}
	}
	for _, entry := range entries {
		def := defs[entry.name]
		if def == nil {
			if entry.required {
				return nil, &Error{File: name, Line: 1, Col: 1, Msg: "the script has no function " + entry.name, Hint: "write " + entry.form}
			}
			continue
		}
		if least, most := arityOf(def); least > entry.most || most < entry.least {
			return nil, errorAt(def.Name.NamePos, "write "+entry.form, "%s takes the wrong parameters", entry.name)
		}
	}
	return defs, nil
}

// arityOf is how many arguments without names a function needs, and how many it takes.
func arityOf(def *syntax.DefStmt) (least, most int) {
	star := false
	for _, param := range def.Params {
		switch param := param.(type) {
		case *syntax.Ident:
			least++
			if !star {
				most++
			} else {
				least = math.MaxInt / 2 // named only, without a default: nobody gives it
			}
		case *syntax.BinaryExpr:
			if !star {
				most++
			}
		case *syntax.UnaryExpr:
			if param.Op == syntax.STAR {
				star = true
				if param.X != nil {
					most = math.MaxInt / 2
				}
			}
		}
	}
	return least, most
}

// explainSyntax is the remedy for what other languages write otherwise.
func explainSyntax(msg string) string {
	for _, sign := range []struct{ says, hint string }{
		{"character '$'", `a name that is no word stands in brackets: state["$type"]`},
		{"character '@'", `a name that is no word stands in brackets: event.data["@type"]`},
		{"character '!'", "write not"},
		{"got '&',", "write and"},
		{"got '|',", "write or"},
		{"got '=' after", "write == to compare"},
		{"got '=', want primary", "write == to compare"},
		{"got is after", "write == to compare"},
	} {
		if strings.Contains(msg, sign.says) {
			return sign.hint
		}
	}
	return ""
}

// otherwise are names that other languages have for ours.
var otherwise = map[string]string{"null": "None", "nil": "None", "undefined": "None", "NULL": "None"}

// explainName rewords what the resolver says about names, and adds a remedy.
func explainName(msg string) (text, hint string) {
	text, _, _ = strings.Cut(msg, " (did you mean")
	name, ok := strings.CutPrefix(text, "undefined: ")
	if !ok {
		return text, ""
	}
	if ours := otherwise[name]; ours != "" {
		return text, "write " + ours
	}
	best, far := "", 3
	candidates := append([]string{deleteName, "True", "False", "None"}, conditionNames[:]...)
	for i := range builtins {
		candidates = append(candidates, builtins[i].name)
	}
	for _, candidate := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < far {
			best, far = candidate, d
		}
	}
	if _, suggestion, ok := strings.Cut(msg, "(did you mean "); ok && best == "" {
		best = strings.TrimSuffix(suggestion, "?)")
	}
	if best == "" || strings.Contains(best, " ") || far == 2 && slices.Contains(conditionNames[:], best) {
		return text, "a field is written state." + name + ", or event.data." + name
	}
	return text, "did you mean " + best + "?"
}

// distance is how many letters have to be put in, taken out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
