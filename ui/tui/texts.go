package tui

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

const askHistory dialog.Purpose = "history"

// toRead is a text that had to be asked for first.
type toRead struct {
	title, right present.Safe
	text         string
}

func (r toRead) apply(m *Model) tea.Cmd { return m.read(r.title, r.right, r.text) }

// readDiff reads what changed between two wheres; the second one is the cursor if it is empty.
func (m *Model) readDiff(args string) tea.Cmd {
	words := strings.Fields(args)
	if len(words) == 0 {
		words = []string{"-1"}
	}
	base := timeline.Base{At: m.cursor.Position, Zone: m.zone()}
	q := timeline.DiffQuery{Projection: m.cursor.Projection, Key: m.scene.document.Key, To: m.cursor.Position}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		from, err := m.session.Resolve(ctx, words[0], base)
		if err != nil {
			return failure{"", err}
		}
		q.From = from.Position
		if len(words) > 1 {
			to, err := m.session.Resolve(ctx, words[1], base)
			if err != nil {
				return failure{"", err}
			}
			q.To = to.Position
		}
		text, err := diffText(m.session.Diff(ctx, q))
		if err != nil {
			return failure{"diff", err}
		}
		return toRead{"Diff · " + present.Clip(q.Key, 40), present.Position(q.From) + " to " + present.Position(q.To), text}
	})
}

// mostLines bounds what a reader is filled with.
const mostLines = 20_000

func diffText(rows iter.Seq2[timeline.DiffRow, error]) (string, error) {
	var b strings.Builder
	n := 0
	for r, err := range rows {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s   at %s\n", present.Difference(r.Op, r.Path, r.Old, r.New, 4000), present.Position(r.Position))
		if n++; n == mostLines {
			b.WriteString("…\n")
			break
		}
	}
	if n == 0 {
		return "nothing changed\n", nil
	}
	return b.String(), nil
}

// readBlame reads who last changed each field.
func (m *Model) readBlame(path string) tea.Cmd {
	p := timeline.Point{Projection: m.cursor.Projection, Key: m.scene.document.Key, At: m.cursor.Position}
	room := min(max(m.look.frame.W-90, 16), 60) // what path, position, type and count leave for the value
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		rows, err := m.session.Blame(ctx, p, value.Pointer(path))
		if err != nil {
			return failure{"blame", err}
		}
		var b strings.Builder
		for _, r := range rows {
			fmt.Fprintf(&b, "%s  %s  %s  %s  %s\n", present.PadRight(present.Path(r.Path), 28), present.PadRight(present.Preview(r.Value, room), room),
				present.PadLeft(present.Position(r.Position), 10), present.PadRight(present.Clip(r.Type, 22), 22), present.Counted(r.Changes, "change"))
		}
		return toRead{"Blame · " + present.Clip(p.Key, 40) + " @ " + present.Position(p.At), present.Counted(len(rows), "field"), b.String()}
	})
}

// mostHistory is how many changes the list of a field's history holds.
const mostHistory = 2000

// openHistory lists every value that a field had; picking one goes to its event.
func (m *Model) openHistory(path value.Pointer) tea.Cmd {
	return m.openHistoryOf(m.scene.document.Key, path)
}

func (m *Model) openHistoryOf(key string, path value.Pointer) tea.Cmd {
	q := timeline.HistoryQuery{Projection: m.cursor.Projection, Key: key, Path: path, Reverse: true}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		h := history{path: path}
		for r, err := range m.session.History(ctx, q) {
			if err != nil {
				return failure{"history", err}
			}
			if h.rows = append(h.rows, r); len(h.rows) == mostHistory {
				break
			}
		}
		return h
	})
}

// arrows is a change with the arrow that the screen draws.
func (m *Model) arrows(change present.Safe) string {
	return strings.Replace(string(change), " → ", " "+string(m.look.style.Glyph.Arrow)+" ", 1)
}

// history is every value that a field had, the latest first.
type history struct {
	path value.Pointer
	rows []timeline.HistoryRow
}

func (h history) apply(m *Model) tea.Cmd {
	choices := make([]dialog.Choice, len(h.rows))
	for i, r := range h.rows {
		note := present.Position(r.Position)
		if r.Position == m.cursor.Position {
			note = "here · " + note
		}
		choices[i] = dialog.Choice{
			ID: uintText(uint64(r.Position)), Text: m.arrows(present.Change(r.Old, r.New, 48)), Note: note,
			Help: present.Clip(r.Type, 40) + "  " + present.Time(r.Time, m.zone()),
		}
	}
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askHistory, Title: "History of " + present.Path(h.path), Label: "/", Ghost: "type to filter", Choices: choices,
		Foot: "enter goes there · esc leaves", Empty: "it never had a value",
	}))
	return nil
}

func (m *Model) historyPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	return m.goWhere(p.ID)
}

// readInfo reads what is in the log.
func (m *Model) readInfo() tea.Cmd {
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		info, err := m.session.Info(ctx)
		if err != nil {
			return failure{"info", err}
		}
		return toRead{"Log", present.Counted(info.Events, "event"), m.infoText(&info)}
	})
}

func (m *Model) infoText(info *timeline.Info) string {
	var b strings.Builder
	line := func(label string, text present.Safe) {
		if text != "" {
			fmt.Fprintf(&b, "%-12s %s\n", label, text)
		}
	}
	line("store", present.Text(info.Dir))
	line("events", present.Count(uint64(info.Events)))
	line("streams", present.Count(info.Streams))
	line("first", present.Time(info.FirstTime, m.options.Zone))
	line("last", present.Time(info.LastTime, m.options.Zone))
	line("backwards", present.Counted(info.Inversions, "event")+" earlier than the clock before them")
	line("outliers", present.Count(info.Outliers))
	line("rejected", present.Count(info.Rejected)+" of "+present.Counted(info.Records, "record"))
	line("order", present.Text(info.Order))
	line("root", present.Safe(fmt.Sprintf("%x", info.Root)))
	b.WriteString("\nTypes\n")
	for _, t := range info.Types {
		fmt.Fprintf(&b, "  %s  %s\n", present.PadLeft(present.Count(t.Count), 10), present.Text(t.Name))
	}
	b.WriteString("\nProjections\n")
	for _, p := range info.Projections {
		fmt.Fprintf(&b, "  %s  %s\n", present.PadRight(present.Clip(p.Name, 40), 24), builtNote(p))
	}
	b.WriteString("\nSources\n")
	for _, s := range info.Sources {
		sourceText(&b, s)
	}
	return b.String()
}

// sourceText is how a source was read: its format and its order with the reasons, and which path became which field.
func sourceText(b *strings.Builder, s timeline.Source) {
	fmt.Fprintf(b, "  %s  %s · %s\n", present.Text(s.Name), present.Bytes(uint64(max(s.Bytes, 0))), present.Counted(s.Records, "record"))
	fmt.Fprintf(b, "    read as      %s: %s\n", present.Text(s.Format), present.Text(s.Reason))
	if s.Order != "" {
		fmt.Fprintf(b, "    in order of  %s: %s\n", present.Text(s.Order), present.Text(s.OrderWhy))
	}
	for _, f := range s.Fields {
		if f.Path == "" {
			continue
		}
		guess := present.Safe("")
		if f.Guess {
			guess = "a guess: "
		}
		fmt.Fprintf(b, "    %s  %s  %s\n", present.PadRight(present.Text(f.Name), 11), present.PadRight(present.Clip(f.Path, 30), 16),
			guess+present.Text(strings.TrimPrefix(f.Why, "a guess: ")))
	}
}

// mostRejected is how many rejected records are shown; the command line lists them all.
const mostRejected = 1000

// readRejected lists the records that became no events.
func (m *Model) readRejected() tea.Cmd {
	if m.about.rejected == 0 {
		return m.say("no record was rejected")
	}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		var b strings.Builder
		shown, all := 0, 0
		for r, err := range m.session.Rejected(ctx) {
			if err != nil {
				return failure{"rejected", err}
			}
			if all++; all > mostRejected {
				continue
			}
			shown++
			fmt.Fprintf(&b, "%s:%d  %s\n    %s\n", present.Text(r.Source), r.Line, present.Text(r.Reason), present.Clip(string(r.Bytes), 400))
		}
		if shown < all {
			fmt.Fprintf(&b, "\nand %s more: asof info --rejected lists them\n", present.Count(all-shown))
		}
		return toRead{"Rejected", present.Counted(all, "record"), b.String()}
	})
}

// verify recomputes the chain and the folds, and shows what was found.
func (m *Model) verify() tea.Cmd {
	box := &atomic.Pointer[timeline.VerifyProgress]{}
	m.about.verify = box
	said := m.say("verifying the chain and the folds · esc stops")
	return tea.Batch(said, m.asks.ask(laneRead, func(ctx context.Context) result {
		v, err := m.session.Verify(ctx, func(p timeline.VerifyProgress) { box.Store(&p) })
		if err != nil {
			return failure{"verify", err}
		}
		var b strings.Builder
		for _, c := range v.Checks {
			state := "holds"
			if !c.OK {
				state = "BROKEN"
			}
			fmt.Fprintf(&b, "%-24s %-8s %s\n", present.Text(c.Name), state, present.Text(c.Detail))
		}
		fmt.Fprintf(&b, "\nroot %x\n", v.Root)
		right := present.Safe("everything holds")
		if !v.OK {
			right = "something is broken"
		}
		return toRead{"Verify", right, b.String()}
	}))
}
