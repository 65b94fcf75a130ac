// Package cli is the command line: every question of package timeline as a command that prints text or JSON, and the command
// that opens the screen. It is the one place that puts importers, demo, timeline and screen together.
//
// Standard output carries data only; progress, notes and errors go to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"asof/engine/store"
	"asof/ui/present"
)

// Set at release by the linker.
var (
	version = "dev"
	commit  = ""
)

// The exit codes of every command.
const (
	exitOK        = 0
	exitFinding   = 1   // compare, verify with a finding; a refused append; an absent key; rejected records under --strict
	exitUsage     = 2   // usage or input
	exitInterrupt = 130 // interrupted
)

// finding ends a command with exit code 1. What was found is on standard output already; the text, if any, explains it.
type finding struct{ text string }

func (f *finding) Error() string { return f.text }

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A closed pipe is an error of the write that meets it, which ends the command quietly, rather than a signal.
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	defer signal.Stop(pipe)
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	a := newApp(stdin, stdout, stderr)
	root := a.root()
	root.SetArgs(protectWheres(args, takesValue(root)))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.Version = release()
	root.SilenceErrors = true
	root.SetHelpFunc(a.help)
	root.SetFlagErrorFunc(flagError)
	err := root.ExecuteContext(ctx)
	if err != nil {
		a.report(err)
	}
	if flushed := a.close(); err == nil {
		err = flushed
	}
	return exitCode(ctx, err)
}

func exitCode(ctx context.Context, err error) int {
	var found *finding
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return exitOK
	case errors.As(err, &found):
		return exitFinding
	case ctx.Err() != nil, errors.Is(err, context.Canceled):
		return exitInterrupt
	}
	return exitUsage
}

// report writes an error for people, escaped: its text may quote a log.
func (a *app) report(err error) {
	var found *finding
	if errors.Is(err, syscall.EPIPE) || errors.As(err, &found) && found.text == "" {
		return
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if full, ok := errors.AsType[*fs.PathError](err); ok {
		err = store.Full(full.Path, 0, err)
	}
	for i, line := range present.Lines(err.Error()) {
		prefix := "asof: "
		if i > 0 {
			prefix = "      "
		}
		fmt.Fprintf(a.stderr, "%s%s\n", prefix, line)
	}
}

// release is the version, with the commit it was built from if that is known.
func release() string {
	if len(commit) < 7 {
		return version
	}
	return version + " (" + commit[:7] + ")"
}

// help prints a command's help by fang, which runs the command line once more to that end. Only here may fang come in: on a
// terminal it asks for the background's colour, and a terminal without commands would print the question.
func (a *app) help(cmd *cobra.Command, args []string) {
	if terminal(a.stdout) && !obeys(a.stdout) {
		new(cobra.Command).HelpFunc()(cmd, args)
		return
	}
	// Help has no errors that the first run did not have.
	_ = fang.Execute(cmd.Context(), cmd.Root(), fang.WithVersion(cmd.Root().Version), fang.WithColorSchemeFunc(a.helpColours), fang.WithoutManpage())
}

// helpColours are the terminal's own sixteen, so that help fits whatever theme the terminal has.
func (a *app) helpColours(c lipgloss.LightDarkFunc) fang.ColorScheme { return fang.AnsiColorScheme(c) }
