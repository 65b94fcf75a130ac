package tui

import (
	"asof/engine/event"
	"asof/timeline"
	"asof/ui/present"
	"asof/ui/tui/layout"
	"asof/ui/tui/pane"
	"asof/ui/tui/widget"
)

// detailView is the event at the cursor as it is drawn.
func (m *Model) detailView() pane.Detail {
	sc := &m.scene
	v := pane.Detail{Title: "Event", Focused: m.focus() == layout.Detail, Stale: m.stale(), Empty: "before the first event"}
	if !sc.hasEvent() {
		switch {
		case sc.broken != nil:
			v.Empty = "the log could not be read here"
		case m.head() == 0:
			v.Empty = "no event"
		}
		return v
	}
	v.Title = eventTitle(sc.at, sc.event.Type)
	v.Right = streamLabel(sc.event)
	v.Facts = m.facts(sc.event)
	v.Lines = sc.lines
	v.Top = m.look.detail
	w, h := m.look.frame.Detail.W, m.look.frame.Detail.H
	if total := v.Rows(w); total > h-2 {
		v.Scroll = &widget.Scroll{Total: uint64(total), Top: uint64(m.look.detail), Shown: uint64(max(h-2, 0))}
	}
	return v
}

func streamLabel(e timeline.Event) present.Safe {
	label := present.Clip(string(e.Stream), 60)
	if e.Numbering != event.Unnumbered && label != "" {
		label += " · version " + present.Version(e.Version, e.Numbering)
	}
	if n := len(e.Others); n > 0 {
		label += " +" + present.Count(n)
	}
	return label
}

// facts are what the event says beside its payload.
func (m *Model) facts(e timeline.Event) []pane.Fact {
	facts := make([]pane.Fact, 0, 8)
	add := func(label, text, note present.Safe) {
		if text != "" {
			facts = append(facts, pane.Fact{Label: label, Value: text, Note: note})
		}
	}
	delta := present.Safe("")
	if e.HasDelta {
		delta = present.Delta(e.Delta)
	}
	add("time", present.Time(e.Time, m.zone()), delta)
	add("id", present.Clip(e.ID, 200), "")
	add("recorded", present.Time(e.Recorded, m.zone()), "")
	add("correlation", present.Clip(e.Correlation, 200), "")
	add("source", sourceLabel(e), "")
	add("causation", present.Clip(e.Causation, 200), "")
	for _, s := range e.Others {
		add("also in", present.Clip(string(s), 200), "")
	}
	add("noticed", present.Marks(e.Marks), "")
	return facts
}

func sourceLabel(e timeline.Event) present.Safe {
	if e.Source == "" {
		return ""
	}
	label := present.Clip(e.Source, 120)
	if e.Place.Line > 0 {
		label += ":" + present.Safe(uintText(e.Place.Line))
	}
	return label
}

// scrollDetail moves the event pane's window.
func (m *Model) scrollDetail(n int) {
	v := m.detailView()
	most := max(v.Rows(m.look.frame.Detail.W)-max(m.look.frame.Detail.H-2, 1), 0)
	m.look.detail = min(max(m.look.detail+n, 0), most)
}

// eventTitle names an event, by its type if it has one.
func eventTitle(at event.Position, kind string) present.Safe {
	title := "Event " + present.Position(at)
	if kind != "" {
		title += " · " + present.Clip(kind, 60)
	}
	return title
}
