package timeline

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/projection"
	"asof/engine/script"
	"asof/timeline/debug"
)

// Draft is a whole index of a script as it was saved, beside the one that answers until the draft is adopted.
type Draft struct {
	Name     string // of the projection in use that it is a draft of
	Same     bool   // the script says what it said: there is nothing to adopt
	Errors   int    // failed folds of the draft
	Before   int    // failed folds of what is in use
	First    *FoldError
	AtCursor *FoldError // the draft fails at the event that was asked about; nil = it does not

	lens *lens
	proj projection.Projection
}

// ScriptError is what is wrong with a script that can not be used at all, and where.
type ScriptError struct {
	File      string
	Line, Col int // from 1; 0 = unknown
	Message   string
	Text      string // that line of the script
	err       error
}

func (e *ScriptError) Error() string { return e.err.Error() }
func (e *ScriptError) Unwrap() error { return e.err }

// scriptError gives an error of a script its place, where it has one.
func (s *Session) scriptError(err error) error {
	e := &ScriptError{err: err}
	if placed, ok := errors.AsType[*projection.Error](err); ok {
		e.File, e.Line, e.Col, e.Message = placed.File, placed.Line, placed.Col, placed.Message
	} else if raw, ok := errors.AsType[*script.Error](err); ok {
		e.File, e.Line, e.Col, e.Message = raw.File, raw.Line, raw.Col, raw.Msg
		if raw.Hint != "" {
			e.Message += " (" + raw.Hint + ")"
		}
	} else {
		return err
	}
	e.Text = s.lineOf(e.File, e.Line)
	return e
}

// lineOf is a line of a file, from 1; "" if there is none.
func (s *Session) lineOf(file string, line int) string {
	source, err := s.opts.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(source), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

// unableError gives an error of a program the place in its files that it points at, where there is one.
func (s *Session) unableError(err error, p projection.Projection) error {
	unable, ok := errors.AsType[*projection.UnableError](err)
	if !ok {
		return err
	}
	files := slices.Sorted(maps.Keys(projection.Files(p)))
	e := &ScriptError{err: err, Message: unable.Why}
	if e.File, e.Line, e.Col = projection.PlaceIn(unable.Why, files); e.File == "" && len(files) > 0 {
		e.File = files[0]
	}
	if text := s.lineOf(e.File, e.Line); !strings.Contains(e.Message, strings.TrimSpace(text)) { // interpreters quote it themselves
		e.Text = text
	}
	return e
}

// Stopped is why the index of a projection in use is not built any further; nil if it is whole or under way. What is wrong with
// a script or a program is a ScriptError, as far as it has a place. It costs nothing while all is well.
func (s *Session) Stopped(name string) error {
	l, err := s.lens(name)
	if err != nil {
		return nil
	}
	if _, _, err = l.now(); err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return s.unableError(err, l.proj)
}

// Edit is a file that was saved with another text: a projection's script, or a file of rules.
type Edit struct {
	Projection string // in use; "" = it is of rules
	Rules      string // the file of rules
}

// Edited yields what is saved with another text: the scripts of the projections in use, and the file of rules that was read
// last, until ctx ends. What was saved between two calls is told at the beginning of the second.
func (s *Session) Edited(ctx context.Context) iter.Seq[Edit] {
	return func(yield func(Edit) bool) {
		for file := range s.files.Watch(ctx, s.scripts) {
			if rules := s.rules.Load(); rules != nil && *rules == file && !yield(Edit{Rules: file}) {
				return
			}
			for _, l := range s.inUse() {
				if slices.Contains(l.files(), file) && !yield(Edit{Projection: l.name}) {
					return
				}
			}
		}
	}
}

// Rules reads a file of rules, which Edited watches from then on. What is wrong in it is a ScriptError.
func (s *Session) Rules(file string) ([]debug.Rule, error) {
	source, err := s.opts.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	s.files.Know(file, source)
	s.rules.Store(&file)
	rules, err := ParseRules(file, source)
	if err != nil {
		return nil, s.scriptError(err)
	}
	return rules, nil
}

// scripts are the files of the projections in use, and the file of rules.
func (s *Session) scripts() []string {
	var files []string
	if rules := s.rules.Load(); rules != nil {
		files = append(files, *rules)
	}
	for _, l := range s.inUse() {
		sums := projection.Files(l.proj)
		for _, file := range l.files() {
			switch sum, external := sums[file]; {
			case s.files.Knows(file):
			case external:
				s.files.KnowSum(file, sum)
			default:
				s.files.Know(file, l.proj.Source())
			}
			files = append(files, file)
		}
	}
	return files
}

// files are those that a person edits to change the projection.
func (l *lens) files() []string {
	switch {
	case l.proj.Source() == nil:
		return nil
	case projection.IsExec(l.ref):
		return slices.Sorted(maps.Keys(projection.Files(l.proj)))
	}
	return []string{l.ref}
}

// Draft reads a projection's script again and builds its index beside the one in use, which goes on answering. At is the event
// that somebody looks at; AtCursor says whether the draft fails there. The caller adopts the draft or discards it. A script that
// can not be used is a ScriptError. Progress, if not nil, is called some times a second.
func (s *Session) Draft(ctx context.Context, name string, at event.Position, progress func(Projection)) (*Draft, error) {
	l, err := s.lens(name)
	if err != nil {
		return nil, err
	}
	p, err := s.parse(ctx, l.ref, l.by)
	if err != nil {
		return nil, s.scriptError(err)
	}
	_, _, stopped := l.now()
	d := &Draft{Name: l.name, lens: l, proj: p, Same: p.Identity() == l.proj.Identity() && stopped == nil, Before: l.ix.Info().Errors}
	if d.Same {
		return d, nil
	}
	if err := s.draft(ctx, d, at, progress); err != nil {
		if ctx.Err() != nil { // what is built is of use when the same text is saved again
			return nil, context.Cause(ctx)
		}
		if errors.Is(err, projection.ErrUnable) {
			_ = s.Discard(d) // a cache that nobody asked for; Projections lists it if it stays
			return nil, s.unableError(err, p)
		}
		return nil, fmt.Errorf("build %s: %w", name, err)
	}
	return d, nil
}

func (s *Session) draft(ctx context.Context, d *Draft, at event.Position, progress func(Projection)) error {
	ix, err := s.build(ctx, d.lens, d.proj, progress)
	if err != nil {
		return err
	}
	d.Errors = ix.Info().Errors
	if d.Errors > 0 {
		d.First, err = firstError(ctx, ix, 1, ix.Built())
		if err == nil && at > 0 && at <= ix.Built() {
			d.AtCursor, err = firstError(ctx, ix, at, at)
		}
		files := slices.Sorted(maps.Keys(projection.Files(d.proj)))
		for _, e := range []*FoldError{d.First, d.AtCursor} {
			if e != nil && e.File == "" {
				e.File, e.Line, e.Col = projection.PlaceIn(e.Message, files)
			}
		}
	}
	return errors.Join(err, ix.Close())
}

func firstError(ctx context.Context, ix *asof.Index, from, to event.Position) (*FoldError, error) {
	for e, err := range ix.Errors(ctx, from, to) {
		if err != nil {
			return nil, err
		}
		first := FoldError(e)
		return &first, nil
	}
	return nil, nil
}

// Adopt lets a draft answer in the place of what it is a draft of. Nothing is kept of that but what is asked of it already.
func (s *Session) Adopt(ctx context.Context, d *Draft) error {
	if d.Same {
		return nil
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if !slices.Contains(s.inUse(), d.lens) {
		return fmt.Errorf("%s is not in use any more", d.Name)
	}
	l, err := s.openLens(ctx, d.proj, d.lens.name, d.lens.ref, d.lens.by)
	if err != nil {
		return err
	}
	s.replace(d.lens, l)
	s.retire(d.lens)
	return nil
}

// Discard drops a draft that is not wanted.
func (s *Session) Discard(d *Draft) error {
	id := d.proj.Identity()
	s.changing.Lock()
	defer s.changing.Unlock()
	if d.Same || s.isRetired(id) || slices.ContainsFunc(s.inUse(), func(l *lens) bool { return l.proj.Identity() == id }) {
		return nil
	}
	if err := asof.Drop(s.indexDir(), id); err != nil {
		return fmt.Errorf("drop the draft of %s: %w", d.Name, err)
	}
	return nil
}
