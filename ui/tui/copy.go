package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
)

const (
	askCopy  dialog.Purpose = "copy"
	copyMuch dialog.Purpose = "copy-much"
)

// muchText is what terminals often do not take by OSC 52; copying more is asked about.
const muchText = 75_000

// openCopy lists what can be copied from where the cursor is.
func (m *Model) openCopy() tea.Cmd {
	f, selected := m.selected()
	var choices []dialog.Choice
	add := func(letter, text string, note present.Safe, ok bool) {
		choices = append(choices, dialog.Choice{ID: letter, Text: letter + "  " + text, Note: note, Muted: !ok})
	}
	doc := m.scene.document
	add("v", "value", present.Preview(m.valueAt(f.path), 40), selected)
	add("k", "key", present.Clip(doc.Key, 40), doc.Key != "")
	add("p", "path", present.Path(f.path), selected)
	add("e", "event, as it came", m.eventSize(), m.scene.hasEvent())
	add("s", "state, as JSON", present.Clip(doc.Key, 40), doc.Exists || m.scene.compared)
	add("d", "diff: what this event changed", "", m.cursor.Position > 0 && doc.Key != "")
	add("c", "command that prints this", "", doc.Key != "")
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{Purpose: askCopy, Title: "Copy", Choices: choices, Letters: true, Ghost: "press a letter", Foot: "esc leaves"}))
	return nil
}

func (m *Model) eventSize() present.Safe {
	if !m.scene.hasEvent() {
		return ""
	}
	return present.Bytes(uint64(len(m.scene.event.Raw)))
}

// valueAt is what stands at a path of what is shown.
func (m *Model) valueAt(path value.Pointer) *value.Node {
	if m.scene.compared {
		return m.scene.comparison.Left.Root.At(path)
	}
	return m.scene.document.Root.At(path)
}

func (m *Model) copyPicked(p dialog.Picked) tea.Cmd {
	m.dialogs.Pop()
	f, _ := m.selected()
	sc := &m.scene
	switch p.ID {
	case "v":
		return m.copyText("value of "+string(f.path), plainText(m.valueAt(f.path)))
	case "k":
		return m.copyText("key", sc.document.Key)
	case "p":
		return m.copyText("path", string(f.path))
	case "e":
		return m.copyText("event "+fmt.Sprint(sc.at), string(sc.event.Raw))
	case "s":
		return m.copyText("state of "+sc.document.Key, string(m.valueAt("").JSON()))
	case "d":
		return m.copyDiff()
	case "c":
		return m.copyText("command", m.shellCommand())
	}
	return nil
}

// plainText is a string without quotes, anything else as JSON.
func plainText(n *value.Node) string {
	if n.Kind() == value.String {
		return n.Text()
	}
	return string(n.JSON())
}

// copyDiff copies what the event at the cursor changed in the shown document.
func (m *Model) copyDiff() tea.Cmd {
	at := m.cursor.Position
	q := timeline.DiffQuery{Projection: m.cursor.Projection, Key: m.scene.document.Key, From: at - min(at, 1), To: at}
	return m.asks.ask(laneRead, func(ctx context.Context) result {
		text, err := diffText(m.session.Diff(ctx, q))
		if err != nil {
			return failure{"diff", err}
		}
		return toCopy{"diff at " + fmt.Sprint(at), text}
	})
}

// toCopy is a text that had to be asked for first.
type toCopy struct{ what, text string }

func (c toCopy) apply(m *Model) tea.Cmd { return m.copyText(c.what, c.text) }

// shellCommand prints the shown view on a command line.
func (m *Model) shellCommand() string {
	log := shellQuote(m.options.Title)
	projection := ""
	if name := m.projectionName(); name != "" {
		projection = " --projection " + shellQuote(name)
	}
	at := uintText(uint64(m.cursor.Position))
	switch {
	case m.focus() == layout.Events && m.filter.on():
		return "asof events " + log + m.filter.flags() + projection
	case m.focus() == layout.Watch:
		if b, ok := m.watchAt(); ok && b.Kind == debug.Watch {
			return "asof history " + log + " " + shellQuote(m.watchKey(b)) + " " + shellQuote(string(b.Path)) + projection + " --plot"
		}
	case m.search.all != nil && m.search.hit == m.cursor.Position && whatToFind(m.search.all.what) != "":
		return "asof find " + log + " " + shellQuote(whatToFind(m.search.all.what)) + projection
	case m.compare.on && m.compare.projection != "":
		return "asof compare " + log + projection + m.compare.flags() + " --at " + at
	case m.compare.on && m.compare.key == "":
		other := uintText(uint64(m.compare.at(m.cursor.Position, m.head())))
		return "asof diff " + log + " " + other + " " + at + projection + " --key " + shellQuote(m.scene.document.Key)
	}
	return "asof state " + log + " " + shellQuote(m.scene.document.Key) + projection + " --at " + at
}

// shellQuote is a word for a POSIX shell.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,", r)
	}
	if s != "" && s[0] != '-' && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// copyText copies a text, and asks first where it is long.
func (m *Model) copyText(what, text string) tea.Cmd {
	if len(text) <= muchText {
		return m.copyNow(what, text)
	}
	m.copying = toCopy{what, text}
	m.dialogs.Push(dialog.NewConfirm(copyMuch, "Copy "+present.Bytes(uint64(len(text))), []present.Safe{
		"Many terminals drop what is longer than about 75 kB.", ":write FILE keeps the state in a file instead.",
	}, "copy it anyway"))
	return nil
}

func (m *Model) copyConfirmed() tea.Cmd {
	c := m.copying
	m.copying = toCopy{}
	return m.copyNow(c.what, c.text)
}

// copyNow copies by the terminal's own way, and by a tool where there is one.
func (m *Model) copyNow(what, text string) tea.Cmd {
	put := m.options.Clipboard
	if put == nil {
		put = clipboard
	}
	return tea.Batch(tea.SetClipboard(text), m.asks.ask(laneCopy, func(ctx context.Context) result {
		where, err := put(ctx, text)
		if err != nil {
			where = ""
		}
		return copied{what, len(text), where}
	}))
}

// copied says where a text went.
type copied struct {
	what  string
	bytes int
	where string
}

func (c copied) apply(m *Model) tea.Cmd {
	to := present.Safe("the terminal's clipboard (OSC 52)")
	if c.where != "" {
		to = "the clipboard by " + present.Clip(c.where, 30)
	}
	return m.say("copied " + present.Clip(c.what, 60) + ", " + present.Counted(c.bytes, "byte") + ", to " + to)
}

// write keeps the shown state in a new file.
func (m *Model) write(name string) tea.Cmd {
	return m.keep(name, append(m.valueAt("").AppendIndent(nil, "", "  "), '\n'))
}
