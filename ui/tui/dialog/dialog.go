// Package dialog holds the boxes that lie over the screen: a list that is narrowed by typing (which also is the command line),
// help, a reader, a question, a card. They know nothing of events: they are given texts, get messages before the panes do, and
// answer with an Action.
package dialog

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"asof/ui/tui/layout"
	"asof/ui/tui/style"
)

// Purpose says what a dialog was opened for; its actions carry it back.
type Purpose string

// Dialog is a box over the screen. Resize is called before anything else, and again when the screen changes its size.
type Dialog interface {
	Resize(f layout.Frame)
	Rect() layout.Rect
	// Update takes a message. A nil action means that the dialog goes on.
	Update(msg tea.Msg) (Action, tea.Cmd)
	View(s *style.Styles) string
	// Caret is where the terminal's cursor belongs, on the screen.
	Caret() (x, y int, shown bool)
}

// Action is what came of a message.
type Action interface{ action() }

// Close asks to be taken off the stack. Pass is the key that did it, where it should still do what it does elsewhere.
type Close struct{ Pass tea.Msg }

// Picked is a choice that was made.
type Picked struct {
	Purpose Purpose
	ID      string // of the choice; empty = none was under the cursor
	Text    string // what was typed
	Key     string // the key that did it: "enter", or one of Ask.Keys
	Fill    string // what tab would have put into the line for the choice
	Moved   bool   // the cursor was moved to the choice, rather than having stood on it
}

// Typed says that the text has changed.
type Typed struct {
	Purpose Purpose
	Text    string
}

// Run asks for a command by its name.
type Run struct{ Name string }

// Confirmed is a question answered with yes.
type Confirmed struct{ Purpose Purpose }

// Copy asks to copy a text for the person.
type Copy struct{ Text, What string }

func (Close) action()     {}
func (Picked) action()    {}
func (Typed) action()     {}
func (Run) action()       {}
func (Confirmed) action() {}
func (Copy) action()      {}

// Stack is the dialogs that are open; only the top one gets messages. The zero Stack is empty.
type Stack struct {
	all   []Dialog
	frame layout.Frame
}

// Resize tells all dialogs the size of the screen.
func (s *Stack) Resize(f layout.Frame) {
	s.frame = f
	for _, d := range s.all {
		d.Resize(f)
	}
}

// Push opens a dialog.
func (s *Stack) Push(d Dialog) {
	d.Resize(s.frame)
	s.all = append(s.all, d)
}

// Pop closes the top dialog. It reports whether there was one.
func (s *Stack) Pop() bool {
	if len(s.all) == 0 {
		return false
	}
	s.all[len(s.all)-1] = nil
	s.all = s.all[:len(s.all)-1]
	return true
}

// Remove closes a dialog wherever it stands in the stack. It reports whether it was open.
func (s *Stack) Remove(d Dialog) bool {
	i := slices.Index(s.all, d)
	if d == nil || i < 0 {
		return false
	}
	s.all = slices.Delete(s.all, i, i+1)
	return true
}

// Top is the dialog that gets messages; nil if none is open.
func (s *Stack) Top() Dialog {
	if len(s.all) == 0 {
		return nil
	}
	return s.all[len(s.all)-1]
}

// Len is how many dialogs are open.
func (s *Stack) Len() int { return len(s.all) }

// All lists the dialogs from the lowest to the top one.
func (s *Stack) All() []Dialog { return s.all }
