// Package tui is the debugger's screen.
//
// The root is one Model. Update sorts messages into five families (size and colour, key, mouse, result, tick) and draws nothing;
// View reads and asks nothing. Each feature is a file with its questions, its answers and what an answer does to the model. What
// can be done stands in one table (Commands), from which keys, footer, help, command line and manual are made.
package tui

import (
	"context"
	"errors"
)

// Run shows the screen until the person quits, and waits for everything it started. It returns nil after q, ErrInterrupted after
// ctrl+c, and ErrNoTerminal, wrapped, where no terminal can be had. The caller sees to it that the output is a terminal.
func Run(ctx context.Context, o Options) error {
	_ = ctx
	_ = o
	return errors.New("screen: under construction")
}
