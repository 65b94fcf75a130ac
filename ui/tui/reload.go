package tui

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

const askDraft dialog.Purpose = "draft"

// reload is what becomes of scripts that are saved while their results are looked at. What is shown stays until another index is
// whole; then only that is exchanged: the cursor, the folds and the breakpoints are as they were.
type reload struct {
	waiting []string // projections whose scripts were saved while another one is built
	name    string   // the one that is built
	box     *atomic.Pointer[timeline.Projection]
	at      timeline.Projection // how far that is, as the last pulse saw it
	draft   *timeline.Draft     // built, and asked about
	card    dialog.Dialog       // what was said last
	refused map[string]bool     // projections that show the last good index rather than their script
}

// watchEdits waits until a script is saved.
func (m *Model) watchEdits() tea.Cmd {
	return m.asks.ask(laneEdits, func(ctx context.Context) result {
		for edit := range m.session.Edited(ctx) {
			return edited{edit.Projection, edit.Rules}
		}
		return nil
	})
}

// edited is a projection whose script was saved, or a file of rules.
type edited struct{ name, rules string }

func (e edited) apply(m *Model) tea.Cmd {
	if e.rules != "" {
		return m.readRules(e.rules) // which waits for the next save
	}
	watch := m.watchEdits()
	if m.asks.open(laneDraft) && m.reload.name != e.name {
		if !slices.Contains(m.reload.waiting, e.name) {
			m.reload.waiting = append(m.reload.waiting, e.name)
		}
		return watch
	}
	return tea.Batch(watch, m.askDraft(e.name))
}

// askDraft builds what a saved script says, beside what is shown.
func (m *Model) askDraft(name string) tea.Cmd {
	m.dropDraft()
	box := &atomic.Pointer[timeline.Projection]{}
	m.reload.name, m.reload.box, m.reload.at = name, box, timeline.Projection{}
	at := m.cursor.Position
	return m.asks.ask(laneDraft, func(ctx context.Context) result {
		d, err := m.session.Draft(ctx, name, at, func(p timeline.Projection) { box.Store(&p) })
		if err != nil {
			return refused{name, err}
		}
		if d.Same || d.Errors > d.Before {
			return drafted{d}
		}
		return adopt(ctx, m.session, d)
	})
}

// dropDraft takes away what was said of the last draft, and forgets the draft if it still waited for an answer.
func (m *Model) dropDraft() {
	m.dialogs.Remove(m.reload.card)
	m.reload.card = nil
	if d := m.reload.draft; d != nil {
		m.reload.draft = nil
		_ = m.session.Discard(d) // a cache that nobody asked for; :projection lists it if it stays
	}
}

// readAgain reads the shown projection's script again, whether it was saved or not.
func (m *Model) readAgain() tea.Cmd { return m.askDraft(m.projectionName()) }

// nextDraft goes on with the scripts that were saved meanwhile.
func (m *Model) nextDraft() tea.Cmd {
	if len(m.reload.waiting) == 0 {
		return nil
	}
	name := m.reload.waiting[0]
	m.reload.waiting = m.reload.waiting[1:]
	return m.askDraft(name)
}

// refuse notes whether a projection shows another text than its script's.
func (r *reload) refuse(name string, is bool) {
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	r.refused[name] = is
}

// showCard shows a card about a saved script; it goes when the next one is saved.
func (m *Model) showCard(d dialog.Dialog) {
	m.dialogs.Remove(m.reload.card)
	m.reload.card = d
	m.dialogs.Push(d)
}

// refused is a script that can not be used.
type refused struct {
	name string
	err  error
}

func (r refused) apply(m *Model) tea.Cmd {
	if errors.Is(r.err, context.Canceled) {
		return m.nextDraft()
	}
	m.reload.refuse(r.name, true)
	instead := "The screen shows the last good one, at " + m.here() + "."
	if m.about.stopped != nil {
		instead = "The screen shows the one before, as far as it came, at " + m.here() + "."
	}
	return tea.Batch(m.refuseScript(r.err, instead), m.nextDraft())
}

// refuseScript shows what is wrong with a script, and what counts instead.
func (m *Model) refuseScript(err error, instead present.Safe) tea.Cmd {
	var script *timeline.ScriptError
	if !errors.As(err, &script) {
		return m.complain("", err)
	}
	m.showCard(dialog.NewCard(pane.Card{Title: "! " + fileName(script.File) + " is not taken over", Text: append(m.scriptText(script), "", instead)}))
	return nil
}

// scriptText is a script's error: its place, what is wrong, and the line with the column marked.
func (m *Model) scriptText(e *timeline.ScriptError) []present.Safe {
	width := m.cardWidth()
	var text []present.Safe
	if e.File != "" {
		text = append(text, present.Clip(e.File, 300)+place(e.Line, e.Col), "")
	}
	text = append(text, m.fitting(e.Message, width)...)
	if e.Text == "" {
		return text
	}
	before := present.Text(e.Text[:min(max(e.Col-1, 0), len(e.Text))])
	line := present.Text(e.Text)
	if over := present.Width(before) - (width - 20); over > 0 { // what lies far to the right
		_, line = present.Split(line, over)
		_, before = present.Split(before, over)
	}
	number := present.Count(e.Line)
	text = append(text, "", "  "+number+" | "+present.Truncate(line, width-8))
	if e.Col > 0 {
		text = append(text, present.PadRight("", 2+present.Width(number))+" | "+present.PadRight("", present.Width(before))+"^")
	}
	return text
}

// fitting is as much of a message as a card has room for, beside the other things it says.
func (m *Model) fitting(text string, width int) []present.Safe {
	most := max(m.look.frame.H-14, 5)
	lines := wrapped(text, width)
	if len(lines) > most {
		lines = wrapped(withoutInternals(text), width)
	}
	if len(lines) > most {
		return append(slices.Clip(lines[:most-1]), "…")
	}
	return lines
}

// cardWidth is how wide the text of a card may be.
func (m *Model) cardWidth() int { return min(max(m.look.frame.W-10, 40), 76) }

// here is the event at the cursor in few words.
func (m *Model) here() present.Safe {
	if !m.scene.hasEvent() {
		return "position " + present.Position(m.cursor.Position)
	}
	return "event " + present.Position(m.scene.at) + " " + present.Clip(m.scene.event.Type, 30)
}

func fileName(path string) present.Safe { return present.Clip(filepath.Base(path), 40) }

// place is a line and a column as compilers write them.
func place(line, col int) present.Safe {
	if line <= 0 {
		return ""
	}
	return ":" + present.Text(uintText(uint64(line))) + ":" + present.Text(uintText(uint64(max(col, 1))))
}

// drafted is a draft that fails where the index in use does not, or that is nothing new.
type drafted struct{ draft *timeline.Draft }

func (d drafted) apply(m *Model) tea.Cmd {
	x := d.draft
	if x.Same {
		said := m.say(present.Clip(x.Name, 40) + " is shown as its script says")
		m.reload.refuse(x.Name, false)
		return tea.Batch(said, m.nextDraft())
	}
	m.reload.refuse(x.Name, true)
	m.reload.draft = x
	m.showCard(dialog.NewConfirm(askDraft, present.Clip(x.Name, 40)+" fails at "+present.Counted(x.Errors, "event"), m.draftText(x),
		"use it all the same; x goes to the failures"))
	return m.nextDraft()
}

// draftText says where a draft fails first, and whether it does at the cursor.
func (m *Model) draftText(d *timeline.Draft) []present.Safe {
	e := d.First
	here := "It does not fail at the cursor, " + m.here() + "."
	if d.AtCursor != nil {
		e, here = d.AtCursor, "It fails at the cursor, "+m.here()+"."
	}
	width := m.cardWidth()
	at := present.Clip(d.Name, 40)
	if e.File != "" {
		at = fileName(e.File) + place(e.Line, e.Col)
	}
	text := []present.Safe{at + " at event " + present.Position(e.Position), ""}
	text = append(text, m.fitting(e.Message, width)...)
	shown := present.Safe("nowhere")
	if d.Before > 0 {
		shown = "at " + present.Counted(d.Before, "event")
	}
	return append(text, "", here, "What is shown fails "+shown+".")
}

// draftWanted uses a draft although it fails.
func (m *Model) draftWanted() tea.Cmd {
	d := m.reload.draft
	m.reload.draft, m.reload.card = nil, nil
	if d == nil {
		return nil
	}
	return m.asks.ask(laneDraft, func(ctx context.Context) result { return adopt(ctx, m.session, d) })
}

func adopt(ctx context.Context, s Session, d *timeline.Draft) result {
	if err := s.Adopt(ctx, d); err != nil {
		return refused{d.Name, err}
	}
	return adopted{d.Name, d.Errors}
}

// adopted is a projection whose index is now that of its saved script.
type adopted struct {
	name   string
	errors int
}

func (a adopted) apply(m *Model) tea.Cmd {
	m.reload.refuse(a.name, false)
	m.about.stopped = nil
	m.about.exchanged++
	m.events.forget(m)
	text := present.Clip(a.name, 40) + " is rebuilt from the saved script"
	if a.errors > 0 {
		text += " · " + present.Counted(a.errors, "failed fold") + ", x goes there"
	}
	return tea.Batch(m.askScene(), m.askStrip(), m.askAbout(), m.askPlot(), m.askHits(), m.askProblems(), m.findAgain(), m.filterAgain(), m.say(text), m.nextDraft())
}

// wrapped is a text in lines of at most w columns, broken between words where it can be.
func wrapped(text string, w int) []present.Safe {
	var lines []present.Safe
	for _, line := range present.Lines(text) {
		lines = append(lines, widget.Wrap(line, w)...)
	}
	return lines
}
