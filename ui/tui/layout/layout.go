// Package layout divides the screen: a pure function from its size and the viewer's preferences to named rectangles.
package layout

// Rect is a part of the screen, in cells from the top left corner.
type Rect struct{ X, Y, W, H int }

// Empty reports whether nothing can be drawn in r.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Has reports whether the cell at x, y lies in r.
func (r Rect) Has(x, y int) bool { return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H }

// Inside is r without its border.
func (r Rect) Inside() Rect { return Rect{r.X + 1, r.Y + 1, max(r.W-2, 0), max(r.H-2, 0)} }

// Pane names a region that can have the focus.
type Pane uint8

// The panes, numbered as the keys 1 to 4 choose them; the watch pane has W.
const (
	None Pane = iota
	Events
	State
	Detail
	Timeline
	Watch
)

// panes are all of them, in the order in which tab visits them: from the top left to the bottom.
func panes() []Pane { return []Pane{Events, State, Detail, Watch, Timeline} }

// Size is how much room the focused pane takes, cycled by + and _.
type Size uint8

const (
	// Normal shows all panes in their usual proportion.
	Normal Size = iota
	// Half gives the focused pane the larger part of the body.
	Half
	// Full gives it all of the body.
	Full
)

// Preferences are what the viewer chose. The zero value is the usual screen without the event's detail.
type Preferences struct {
	Focus   Pane
	Size    Size
	Detail  bool // the event at the cursor is shown
	Compare bool // the state pane holds a comparison: it takes the whole width, below a few events
	NoHints bool // without the footer
	Watch   bool // the watch pane is shown, above the timeline
	Watches int  // how many things are watched: the pane's rows, as far as there is room
}

// The sizes at which the screen changes its shape.
const (
	MinWidth, MinHeight = 60, 15 // below: a card that says so
	WideWidth           = 110    // from here on events and state stand side by side
	tallHeight          = 22     // from here on a narrow screen stacks two panes, and the timeline has its axis
	stackHeight         = 12     // of what is left for the body, for two panes above each other
	highHeight          = 40     // from here on the timeline's bars are two rows high
)

// Frame is the divided screen. Panes that are not shown have an empty Rect.
type Frame struct {
	W, H                                                  int
	TooSmall                                              bool // only a card fits; all rectangles are empty
	Wide                                                  bool // events and state stand side by side
	Title, Events, State, Detail, Watch, Timeline, Footer Rect

	WatchRows int // rows of the watch pane that list what is watched; what is left of it is the plot's
}

// New divides a screen of w by h cells.
func New(w, h int, p Preferences) Frame {
	f := Frame{W: w, H: h, Wide: w >= WideWidth}
	if w < MinWidth || h < MinHeight {
		f.TooSmall = true
		return f
	}
	f.Title = Rect{0, 0, w, 1}
	bottom := h
	if !p.NoHints {
		bottom--
		f.Footer = Rect{0, bottom, w, 1}
	}
	strip := stripHeight(h)
	bottom -= strip
	f.Timeline = Rect{0, bottom, w, strip}
	bottom -= f.watch(bottom, p)
	f.body(Rect{0, 1, w, bottom - 1}, p)
	return f
}

// watch puts the watch pane above a row, as wide as the timeline, so that a column of its plot is one of the timeline. It returns
// the pane's height.
func (f *Frame) watch(bottom int, p Preferences) int {
	if !p.Watch {
		return 0
	}
	list, plot := watchRows(f.H)
	f.WatchRows = clamp(p.Watches, 1, list)
	h := f.WatchRows + plot + 2
	switch free := bottom - 1; {
	case p.Focus == Watch && p.Size == Full:
		h = free
	case p.Focus == Watch && p.Size == Half:
		h = max(h, free*60/100)
	}
	if h > f.WatchRows+plot+2 { // half of what was added is the list's, if that has use for it
		more := clamp(p.Watches-f.WatchRows, 0, (h-f.WatchRows-plot-2)/2)
		f.WatchRows += more
	}
	f.Watch = Rect{0, bottom - h, f.W, h}
	return h
}

// watchRows is how many rows the list of the watch pane has at most, and how many its plot has with its heading.
func watchRows(h int) (list, plot int) {
	switch {
	case h < tallHeight:
		return 2, 0
	case h < 30:
		return 3, 4
	case h < highHeight:
		return 5, 5
	}
	return 8, 7
}

func stripHeight(h int) int {
	switch {
	case h < tallHeight:
		return 4
	case h < highHeight:
		return 5
	}
	return 6
}

func (f *Frame) body(r Rect, p Preferences) {
	focus := p.Focus
	if focus == Watch {
		focus, p.Size = State, Normal
	}
	if focus == None || focus == Timeline {
		focus = State
	}
	switch {
	case r.H < 3: // another pane has it all
	case p.Size == Full:
		*f.of(focus) = r
	case p.Compare && f.H >= tallHeight && r.H >= stackHeight:
		above := clamp(r.H*25/100, 5, 12)
		f.Events = Rect{r.X, r.Y, r.W, above}
		f.State = Rect{r.X, r.Y + above, r.W, r.H - above}
	case p.Compare && focus != Events:
		f.State = r
	case f.Wide:
		f.columns(r, p, focus)
	case f.H >= tallHeight && r.H >= stackHeight:
		f.stack(r, p, focus)
	default:
		*f.of(focus) = r
	}
}

func (f *Frame) of(p Pane) *Rect {
	switch p {
	case Events:
		return &f.Events
	case Detail:
		return &f.Detail
	case Timeline:
		return &f.Timeline
	case Watch:
		return &f.Watch
	}
	return &f.State
}

// columns puts the events left and the state right, above the event's detail.
func (f *Frame) columns(r Rect, p Preferences, focus Pane) {
	left := clamp(r.W*40/100, 44, 80)
	if p.Size == Half && focus == Events {
		left = r.W * 62 / 100
	} else if p.Size == Half {
		left = clamp(r.W*24/100, 34, 48)
	}
	f.Events = Rect{r.X, r.Y, left, r.H}
	right := Rect{r.X + left, r.Y, r.W - left, r.H}
	switch short := r.H < 14; {
	case short && focus == Detail: // no room for both
		f.Detail = right
		return
	case short || !p.Detail && focus != Detail:
		f.State = right
		return
	}
	below := clamp(r.H*40/100, 7, 18)
	if p.Size == Half && focus == Detail {
		below = r.H * 70 / 100
	} else if p.Size == Half {
		below = clamp(r.H*22/100, 5, 8)
	}
	f.State = Rect{right.X, right.Y, right.W, right.H - below}
	f.Detail = Rect{right.X, right.Y + right.H - below, right.W, below}
}

// stack puts a few events above the state or the event's detail, and the focused one gets most of the room.
func (f *Frame) stack(r Rect, p Preferences, focus Pane) {
	above := clamp(r.H*36/100, 5, 12)
	switch {
	case focus == Events:
		above = r.H - clamp(r.H*42/100, 6, 14)
	case p.Size == Half:
		above = 5
	}
	if focus == Events && p.Size == Half {
		above = r.H - 5
	}
	f.Events = Rect{r.X, r.Y, r.W, above}
	below := Rect{r.X, r.Y + above, r.W, r.H - above}
	if focus == Detail {
		f.Detail = below
		return
	}
	f.State = below
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }

// At names the pane at the cell x, y.
func (f Frame) At(x, y int) Pane {
	for _, p := range panes() {
		if f.Rect(p).Has(x, y) {
			return p
		}
	}
	return None
}

// Rect is where pane p stands; empty if it is not shown.
func (f Frame) Rect(p Pane) Rect {
	if p == None {
		return Rect{}
	}
	return *f.of(p)
}

// Shown lists the panes on the screen in the order in which tab visits them.
func (f Frame) Shown() []Pane {
	var shown []Pane
	for _, p := range panes() {
		if !f.Rect(p).Empty() {
			shown = append(shown, p)
		}
	}
	return shown
}

// Center is a rectangle of at most w by h in the middle of the screen.
func (f Frame) Center(w, h int) Rect {
	w, h = min(w, f.W), min(h, f.H)
	return Rect{(f.W - w) / 2, (f.H - h) / 2, w, h}
}
