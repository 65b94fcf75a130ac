package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
)

// command is a row of the table: what can be done, by which keys, when, and how.
type command struct {
	name    string
	keys    []string
	aliases []string // other words for it on the command line
	group   present.Safe
	pane    layout.Pane // None = wherever the focus is
	help    present.Safe
	hint    present.Safe // label in the footer; rows with the same one share it
	args    string       // what may follow on the command line
	where   bool         // that is text which names a position
	hidden  bool         // not offered on the command line, which has a better way
	when    func(m *Model) present.Safe
	run     func(m *Model) tea.Cmd
	line    func(m *Model, args string) tea.Cmd
	// complete offers what can follow. It runs beside the event loop.
	complete func(ctx context.Context, s Session, head, args string) []dialog.Choice
}

// rows is the whole table. It is built by a function, for it names methods that use it.
func rows() []command {
	all := [][]command{stepCommands(), debugCommands(), moveCommands(), compareCommands(), lookCommands(), findCommands(), screenCommands(), lineOnly()}
	var out []command
	for _, part := range all {
		out = append(out, part...)
	}
	return out
}

func by(kind timeline.StepKind, d timeline.Direction) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return m.by(kind, d) }
}

func stepCommands() []command {
	const g = "Step"
	return []command{
		{
			name: "step-back", keys: []string{"[", ","}, aliases: []string{"rn"}, group: g, help: "previous event; rn 5: so many", hint: "step", args: "[COUNT]",
			run: func(m *Model) tea.Cmd { return m.byEvents(-1) }, line: stepLine(-1),
		},
		{
			name: "step-forward", keys: []string{"]", "."}, aliases: []string{"n", "next"}, group: g, help: "next event; n 5: so many", hint: "step", args: "[COUNT]",
			run: func(m *Model) tea.Cmd { return m.byEvents(1) }, line: stepLine(1),
		},
		{
			name: "stream-previous", keys: []string{"{"}, group: g, help: "previous event of the same stream", hint: "stream", when: atEvent,
			run: by(timeline.StepStream, timeline.Backward),
		},
		{
			name: "stream-next", keys: []string{"}"}, group: g, help: "next event of the same stream", hint: "stream", when: atEvent,
			run: by(timeline.StepStream, timeline.Forward),
		},
		{
			name: "change-next", keys: []string{"*"}, group: g, help: "next event that changed the selected field", hint: "field", when: hasKey,
			run: func(m *Model) tea.Cmd { return m.byChange(timeline.Forward) },
		},
		{
			name: "change-previous", keys: []string{"#"}, group: g, help: "previous event that changed the selected field", hint: "field", when: hasKey,
			run: func(m *Model) tea.Cmd { return m.byChange(timeline.Backward) },
		},
		{
			name: "correlation-next", keys: []string{"o"}, group: g, help: "next event of the same correlation", when: correlated,
			run: by(timeline.StepCorrelation, timeline.Forward),
		},
		{
			name: "correlation-previous", keys: []string{"O"}, group: g, help: "previous event of the same correlation", when: correlated,
			run: by(timeline.StepCorrelation, timeline.Backward),
		},
		{name: "gap-next", keys: []string{"s"}, group: g, help: "next gap in time", run: by(timeline.StepGap, timeline.Forward)},
		{name: "gap-previous", keys: []string{"S"}, group: g, help: "previous gap in time", run: by(timeline.StepGap, timeline.Backward)},
		{
			name: "problem-next", keys: []string{"x"}, group: g, help: "next problem: a broken rule or a failed fold",
			run: func(m *Model) tea.Cmd { return m.toProblem(forward) },
		},
		{name: "problem-previous", keys: []string{"X"}, group: g, help: "previous problem", run: func(m *Model) tea.Cmd { return m.toProblem(backward) }},
		{name: "last-good", keys: []string{"L"}, group: g, help: "the last event before the problem here, when nothing was wrong yet", run: (*Model).lastGood},
		{name: "repeat", keys: []string{"r"}, group: g, help: "repeat the last step", when: repeatable, run: (*Model).repeat},
		{name: "back", keys: []string{"backspace"}, group: g, help: "back along the trail", run: (*Model).back},
		{name: "play", keys: []string{"space"}, group: g, help: "play or pause", hint: "play", run: (*Model).togglePlay},
		{name: "slower", keys: []string{"<"}, group: g, help: "play slower", run: func(m *Model) tea.Cmd { return m.pace(m.play.pace.Slower()) }},
		{name: "faster", keys: []string{">"}, group: g, help: "play faster", run: func(m *Model) tea.Cmd { return m.pace(m.play.pace.Faster()) }},
		{name: "pace", group: g, help: "play by the log's own time, or by events a second", run: (*Model).togglePace},
		{name: "follow", keys: []string{"F"}, group: g, help: "follow the live end; any step back leaves it", run: (*Model).toggleFollow},
	}
}

// debugCommands are the debugger's verbs, with the words that gdb has for them.
func debugCommands() []command {
	const g = "Debug"
	return []command{
		{
			name: "continue", keys: []string{")"}, aliases: []string{"c"}, group: g, help: "go on to a breakpoint or a change of what is watched",
			hint: "continue", when: continuable, run: func(m *Model) tea.Cmd { return m.goOn(forward) },
		},
		{
			name: "reverse-continue", keys: []string{"("}, aliases: []string{"rc"}, group: g, help: "the same, backwards",
			hint: "continue", when: continuable, run: func(m *Model) tea.Cmd { return m.goOn(backward) },
		},
		{
			name: "watch", keys: []string{"w"}, aliases: []string{"watchpoint"}, group: g, args: "KEY/PATH | /PATH [if CONDITION]", when: hasKey,
			help: "watch the selected field, or end that: it is shown in the watch pane, and ) ( stop where it changes", hint: "watch",
			run: (*Model).watchField, line: (*Model).watchLine, complete: completeWatch,
		},
		{
			name: "break", keys: []string{"b"}, aliases: []string{"b", "breakpoint"}, group: g, args: "[TYPE] [stream STREAM] [ignore N] [if CONDITION]",
			help: "stop at events of this type, or for which a condition holds", hint: "break",
			run: (*Model).openBreak, line: pointLine("break"), complete: completeBreak("break"),
		},
		{
			name: "trace", aliases: []string{"tracepoint"}, group: g, args: "[TYPE] [stream STREAM] print EXPR [if CONDITION]",
			help: "list what an expression says at such events; alone: list it again",
			run:  func(m *Model) tea.Cmd { return m.traceLine("") }, line: pointLine("trace"), complete: completeBreak("trace"),
		},
		{
			name: "display", group: g, args: "EXPR", help: "show an expression over state, before, event in the watch pane", line: pointLine("display"),
		},
		{name: "print", aliases: []string{"p"}, group: g, args: "EXPR", help: "what an expression says here", when: hasKey, line: (*Model).printLine},
		{name: "breakpoints", keys: []string{"B"}, group: g, help: "list the breakpoints: on and off, edit, delete, hits", run: (*Model).openPoints},
		{name: "delete", aliases: []string{"undisplay"}, group: g, args: "NUMBER", help: "delete a breakpoint, watchpoint, tracepoint or display", line: (*Model).deleteLine},
		{name: "enable", group: g, args: "NUMBER", help: "let a breakpoint stop again", line: (*Model).enableLine},
		{name: "disable", group: g, args: "NUMBER", help: "let a breakpoint stop nobody", line: (*Model).disableLine},
		{name: "ignore", group: g, args: "NUMBER HITS", help: "pass over the next hits of a breakpoint", line: (*Model).ignoreLine},
		{name: "hits", group: g, args: "[NUMBER]", help: "list the hits of a breakpoint, or what the tracepoint printed", line: (*Model).traceLine, run: func(m *Model) tea.Cmd { return m.traceLine("") }},
		{name: "trace-write", group: g, args: "FILE", help: "write the hits that were listed last into a new file, as JSON Lines", when: traceable, line: (*Model).writeTrace},
		{name: "problems", group: g, help: "list what breaks the rules, and the failed folds", run: (*Model).openProblems},
		{name: "rules", group: g, args: "FILE", help: "check the named rules of a file; saving it checks them again", line: (*Model).rulesLine},
		{
			name: "minimize", group: g, args: "[FILE]", help: "the fewest events that break the rule of the problem here, told as given, when, then; FILE keeps them as a log",
			run: func(m *Model) tea.Cmd { return m.minimize("") }, line: (*Model).minimize,
		},
		{name: "check", group: g, args: "CONDITION", help: "check that a condition holds at every event", line: (*Model).ruleLine},
		{
			name: "unwatch", keys: []string{"d", "delete"}, group: g, pane: layout.Watch, help: "end watching this", hint: "unwatch", when: watchingSomething,
			run: (*Model).unwatch,
		},
		{
			name: "watch-stops", keys: []string{"t"}, group: g, pane: layout.Watch, help: "stop where this changes, or only show it", hint: "stops", when: watchingSomething,
			run: (*Model).watchStops,
		},
		{
			name: "watch-edit", keys: []string{"e"}, group: g, pane: layout.Watch, help: "edit this: give it a condition", hint: "edit", when: watchingSomething,
			run: (*Model).editWatch,
		},
		{
			name: "watch-next", keys: []string{"*"}, group: g, pane: layout.Watch, help: "next event that changed this", hint: "change", when: watchingSomething,
			run: func(m *Model) tea.Cmd { return m.changeOfWatch(forward) },
		},
		{
			name: "watch-previous", keys: []string{"#"}, group: g, pane: layout.Watch, help: "previous event that changed this", hint: "change", when: watchingSomething,
			run: func(m *Model) tea.Cmd { return m.changeOfWatch(backward) },
		},
	}
}

func moveCommands() []command {
	const g = "Move"
	rows := []command{
		{
			name: "down", keys: []string{"j", "down"}, group: g, help: "down; in the list of events the next one",
			run: func(m *Model) tea.Cmd { return m.vertically(1) },
		},
		{
			name: "up", keys: []string{"k", "up"}, group: g, help: "up; in the list of events the previous one",
			run: func(m *Model) tea.Cmd { return m.vertically(-1) },
		},
		{
			name: "half-page-down", keys: []string{"ctrl+d"}, group: g, help: "half a page down",
			run: func(m *Model) tea.Cmd { return m.vertically(max(m.page()/2, 1)) },
		},
		{
			name: "half-page-up", keys: []string{"ctrl+u"}, group: g, help: "half a page up",
			run: func(m *Model) tea.Cmd { return m.vertically(-max(m.page()/2, 1)) },
		},
		{
			name: "page-down", keys: []string{"pgdown"}, group: g, help: "a page down",
			run: func(m *Model) tea.Cmd { return m.vertically(m.page()) },
		},
		{name: "page-up", keys: []string{"pgup"}, group: g, help: "a page up", run: func(m *Model) tea.Cmd { return m.vertically(-m.page()) }},
		{name: "first", keys: []string{"g", "home"}, group: g, help: "first event, field or line", run: (*Model).toFirst},
		{
			name: "last", keys: []string{"G", "end"}, group: g, help: "last event, field or line; last PATH: who last changed it", args: "[PATH]",
			run:  (*Model).toLast,
			line: (*Model).lastChange,
		},
		{
			name: "fold", keys: []string{"h", "left"}, group: g, pane: layout.State, help: "close the fold, or go to the one around", hint: "fold",
			run: func(m *Model) tea.Cmd { return m.setFold(false) },
		},
		{
			name: "unfold", keys: []string{"l", "right"}, group: g, pane: layout.State, help: "open the fold", hint: "fold",
			run: func(m *Model) tea.Cmd { return m.setFold(true) },
		},
		{name: "fold-all", keys: []string{"e"}, group: g, help: "close all folds", run: (*Model).foldEverything},
		{name: "unfold-all", keys: []string{"E"}, group: g, help: "open all folds", run: (*Model).unfoldEverything},
		{
			name: "scrub-left", keys: []string{"left", "h"}, group: g, pane: layout.Timeline, help: "a column to the left", hint: "scrub",
			run: func(m *Model) tea.Cmd { return m.scrub(false) },
		},
		{
			name: "scrub-right", keys: []string{"right", "l"}, group: g, pane: layout.Timeline, help: "a column to the right", hint: "scrub",
			run: func(m *Model) tea.Cmd { return m.scrub(true) },
		},
		{name: "open", keys: []string{"enter"}, group: g, help: "open the fold, read the text or the event in full", run: (*Model).open},
	}
	return rows
}
