package tui

import (
	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/tui/layout"
)

func lookCommands() []command {
	const g = "Look"
	return []command{
		{
			name: "key", keys: []string{"K"}, group: g, help: "pick the key whose document is shown", hint: "key", args: "[KEY]",
			run:      (*Model).openKeyPicker,
			line:     (*Model).pinKey,
			complete: completeKeys,
		},
		{
			name: "pin", keys: []string{"p"}, group: g, help: "keep this key while stepping, or follow the event", when: hasKey,
			run: (*Model).togglePin,
		},
		{
			name: "projection", keys: []string{"P"}, group: g, help: "choose the projection that makes the state", args: "[NAME | FILE.star]",
			run:      (*Model).openProjections,
			line:     func(m *Model, args string) tea.Cmd { return m.use(args, false) },
			complete: completeProjections,
		},
		{
			name: "reload", group: g, help: "read the projection's script again; saving it does so by itself", run: (*Model).readAgain,
		},
		{name: "zoom-in", keys: []string{"z"}, group: g, help: "zoom the timeline in", run: (*Model).zoomIn},
		{name: "zoom-out", keys: []string{"Z"}, group: g, help: "zoom the timeline out", run: (*Model).zoomOut},
		{name: "axis", group: g, help: "lay the timeline out by time, or by position", run: (*Model).axis},
		{
			name: "clock", keys: []string{"T"}, group: g, help: "times: since the event before, UTC, your zone, since a mark",
			run: (*Model).nextClock,
		},
		{
			name: "history", group: g, help: "every value that the selected field had", args: "[PATH]", when: hasKey,
			run:  func(m *Model) tea.Cmd { return m.openHistory(m.chosenPath()) },
			line: func(m *Model, args string) tea.Cmd { return m.openHistory(pathFrom(args)) },
		},
		{
			name: "blame", group: g, help: "who last changed each field", args: "[PATH]", when: hasKey,
			run:  func(m *Model) tea.Cmd { return m.readBlame("") },
			line: func(m *Model, args string) tea.Cmd { return m.readBlame(string(pathFrom(args))) },
		},
		{
			name: "diff", group: g, help: "what changed in this key between two positions", args: "[WHERE [WHERE]]", where: true, when: hasKey,
			run:  func(m *Model) tea.Cmd { return m.readDiff("") },
			line: (*Model).readDiff,
		},
		{
			name: "info", group: g, help: "what is in the log; info b: the breakpoints", args: "[b]", run: (*Model).readInfo, line: (*Model).infoLine,
		},
		{name: "rejected", group: g, help: "the records that were no events: file, line, why, and what they hold", run: (*Model).readRejected},
		{name: "profile", group: g, help: "what folding costs, by event type and by key: folds the shown projection once more", run: (*Model).readCosts},
		{name: "verify", group: g, help: "check the chain and fold everything again", run: (*Model).verify},
	}
}

func findCommands() []command {
	const g = "Find"
	return []command{
		{
			name: "find", keys: []string{"/"}, group: g, help: "find text in events; = CONDITION: where it holds", hint: "find", args: "TEXT | = CONDITION | value:TEXT",
			run:  (*Model).openFind,
			line: (*Model).find,
		},
		{
			name: "find-next", keys: []string{"n"}, group: g, help: "next hit", when: findable,
			run: func(m *Model) tea.Cmd { return m.findNext(timeline.Forward) },
		},
		{
			name: "find-previous", keys: []string{"N"}, group: g, help: "previous hit", when: findable,
			run: func(m *Model) tea.Cmd { return m.findNext(timeline.Backward) },
		},
		{
			name: "filter", keys: []string{"f"}, group: g, help: "show only some events, and step through these", args: "[type=T] [stream=S] ... [if CONDITION]",
			run: (*Model).openFilter, line: (*Model).setFilter, complete: completeFilter,
		},
		{
			name: "mark", keys: []string{"m"}, group: g, help: "mark this event, or take its mark away", hint: "mark", args: "[NAME]",
			run:  (*Model).toggleMark,
			line: (*Model).mark,
		},
		{name: "marks", keys: []string{"'"}, group: g, help: "list the marks", run: (*Model).openMarks},
		{name: "mark-next", keys: []string{"u"}, group: g, help: "next mark", run: by(timeline.StepMark, timeline.Forward)},
		{name: "mark-previous", keys: []string{"U"}, group: g, help: "previous mark", run: by(timeline.StepMark, timeline.Backward)},
		{
			name: "copy", keys: []string{"y"}, group: g, help: "copy a value, key, path, event, state, diff, command", hint: "copy",
			run: (*Model).openCopy,
		},
		{
			name: "export", group: g, help: "write the events of the list into a new file, as JSON Lines, CSV, CloudEvents or as they came in", args: "FILE [jsonl|cloudevents|csv|raw]",
			line: (*Model).export, complete: completeExport,
		},
		{name: "write", group: g, help: "write the shown state into a new file", args: "FILE", when: hasKey, line: (*Model).write},
	}
}

func compareCommands() []command {
	const g = "Compare"
	return []command{
		{
			name: "compare", keys: []string{"c"}, group: g,
			help: "put this beside another projection, key or position", hint: "compare", args: "[WHERE]", where: true, when: hasKey,
			run:  (*Model).openCompare,
			line: (*Model).comparePlace,
		},
		{
			name: "difference-next", keys: []string{"v"}, group: g, help: "next event that changes what differs", hint: "difference", when: comparingNow,
			run: func(m *Model) tea.Cmd { return m.nextDifference(timeline.Forward) },
		},
		{
			name: "difference-previous", keys: []string{"V"}, group: g,
			help: "previous event that changes what differs", hint: "difference", when: comparingNow,
			run: func(m *Model) tea.Cmd { return m.nextDifference(timeline.Backward) },
		},
		{
			name: "diverge", keys: []string{"D"}, group: g,
			help: "first difference of the two projections, in all of history", hint: "first difference", when: comparingProjections,
			run: (*Model).diverge,
		},
	}
}

func screenCommands() []command {
	const g = "Screen"
	return []command{
		{
			name: "command", keys: []string{":"}, group: g, help: "go to a position, a time, a stream, or run a command", hint: "command", hidden: true,
			run: (*Model).openLine,
		},
		{name: "focus-next", keys: []string{"tab"}, group: g, help: "next pane", run: func(m *Model) tea.Cmd { return m.focusBeside(1) }},
		{
			name: "focus-previous", keys: []string{"shift+tab"}, group: g, help: "previous pane",
			run: func(m *Model) tea.Cmd { return m.focusBeside(-1) },
		},
		{
			name: "focus-events", keys: []string{"1"}, group: g, help: "go to the events",
			run: func(m *Model) tea.Cmd { return m.focusOn(layout.Events) },
		},
		{
			name: "focus-state", keys: []string{"2"}, group: g, help: "go to the state",
			run: func(m *Model) tea.Cmd { return m.focusOn(layout.State) },
		},
		{
			name: "focus-event", keys: []string{"3"}, group: g, help: "go to the event at the cursor",
			run: func(m *Model) tea.Cmd { return m.focusOn(layout.Detail) },
		},
		{
			name: "focus-watch", keys: []string{"W"}, group: g, help: "show the watch pane and go to it; from there, hide it",
			run: (*Model).focusWatch,
		},
		{
			name: "focus-timeline", keys: []string{"4"}, group: g, help: "go to the timeline",
			run: func(m *Model) tea.Cmd { return m.focusOn(layout.Timeline) },
		},
		{
			name: "larger", keys: []string{"+"}, group: g, help: "more room for the focused pane",
			run: func(m *Model) tea.Cmd { return m.sized(1) },
		},
		{name: "smaller", keys: []string{"_"}, group: g, help: "less room for it", run: func(m *Model) tea.Cmd { return m.sized(-1) }},
		{name: "event-pane", keys: []string{"i"}, group: g, help: "show or hide the event at the cursor", run: (*Model).toggleDetail},
		{name: "mouse", keys: []string{"f2"}, group: g, help: "mouse off, so that the terminal selects text, and on", run: (*Model).toggleMouse},
		{name: "help", keys: []string{"?", "f1"}, group: g, help: "this list: type to filter, enter runs", hint: "help", run: (*Model).openHelp},
		{name: "cancel", keys: []string{"esc"}, group: g, help: "cancel what is under way", hidden: true, run: (*Model).cancel},
		{
			name: "suspend", keys: []string{"ctrl+z"}, group: g, help: "back to the shell; fg returns", hidden: true,
			run: func(*Model) tea.Cmd { return tea.Suspend },
		},
		{name: "quit", keys: []string{"q"}, group: g, help: "leave what is open, then the screen", run: (*Model).quit},
		{
			name: "interrupt", keys: []string{"ctrl+c"}, group: g, help: "stop a search; else quit at once, with exit code 130", hidden: true,
			run: func(*Model) tea.Cmd { return tea.Interrupt },
		},
	}
}

// lineOnly are the debugger's words for what a bare position does.
func lineOnly() []command {
	const g = "Command line"
	return []command{
		{
			name: "goto", aliases: []string{"tt"}, group: g, help: "go to a position", args: "WHERE", where: true, line: (*Model).goWhere,
			complete: completeWhere,
		},
		{
			name: "asof", group: g, help: "the same: the state as of a position", args: "WHERE", where: true,
			line:     (*Model).goWhere,
			complete: completeWhere,
		},
	}
}
