package style

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// palette names a colour for every role. Plain text keeps the terminal's own colour.
type palette struct {
	strong, dim, border, accent, label, key string
	good, warn, bad                         string
	name, number, boolean                   string
	selectGround, idleGround, matchGround   string
	selectText                              string
	barLow, barHigh, barFuture              string
	shade                                   string
}

// Text roles keep a contrast of at least 4.5 : 1 on common dark and light grounds; a test checks it.
var (
	dark = palette{
		strong: "#f4f5fb", dim: "#9aa1b6", border: "#4d5468", accent: "#9db2ff", label: "#a5adc6", key: "#9db2ff",
		good: "#93d38b", warn: "#edc06f", bad: "#ff8f98",
		name: "#b9c6ea", number: "#8fd3e6", boolean: "#d4b3f4",
		selectGround: "#2b3357", idleGround: "#262a3b", matchGround: "#5a4a12", selectText: "#f4f5fb",
		barLow: "#5568b8", barHigh: "#b3c3ff", barFuture: "#4d5468", shade: "#5d6478",
	}
	light = palette{
		strong: "#10131f", dim: "#5f6577", border: "#b9bdcb", accent: "#3a4fc4", label: "#565d72", key: "#3a4fc4",
		good: "#23702a", warn: "#855300", bad: "#b3232f",
		name: "#33427c", number: "#0b6580", boolean: "#7b3aa6",
		selectGround: "#dfe4ff", idleGround: "#eceef6", matchGround: "#ffe9a3", selectText: "#10131f",
		barLow: "#9fb0f2", barHigh: "#2f45bd", barFuture: "#c5c9d6", shade: "#a3a8b8",
	}
)

// New makes the styles for a terminal.
func New(o Options) *Styles {
	s := &Styles{Options: o, Glyph: glyphs(o.ASCII)}
	if o.NoColor {
		s.weights()
		return s
	}
	p := light
	if o.Dark {
		p = dark
	}
	s.chrome(p)
	s.values(p)
	s.strip(p)
	return s
}

func fg(hex string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(hex)) }
func bg(hex string) lipgloss.Style { return lipgloss.NewStyle().Background(lipgloss.Color(hex)) }

func (s *Styles) chrome(p palette) {
	s.Strong = inked(lipgloss.NewStyle().Bold(true))
	s.Dim, s.Label = inked(fg(p.dim)), inked(fg(p.label))
	s.Accent, s.Key = inked(fg(p.accent).Bold(true)), inked(fg(p.key))
	s.Good, s.Warn, s.Bad = inked(fg(p.good)), inked(fg(p.warn)), inked(fg(p.bad))
	s.Future, s.Stale = inked(fg(p.dim)), inked(fg(p.dim))
	s.Shade = inked(fg(p.shade))
	s.Match = inked(bg(p.matchGround).Foreground(lipgloss.Color(p.strong)))
	s.Border, s.BorderFocus = inked(fg(p.border)), inked(fg(p.accent))
	s.Title, s.TitleFocus = inked(fg(p.label)), inked(fg(p.accent).Bold(true))
	s.Select = inked(bg(p.selectGround).Foreground(lipgloss.Color(p.selectText)))
	s.SelectIdle = inked(bg(p.idleGround).Foreground(lipgloss.Color(p.selectText)))
	s.Guide, s.Scroll = inked(fg(p.border)), inked(fg(p.dim))
}

func (s *Styles) values(p palette) {
	s.Value = ValueInks{
		Name: inked(fg(p.name)), Number: inked(fg(p.number)), Bool: inked(fg(p.boolean)),
		Null: inked(fg(p.dim).Italic(true)), Container: inked(fg(p.dim)), Punct: inked(fg(p.dim)),
	}
	s.Diff = DiffInks{Added: inked(fg(p.good)), Removed: inked(fg(p.bad)), Changed: inked(fg(p.warn)), Same: inked(fg(p.dim))}
}

func (s *Styles) strip(p palette) {
	shades := lipgloss.Blend1D(8, lipgloss.Color(p.barLow), lipgloss.Color(p.barHigh))
	for _, c := range shades {
		s.Strip.Past = append(s.Strip.Past, colored(c))
	}
	s.Strip.Future, s.Strip.Ruler, s.Strip.Axis = inked(fg(p.barFuture)), inked(fg(p.border)), inked(fg(p.dim))
	s.Strip.Cursor, s.Strip.Mark = inked(fg(p.accent).Bold(true)), inked(fg(p.warn).Bold(true))
	s.Strip.Break, s.Strip.Problem = inked(fg(p.bad)), inked(fg(p.bad).Bold(true))
}

func colored(c color.Color) Ink { return inked(lipgloss.NewStyle().Foreground(c)) }

// weights draws without colours: bold, faint, reverse and underline alone.
func (s *Styles) weights() {
	plain := lipgloss.NewStyle()
	bold, faint := inked(plain.Bold(true)), inked(plain.Faint(true))
	s.Strong, s.Accent, s.Key, s.TitleFocus, s.BorderFocus = bold, bold, bold, bold, bold
	s.Dim, s.Future, s.Stale, s.Guide, s.Border = faint, faint, faint, faint, faint
	s.Warn, s.Bad, s.Shade = bold, bold, faint
	s.Match = inked(plain.Underline(true))
	s.Select, s.SelectIdle = inked(plain.Reverse(true)), inked(plain.Bold(true))
	s.Value = ValueInks{Null: faint, Container: faint, Punct: faint}
	s.Diff = DiffInks{Added: bold, Removed: bold, Changed: bold, Same: faint}
	s.Strip = StripInks{
		Past: []Ink{{}}, Future: faint, Ruler: faint, Axis: faint, Cursor: bold, Mark: bold, Break: bold, Problem: bold,
	}
}
