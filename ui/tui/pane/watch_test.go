package pane_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"asof/engine/event"
	"asof/engine/value"
	"asof/timeline/strip"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
)

// watch is the canned watch pane: a wave over the columns of the timeline.
func (y story) watch(focused bool) pane.Watch {
	columns := pane.Strip{}.Columns(y.frame.Timeline.W)
	n := event.Position(columns * strip.SlotsPerColumn)
	plotter := strip.NewPlotter(0, n, strip.Edges(0, n, int(n)), strip.Sample{})
	for at := n / 10; at <= n; at++ {
		f := math.Round(1000*math.Sin(float64(at)/float64(n)*9)) + float64(at*7%40)
		plotter.Add(strip.Sample{At: at, Value: number(f)})
	}
	course := plotter.Course(n)
	v := pane.Watch{
		Title: "Watch · orders @ 31,407", Right: "3 watched", Focused: focused, Cursor: 1, Room: y.frame.WatchRows,
		Rows: []pane.WatchRow{
			{ID: "1", Name: "order-481/status", Mark: pane.Changed, Old: `"paid"`, Value: `"refunded"`, Kind: present.String, By: "31,407", Age: "now", Type: "PaymentRefunded"},
			{ID: "2", Name: "/balance of 東京運輸-0009931 if state.balance < 0", State: pane.WatchDisabled, Value: "-12.50", Kind: present.Number, By: "31,118", Age: "4m12s ago", Type: "OrderPlaced"},
			{ID: "12", Name: "state.total + 'x'", State: pane.WatchDisplays, Bad: true, Value: "condition:1:13: cannot compute number + text"},
		},
		Plot: pane.Plot{
			Name: "/balance of 東京運輸-0009931", Right: "-1000 to 1024 · 180 changes", Cols: columns, Cursor: columns * 65 / 100, Low: "-1000", High: "1024",
		},
	}
	v.Plot.Lines = present.Plot(&course, v.PlotRows(y.frame.Watch.H), y.st.ASCII)
	return v
}

func number(f float64) *value.Node {
	n, err := value.Parse([]byte(strconv.FormatFloat(f, 'f', -1, 64)))
	if err != nil {
		panic(err)
	}
	return n
}

func (y story) watching(v pane.Watch) string {
	f, st := y.frame, y.st
	return pane.Screen{
		Title: y.title().View(f.W, st), Events: y.events(false).View(f.Events.W, f.Events.H, st), State: y.state(false).View(f.State.W, f.State.H, st),
		Detail: y.detail(false).View(f.Detail.W, f.Detail.H, st), Watch: v.View(f.Watch.W, f.Watch.H, st),
		Timeline: y.strip(false).View(f.Timeline.W, f.Timeline.H, st), Footer: y.footer().View(f.W, st),
	}.Compose(f)
}

func TestWatchFrames(t *testing.T) {
	p := layout.Preferences{Focus: layout.Watch, Detail: true, Watch: true, Watches: 3}
	for _, c := range []struct {
		name string
		w, h int
		o    style.Options
	}{
		{"watch", 120, 34, style.Options{}}, {"watch-narrow", 80, 24, style.Options{}}, {"watch-ascii", 120, 34, style.Options{ASCII: true}},
	} {
		y := newStory(c.w, c.h, c.o, p)
		golden(t, c.name, ansi.Strip(y.watching(y.watch(true))))
	}
	y := newStory(80, 30, style.Options{}, p)
	v := y.watch(false)
	v.Plot.Lines, v.Plot.Right = nil, "4 changes"
	v.Plot.Lanes = []pane.Lane{
		{Column: 6, Text: `"placed"`}, {Column: 20, Text: `"a text that is far too long for its room"`}, {Column: 40, Text: "", Many: true}, {Column: 48, Text: `"refunded"`},
		{Column: 74, Text: `"x"`, Many: true},
	}
	golden(t, "watch-lanes", ansi.Strip(y.watching(v)))
}

// A pane is as large as it is told to be, whatever is in it.
func TestWatchSizes(t *testing.T) {
	for w := 20; w < 140; w += 7 {
		for h := 3; h < 20; h++ {
			y := newStory(w+40, h+30, style.Options{}, layout.Preferences{Focus: layout.Watch, Watch: true, Watches: 3})
			v := y.watch(true)
			v.Room = min(3, h-2)
			for range 2 {
				lines := strings.Split(ansi.Strip(v.View(w, h, y.st)), "\n")
				if len(lines) != h {
					t.Fatalf("%d x %d: %d lines", w, h, len(lines))
				}
				for _, line := range lines {
					if ansi.StringWidthWc(line) != w {
						t.Fatalf("%d x %d: a line of %d columns: %s", w, h, ansi.StringWidthWc(line), line)
					}
				}
				v.Plot.Lines, v.Plot.Lanes = nil, []pane.Lane{{Column: 3, Text: "one"}, {Column: 9, Text: "two"}}
			}
		}
	}
}
