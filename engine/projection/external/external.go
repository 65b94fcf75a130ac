// Package external folds events with a program of somebody else: the real business code, in whatever language, behind a pipe.
//
// asof starts the program and speaks JSON Lines with it, one JSON value a line, in UTF-8. Each side first says hello:
//
//	asof     {"asof":"reducer","protocol":1}
//	program  {"asof":"reducer","protocol":1}
//
// Then a line per event, and for each of them one line back, in the same order:
//
//	asof     {"key":"order-7","state":{"total":3},"event":{"position":17,"type":"OrderPaid","stream":"order-7","data":{…}}}
//	program  {"position":17,"state":{"total":5}}
//
// State is the key's document before the event, null if there is none. An answer has one of
//
//	"state"  the document after the event; null removes it
//	"patch"  a JSON Patch (RFC 6902) that makes it of the one before
//	"error"  a text: the event fails, the document stays, and the key is tainted from there on
//
// and, if it wants, the event's position, which is then checked: so a missed or doubled answer is found where it happens. An
// event has position, type, stream, data, and where the log has them id, streams, version, time, recorded_time, correlation_id,
// causation_id and metadata. asof writes many lines before it reads; a program that answers line by line and flushes needs to
// know nothing of that. Standard error is for people: its end is shown with an error.
//
// A program may say more in its hello:
//
//	"state":"kept"     it keeps the state of the key it worked on last. Then state is sent only to seed it: with the first event
//	                   of a key after another key, after a failed event, and to a program that was started anew. A line without
//	                   "state" goes on from the answer before, which was for the same key.
//	"numbers":"exact"  it computes with exact numbers. Of all others, a number that comes back changed by nothing but the
//	                   rounding to a float64 is an error that names its path.
//
// A program that ends, or is silent for too long, is started anew and gets the unanswered events one by one, until the one that
// it cannot survive is found: that event fails, and the rest goes on.
package external

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Version names what the answers depend on beside the program: it is raised when this package takes one otherwise.
const Version = "1"

// protocol is what both sides name in their hello.
const protocol = 1

// ErrUnable is the root of errors that no further event helps against: the program cannot be started, or does not speak the
// protocol.
var ErrUnable = errors.New("cannot go on")

// UnableError is an ErrUnable of a program.
type UnableError struct {
	Command string
	Why     string // with the remedy, and the end of the program's standard error; several lines
}

// Error tells all of it.
func (e *UnableError) Error() string {
	return fmt.Sprintf("the program of --exec %q %v: %s", e.Command, ErrUnable, e.Why)
}

// Unwrap makes it an ErrUnable.
func (e *UnableError) Unwrap() error { return ErrUnable }

// Options shape how a program is run; the zero value means the defaults.
type Options struct {
	// Patience is how long the program may be silent while an answer is due; default 10 s.
	Patience time.Duration
	// Hello is how long it may take to start and say hello; default 10 s, or Patience where that is more: an interpreter's start
	// has nothing to do with how long a fold takes.
	Hello time.Duration
}

// Program is a command that folds events. It is immutable; each Folder runs a process of its own.
type Program struct {
	text  string
	words []string
	files []file
	opts  Options
}

// file is a file that the command names.
type file struct {
	word, sum string
	raw       [sha256.Size]byte // sum
	size      int
}

// maxWatched is the size up to which a file that the command names is taken for one that people edit.
const maxWatched = 4 << 20

// Files are the files that a person edits to change the program, with the hashes of what was in them when the command was read.
// The program itself is one of them only if the command names no other.
func (p *Program) Files() map[string][sha256.Size]byte {
	files := map[string][sha256.Size]byte{}
	for _, f := range p.files {
		if f.size <= maxWatched && (f.word != p.words[0] || len(p.files) == 1) {
			files[f.word] = f.raw
		}
	}
	return files
}

// maxHashed is the size up to which a file that the command names is part of its identity.
const maxHashed = 64 << 20

// Parse reads a command line. It is split at spaces, with quotes as in a shell; nothing else of a shell is done.
func Parse(command string, o Options) (*Program, error) {
	words, err := split(command, runtime.GOOS == "windows")
	if err != nil {
		return nil, fmt.Errorf("--exec %q: %w", command, err)
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("--exec: the command is empty: write it like --exec 'node reducer.js'")
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	if o.Hello <= 0 {
		o.Hello = max(10*time.Second, o.Patience)
	}
	p := &Program{text: command, words: words, opts: o}
	for _, w := range words {
		if content, ok := readRegular(w); ok {
			sum := sha256.Sum256(content)
			p.files = append(p.files, file{w, hex.EncodeToString(sum[:]), sum, len(content)})
		}
	}
	return p, nil
}

// readRegular is the content of a file, if the word is the name of one.
func readRegular(word string) ([]byte, bool) {
	info, err := os.Stat(word)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxHashed {
		return nil, false
	}
	content, err := os.ReadFile(word)
	return content, err == nil
}

// Identity are the parts that the program's answers are expected to depend on: the words of the command, and the content of
// the files among them. What those files load in turn is not looked at.
func (p *Program) Identity() []string {
	parts := []string{Version, strings.Join(p.words, "\x00")}
	for _, f := range p.files {
		parts = append(parts, f.word, f.sum)
	}
	return parts
}

// Command is the command line as it was written.
func (p *Program) Command() string { return p.text }

// Name is what people call the program: the name of the first script file among its arguments, without the folder, else that of
// the program itself.
func (p *Program) Name() string {
	word := p.words[0]
	for _, f := range p.files {
		if f.word != p.words[0] {
			word = f.word
			break
		}
	}
	return filepath.Base(word)
}

// split cuts a command line into words. On Windows a backslash is part of a path unless it stands before a double quote.
func split(text string, windows bool) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(text) && escapes(text[i+1], quote, windows):
			i++
			in = true
			word.WriteByte(text[i])
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, in = c, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
		default:
			in = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}

func escapes(next, quote byte, windows bool) bool {
	switch {
	case windows:
		return next == '"'
	case quote == '"':
		return next == '"' || next == '\\'
	}
	return true
}
