package projection

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"asof/engine/event"
	"asof/engine/projection/external"
	"asof/engine/value"
)

// ErrUnable is the root of errors of a fold that are no property of an event: nothing further can be folded.
var ErrUnable = external.ErrUnable

// ErrExternal is returned where the program of an external projection is to be run that nobody named now: what is kept with an
// index never starts a program.
var ErrExternal = errors.New("it is folded by a program, which runs only when it is named")

// execPrefix begins a reference to an external program: exec:node reducer.js.
const execPrefix = "exec:"

// Exec is the reference of a command line that folds events.
func Exec(command string) string { return execPrefix + command }

// ExecHelp says what a program must do to fold events.
func ExecHelp() string { return external.Help }

// IsExec reports whether a reference names a program to be run.
func IsExec(ref string) bool { return strings.HasPrefix(ref, execPrefix) }

// UnableError is an ErrUnable of an external program, in its parts.
type UnableError = external.UnableError

// Files are the files that a person edits to change an external projection, with the SHA-256 of what was in them when its
// command was read; nil for any other projection.
func Files(p Projection) map[string][sha256.Size]byte {
	if x, ok := p.(*program); ok {
		return x.program.Files()
	}
	return nil
}

// PlaceIn finds the first place in one of the files that the text of an error points at; file is "" where there is none.
func PlaceIn(text string, files []string) (file string, line, col int) {
	return external.Place(text, files)
}

// Eager is a Folder that wants to be told beforehand what it will be asked, since it works on many events at once. Nothing has
// to be told; what is told must then be asked, in that order.
type Eager interface {
	Folder
	// Start begins what takes a while before the first event. Nobody has to call it.
	Start(ctx context.Context) error
	// Room reports whether it wants to be told of another event.
	Room() bool
	// Foresee tells of the event for which Apply will be asked after all those told before. Root is how the key's document stands
	// before it; where the key's event before was told too, it follows that one, and root is not looked at. The event must not
	// change until then. Work on what was told ends with ctx.
	Foresee(ctx context.Context, root *value.Node, e *event.Event, key string, follows bool) error
	// Close gives up what the folder holds. It goes on if it is asked again.
	Close() error
}

// program is a projection by an external program.
type program struct {
	by      by
	program *external.Program
}

func parseExec(ref string, by by, o Options) (Projection, error) {
	p, err := external.Parse(strings.TrimPrefix(ref, execPrefix), external.Options{Patience: o.Patience})
	if err != nil {
		return nil, err
	}
	return &program{by: by, program: p}, nil
}

func (p *program) Name() string { return p.program.Name() }
func (p *program) By() string   { return p.by.text }

func (p *program) Identity() string {
	return identity(append([]string{"exec", p.by.text}, p.program.Identity()...)...)
}

// sourceMark begins what is kept as the source of an external projection: its command, to be read, and never to be run.
const sourceMark = "#!exec "

func (p *program) Source() []byte { return []byte(sourceMark + p.program.Command() + "\n") }

// refuse is the error for the kept source of an external projection.
func refuse(name string, source []byte) error {
	command := strings.TrimSuffix(strings.TrimPrefix(string(source), sourceMark), "\n")
	return fmt.Errorf("projection %s: %w: --exec %q", name, ErrExternal, command)
}

func (p *program) NewFolder() Folder {
	return &programFolder{program: p, Folder: p.program.NewFolder()}
}

// programFolder is an Eager.
type programFolder struct {
	*program
	*external.Folder
}

func (f *programFolder) Prepare(e *event.Event) (*event.Event, error) { return e, nil }

func (f *programFolder) Keys(e *event.Event, dst []string) ([]string, error) {
	if f.by.text != "" {
		return f.by.keys(e, dst)
	}
	return appendKey(dst, len(dst), string(e.Stream)), nil
}
