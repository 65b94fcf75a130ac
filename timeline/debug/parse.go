package debug

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"asof/engine/expr"
	"asof/engine/script"
	"asof/engine/value"
)

// Error is what is wrong in the text of a breakpoint, and where.
type Error struct {
	Col     int // from 1, in bytes of the text
	Message string
	Hint    string // the remedy, or ""
}

// Error is the message with its column and remedy.
func (e *Error) Error() string {
	text := fmt.Sprintf("column %d: %s", e.Col, e.Message)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Usage is the grammar, a line per kind.
const Usage = `b [TYPE] [stream STREAM] [ignore N] [if CONDITION]
watch KEY/PATH | /PATH | KEY [ignore N] [if CONDITION]
trace [TYPE] [stream STREAM] print EXPRESSION [if CONDITION]
display EXPRESSION`

var words = map[string]Kind{
	"b": Break, "break": Break, "breakpoint": Break, "watch": Watch, "watchpoint": Watch, "trace": Trace, "tracepoint": Trace,
	"display": Display,
}

// Parse reads a breakpoint in gdb's words, as Usage has them: an enabled one without an id. Names that hold spaces, or are one
// of the words, stand in double quotes. An error is an *Error.
func Parse(text string) (Breakpoint, error) {
	p := parser{text: strings.ToValidUTF8(text, "\uFFFD")} // no name in a log is anything else
	p.space()
	start := p.at
	word, _, err := p.word(" ")
	if err != nil {
		return Breakpoint{}, err
	}
	kind, ok := words[word]
	if !ok {
		return Breakpoint{}, &Error{start + 1, fmt.Sprintf("%q is none of b, watch, trace and display", word), "write b OrderPaid, watch order-1/status or trace OrderPaid print event.data"}
	}
	b := Breakpoint{Kind: kind, Enabled: true}
	switch kind {
	case Watch:
		err = p.target(&b)
	case Display:
		err = p.display(&b)
	default:
		err = p.event(&b)
	}
	if err == nil && kind != Display {
		err = p.options(&b)
	}
	if err == nil {
		err = p.check(&b, start)
	}
	if err != nil {
		return Breakpoint{}, err
	}
	return b, nil
}

type parser struct {
	text string
	at   int
}

func (p *parser) fail(at int, hint, format string, args ...any) error {
	return &Error{at + 1, fmt.Sprintf(format, args...), hint}
}

func (p *parser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
}

// word reads up to one of the characters in end, or a text in quotes.
func (p *parser) word(end string) (word string, quoted bool, err error) {
	start := p.at
	if p.at < len(p.text) && p.text[p.at] == '"' {
		for p.at++; p.at < len(p.text) && p.text[p.at] != '"'; p.at++ {
			if p.text[p.at] == '\\' {
				p.at++
			}
		}
		if p.at >= len(p.text) {
			return "", true, p.fail(start, `close it with "`, "a quotation that does not end")
		}
		p.at++
		if err := json.Unmarshal([]byte(p.text[start:p.at]), &word); err != nil {
			return "", true, p.fail(start, `quotes and backslashes in it are written \" and \\`, "a quotation that cannot be read")
		}
		return word, true, nil
	}
	for p.at < len(p.text) && strings.IndexByte(end+"\t", p.text[p.at]) < 0 {
		p.at++
	}
	return p.text[start:p.at], false, nil
}

func isOption(word string) bool {
	switch word {
	case "if", "stream", "ignore", "print":
		return true
	}
	return false
}

// event reads the type of a breakpoint or tracepoint.
func (p *parser) event(b *Breakpoint) error {
	p.space()
	before := p.at
	word, quoted, err := p.word(" ")
	if err != nil {
		return err
	}
	if !quoted && isOption(word) {
		p.at = before
		return nil
	}
	b.Type = word
	return nil
}

// target reads what a watchpoint watches.
func (p *parser) target(b *Breakpoint) error {
	p.space()
	start := p.at
	var err error
	if b.Key, _, err = p.word(" /"); err != nil {
		return err
	}
	if p.at >= len(p.text) || p.text[p.at] != '/' && p.text[p.at] != '"' {
		if b.Key == "" {
			return p.fail(start, "write watch order-1/status for one key, watch /status for all", "what is to be watched is missing")
		}
		return nil
	}
	pathAt := p.at
	path, _, err := p.word(" ")
	if err != nil {
		return err
	}
	if b.Path, err = value.ParsePointer(path); err != nil {
		return p.fail(pathAt, "a path is written /items/0/sku", "%v", err)
	}
	return nil
}

// options reads what may follow in any order; if and print take the rest of the text.
func (p *parser) options(b *Breakpoint) error {
	for {
		p.space()
		start := p.at
		if start == len(p.text) {
			return nil
		}
		word, quoted, err := p.word(" ")
		if err != nil {
			return err
		}
		if quoted || !isOption(word) {
			return p.fail(start, "names with spaces stand in double quotes; a condition begins with if", "%q is none of if, stream, ignore and print", word)
		}
		p.space()
		switch word {
		case "if":
			return p.condition(b, p.at, p.text[p.at:])
		case "print":
			return p.print(b)
		case "stream":
			if b.Kind == Watch {
				return p.fail(start, "write watch KEY/PATH", "a watchpoint has a key, not a stream")
			}
			if b.Stream, _, err = p.word(" "); err == nil && b.Stream == "" {
				err = p.fail(p.at, "", "the stream's name is missing")
			}
		case "ignore":
			at := p.at
			var digits string
			if digits, _, err = p.word(" "); err == nil {
				if b.Ignore, err = strconv.Atoi(digits); err != nil || b.Ignore < 0 {
					err = p.fail(at, "write ignore 3 to pass over the next three hits", "%q is no count", digits)
				}
			}
		}
		if err != nil {
			return err
		}
	}
}

// condition takes the rest of the text as a condition.
func (p *parser) condition(b *Breakpoint, at int, text string) error {
	b.If = strings.TrimSpace(text)
	if b.If == "" {
		return p.fail(at, "write if event.data.amount > 100", "the condition is missing")
	}
	return compiles(at+strings.Index(text, b.If), b.If)
}

// compiles checks an expression that stands at a place of the text.
func compiles(at int, src string) error {
	_, err := expr.Compile(src)
	if s, ok := errors.AsType[*script.Error](err); ok {
		return &Error{at + max(s.Col, 1), s.Msg, s.Hint}
	}
	return err
}

// print takes the rest of the text as an expression, and behind the last if that makes sense there, a condition.
func (p *parser) print(b *Breakpoint) error {
	at, rest := p.at, p.text[p.at:]
	if strings.TrimSpace(rest) == "" {
		return p.fail(at, "write print event.data.amount", "the expression is missing")
	}
	whole := compiles(at, strings.TrimSpace(rest))
	for end := len(rest); whole != nil; {
		i := strings.LastIndex(rest[:end], " if ")
		if i < 0 {
			return whole
		}
		what := strings.TrimSpace(rest[:i])
		if what != "" && compiles(at, what) == nil {
			b.Print = what
			return p.condition(b, at+i+4, rest[i+4:])
		}
		end = i
	}
	b.Print = strings.TrimSpace(rest)
	return nil
}

// display takes the rest of the text as the expression.
func (p *parser) display(b *Breakpoint) error {
	p.space()
	if b.Print = strings.TrimSpace(p.text[p.at:]); b.Print == "" {
		return p.fail(p.at, "write display state.total - state.paid", "the expression is missing")
	}
	return compiles(p.at, b.Print)
}

// check refuses what would never stop anywhere, or everywhere.
func (p *parser) check(b *Breakpoint, start int) error {
	switch {
	case b.Kind == Break && b.Type == "" && b.Stream == "" && b.If == "":
		return p.fail(start, "write b OrderPaid, b stream order-1, or b if event.data.amount > 100", "what to break on is missing")
	case b.Kind == Break && b.Print != "":
		return p.fail(start, "write trace "+b.Type+" print …", "a breakpoint prints nothing")
	case b.Kind == Watch && b.Print != "":
		return p.fail(start, "write trace TYPE print …", "a watchpoint prints nothing")
	case b.Kind == Trace && b.Print == "":
		return p.fail(start, "write trace OrderPaid print event.data.amount", "a tracepoint needs something to print")
	}
	return nil
}
