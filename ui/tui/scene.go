package tui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
)

// scene is everything that one position shows. It is answered as a whole, so that no frame shows half of it, and never changed.
type scene struct {
	at         event.Position
	projection string
	place      timeline.Place
	window     timeline.Window
	problems   map[event.Position]bool // failed folds in the window
	event      timeline.Event          // without an event at position 0
	lines      [][]present.Span        // its payload, laid out
	keys       []string                // which the event belongs to
	document   timeline.Document
	comparison timeline.Comparison
	compared   bool
	fold       *timeline.FoldError      // what failed at the event before it had a key
	watched    map[int]timeline.Watched // by the number of the breakpoint

	behind *timeline.NotIndexedError // the state can not be asked yet
	err    error                     // of the state; the events are there
	broken error                     // of the log: nothing is there
}

// hasEvent reports whether an event stands at the scene's position.
func (s *scene) hasEvent() bool { return s.event.Event != nil }

// sceneQuery is what a scene is asked by: values only, for it is read beside the event loop.
type sceneQuery struct {
	cursor  timeline.Cursor
	former  string // the key that was shown before
	filter  timeline.Filter
	window  *timeline.Window // the present one, if it still serves
	held    map[event.Position]bool
	rows    int // of the list of events
	open    func(path value.Pointer, depth, length int) bool
	times   int
	from    int
	width   int // of the payload
	compare *timeline.CompareQuery
	watch   []timeline.WatchItem
}

// askScene asks for what the cursor's position shows. What is shown stays until the answer is there.
func (m *Model) askScene() tea.Cmd {
	if !m.begun() || m.look.frame.TooSmall {
		return nil
	}
	q := sceneQuery{
		cursor: m.cursor, former: m.scene.document.Key, filter: m.filter.pick, rows: m.eventRows(), open: m.fields.opener(),
		times: max(3*m.fields.list.Height(), 60), from: max(m.fields.list.Top()-m.fields.list.Height(), 0),
		width: max(m.look.frame.Detail.W-4, 20), compare: m.compareQuery(), watch: m.watchItems(),
	}
	if m.events.serves(&m.scene.window, m.cursor.Position, q.rows) {
		window := m.scene.window
		q.window, q.held = &window, m.scene.problems
	}
	cmd := m.asks.ask(laneScene, func(ctx context.Context) result { return q.ask(ctx, m.session) })
	return tea.Batch(cmd, m.asks.after(patience, late{m.asks.lanes[laneScene].generation}))
}

// patience is how long an answer may take before the old one is dimmed.
const patience = 40 * time.Millisecond

// late says that a scene was not answered within a frame or two.
type late struct{ generation uint64 }

func (l late) tick(m *Model) tea.Cmd {
	if l.holds(m) {
		m.look.late = true
	}
	return nil
}

// holds reports whether the answer is still to come.
func (l late) holds(m *Model) bool {
	return m.asks.open(laneScene) && m.asks.lanes[laneScene].generation == l.generation
}

func (q *sceneQuery) ask(ctx context.Context, s Session) result {
	sc := scene{at: q.cursor.Position, projection: q.cursor.Projection}
	var err error
	if sc.place, err = s.Place(ctx, sc.at); err != nil {
		return unseen{sc.at, err}
	}
	if err := q.askEvents(ctx, s, &sc); err != nil {
		return unseen{sc.at, err}
	}
	if err := q.askState(ctx, s, &sc); err != nil && !errors.As(err, &sc.behind) {
		sc.err = err
	}
	if err := q.askWatched(ctx, s, &sc); err != nil && sc.err == nil && sc.behind == nil {
		sc.err = err
	}
	return shown{sc}
}

// askWatched fills in the values of what is watched.
func (q *sceneQuery) askWatched(ctx context.Context, s Session, sc *scene) error {
	if len(q.watch) == 0 {
		return nil
	}
	point := timeline.Point{Projection: q.cursor.Projection, Key: sc.document.Key, At: sc.at}
	list, err := s.Watch(ctx, timeline.WatchQuery{Point: point, Items: q.watch})
	sc.watched = make(map[int]timeline.Watched, len(list))
	for _, w := range list {
		sc.watched[w.ID] = w
	}
	return err
}

func (q *sceneQuery) askEvents(ctx context.Context, s Session, sc *scene) error {
	var err error
	if q.window != nil {
		sc.window, sc.problems = *q.window, q.held
		sc.window.Cursor = rowOf(sc.window.Rows, sc.at)
	} else {
		sc.window, err = s.Around(ctx, q.filter, sc.at, 3*q.rows, 3*q.rows)
		if err != nil {
			return err
		}
		sc.problems = q.askProblems(ctx, s, sc.window.Rows)
	}
	if sc.at == 0 {
		return nil
	}
	if sc.event, err = s.Event(ctx, sc.at); err != nil {
		return err
	}
	sc.lines = layOut(sc.event, q.width)
	return nil
}

// askProblems finds the failed folds of a window; where they can not be asked, none are shown.
func (q *sceneQuery) askProblems(ctx context.Context, s Session, rows []timeline.EventRow) map[event.Position]bool {
	problems := map[event.Position]bool{}
	if len(rows) == 0 {
		return problems
	}
	for e, err := range s.FoldErrors(ctx, q.cursor.Projection, rows[0].Position, rows[len(rows)-1].Position) {
		if err != nil {
			break
		}
		problems[e.Position] = true
	}
	return problems
}

func (q *sceneQuery) askState(ctx context.Context, s Session, sc *scene) error {
	if sc.at > s.Indexed(q.cursor.Projection) {
		if p, err := s.Projections(ctx); err == nil && !inUse(p, q.cursor.Projection) {
			return &timeline.NoProjectionError{Name: q.cursor.Projection}
		}
	}
	key, err := q.key(ctx, s, sc)
	if err != nil || key == "" && len(sc.keys) == 0 && !q.cursor.Pinned {
		return err
	}
	point := timeline.Point{Projection: q.cursor.Projection, Key: key, At: sc.at}
	if q.compare != nil {
		c := *q.compare
		c.Left.At = sc.at
		c.Left.Key = key
		if c.Right.Key == "" {
			c.Right.Key = key
		}
		sc.document.Point = point
		sc.comparison, err = s.Compare(ctx, c)
		sc.compared = err == nil
		return err
	}
	sc.document, err = s.Document(ctx, timeline.DocumentQuery{Point: point, Open: q.open, Times: q.times, TimesFrom: q.from})
	sc.document.Point = point
	return err
}

// key is whose document is shown: the pinned one, or one that the event belongs to, the one that was shown before if it can be.
func (q *sceneQuery) key(ctx context.Context, s Session, sc *scene) (string, error) {
	var err error
	if sc.at > 0 {
		if sc.keys, err = s.KeysOf(ctx, q.cursor.Projection, sc.at); err != nil && !q.cursor.Pinned {
			return "", err
		}
	}
	switch {
	case q.cursor.Pinned:
		return q.cursor.Key, nil
	case q.cursor.Key != "" && slices.Contains(sc.keys, q.cursor.Key):
		return q.cursor.Key, nil
	case slices.Contains(sc.keys, q.former):
		return q.former, nil
	case len(sc.keys) > 0:
		return sc.keys[0], nil
	}
	sc.fold = q.failedKey(ctx, s, sc.at)
	return "", nil
}

// failedKey is the error of an event whose keys could not be told.
func (q *sceneQuery) failedKey(ctx context.Context, s Session, at event.Position) *timeline.FoldError {
	for e, err := range s.FoldErrors(ctx, q.cursor.Projection, at, at) {
		if err == nil {
			return &e
		}
		break
	}
	return nil
}

func inUse(list []timeline.Projection, name string) bool {
	return name == "" || slices.ContainsFunc(list, func(p timeline.Projection) bool { return p.InUse && p.Name == name })
}

// shown is an answered scene.
type shown struct{ scene scene }

func (s shown) apply(m *Model) tea.Cmd {
	m.scene = s.scene
	m.look.late = false
	m.events.rest()
	m.look.detail = 0
	m.fitLists()
	return m.askPlot()
}

// unseen is a scene that could not be had: the log itself can not be read there.
type unseen struct {
	at  event.Position
	err error
}

func (u unseen) apply(m *Model) tea.Cmd {
	m.look.late = false
	if errors.Is(u.err, context.Canceled) {
		return nil
	}
	m.scene = scene{at: u.at, broken: u.err}
	m.fitLists()
	return m.complain("", u.err)
}

// stale reports whether what is shown answers an earlier question, and has done so for longer than a frame.
func (m *Model) stale() bool {
	return m.look.late && m.asks.open(laneScene) || m.search.late && m.asks.open(laneSearch)
}

// payloadLines is how much of a payload is laid out beside the panes; the reader shows all of it.
const payloadLines = 400

// layOut is an event's data and metadata, line by line.
func layOut(e timeline.Event, width int) [][]present.Span {
	lines := present.JSON(e.Data(), width, payloadLines)
	if meta := e.Metadata(); len(meta) > 0 && string(meta) != "{}" && string(meta) != "null" {
		lines = append(lines, []present.Span{{Text: "metadata", Kind: present.Punct}})
		lines = append(lines, present.JSON(meta, width, payloadLines)...)
	}
	return lines
}

// fitLists tells the lists their heights and lengths.
func (m *Model) fitLists() {
	f := &m.look.frame
	m.fields.list.SetHeight(m.stateView().Visible(f.State.H))
	if m.compare.on {
		m.fields.list.SetHeight(pane.Compare{}.Visible(f.State.H))
	}
	m.fields.settle(m.fieldRows())
	m.watch.list.SetHeight(f.WatchRows)
	m.watch.list.SetTotal(len(m.watched()))
}

// eventRows is how many events the list shows at once.
func (m *Model) eventRows() int {
	h := pane.Events{}.Visible(m.look.frame.Events.H)
	if h <= 0 { // the pane is not on the screen: enough for the one it would be
		h = pane.Events{}.Visible(m.look.frame.H)
	}
	return max(h, 1)
}

// focusOn gives a pane the focus; where the screen shows few panes, it comes to sight.
func (m *Model) focusOn(p layout.Pane) tea.Cmd {
	m.look.prefs.Focus = p
	if p == layout.Detail {
		m.look.prefs.Detail = true
	}
	return m.relayout()
}
