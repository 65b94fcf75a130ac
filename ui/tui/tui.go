// Package tui is the debugger's screen.
//
// The root is one Model. Update sorts messages into five families (size and colour, key, mouse, result, tick) and draws nothing;
// View reads and asks nothing. Each feature is a file with its questions, its answers and what an answer does to the model. What
// can be done stands in one table (Commands), from which keys, footer, help, command line and manual are made.
package tui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Run shows the screen until the person quits, and waits for everything it started. It returns nil after q, ErrInterrupted after
// ctrl+c, and ErrNoTerminal, wrapped, where no terminal can be had. The caller sees to it that the output is a terminal.
func Run(ctx context.Context, o Options) error {
	if bad := CheckKeys(o.Keys); len(bad) > 0 {
		return fmt.Errorf("keys: %s", bad[0])
	}
	m := New(ctx, o)
	defer m.Close()
	m.asks.beside(func(ctx context.Context) { m.quiet.tidy(ctx, collectGarbage) })
	_, err := tea.NewProgram(m, programOptions(ctx, o)...).Run()
	switch {
	case errors.Is(err, tea.ErrInterrupted):
		return ErrInterrupted
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil && !m.begun():
		return fmt.Errorf("%w: %w", ErrNoTerminal, err)
	case err != nil:
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

func programOptions(ctx context.Context, o Options) []tea.ProgramOption {
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(120), tea.WithFilter(newFlood().filter)}
	if o.In != nil {
		options = append(options, tea.WithInput(o.In))
	}
	if o.Out != nil {
		options = append(options, tea.WithOutput(o.Out))
	}
	if o.Environ != nil {
		options = append(options, tea.WithEnvironment(o.Environ))
	}
	if o.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.Ascii))
	}
	return options
}
