package timeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"asof/timeline/debug"
)

// Breakpoints lists what was set in this store, by number: breakpoints, watchpoints, tracepoints and displays.
func (s *Session) Breakpoints(ctx context.Context) ([]debug.Breakpoint, error) {
	return s.cases.Breakpoints(ctx)
}

// SetBreakpoint keeps a breakpoint with the store; without a number it gets the next one, or is the one of the same words,
// enabled; else it replaces that of its number. It is returned as it is kept.
func (s *Session) SetBreakpoint(ctx context.Context, b debug.Breakpoint) (debug.Breakpoint, error) {
	return s.cases.SetBreakpoint(ctx, b)
}

// DeleteBreakpoint removes the breakpoint of a number.
func (s *Session) DeleteBreakpoint(ctx context.Context, id int) error {
	found, err := s.cases.DeleteBreakpoint(ctx, id)
	if err == nil && !found {
		err = s.noBreakpoint(ctx, id)
	}
	return err
}

// EnableBreakpoint lets a breakpoint stop those who continue, or not.
func (s *Session) EnableBreakpoint(ctx context.Context, id int, enabled bool) error {
	return s.changeBreakpoint(ctx, id, func(b *debug.Breakpoint) { b.Enabled = enabled })
}

// IgnoreBreakpoint lets the next hits of a breakpoint be passed over.
func (s *Session) IgnoreBreakpoint(ctx context.Context, id, hits int) error {
	return s.changeBreakpoint(ctx, id, func(b *debug.Breakpoint) { b.Ignore = hits })
}

func (s *Session) changeBreakpoint(ctx context.Context, id int, change func(*debug.Breakpoint)) error {
	found := false
	err := s.cases.ChangeBreakpoints(ctx, []int{id}, func(b *debug.Breakpoint) {
		found = true
		change(b)
	})
	if err == nil && !found {
		err = s.noBreakpoint(ctx, id)
	}
	return err
}

func (s *Session) noBreakpoint(ctx context.Context, id int) error {
	list, err := s.Breakpoints(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("there is no breakpoint %d: none is set", id)
	}
	ids := make([]string, len(list))
	for i, b := range list {
		ids[i] = strconv.Itoa(b.ID)
	}
	return fmt.Errorf("there is no breakpoint %d, only %s", id, strings.Join(ids, ", "))
}

// Book counts what a stop has hit and passed over in the breakpoints that are kept.
func (s *Session) Book(ctx context.Context, stop debug.Stop) error {
	hit := map[int]int{}
	if stop.Found() {
		for _, id := range append(slices.Clone(stop.Also), stop.Point) {
			hit[id]++
		}
	}
	for id, n := range stop.Passed {
		hit[id] += n
	}
	ids := make([]int, 0, len(hit))
	for id := range hit {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	return s.cases.ChangeBreakpoints(ctx, ids, func(b *debug.Breakpoint) {
		b.Hits += hit[b.ID]
		b.Ignore = max(b.Ignore-stop.Passed[b.ID], 0)
	})
}
