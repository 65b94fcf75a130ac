package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/timeline/casefile"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
	"asof/ui/tui/style"
)

// Model is the screen. Its methods are called from one goroutine.
type Model struct {
	options Options
	session Session
	asks    *asker
	quiet   *quiet
	table   *table

	look    look
	dialogs dialog.Stack

	cursor timeline.Cursor // where the person wants to be; scene says what is known of it
	scene  scene
	events eventList
	fields fieldList
	strip  timelineStrip
	marks  []casefile.Mark
	points breakpoints
	hits   hitMarks
	traced hitList // what was listed last
	watch  watching

	moves   moves
	filter  filter
	search  search
	compare comparing
	play    playback
	load    loading
	reload  reload

	problems problems
	about    about
	note     note
	copying  toCopy // what a question is about
}

// look is how the screen is laid out and painted.
type look struct {
	frame  layout.Frame
	prefs  layout.Preferences
	style  *style.Styles
	pulse  bool // a pulse is on its way
	late   bool // the scene is waited for longer than a frame
	detail int  // first line of the event pane that is shown
	clock  clock
	mouse  mouse
}

// New is the screen of a session, before its first message. The context ends all its questions.
func New(ctx context.Context, o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = o.Session.Zone()
	}
	m := &Model{options: o, session: o.Session, asks: newAsker(ctx), quiet: newQuiet(), table: newTable(o.Keys)}
	m.look.prefs = layout.Preferences{Focus: layout.Events, Detail: true, NoHints: o.NoHints}
	m.look.style = style.New(style.Options{Dark: o.Theme != "light", ASCII: o.ASCII, NoColor: o.NoColor})
	m.look.mouse.on = !o.NoMouse
	m.table.ascii = o.ASCII
	m.play.pace = startPace
	m.compare.name = o.Compare
	return m
}

// Close ends what the screen has asked and waits for it. The model is not used any more then.
func (m *Model) Close() {
	m.asks.close()
	m.dropDraft()
}

// Busy reports whether an answer that changes the screen is still to come; waiting for a log to grow does not count.
func (m *Model) Busy() bool {
	for l := range laneWatch {
		if m.asks.open(l) {
			return true
		}
	}
	return false
}

// begun reports whether the terminal has told its size.
func (m *Model) begun() bool { return m.look.frame.W > 0 }

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.openPlace(), m.askMarks(), m.askPoints(), m.askAbout(), m.awaitGrowth(), m.watchEdits(), m.readRules(m.options.Rules), m.startLoad()}
	if m.options.Theme != "dark" && m.options.Theme != "light" {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if c := m.options.Card; c != nil {
		m.dialogs.Push(dialog.NewCard(drawnCard(*c)))
	}
	return tea.Batch(cmds...)
}

// head is the log's end, as far as the screen has been told.
func (m *Model) head() event.Position { return m.about.head }

// focus is the pane that keys go to.
func (m *Model) focus() layout.Pane { return m.look.prefs.Focus }

// resize divides the screen anew.
func (m *Model) resize(w, h int) tea.Cmd {
	m.look.prefs.Compare = m.compare.on
	before := m.look.frame
	m.look.frame = layout.New(w, h, m.look.prefs)
	if before.W == 0 {
		m.events.row = m.eventRows() / 2
	}
	m.dialogs.Resize(m.look.frame)
	m.fitLists()
	if before == m.look.frame {
		return nil
	}
	return tea.Batch(m.askScene(), m.askStrip(), m.askPlot())
}

// relayout divides the screen after a change of the preferences.
func (m *Model) relayout() tea.Cmd { return m.resize(m.look.frame.W, m.look.frame.H) }
