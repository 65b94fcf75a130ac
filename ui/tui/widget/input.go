package widget

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"asof/ui/present"
)

// Input is a line that is being typed: the editing of Bubbles' text input with our own, escaped drawing.
type Input struct {
	label present.Safe
	field textinput.Model
}

// NewInput is an empty input with the focus. Its label stands before what is typed.
func NewInput(label present.Safe) Input {
	field := textinput.New()
	field.SetVirtualCursor(false)
	field.Focus()
	return Input{label: label, field: field}
}

// Update edits the line: keys, and what is pasted. All messages belong here while the input has the focus.
func (in Input) Update(msg tea.Msg) (Input, tea.Cmd) {
	var cmd tea.Cmd
	in.field, cmd = in.field.Update(msg)
	return in, cmd
}

// Value is what was typed, as it was typed.
func (in Input) Value() string { return in.field.Value() }

// SetValue replaces the text and puts the cursor at its end.
func (in *Input) SetValue(text string) {
	in.field.SetValue(text)
	in.field.CursorEnd()
}

// Prompt is the line as it is drawn, with a ghost behind it.
func (in Input) Prompt(ghost present.Safe) Prompt {
	runes := []rune(in.field.Value())
	at := min(in.field.Position(), len(runes))
	return Prompt{
		Label: in.label,
		Text:  present.Text(string(runes)),
		Caret: present.Width(present.Text(string(runes[:at]))),
		Ghost: ghost,
	}
}
