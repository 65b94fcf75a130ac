// Package demo writes seeded stories: ordinary log files with a planted fault, which are imported as any other file.
//
// The same seed and size give the same bytes on every machine, so a story's facts can be told, and asserted, beforehand.
package demo

import (
	"embed"
	"fmt"
	"io"
	"strings"
)

//go:embed shop/*.star shop/*.js shop/*.py bank/*.star
var scripts embed.FS

// Size is how large a story is written. A zero field takes the story's own size.
type Size struct {
	Events  int    // how many events, exactly
	Streams int    // about how many streams
	Seed    uint64 // of the random numbers; 0 = the story's own
}

// Story is one built-in log.
type Story struct {
	Name  string // as `asof demo NAME` takes it
	Title string // one line
	Hints []Hint // what to press, shown on the card at the start
	Size  Size   // unless told otherwise
	// Scripts are the story's projections, the first of them opened with it.
	Scripts []Script
	// Rules is the story's file of invariants.
	Rules Script
	// Reducers fold the story as programs of their own, for --exec.
	Reducers []Script

	write func(w io.Writer, size Size) error
}

// Hint is keys and what they do.
type Hint struct{ Keys, Label string }

// Script is a file with code that comes with a story.
type Script struct {
	Name   string // file name: orders_v1.star
	Source []byte
}

// Stories lists the built-in stories, the first of them opened without a name.
func Stories() []Story { return []Story{shop(), bank()} }

// Find is the story of that name.
func Find(name string) (Story, error) {
	var names []string
	for _, s := range Stories() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Story{}, fmt.Errorf("no story %q: there are %s", name, strings.Join(names, ", "))
}

// Write writes the story as JSON Lines. It ends with the first error of w.
func (s Story) Write(w io.Writer, size Size) error {
	if size.Events == 0 {
		size.Events = s.Size.Events
	}
	if size.Streams == 0 {
		size.Streams = max(1, int(int64(s.Size.Streams)*int64(size.Events)/int64(s.Size.Events)))
	}
	if size.Seed == 0 {
		size.Seed = s.Size.Seed
	}
	return s.write(w, size)
}

func script(path string) Script {
	source, err := scripts.ReadFile(path)
	if err != nil {
		panic("demo: embedded script: " + err.Error()) // cannot be: the file is part of the binary
	}
	return Script{Name: path[strings.LastIndexByte(path, '/')+1:], Source: source}
}
