package dialog

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Entry is a command as help lists it. Entries of one group follow each other.
type Entry struct {
	Group  present.Safe
	Keys   present.Safe
	Name   string
	Text   present.Safe
	Reason present.Safe // why it can not run now; empty = it can
}

// Help lists commands, narrows the list by what is typed, and runs the one under the cursor.
type Help struct {
	entries []Entry
	input   widget.Input
	list    widget.List
	rows    []pane.HelpRow
	count   int // rows that are commands
	bounds  layout.Rect
}

// NewHelp is help about the given commands.
func NewHelp(entries []Entry) *Help {
	h := &Help{entries: entries, input: widget.NewInput("/")}
	h.narrow()
	return h
}

// narrow keeps the entries that hold all the typed words. Headings are shown while nothing is typed.
func (h *Help) narrow() {
	words := strings.Fields(strings.ToLower(h.input.Value()))
	h.rows, h.count = nil, 0
	var later []pane.HelpRow
	group := present.Safe("")
	for _, e := range h.entries {
		hits, named, ok := e.match(words)
		if !ok {
			continue
		}
		h.count++
		row := pane.HelpRow{Keys: e.Keys, Name: present.Text(e.Name), Text: e.Text, Hits: hits, Reason: e.Reason}
		if len(words) == 0 && e.Group != group {
			group = e.Group
			h.rows = append(h.rows, pane.HelpRow{Group: group})
		}
		if len(words) > 0 && !named {
			later = append(later, row)
			continue
		}
		h.rows = append(h.rows, row)
	}
	h.rows = append(h.rows, later...)
	h.list.SetTotal(len(h.rows))
	h.list.First()
	h.skip(1)
}

// match tells where in the entry's text the words were found, whether its name or keys hold all of them, and whether the entry does.
func (e Entry) match(words []string) (hits []int, named, ok bool) {
	text := strings.ToLower(string(e.Text))
	head := strings.ToLower(e.Name + " " + string(e.Keys))
	named = true
	for _, w := range words {
		at := strings.Index(text, w)
		inHead := strings.Contains(head, w)
		if at < 0 && !inHead && !strings.Contains(strings.ToLower(string(e.Group)), w) {
			return nil, false, false
		}
		named = named && inHead
		for i := range len(w) {
			if at >= 0 && len(text) == len(e.Text) {
				hits = append(hits, at+i)
			}
		}
	}
	return hits, named, true
}

// skip leaves headings in the direction.
func (h *Help) skip(n int) {
	for range 2 {
		if i := h.list.Cursor(); i < len(h.rows) && h.rows[i].Group != "" {
			if i == 0 {
				n = 1
			}
			h.list.Move(n)
		}
	}
}

// Resize implements Dialog.
func (h *Help) Resize(f layout.Frame) {
	h.bounds = f.Center(92, max(f.H-4, min(f.H, 12)))
	h.list.SetHeight(pane.Help{}.Visible(h.bounds.H))
}

// Rect implements Dialog.
func (h *Help) Rect() layout.Rect { return h.bounds }

// Update implements Dialog.
func (h *Help) Update(msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return h.key(msg)
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			h.list.ScrollBy(-3)
		} else {
			h.list.ScrollBy(3)
		}
		h.skip(1)
		return nil, nil
	case tea.MouseClickMsg:
		return h.click(msg.X-h.bounds.X, msg.Y-h.bounds.Y), nil
	}
	return h.edit(msg)
}

func (h *Help) key(msg tea.KeyPressMsg) (Action, tea.Cmd) {
	switch msg.String() {
	case "esc":
		return Close{}, nil
	case "?", "f1", "q":
		if h.input.Value() == "" {
			return Close{}, nil
		}
		return h.edit(msg)
	case "up", "ctrl+p":
		h.list.Move(-1)
		h.skip(-1)
	case "down", "ctrl+n":
		h.list.Move(1)
		h.skip(1)
	case "pgup", "ctrl+u":
		h.list.Page(-1)
		h.skip(-1)
	case "pgdown", "ctrl+d":
		h.list.Page(1)
		h.skip(1)
	case "home":
		h.list.First()
		h.skip(1)
	case "end":
		h.list.Last()
	case "enter":
		return h.run(), nil
	default:
		return h.edit(msg)
	}
	return nil, nil
}

func (h *Help) edit(msg tea.Msg) (Action, tea.Cmd) {
	before := h.input.Value()
	var cmd tea.Cmd
	if h.input, cmd = h.input.Update(msg); h.input.Value() != before {
		h.narrow()
	}
	return nil, cmd
}

func (h *Help) run() Action {
	if i := h.list.Cursor(); i < len(h.rows) && h.rows[i].Group == "" && h.rows[i].Reason == "" {
		return Run{Name: string(h.rows[i].Name)}
	}
	return nil
}

func (h *Help) click(x, y int) Action {
	if x < 0 || x >= h.bounds.W || y < 0 || y >= h.bounds.H {
		return Close{}
	}
	row := h.view().RowAt(y)
	if i, ok := h.list.Row(row); ok && row >= 0 && h.rows[i].Group == "" {
		h.list.MoveTo(i)
		return h.run()
	}
	return nil
}

func (h *Help) view() pane.Help {
	first, end := h.list.Window()
	v := pane.Help{
		Title: "Keys", Right: present.Count(h.count) + " of " + present.Count(len(h.entries)), Prompt: h.prompt(),
		Rows: h.rows[first:end], Cursor: h.list.Cursor() - first, Foot: "enter runs · esc closes", Empty: "no command says so",
	}
	if h.list.Total() > len(v.Rows) {
		v.Scroll = h.list.Scroll()
	}
	return v
}

func (h *Help) prompt() widget.Prompt {
	if h.input.Value() == "" {
		return h.input.Prompt("type to filter")
	}
	return h.input.Prompt("")
}

// View implements Dialog.
func (h *Help) View(s *style.Styles) string { return h.view().View(h.bounds.W, h.bounds.H, s) }

// Caret implements Dialog.
func (h *Help) Caret() (x, y int, shown bool) {
	return h.bounds.X + 2 + h.prompt().CaretAt(h.bounds.W-4), h.bounds.Y + 1, true
}
