package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
	"asof/ui/tui/dialog"
	"asof/ui/tui/layout"
)

const (
	askBreak  dialog.Purpose = "break"
	askPoints dialog.Purpose = "breakpoints"
)

// breakpoints is what was set in this store, and what of it is under work.
type breakpoints struct {
	list    []debug.Breakpoint
	editing debug.Breakpoint // what the line edits; 0 = something new
	known   bool             // the list has been read
}

// find is the breakpoint of a number.
func (p *breakpoints) find(id int) (debug.Breakpoint, bool) {
	i := slices.IndexFunc(p.list, func(b debug.Breakpoint) bool { return b.ID == id })
	if i < 0 {
		return debug.Breakpoint{}, false
	}
	return p.list[i], true
}

// enabled are those at which who continues may stop.
func (p *breakpoints) enabled() []debug.Breakpoint {
	var on []debug.Breakpoint
	for _, b := range p.list {
		if b.Enabled && (b.Kind == debug.Break || b.Kind == debug.Watch) {
			on = append(on, b)
		}
	}
	return on
}

// askPoints asks for the breakpoints of the store.
func (m *Model) askPoints() tea.Cmd {
	return m.asks.ask(lanePoints, func(ctx context.Context) result { return readPoints(ctx, m.session, "") })
}

func readPoints(ctx context.Context, s Session, said present.Safe) result {
	list, err := s.Breakpoints(ctx)
	if err != nil {
		return failure{"breakpoints", err}
	}
	return pointsRead{list, said}
}

// pointsRead is the breakpoints as they are now.
type pointsRead struct {
	list []debug.Breakpoint
	said present.Safe
}

func (p pointsRead) apply(m *Model) tea.Cmd {
	first, before := !m.points.known, m.watchItems()
	m.points.list, m.points.known = p.list, true
	watches := len(m.watched())
	switch {
	case first && watches > 0:
		m.look.prefs.Watch = true
	case watches > m.look.prefs.Watches: // what was just set is what is looked at
		m.look.prefs.Watch = true
		m.watch.list.SetTotal(watches)
		m.watch.list.MoveTo(watches - 1)
	}
	m.look.prefs.Watches = watches
	cmds := []tea.Cmd{m.relayout(), m.askHits(), m.listPoints()}
	if !slices.Equal(before, m.watchItems()) {
		cmds = append(cmds, m.askScene())
	}
	if p.said != "" {
		cmds = append(cmds, m.say(p.said))
	}
	return tea.Batch(cmds...)
}

// change asks for a change of the breakpoints, and for what they are afterwards.
func (m *Model) changePoints(what present.Safe, change func(ctx context.Context, s Session) (present.Safe, error)) tea.Cmd {
	return m.asks.ask(lanePoints, func(ctx context.Context) result {
		said, err := change(ctx, m.session)
		if err != nil {
			return failure{what, err}
		}
		return readPoints(ctx, m.session, said)
	})
}

// setPoint keeps a breakpoint.
func (m *Model) setPoint(b debug.Breakpoint) tea.Cmd {
	fresh := b.ID == 0
	return m.changePoints("breakpoint", func(ctx context.Context, s Session) (present.Safe, error) {
		b, err := s.SetBreakpoint(ctx, b)
		said := pointName(b)
		if fresh && b.Kind != debug.Display && b.Kind != debug.Trace {
			said += " · ) ( go to its hits"
		}
		return said, err
	})
}

// pointName is a breakpoint with its number: 2 watch order-481/status.
func pointName(b debug.Breakpoint) present.Safe {
	return present.Count(b.ID) + "  " + present.Clip(b.String(), 120)
}

// pointLine sets what a line in the debugger's words says.
func pointLine(word string) func(m *Model, args string) tea.Cmd {
	return func(m *Model, args string) tea.Cmd {
		b, err := debug.Parse(word + " " + args)
		if err != nil {
			return m.complain("", err)
		}
		return m.setPoint(b)
	}
}

// watchLine watches what a line says. A word alone is a field of the shown document, else a key if there is one of that name,
// else a field that is still to come, of every key.
func (m *Model) watchLine(args string) tea.Cmd {
	word, rest, _ := strings.Cut(args, " ")
	if strings.ContainsAny(word, `/"`) {
		return pointLine("watch")(m, args)
	}
	field := debug.Breakpoint{Kind: debug.Watch, Path: value.Pointer("").Child(word)}
	ofField := strings.TrimPrefix(field.String(), "watch ") + " " + rest
	if m.scene.document.Root.Get(word) != nil {
		return pointLine("watch")(m, ofField)
	}
	p := timeline.Point{Projection: m.cursor.Projection, Key: word, At: m.about.built}
	return m.asks.ask(lanePoints, func(ctx context.Context) result {
		if st, err := m.session.State(ctx, p); err == nil && st.Changed > 0 {
			return lineRead{"watch", args}
		}
		return lineRead{"watch", ofField}
	})
}

// lineRead is a line whose words are understood.
type lineRead struct{ word, args string }

func (l lineRead) apply(m *Model) tea.Cmd { return pointLine(l.word)(m, l.args) }

// watchField watches the selected field of the shown key, or ends that.
func (m *Model) watchField() tea.Cmd {
	b := debug.Breakpoint{Kind: debug.Watch, Key: m.scene.document.Key, Path: m.chosenPath(), Enabled: true}
	for _, old := range m.points.list {
		if old.Kind == debug.Watch && old.Key == b.Key && old.Path == b.Path && old.If == "" {
			return m.deletePoint(old.ID)
		}
	}
	return m.setPoint(b)
}

// watching reports whether a field of the shown document is watched.
func (m *Model) watching(path value.Pointer) bool {
	key := m.scene.document.Key
	return slices.ContainsFunc(m.points.list, func(b debug.Breakpoint) bool {
		return b.Kind == debug.Watch && b.Path == path && (b.Key == "" || b.Key == key)
	})
}

// numbers reads what commands like delete are given: 2, or several.
func numbers(args string) ([]int, error) {
	var ids []int
	for word := range strings.FieldsSeq(args) {
		id, err := strconv.Atoi(word)
		if err != nil || id <= 0 {
			return nil, fmt.Errorf("%q is no breakpoint's number; :info b lists them", word)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// eachPoint does something to the breakpoints that a line names.
func (m *Model) eachPoint(args string, did present.Safe, do func(ctx context.Context, s Session, id int) error) tea.Cmd {
	ids, err := numbers(args)
	if err != nil {
		return m.complain("", err)
	}
	return m.changePoints("", func(ctx context.Context, s Session) (present.Safe, error) {
		said := did
		for _, id := range ids {
			if err := do(ctx, s, id); err != nil {
				return "", err
			}
			said += " " + present.Count(id)
		}
		return said, nil
	})
}

func (m *Model) deleteLine(args string) tea.Cmd {
	return m.eachPoint(args, "deleted", func(ctx context.Context, s Session, id int) error { return s.DeleteBreakpoint(ctx, id) })
}

func (m *Model) enableLine(args string) tea.Cmd {
	return m.eachPoint(args, "enabled", func(ctx context.Context, s Session, id int) error { return s.EnableBreakpoint(ctx, id, true) })
}

func (m *Model) disableLine(args string) tea.Cmd {
	return m.eachPoint(args, "disabled", func(ctx context.Context, s Session, id int) error { return s.EnableBreakpoint(ctx, id, false) })
}

// ignoreLine passes over the next hits: ignore 2 10.
func (m *Model) ignoreLine(args string) tea.Cmd {
	list, err := numbers(args)
	if err != nil || len(list) != 2 {
		return m.complain("", fmt.Errorf("write ignore NUMBER HITS: ignore 2 10"))
	}
	return m.changePoints("", func(ctx context.Context, s Session) (present.Safe, error) {
		return present.Count(list[0]) + " passes over " + present.Counted(list[1], "hit"), s.IgnoreBreakpoint(ctx, list[0], list[1])
	})
}

func (m *Model) deletePoint(id int) tea.Cmd { return m.deleteLine(strconv.Itoa(id)) }

func (m *Model) togglePoint(id int) tea.Cmd {
	if b, ok := m.points.find(id); ok && b.Enabled {
		return m.disableLine(strconv.Itoa(id))
	}
	return m.enableLine(strconv.Itoa(id))
}

// openBreak opens the line in which a breakpoint is typed, with the type of the event at the cursor.
func (m *Model) openBreak() tea.Cmd {
	b := debug.Breakpoint{Kind: debug.Break}
	if m.scene.hasEvent() {
		b.Type = m.scene.event.Type
	}
	return m.editPoint(debug.Breakpoint{}, b.String()+" ", "Break at")
}

// editPoint opens the line with the words of a breakpoint.
func (m *Model) editPoint(b debug.Breakpoint, text string, title present.Safe) tea.Cmd {
	m.points.editing = b
	m.dialogs.Push(dialog.NewPicker(dialog.Ask{
		Purpose: askBreak, Title: title, Label: ":", Ghost: "b TYPE if event.data.amount > 100", Text: text, Free: true, Fed: true, Low: true,
		Foot: "if CONDITION narrows it · enter sets it · esc leaves", Empty: "conditions name event, state, before, key and position",
	}))
	return m.breakTyped(text)
}

// breakTyped says what is wrong with the text, or how many events it hits.
func (m *Model) breakTyped(text string) tea.Cmd {
	offer := m.asks.ask(lanePick, func(ctx context.Context) result {
		return fed{text: text, choices: breakChoices(ctx, m.session, text)}
	})
	b, err := debug.Parse(text)
	if err != nil {
		return tea.Batch(offer, previewed{text, present.Clip(err.Error(), 200)}.now(m))
	}
	projection := m.cursor.Projection
	return tea.Batch(offer, m.asks.ask(lanePreview, func(ctx context.Context) result {
		return previewed{text, countHits(ctx, m.session, projection, b)}
	}))
}

// mostCounted is up to how many hits are counted while somebody types.
const mostCounted = 100_000

func countHits(ctx context.Context, s Session, projection string, b debug.Breakpoint) present.Safe {
	if b.Kind == debug.Display {
		return "shown in the watch pane"
	}
	n, first := 0, debug.Stop{}
	for hit, err := range s.Hits(ctx, projection, b, 0, 0, nil) {
		if err != nil {
			return present.Clip(err.Error(), 200)
		}
		if n++; n == 1 {
			first = hit
		}
		if n == mostCounted {
			return "more than " + present.Counted(n, "hit")
		}
	}
	switch n {
	case 0:
		return "no hit in what is recorded so far"
	case 1:
		return "1 hit, at " + present.Position(first.At)
	}
	return present.Counted(n, "hit") + ", the first at " + present.Position(first.At)
}

// breakChoices completes the type of an event, or the stream.
func breakChoices(ctx context.Context, s Session, text string) []dialog.Choice {
	words := strings.Fields(text)
	if len(words) == 0 || strings.HasSuffix(text, " ") || slices.Contains(words, "if") || slices.Contains(words, "print") {
		return nil
	}
	head, word := text[:strings.LastIndexByte(text, ' ')+1], words[len(words)-1]
	var choices []dialog.Choice
	switch {
	case len(words) > 2 && words[len(words)-2] == "stream":
		list, _ := s.Streams(ctx, word, "", completions)
		for _, t := range list {
			choices = append(choices, dialog.Choice{ID: head + t.Name, Text: t.Name, Fill: head + t.Name + " ", Note: present.Counted(t.Count, "event")})
		}
	case len(words) == 2 && words[0] != "watch":
		list, _ := s.Types(ctx)
		for _, t := range list {
			if strings.Contains(strings.ToLower(t.Name), strings.ToLower(word)) && len(choices) < completions {
				b := debug.Breakpoint{Kind: debug.Break, Type: t.Name}
				name := strings.TrimPrefix(b.String(), "b ")
				choices = append(choices, dialog.Choice{ID: head + name, Text: t.Name, Fill: head + name + " ", Note: present.Counted(t.Count, "event")})
			}
		}
	}
	return choices
}

func completeBreak(word string) func(ctx context.Context, s Session, head, args string) []dialog.Choice {
	return func(ctx context.Context, s Session, head, args string) []dialog.Choice {
		return prefixedBy(word, head, breakChoices(ctx, s, word+" "+args))
	}
}

// completeWatch offers the fields of the shown document, of its key and of every key.
func completeWatch(ctx context.Context, s Session, head, args string) []dialog.Choice {
	if strings.Contains(args, " ") {
		return nil
	}
	if key, _, ok := strings.Cut(args, "/"); ok && key != "" {
		return nil
	}
	return completeKeys(ctx, s, head, args)
}

// prefixedBy gives choices the head that was typed in the place of a word.
func prefixedBy(word, head string, choices []dialog.Choice) []dialog.Choice {
	for i := range choices {
		rest := strings.TrimPrefix(choices[i].Fill, word+" ")
		choices[i].Fill, choices[i].ID = head+rest, ""
	}
	return choices
}

// breakPicked sets what was typed.
func (m *Model) breakPicked(p dialog.Picked) tea.Cmd {
	text := p.Text
	if p.Moved && p.ID != "" {
		text = p.ID
	}
	b, err := debug.Parse(text)
	if err != nil { // the line stays: what is wrong can be mended
		return previewed{p.Text, present.Clip(err.Error(), 200)}.now(m)
	}
	m.dialogs.Pop()
	if was := m.points.editing; was.ID > 0 {
		b.ID, b.Enabled, b.Hits = was.ID, was.Enabled, was.Hits
	}
	return m.setPoint(b)
}

// openPoints lists the breakpoints.
func (m *Model) openPoints() tea.Cmd {
	m.dialogs.Push(m.pointsPicker(0))
	return nil
}

// pointsKeys are what can be done in the list of breakpoints, beside enter.
var pointsKeys = []string{"t", "e", "d", "delete", "l", ")", "("}

// pointsPicker is the list of breakpoints with the cursor at one of them.
func (m *Model) pointsPicker(at int) *dialog.Picker {
	choices := make([]dialog.Choice, len(m.points.list))
	for i, b := range m.points.list {
		choices[i] = m.pointChoice(b)
	}
	p := dialog.NewPicker(dialog.Ask{
		Purpose: askPoints, Title: "Breakpoints", Choices: choices, Letters: true, Keys: pointsKeys, Wide: true,
		Ghost: "t on or off · e edit · d delete · l list its hits · ) ( continue", Foot: "enter goes to the next hit · esc leaves",
		Empty: "none is set: b breaks on this event's type, w watches this field, :trace TYPE print EXPR lists",
	})
	p.MoveTo(at)
	return p
}

func (m *Model) pointChoice(b debug.Breakpoint) dialog.Choice {
	g := m.look.style.Glyph
	sign := g.Break
	switch {
	case b.Kind == debug.Watch && b.Enabled:
		sign = g.Watch
	case b.Kind == debug.Watch:
		sign = g.Unwatch
	case b.Kind == debug.Display || b.Kind == debug.Trace:
		sign = g.Display
	case !b.Enabled:
		sign = g.Unbreak
	}
	note := present.Safe("")
	if hits, ok := m.hits.of(b.ID); ok {
		note = present.Counted(len(hits.at), "hit")
		if hits.more {
			note += " and more"
		}
	}
	if b.Hits > 0 {
		note += " · stopped " + present.Count(b.Hits) + "×"
	}
	if !b.Enabled && b.Kind != debug.Display {
		note += " · off"
	}
	return dialog.Choice{ID: strconv.Itoa(b.ID), Text: fmt.Sprintf("%s %d  %s", sign, b.ID, b), Note: note}
}

// listPoints shows the list of breakpoints anew, if it is open.
func (m *Model) listPoints() tea.Cmd {
	if p, ok := m.dialogs.Top().(*dialog.Picker); ok && p.Purpose() == askPoints {
		m.dialogs.Pop()
		m.dialogs.Push(m.pointsPicker(p.At()))
	}
	return nil
}

func (m *Model) pointsPicked(p dialog.Picked) tea.Cmd {
	switch p.Key {
	case ")":
		m.dialogs.Pop()
		return m.goOn(forward)
	case "(":
		m.dialogs.Pop()
		return m.goOn(backward)
	}
	id, _ := strconv.Atoi(p.ID)
	b, ok := m.points.find(id)
	if !ok {
		return nil
	}
	switch p.Key {
	case "t":
		return m.togglePoint(id)
	case "d", "delete":
		return m.deletePoint(id)
	}
	m.dialogs.Pop()
	switch p.Key {
	case "e":
		return m.editPoint(b, b.String(), "Edit "+present.Count(b.ID))
	case "l":
		return m.listHits(b)
	}
	return m.nextHit(b)
}

// infoLine is info about the log, or with b about the breakpoints.
func (m *Model) infoLine(args string) tea.Cmd {
	if args != "" && strings.HasPrefix("breakpoints", args) {
		return m.openPoints()
	}
	return m.complain("", fmt.Errorf("write info for the log, info b for the breakpoints"))
}

// focusWatch shows the watch pane and goes there; from there it hides it.
func (m *Model) focusWatch() tea.Cmd {
	if m.look.prefs.Watch && m.focus() == layout.Watch {
		m.look.prefs.Watch = false
		m.look.prefs.Focus = layout.State
		return m.relayout()
	}
	m.look.prefs.Watch = true
	return m.focusOn(layout.Watch)
}
