package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// lane is a kind of question. A newer question of a lane makes its older one worthless: that one is cancelled, and its answer is
// dropped should it still come.
type lane uint8

const (
	laneScene    lane = iota // events, document and event at the cursor
	laneMove                 // where a step leads
	laneStrip                // the timeline
	laneSearch               // find
	lanePick                 // rows of a dialog
	lanePreview              // what enter would do in the command line
	laneAbout                // counts for the title
	laneMarks                // marks set and listed
	lanePoints               // breakpoints set and listed
	lanePlot                 // how a watched value went
	laneRead                 // a text to be read, or where a comparison leads
	lanePlay                 // where playback has come to
	laneCopy                 // to the clipboard or a file
	laneCount                // how many events pass the filter
	laneOpen                 // the place to open at
	laneRules                // a file of rules is read
	laneDraft                // an edited script's index
	laneWatch                // until the log grows; not waited for
	laneLoad                 // the import; not waited for
	laneHits                 // where breakpoints are hit; not waited for
	laneProblems             // what breaks the rules; not waited for
	laneTexts                // all events that hold a text; not waited for
	laneEdits                // until a script is saved; not waited for
	laneChain                // the chain, checked behind the first frames; not waited for
	lanes
)

// result is what an answer does to the model. It is the one message that features need.
type result interface{ apply(m *Model) tea.Cmd }

// answer is a result with the question that it belongs to.
type answer struct {
	lane       lane
	generation uint64
	result     result
}

// asker runs questions beside the event loop. Its methods are called from the event loop only.
type asker struct {
	ctx   context.Context
	stop  context.CancelFunc
	lanes [lanes]struct {
		generation uint64
		cancel     context.CancelFunc // nil = nothing is asked
	}

	mu     sync.Mutex // guards closed against group.Add
	closed bool
	group  sync.WaitGroup
}

func newAsker(ctx context.Context) *asker {
	a := &asker{}
	a.ctx, a.stop = context.WithCancel(ctx)
	return a
}

// ask runs f as the lane's question; what was asked there before is cancelled.
func (a *asker) ask(l lane, f func(ctx context.Context) result) tea.Cmd {
	a.drop(l)
	ctx, cancel := context.WithCancel(a.ctx)
	at := &a.lanes[l]
	at.cancel = cancel
	generation := at.generation
	return a.run(func() tea.Msg {
		defer cancel()
		return answer{l, generation, f(ctx)}
	})
}

// drop cancels the lane's question, if there is one. It reports whether there was.
func (a *asker) drop(l lane) bool {
	at := &a.lanes[l]
	at.generation++
	if at.cancel == nil {
		return false
	}
	at.cancel()
	at.cancel = nil
	return true
}

// open reports whether an answer is still to come.
func (a *asker) open(l lane) bool { return a.lanes[l].cancel != nil }

// take closes the question that an answer belongs to. It reports false for an answer that came too late.
func (a *asker) take(msg answer) bool {
	at := &a.lanes[msg.lane]
	if msg.generation != at.generation || at.cancel == nil {
		return false
	}
	at.cancel = nil
	return true
}

// after is a message later on.
func (a *asker) after(d time.Duration, msg tea.Msg) tea.Cmd {
	return a.run(func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-a.ctx.Done():
			return nil
		}
	})
}

// run is f as a command that close waits for, and that does nothing after close.
func (a *asker) run(f func() tea.Msg) tea.Cmd {
	return func() tea.Msg {
		a.mu.Lock()
		if a.closed {
			a.mu.Unlock()
			return nil
		}
		a.group.Add(1)
		a.mu.Unlock()
		defer a.group.Done()
		return f()
	}
}

// beside runs f until close, which waits for it.
func (a *asker) beside(f func(ctx context.Context)) { a.group.Go(func() { f(a.ctx) }) }

// close cancels all questions and waits until none is under way.
func (a *asker) close() {
	a.stop()
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.group.Wait()
}
