package dialog

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// Reader shows a long text over nearly the whole screen, with its real line breaks.
type Reader struct {
	title, right present.Safe
	text         string
	reader       *widget.Reader
	bounds       layout.Rect
	find         *widget.Input // nil = nothing is being typed
	found        string
	missing      bool
}

// NewReader is a reader of a text.
func NewReader(title, right present.Safe, text string) *Reader {
	return &Reader{title: title, right: right, text: text}
}

// Resize implements Dialog.
func (r *Reader) Resize(f layout.Frame) {
	w, h := max(f.W-4, min(f.W, 40)), max(f.H-2, min(f.H, 8))
	if lines, widest, short := measure(r.text); short {
		w = min(w, max(widest+6, present.Width(r.title)+present.Width(r.right)+10, 60))
		h = min(h, max(lines+widest/max(w-4, 1)+4, 7))
	}
	r.bounds = f.Center(w, h)
	if r.reader == nil {
		r.reader = widget.NewReader(r.text, r.width())
		return
	}
	r.reader = r.reader.Resize(r.text, r.width())
}

// shortText is up to how many bytes a reader is made to fit its text.
const shortText = 4000

// measure is how much room a short text wants.
func measure(text string) (lines, widest int, short bool) {
	if len(text) > shortText {
		return 0, 0, false
	}
	for line := range strings.Lines(text) {
		lines++
		widest = max(widest, len(line))
	}
	return lines, widest, true
}

// width and height are the text's room inside the border.
func (r *Reader) width() int  { return max(r.bounds.W-4, 1) }
func (r *Reader) height() int { return max(r.bounds.H-2, 1) }

// Rect implements Dialog.
func (r *Reader) Rect() layout.Rect { return r.bounds }

// Update implements Dialog.
func (r *Reader) Update(msg tea.Msg) (Action, tea.Cmd) {
	if r.find != nil {
		return r.typing(msg)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return r.key(msg.String()), nil
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			r.reader.ScrollBy(-3, r.height())
		} else {
			r.reader.ScrollBy(3, r.height())
		}
	}
	return nil, nil
}

func (r *Reader) key(name string) Action {
	h := r.height()
	switch name {
	case "esc", "q", "enter":
		return Close{}
	case "j", "down":
		r.reader.ScrollBy(1, h)
	case "k", "up":
		r.reader.ScrollBy(-1, h)
	case "ctrl+d":
		r.reader.ScrollBy(h/2, h)
	case "ctrl+u":
		r.reader.ScrollBy(-h/2, h)
	case "pgdown", "space":
		r.reader.ScrollBy(h-1, h)
	case "pgup":
		r.reader.ScrollBy(1-h, h)
	case "g", "home":
		r.reader.First()
	case "G", "end":
		r.reader.Last(h)
	case "/":
		in := widget.NewInput("/")
		r.find = &in
	case "n":
		r.next()
	case "y":
		return Copy{Text: r.text, What: string(r.title)}
	}
	return nil
}

func (r *Reader) next() {
	if r.found != "" {
		r.missing = !r.reader.Find(r.found)
	}
}

// typing edits what is to be found.
func (r *Reader) typing(msg tea.Msg) (Action, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			r.find = nil
			return nil, nil
		case "enter":
			r.found = r.find.Value()
			r.find = nil
			r.next()
			return nil, nil
		}
	}
	in, cmd := r.find.Update(msg)
	r.find = &in
	return nil, cmd
}

// View implements Dialog.
func (r *Reader) View(s *style.Styles) string {
	return r.reader.View(r.bounds.W, r.bounds.H, s, widget.Box{Title: r.title, Right: r.right, Foot: r.foot(), Focused: true})
}

func (r *Reader) foot() present.Safe {
	switch {
	case r.find != nil:
		return "/" + present.Text(r.find.Value())
	case r.missing:
		return "no further " + present.Clip(r.found, 40)
	}
	return "/ find · y copy · esc closes"
}

// Caret implements Dialog.
func (r *Reader) Caret() (x, y int, shown bool) { return 0, 0, false }
