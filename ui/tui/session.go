package tui

import (
	"context"
	"io"
	"iter"
	"time"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/casefile"
	"asof/timeline/debug"
	"asof/timeline/play"
	"asof/timeline/strip"
)

// Session is what the screen asks of a timeline; *timeline.Session is one. Its methods are called from several goroutines, never
// from within Update or View, but for those that cost nothing: Head, Indexed, Stopped, Zone, Visit, Back and Restored.
type Session interface {
	Head() event.Position
	Indexed(projection string) event.Position
	// Stopped is why a projection's index is not built any further, or nil.
	Stopped(projection string) error
	Zone() *time.Location
	Restored() (timeline.Cursor, bool)
	Visit(c timeline.Cursor, jump bool)
	Back() (timeline.Cursor, bool)

	EventAnswers
	StateAnswers
	MoveAnswers
	CaseAnswers
	DebugAnswers
	ScriptAnswers

	// Follow yields the head each time the log has grown.
	Follow(ctx context.Context, after event.Position) iter.Seq[event.Position]
	// VerifyChain is asked once, behind the first frames; Verify when a person wants to know everything.
	VerifyChain(ctx context.Context, progress func(timeline.VerifyProgress)) (timeline.Check, error)
	Verify(ctx context.Context, progress func(timeline.VerifyProgress)) (timeline.Verification, error)
}

// EventAnswers are questions about the log's events.
type EventAnswers interface {
	Around(ctx context.Context, f timeline.Filter, pos event.Position, before, after int) (timeline.Window, error)
	Count(ctx context.Context, f timeline.Filter, progress func(debug.Progress)) (int, error)
	Event(ctx context.Context, pos event.Position) (timeline.Event, error)
	Export(ctx context.Context, w io.Writer, q timeline.ExportQuery) (int, error)
	Place(ctx context.Context, pos event.Position) (timeline.Place, error)
	Strip(ctx context.Context, q timeline.StripQuery) (strip.Strip, error)
	Search(ctx context.Context, q timeline.SearchQuery, progress func(timeline.SearchProgress)) (timeline.SearchHit, error)
	Info(ctx context.Context) (timeline.Info, error)
	Rejected(ctx context.Context) iter.Seq2[timeline.Rejected, error]
	Streams(ctx context.Context, prefix, after string, limit int) ([]timeline.Tally, error)
	Types(ctx context.Context) ([]timeline.Tally, error)
}

// StateAnswers are questions about what projections make of the events.
type StateAnswers interface {
	Projections(ctx context.Context) ([]timeline.Projection, error)
	Builtins() []timeline.Builtin
	Use(ctx context.Context, ref, by string) (timeline.Projection, error)
	KeysOf(ctx context.Context, projection string, pos event.Position) ([]string, error)
	KeyCount(ctx context.Context, projection string, at event.Position) (int, error)
	PickKeys(ctx context.Context, projection string, at event.Position, text string, limit int) ([]timeline.Candidate, error)
	Document(ctx context.Context, q timeline.DocumentQuery) (timeline.Document, error)
	State(ctx context.Context, p timeline.Point) (timeline.State, error)
	Blame(ctx context.Context, p timeline.Point, path value.Pointer) ([]timeline.BlameRow, error)
	History(ctx context.Context, q timeline.HistoryQuery) iter.Seq2[timeline.HistoryRow, error]
	Diff(ctx context.Context, q timeline.DiffQuery) iter.Seq2[timeline.DiffRow, error]
	Compare(ctx context.Context, q timeline.CompareQuery) (timeline.Comparison, error)
	NextDifference(ctx context.Context, q timeline.CompareQuery, dir timeline.Direction) (timeline.Stop, error)
	Diverge(ctx context.Context, left, right string, ignore []value.Pointer) (timeline.Divergence, error)
	FoldErrors(ctx context.Context, projection string, from, to event.Position) iter.Seq2[timeline.FoldError, error]
}

// MoveAnswers are questions about where to go.
type MoveAnswers interface {
	Resolve(ctx context.Context, text string, base timeline.Base) (timeline.Place, error)
	Step(ctx context.Context, from event.Position, step timeline.Step) (timeline.Stop, error)
	Due(ctx context.Context, from event.Position, pace play.Pace, elapsed time.Duration) (event.Position, bool, error)
}

// CaseAnswers are about what a person adds while looking.
type CaseAnswers interface {
	Marks(ctx context.Context) ([]casefile.Mark, error)
	SetMark(ctx context.Context, name string, pos event.Position, note string) (casefile.Mark, error)
	DeleteMark(ctx context.Context, name string) error
}

// ScriptAnswers are about projections whose scripts are edited while they are looked at.
type ScriptAnswers interface {
	// Edited yields what is saved with another text.
	Edited(ctx context.Context) iter.Seq[timeline.Edit]
	Rules(file string) ([]debug.Rule, error)
	Profile(ctx context.Context, ref, by string, progress func(timeline.Projection)) (timeline.FoldProfile, error)
	Draft(ctx context.Context, name string, at event.Position, progress func(timeline.Projection)) (*timeline.Draft, error)
	Adopt(ctx context.Context, d *timeline.Draft) error
	Discard(d *timeline.Draft) error
}

// DebugAnswers are about breakpoints, watchpoints and expressions.
type DebugAnswers interface {
	Breakpoints(ctx context.Context) ([]debug.Breakpoint, error)
	SetBreakpoint(ctx context.Context, b debug.Breakpoint) (debug.Breakpoint, error)
	DeleteBreakpoint(ctx context.Context, id int) error
	EnableBreakpoint(ctx context.Context, id int, enabled bool) error
	IgnoreBreakpoint(ctx context.Context, id, hits int) error
	Book(ctx context.Context, stop debug.Stop) error
	Continue(ctx context.Context, from timeline.Cursor, points []debug.Breakpoint, dir timeline.Direction, progress func(debug.Progress)) (debug.Stop, debug.Covered, error)
	Hits(ctx context.Context, projection string, b debug.Breakpoint, from, to event.Position, progress func(debug.Progress)) iter.Seq2[debug.Stop, error]
	Find(ctx context.Context, q timeline.FindQuery, progress func(debug.Progress)) iter.Seq2[debug.Interval, error]
	UnwrittenIn(ctx context.Context, q timeline.FindQuery) ([]value.Pointer, error)
	Minimize(ctx context.Context, q timeline.MinimizeQuery, progress func(debug.Progress)) (timeline.Minimized, error)
	Problems(ctx context.Context, q timeline.ProblemsQuery, progress func(debug.Progress)) ([]debug.Problem, error)
	TypesAt(ctx context.Context, positions []event.Position) ([]string, error)
	Watch(ctx context.Context, q timeline.WatchQuery) ([]timeline.Watched, error)
	Plot(ctx context.Context, q timeline.PlotQuery) (strip.Course, error)
	Evaluate(ctx context.Context, p timeline.Point, expression string) (*value.Node, error)
}
