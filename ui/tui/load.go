package tui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/timeline"
	"asof/ui/present"
)

// about is what is known of the log as a whole.
type about struct {
	head       event.Position
	built      event.Position // indexed by the shown projection
	exchanged  int            // how often an index took the place of another: what was asked of that holds no longer
	stopped    error          // why it is indexed no further
	streams    int
	projection string // name of the session's first projection, which an empty name means
	timed      bool   // its events have times
	checked    bool   // the chain has been checked, or is being so
	broken     bool   // and it is not as it was written
	rejected   int
	verify     *atomic.Pointer[timeline.VerifyProgress] // of the last verification
	verified   timeline.VerifyProgress                  // as the last pulse saw it
	due        time.Time                                // not asked again before, while the log grows
	markTimes  map[event.Position]event.Time
}

// loading is how far the import is that runs beside the screen, and where the screen is to open.
type loading struct {
	active   bool
	box      *atomic.Pointer[Progress]
	progress Progress // as the last pulse saw it
	opening  string   // a where that could not be found yet; the person has not moved meanwhile
	stale    bool     // the log has grown since the strip and the counts were asked
}

// running reports whether events are being read, rather than waited for.
func (l *loading) running() bool { return l.active && !l.progress.Idle }

// openPlace finds the place to open at: the one asked for, else the one left, else the first event.
func (m *Model) openPlace() tea.Cmd {
	m.about.head = m.session.Head()
	restored, known := m.session.Restored()
	if known {
		m.cursor = restored
		m.cursor.Position = min(restored.Position, m.head())
		m.fields.path = pathOf(restored)
	} else {
		m.cursor.Position = min(1, m.head())
	}
	m.about.built = m.session.Indexed(m.cursor.Projection)
	m.load.opening = m.options.At
	if m.load.opening == "" && !known && m.head() == 0 {
		m.load.opening = "1"
	}
	if m.options.Follow {
		m.play.follow, m.load.opening = true, ""
		m.cursor.Position = m.head()
	}
	return tea.Batch(m.tryOpening(), m.openComparison())
}

// tryOpening goes to the place that was asked for, if it is there already.
func (m *Model) tryOpening() tea.Cmd {
	text := m.load.opening
	if text == "" || m.head() == 0 {
		return nil
	}
	base := timeline.Base{At: m.cursor.Position, CommandLine: true, Zone: m.zone()}
	last := !m.load.running()
	return m.asks.ask(laneOpen, func(ctx context.Context) result {
		p, err := m.session.Resolve(ctx, text, base)
		switch {
		case err == nil:
			return opened{p.Position}
		case last:
			return failure{"", err}
		}
		return nil
	})
}

// opened is the place to open at.
type opened struct{ at event.Position }

func (o opened) apply(m *Model) tea.Cmd {
	if m.load.opening == "" {
		return nil
	}
	if m.load.running() && m.load.opening != "1" { // it may lie elsewhere when more is read
		m.cursor.Position = o.at
		return m.askScene()
	}
	return m.goTo(o.at, false)
}

// startLoad runs the import beside the screen.
func (m *Model) startLoad() tea.Cmd {
	load := m.options.Load
	if load == nil {
		return nil
	}
	box := &atomic.Pointer[Progress]{}
	m.load.active, m.load.box = true, box
	return m.asks.ask(laneLoad, func(ctx context.Context) result {
		summary, err := load(ctx, func(p Progress) { box.Store(&p) })
		return loaded{summary, err}
	})
}

// loaded is the end of the import.
type loaded struct {
	summary string
	err     error
}

func (l loaded) apply(m *Model) tea.Cmd {
	m.load.active = false
	said := m.sayText(l.summary)
	if l.err != nil {
		said = m.complain("reading", l.err)
	}
	return tea.Batch(said, m.grow(m.session.Head()), m.askAbout(), m.askStrip(), m.tryOpening())
}

// awaitGrowth waits until the log grows.
func (m *Model) awaitGrowth() tea.Cmd {
	head := m.head()
	return m.asks.ask(laneWatch, func(ctx context.Context) result {
		for to := range m.session.Follow(ctx, head) {
			return grown{to}
		}
		return nil
	})
}

// grown says that the log has more events.
type grown struct{ head event.Position }

func (g grown) apply(m *Model) tea.Cmd {
	return tea.Batch(m.grow(g.head), m.asks.after(pulseEvery, watchAgain{}))
}

// watchAgain keeps a fast log from drawing more than some frames a second.
type watchAgain struct{}

func (watchAgain) tick(m *Model) tea.Cmd { return m.awaitGrowth() }

// grow shows that the log has more events: the list's end, the live end, the timeline.
func (m *Model) grow(head event.Position) tea.Cmd {
	if head <= m.about.head {
		return nil
	}
	empty := m.about.head == 0
	m.about.head = head
	m.events.grown = true
	var cmds []tea.Cmd
	switch {
	case m.play.follow:
		cmds = append(cmds, m.followOn())
	case empty && m.load.opening != "":
		cmds = append(cmds, m.tryOpening())
	case m.scene.window.Last:
		cmds = append(cmds, m.askScene())
	}
	m.load.stale = true
	if empty {
		m.strip.due, m.about.due = time.Time{}, time.Time{}
	}
	return tea.Batch(append(cmds, m.freshen())...)
}

// freshen asks for the strip and the counts of a log that has grown, but not with every event.
func (m *Model) freshen() tea.Cmd {
	now := m.options.Now()
	if !m.load.stale || now.Before(m.strip.due) || now.Before(m.about.due) {
		return nil
	}
	m.load.stale = false
	return tea.Batch(m.askStrip(), m.askAbout(), m.countFiltered())
}

// aboutEvery is how often the counts of a growing log are asked anew.
const aboutEvery = time.Second

// askAbout asks for the counts of the title row.
func (m *Model) askAbout() tea.Cmd {
	m.about.due = m.options.Now().Add(aboutEvery)
	return m.asks.ask(laneAbout, func(ctx context.Context) result {
		info, err := m.session.Info(ctx)
		if err != nil {
			return failure{"info", err}
		}
		return told{info}
	})
}

// told is what is in the log.
type told struct{ info timeline.Info }

func (t told) apply(m *Model) tea.Cmd {
	for _, p := range t.info.Projections {
		if p.InUse {
			m.about.projection = p.Name
			break
		}
	}
	m.about.streams, m.about.timed, m.about.rejected = t.info.Streams, !t.info.LastTime.IsZero(), t.info.Rejected
	return tea.Batch(m.grow(t.info.Events), m.checkChain())
}

// underway reports whether anything goes on beside the screen whose progress is shown.
func (m *Model) underway() bool {
	return m.load.running() || m.asks.open(laneSearch) || m.asks.open(laneRead) || m.asks.open(laneDraft) || m.asks.open(laneProblems) || m.asks.open(laneChain) || m.about.stopped == nil && (m.about.built < m.head() || m.scene.behind != nil)
}

// lookAround takes in how far things are.
func (m *Model) lookAround() tea.Cmd {
	var cmds []tea.Cmd
	if m.load.active {
		cmds = append(cmds, m.readOn(), m.grow(m.session.Head()))
	}
	m.lookAtProgress()
	if box := m.about.verify; box != nil {
		if p := box.Load(); p != nil {
			m.about.verified = *p
		}
	}
	if box := m.reload.box; box != nil {
		if p := box.Load(); p != nil {
			m.reload.at = *p
		}
	}
	if box := m.problems.box; box != nil {
		if p := box.Load(); p != nil {
			m.problems.at = *p
		}
	}
	was := m.about.built
	m.about.built = m.session.Indexed(m.cursor.Projection)
	cmds = append(cmds, m.lookAtBuild())
	if was < m.head() && m.about.built >= m.head() { // what was asked of a part of the index can be asked of all
		cmds = append(cmds, m.askPlot(), m.askHits(), m.askProblems(), m.countFiltered())
	}
	cmds = append(cmds, m.checkChain(), m.freshen(), m.followOn())
	if m.scene.behind != nil && m.about.built >= m.cursor.Position && !m.asks.open(laneScene) {
		cmds = append(cmds, m.askScene())
	}
	return tea.Batch(cmds...)
}

// readOn takes in how far the import is. When all there is has been read, that is said.
func (m *Model) readOn() tea.Cmd {
	p := m.load.box.Load()
	if p == nil {
		return nil
	}
	was := m.load.progress
	m.load.progress = *p
	switch {
	case p.Idle && !was.Idle:
		return tea.Batch(m.sayText(p.Stage), m.askAbout(), m.askStrip(), m.tryOpening())
	case p.Idle && p.Stage != was.Stage:
		return m.sayText(p.Stage)
	}
	return nil
}

// progress says on the title row what goes on.
func (m *Model) progress() present.Safe {
	switch {
	case m.load.running():
		return m.reading()
	case m.asks.open(laneRead) && m.about.verify != nil && m.about.verified.Of > 0:
		return "verifying " + present.Clip(m.about.verified.Check, 30) + " " + present.Percent(uint64(m.about.verified.Done), uint64(m.about.verified.Of))
	case m.asks.open(laneDraft) && m.reload.at.Head > 0:
		return "rebuilding " + present.Clip(m.reload.at.Name, 30) + " " + present.Percent(uint64(m.reload.at.Position), uint64(m.reload.at.Head))
	case m.asks.open(laneProblems) && m.problems.at.Of > 0:
		return "checking rules " + present.Percent(m.problems.at.Done, m.problems.at.Of)
	case m.asks.open(laneChain) && m.about.verified.Of > 0:
		return "verifying chain " + present.Percent(uint64(m.about.verified.Done), uint64(m.about.verified.Of))
	case m.about.stopped != nil:
		return "index stopped at " + present.Position(m.about.built)
	case m.about.built < m.head() && !m.play.follow: // the live end says itself how far it is behind
		return "indexing " + present.Percent(uint64(m.about.built), uint64(m.head()))
	}
	return ""
}

func (m *Model) reading() present.Safe {
	p := m.load.progress
	text := present.Safe("loading")
	if p.Stage != "" {
		text = present.Clip(p.Stage, 40)
	}
	if share := p.Share(); share >= 0 {
		return text + " " + present.Percent(uint64(p.Bytes), uint64(p.Total))
	}
	if p.Bytes > 0 {
		return text + " " + present.Bytes(uint64(p.Bytes))
	}
	return text
}
