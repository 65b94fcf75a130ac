// Package tuitest drives the screen in tests, without a terminal: it presses keys, runs what the screen asks, and looks at what is
// drawn. A step of a story ends when every answer that it asked for is there, so that stories need no pauses.
package tuitest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"asof/ui/tui"
)

// Driver is a person at a screen.
type Driver struct {
	t        testing.TB
	model    *tui.Model
	messages chan tea.Msg
	done     chan struct{}

	// Ended is the message that ended the program: tea.QuitMsg, tea.InterruptMsg or tea.SuspendMsg; nil while it runs.
	Ended  tea.Msg
	copied string // by the terminal's own way
}

// patience is how long an answer may take before a test gives up.
const patience = 20 * time.Second

// New opens a screen of w by h cells and waits until it shows something. It is closed at the test's end.
func New(t testing.TB, o tui.Options, w, h int) *Driver {
	t.Helper()
	if o.Theme == "" {
		o.Theme = "dark"
	}
	if o.Clipboard == nil {
		o.Clipboard = func(context.Context, string) (string, error) { return "test", nil }
	}
	d := &Driver{t: t, model: tui.New(context.Background(), o), messages: make(chan tea.Msg, 1<<14), done: make(chan struct{})}
	t.Cleanup(func() {
		close(d.done)
		d.model.Close()
	})
	d.start(d.model.Init())
	d.Resize(w, h)
	return d
}

// start runs a command beside the test, as Bubble Tea would.
func (d *Driver) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		select {
		case d.messages <- cmd():
		case <-d.done:
		}
	}()
}

// deliver gives a message to the screen, and draws: a frame may fall between any two messages.
func (d *Driver) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.start(cmd)
		}
	case tea.QuitMsg, tea.InterruptMsg, tea.SuspendMsg:
		d.Ended = msg
	default:
		if fmt.Sprintf("%T", msg) == "tea.setClipboardMsg" {
			d.copied = fmt.Sprint(msg)
			return
		}
		_, cmd := d.model.Update(msg)
		d.model.View()
		d.start(cmd)
	}
}

// settle delivers messages until every answer is there.
func (d *Driver) settle() {
	d.t.Helper()
	limit := time.After(patience)
	for d.Ended == nil {
		select {
		case msg := <-d.messages:
			d.deliver(msg)
			continue
		default:
		}
		if !d.model.Busy() {
			return
		}
		select {
		case msg := <-d.messages:
			d.deliver(msg)
		case <-limit:
			d.t.Fatalf("no answer within %s\n%s", patience, d.Screen())
		}
	}
}

// Send gives a message to the screen, such as a size or a click.
func (d *Driver) Send(msg tea.Msg) *Driver {
	d.t.Helper()
	d.deliver(msg)
	d.settle()
	return d
}

// Hurry gives messages to the screen without waiting for answers in between.
func (d *Driver) Hurry(messages ...tea.Msg) *Driver {
	d.t.Helper()
	for _, msg := range messages {
		d.deliver(msg)
	}
	d.settle()
	return d
}

// Press presses keys, one after the other, by the names that the table of commands has.
func (d *Driver) Press(keys ...string) *Driver {
	d.t.Helper()
	for _, k := range keys {
		d.Send(Key(k))
	}
	return d
}

// Type types a text.
func (d *Driver) Type(text string) *Driver {
	d.t.Helper()
	for _, r := range text {
		d.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return d
}

// Click presses and releases the left button of the mouse.
func (d *Driver) Click(x, y int) *Driver {
	d.t.Helper()
	return d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}).Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// Resize gives the screen another size.
func (d *Driver) Resize(w, h int) *Driver {
	d.t.Helper()
	return d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Content is what is drawn, with its colours.
func (d *Driver) Content() string { return d.model.View().Content }

// View is what is drawn, and how the terminal is to be.
func (d *Driver) View() tea.View { return d.model.View() }

// Screen is what is drawn, without colours.
func (d *Driver) Screen() string { return ansi.Strip(d.Content()) }

// row finds a line of the screen that holds all the texts in their order.
func (d *Driver) row(texts []string) bool {
	for line := range strings.SplitSeq(d.Screen(), "\n") {
		rest, ok := line, true
		for _, text := range texts {
			if _, rest, ok = strings.Cut(rest, text); !ok {
				break
			}
		}
		if ok {
			return true
		}
	}
	return false
}

// ExpectRow fails unless a line of the screen holds all the texts, in their order.
func (d *Driver) ExpectRow(texts ...string) *Driver {
	d.t.Helper()
	if !d.row(texts) {
		d.t.Errorf("no row holds %q:\n%s", texts, d.Screen())
	}
	return d
}

// ExpectNoRow fails if a line of the screen holds all the texts, in their order.
func (d *Driver) ExpectNoRow(texts ...string) *Driver {
	d.t.Helper()
	if d.row(texts) {
		d.t.Errorf("a row holds %q:\n%s", texts, d.Screen())
	}
	return d
}

// Await delivers messages, those that time brings included, until a row holds all the texts.
func (d *Driver) Await(texts ...string) *Driver {
	d.t.Helper()
	limit := time.After(patience)
	for !d.row(texts) {
		select {
		case msg := <-d.messages:
			d.deliver(msg)
		case <-limit:
			d.t.Fatalf("no row came to hold %q:\n%s", texts, d.Screen())
		}
	}
	return d
}

// ExpectEnd waits for the end of the program and fails if it is of another kind.
func (d *Driver) ExpectEnd(want tea.Msg) *Driver {
	d.t.Helper()
	limit := time.After(patience)
	for d.Ended == nil {
		select {
		case msg := <-d.messages:
			d.deliver(msg)
		case <-limit:
			d.t.Fatal("the program did not end")
		}
	}
	if fmt.Sprintf("%T", d.Ended) != fmt.Sprintf("%T", want) {
		d.t.Errorf("the program ended by %T, not %T", d.Ended, want)
	}
	return d
}

// ExpectCopied waits until a text is copied by the terminal's own way.
func (d *Driver) ExpectCopied(want string) *Driver {
	d.t.Helper()
	limit := time.After(patience)
	for d.copied != want {
		select {
		case msg := <-d.messages:
			d.deliver(msg)
		case <-limit:
			d.t.Errorf("copied %q, not %q", d.copied, want)
			return d
		}
	}
	return d
}

// special are the keys that are not characters.
var special = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"delete": tea.KeyDelete, "f1": tea.KeyF1, "f2": tea.KeyF2,
}

// Key is the press of a key by its name: "]", "ctrl+d", "shift+tab", "space".
func Key(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for {
		if rest, ok := strings.CutPrefix(name, "ctrl+"); ok && rest != "" {
			k.Mod, name = k.Mod|tea.ModCtrl, rest
		} else if rest, ok := strings.CutPrefix(name, "shift+"); ok && rest != "" {
			k.Mod, name = k.Mod|tea.ModShift, rest
		} else if rest, ok := strings.CutPrefix(name, "alt+"); ok && rest != "" {
			k.Mod, name = k.Mod|tea.ModAlt, rest
		} else {
			break
		}
	}
	switch code, ok := special[name]; {
	case ok:
		k.Code = code
	case name == "space":
		k.Code, k.Text = tea.KeySpace, " "
	default:
		k.Code = []rune(name)[0]
		if k.Mod == 0 {
			k.Text = name
		}
	}
	return k
}
