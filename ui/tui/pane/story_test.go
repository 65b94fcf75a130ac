package pane_test

import (
	"fmt"
	"math"
	"time"

	"asof/engine/event"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/style"
	"asof/ui/tui/widget"
)

// story is a canned screen: the shop in which an order is refunded twice.
type story struct {
	frame layout.Frame
	st    *style.Styles
}

func newStory(w, h int, o style.Options, p layout.Preferences) story {
	return story{layout.New(w, h, p), style.New(o)}
}

func (y story) draw(focus layout.Pane) string {
	f, st := y.frame, y.st
	if f.TooSmall {
		return pane.TooSmall(f.W, f.H, st)
	}
	var v pane.Screen
	v.Title = y.title().View(f.W, st)
	v.Footer = y.footer().View(f.W, st)
	v.Events = y.events(focus == layout.Events).View(f.Events.W, f.Events.H, st)
	v.State = y.state(focus == layout.State).View(f.State.W, f.State.H, st)
	v.Detail = y.detail(focus == layout.Detail).View(f.Detail.W, f.Detail.H, st)
	v.Timeline = y.strip(focus == layout.Timeline).View(f.Timeline.W, f.Timeline.H, st)
	return v.Compose(f)
}

func (y story) title() pane.Title {
	return pane.Title{
		Source: "shop.jsonl", Counts: "48,212 events · 1,304 streams", Branch: "trunk", Projection: "orders",
		Position: present.Position(31407), Percent: present.Percent(31407, 48212),
		Time: "2026-01-15 09:31:07.204Z",
	}
}

func (y story) footer() pane.Footer {
	return pane.Footer{Hints: []pane.Hint{
		{"[ ]", "step"}, {"{ }", "stream"}, {"* #", "field"}, {"space", "play"}, {"c", "compare"}, {"K", "key"},
		{"/", "find"}, {"m", "mark"}, {"y", "copy"}, {":", "command"}, {"?", "help"},
	}}
}

func (y story) events(focused bool) pane.Events {
	types := []present.Safe{"OrderPlaced", "PaymentTaken", "ItemPacked", "ParcelHandedOver", "PaymentRefunded", "AddressChanged", "StockReserved"}
	rows := pane.Events{}.Visible(y.frame.Events.H)
	e := pane.Events{
		Title: "Events", Focused: focused, Cursor: rows / 2, Digits: 6,
		Scroll: &widget.Scroll{Total: 48212, Top: 31407, Shown: uint64(max(rows, 0)), Marks: []widget.ScrollMark{
			{Row: 12000, Glyph: y.st.Glyph.Mark, Ink: y.st.Strip.Mark}, {Row: 40100, Glyph: y.st.Glyph.Problem, Ink: y.st.Strip.Problem},
		}},
	}
	for i := range rows {
		d := i - rows/2
		n := uint64(31407 + d)
		row := pane.EventRow{
			Position: present.Position(event.Position(n)),
			Time:     present.Delta(time.Duration((n*7919)%9700) * time.Millisecond),
			Stream:   present.Safe(fmt.Sprintf("order-%d", 470+(n*31)%23)),
			Type:     types[(n*13+n/5)%7], Future: d > 0,
		}
		switch d {
		case 0:
			row.Stream, row.Type, row.Time = "order-481", "PaymentRefunded", "+0.0s"
		case -1:
			row.Stream, row.Type, row.Note = "payment-gateway-eu-west-0009931-retry", "PaymentTaken", "a"
		case -2, 3:
			row.Stream, row.Related = "order-481", true
		case 2:
			row.Type, row.Note, row.Problem = "PaymentRefundRejectedByIssuer", "!", true
		}
		e.Rows = append(e.Rows, row)
	}
	return e
}

func (y story) state(focused bool) pane.State {
	v := pane.State{Title: "State · orders @ 31,407", Key: "order-481", Focused: focused, Cursor: 8}
	v.Rows = []pane.StateRow{
		{Name: "customer", Fold: pane.Open, Value: "3 fields", Kind: present.Container, By: "31,118", Age: "4m12s ago"},
		{Depth: 1, Name: "name", Value: `"Ana Ruiz"`, Kind: present.String, By: "31,118", Age: "4m12s ago"},
		{Depth: 1, Name: "email", Value: `"ana@example.org"`, Kind: present.String, By: "31,118", Age: "4m12s ago"},
		{Depth: 1, Name: "loyal", Value: "true", Kind: present.Bool, By: "31,118", Age: "4m12s ago"},
		{Name: "items", Fold: pane.Closed, Value: `2 items`, Kind: present.Container, By: "31,120", Age: "4m11s ago"},
		{Name: "shipping", Fold: pane.Open, Value: "3 fields", Kind: present.Container, By: "31,302", Age: "1m40s ago"},
		{Depth: 1, Name: "carrier", Value: `"東京運輸 Express"`, Kind: present.String, By: "31,302", Age: "1m40s ago"},
		{Depth: 1, Name: "note", Value: present.Text("leave\tat the door\x1b[31m"), Kind: present.String, By: "31,302", Age: "1m40s ago"},
		{Mark: pane.Changed, Name: "status", Value: `"refunded"`, Old: `"paid"`, Kind: present.String, By: "31,407", Age: "now"},
		{Mark: pane.Changed, Name: "refunded", Value: "120.00", Old: "0", Kind: present.Number, By: "31,407", Age: "now", Watch: true},
		{Mark: pane.Added, Name: "refund_id", Value: `"rf_01HQ7Z3M9K"`, Kind: present.String, By: "31,407", Age: "now"},
		{Mark: pane.Removed, Name: "hold", Value: `"awaiting capture"`, Kind: present.String, By: "31,407", Age: "now"},
		{Mark: pane.Rewritten, Name: "currency", Value: `"EUR"`, Kind: present.String, By: "31,118", Age: "4m12s ago"},
		{Name: "total", Value: "120.00", Kind: present.Number, By: "31,118", Age: "4m12s ago"},
		{Name: "coupon", Value: "null", Kind: present.Null, By: "31,118", Age: "4m12s ago"},
	}
	rows := v.Visible(y.frame.State.H)
	if rows < 12 { // keep the cursor in sight
		v.Rows, v.Cursor = v.Rows[5:], 3
	}
	v.Scroll = &widget.Scroll{Total: 15, Shown: uint64(max(rows, 0))}
	return v
}

func (y story) detail(focused bool) pane.Detail {
	return pane.Detail{
		Title: "Event 31,407 · PaymentRefunded", Right: "order-481 · version 7", Focused: focused,
		Facts: []pane.Fact{
			{Label: "time", Value: "2026-01-15 09:31:07.204Z", Note: "+0.0s"},
			{Label: "recorded", Value: "2026-01-15 09:31:07.411Z"},
			{Label: "source", Value: "shop.jsonl:31407"},
			{Label: "id", Value: "9f1c0a52-6c1e-4a53-9d0f-1f4c2a7b33e1"},
			{Label: "correlation", Value: "checkout-77120"},
			{Label: "causation", Value: "31,402 RefundRequested"},
		},
		Lines: present.JSON([]byte(`{"order_id":"order-481","amount":120.00,"currency":"EUR","reason":"customer changed mind","items":[{"sku":"A-1","qty":2},{"sku":"B-77","qty":1}],"operator":{"name":"Kim","desk":14},"refund_id":"rf_01HQ7Z3M9K","rate":0.1000000000000000055511151231257827}`), y.frame.Detail.W-4, 200),
	}
}

func (y story) strip(focused bool) pane.Strip {
	t := pane.Strip{Title: "Timeline", Right: "30 s per column · peak 412", Focused: focused}
	n := t.Columns(y.frame.Timeline.W)
	for x := range n {
		wave := math.Sin(float64(x)/float64(n)*21)*0.5 + 0.55
		t.Counts = append(t.Counts, uint64(wave*wave*380)*uint64((x*37)%5+3)/7)
	}
	for x := n * 81 / 100; x < n*84/100; x++ {
		t.Counts[x] = 0
	}
	t.Cursor = n * 65 / 100
	t.Marks = []pane.StripMark{
		{Column: n / 8, Kind: pane.BookMark, Letter: "a"}, {Column: n * 2 / 5, Kind: pane.BreakMark},
		{Column: n * 83 / 100, Kind: pane.ProblemMark},
	}
	t.Labels = []pane.StripLabel{{0, "Jan 14 00:00Z"}, {n / 3, "12:00"}, {n * 2 / 3, "Jan 15 00:00Z"}, {n * 9 / 10, "12:00"}}
	return t
}

func (y story) compare(w, h int) string {
	return pane.Compare{
		Title: "Compare", Key: "order-481", Focused: true, Cursor: 4, Note: "3 differences · first at 30,112",
		Left: pane.CompareSide{Title: "orders_v1 @ 31,407"}, Right: pane.CompareSide{Title: "orders_v2 @ 31,407", Note: "#what-if"},
		Rows: []pane.CompareRow{
			{Name: "customer", Fold: pane.Open, Left: pane.CompareCell{Value: "2 fields", By: "31,118"}, Right: pane.CompareCell{Value: "2 fields", By: "31,118"}},
			{Depth: 1, Name: "name", Left: pane.CompareCell{Value: `"Ana Ruiz"`, By: "31,118"}, Right: pane.CompareCell{Value: `"Ana Ruiz"`, By: "31,118"}},
			{Depth: 1, Name: "email", Left: pane.CompareCell{Value: `"ana@example.org"`, By: "31,118"}, Right: pane.CompareCell{Value: `"ana@example.org"`, By: "31,118"}},
			{Name: "items", Fold: pane.Closed, Left: pane.CompareCell{Value: "2 items", By: "31,120"}, Right: pane.CompareCell{Value: "2 items", By: "31,120"}},
			{Name: "refunded", Mark: pane.Changed, Left: pane.CompareCell{Value: "240.00", By: "31,407"}, Right: pane.CompareCell{Value: "120.00", By: "30,112"}},
			{Name: "refunds", Mark: pane.Added, Left: pane.CompareCell{Absent: true}, Right: pane.CompareCell{Value: `["rf_01HQ7Z3M9K"]`, By: "30,112"}},
			{Name: "hold", Mark: pane.Removed, Left: pane.CompareCell{Value: `"awaiting capture"`, By: "31,200"}, Right: pane.CompareCell{Absent: true}},
			{Name: "total", Left: pane.CompareCell{Value: "120.00", By: "31,118"}, Right: pane.CompareCell{Value: "120.00", By: "31,118"}},
		},
	}.View(w, h, y.st)
}

// over lays a dialog over the middle of the screen.
func (y story) over(w, h int, draw func(w, h int, s *style.Styles) string) string {
	r := y.frame.Center(w, h)
	return widget.Overlay(widget.Shade(y.draw(layout.None), y.st), widget.Piece{X: r.X, Y: r.Y, W: r.W, H: r.H, Text: draw(r.W, r.H, y.st)})
}

func (y story) comparing() string {
	y.frame = layout.New(y.frame.W, y.frame.H, layout.Preferences{Compare: true})
	f := y.frame
	return pane.Screen{
		Title: y.title().View(f.W, y.st), Events: y.events(false).View(f.Events.W, f.Events.H, y.st),
		State: y.compare(f.State.W, f.State.H), Timeline: y.strip(false).View(f.Timeline.W, f.Timeline.H, y.st),
		Footer: y.footer().View(f.W, y.st),
	}.Compose(f)
}

// troubled is the screen while things are under way: indexing, playing, a tainted key, a stale answer, a message.
func (y story) troubled() string {
	f := y.frame
	title, state, events, strip := y.title(), y.state(true), y.events(false), y.strip(false)
	title.Progress, title.Playing, title.Alert = "indexing 63 %", "▶ 4×", "chain broken at 12,001"
	state.Note, state.Bad = "the fold failed at 31,402: orders.star:14:9: no field total", true
	events.Stale = true
	strip.Ready = len(strip.Counts) * 4 / 5
	return pane.Screen{
		Title: title.View(f.W, y.st), Events: events.View(f.Events.W, f.Events.H, y.st), State: state.View(f.State.W, f.State.H, y.st),
		Detail: y.detail(false).View(f.Detail.W, f.Detail.H, y.st), Timeline: strip.View(f.Timeline.W, f.Timeline.H, y.st),
		Footer: pane.Footer{Toast: "copied /status, 10 bytes, to the clipboard", Right: "3 of 14 hits"}.View(f.W, y.st),
	}.Compose(f)
}

func (y story) helping() string {
	return y.over(84, 20, pane.Help{
		Title: "Keys", Right: "9 of 64", Foot: "enter runs · esc closes", Cursor: 2, Empty: "nothing is called so",
		Prompt: widget.Prompt{Label: "/", Ghost: "type to filter"},
		Rows: []pane.HelpRow{
			{Group: "Here: state"},
			{Keys: "* #", Name: "next-change", Text: "next, previous event that changed the field"},
			{Keys: "enter", Name: "open", Text: "open a fold, a long text, an event"},
			{Keys: "h l ← →", Name: "fold", Text: "close and open a fold"},
			{Keys: "w", Name: "watch", Text: "watch this field", Reason: "nothing is selected"},
			{Group: "Everywhere"},
			{Keys: "] [", Name: "step", Text: "next, previous event"},
			{Keys: "} {", Name: "step-stream", Text: "next, previous event of the same stream"},
			{Keys: "space", Name: "play", Text: "play or pause"},
			{Keys: "ctrl+d ctrl+u", Name: "half-page", Text: "half a page down, up"},
			{Keys: "?", Name: "help", Text: "this list"},
		},
	}.View)
}

func (y story) picking() string {
	return y.over(64, 14, pane.Picker{
		Title: "Key of orders", Right: "4 of 1,304", Foot: "enter shows it · p pins it", Cursor: 1,
		Prompt: widget.Prompt{Label: "K", Text: "o48", Caret: 3},
		Help:   "order-481 has changed 7 times, last at 31,407",
		Rows: []pane.PickerRow{
			{Text: "order-48", Hits: []int{0, 6, 7}, Note: "12 changes"},
			{Text: "order-481", Hits: []int{0, 6, 7}, Note: "7 changes"},
			{Text: "order-482", Hits: []int{0, 6, 7}, Note: "1 change"},
			{Text: "order-1480", Hits: []int{0, 7, 8}, Note: "not yet", Muted: true},
		},
	}.View)
}

func (y story) carded() string {
	c := pane.Card{
		Title: "shop · an order is refunded twice", Foot: "any key closes this",
		Text:  []present.Safe{"48,212 events of a shop: orders, payments, parcels.", "Somewhere in it money is paid back that was never taken."},
		Hints: []pane.Hint{{"] [", "step forward and back"}, {"* #", "where did this field change?"}, {"/", "find: try refund"}, {"?", "everything else"}},
	}
	w, h := c.Size()
	return y.over(w, h, c.View)
}
