package projection

import (
	"errors"
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/script"
	"asof/engine/value"
)

// Error is an error of a fold, with its place in the script.
type Error struct {
	File      string
	Line, Col int // from 1; 0 if unknown
	Message   string
	err       error
}

func (e *Error) Error() string { return e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// placed gives an error of a script the form that callers can read without knowing scripts.

func placed(err error) error {
	if err == nil {
		return nil
	}
	if s, ok := errors.AsType[*script.Error](err); ok {
		text := s.Msg
		if s.Hint != "" {
			text += " (" + s.Hint + ")"
		}
		return &Error{File: s.File, Line: s.Line, Col: s.Col, Message: text, err: err}
	}
	return err
}

// Script is a projection of a script's text. File names it in errors.
func Script(name, file string, src []byte, o Options) (Projection, error) {
	by, err := parseBy(o.By)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(string(src), sourceMark) {
		return nil, refuse(name, src)
	}
	program, err := script.Compile(file, src, script.Options{Limits: script.Limits{Steps: o.Steps, Memory: o.Memory}})
	if err != nil {
		return nil, placed(err)
	}
	return &scripted{name: name, by: by, src: src, program: program, limits: fmt.Sprintf("%d %d", o.Steps, o.Memory)}, nil
}

// scripted is a projection that a script describes.
type scripted struct {
	name    string
	by      by
	src     []byte
	limits  string
	program *script.Program
}

func (s *scripted) Name() string   { return s.name }
func (s *scripted) By() string     { return s.by.text }
func (s *scripted) Source() []byte { return s.src }

func (s *scripted) Identity() string {
	return identity("script", script.Version, string(s.src), s.by.text, s.limits)
}

func (s *scripted) NewFolder() Folder {
	return &scriptFolder{scripted: s, runner: s.program.New(), upcasts: s.program.Has("upcast"), keyed: s.program.Has("key")}
}

type scriptFolder struct {
	*scripted
	runner  *script.Runner
	upcasts bool
	keyed   bool
}

func (f *scriptFolder) Prepare(e *event.Event) (*event.Event, error) {
	if !f.upcasts {
		return e, nil
	}
	up, err := f.runner.Upcast(e)
	return up, placed(err)
}

func (f *scriptFolder) Keys(e *event.Event, dst []string) ([]string, error) {
	switch {
	case f.by.text != "":
		return f.by.keys(e, dst)
	case f.keyed:
		dst, err := f.runner.Keys(e, dst)
		return dst, placed(err)
	}
	return appendKey(dst, len(dst), string(e.Stream)), nil
}

func (f *scriptFolder) Apply(doc *value.Doc, e *event.Event, key string) error {
	return placed(f.runner.Apply(doc, e, key))
}

// NewBriefer is not nil where the script's apply needs no document.
func (s *scripted) NewBriefer(places *value.Places) Briefer {
	if b := s.program.NewBriefer(places); b != nil {
		return b
	}
	return nil
}

// Loose is true of a script that reads type, stream, position, time and data.
func (s *scripted) Loose() bool { return s.program.Loose() && s.by.text == "" }
