package style

import (
	"fmt"
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"asof/ui/present"
)

// luminance is WCAG's relative luminance.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b string) float64 {
	x, y := luminance(lipgloss.Color(a)), luminance(lipgloss.Color(b))
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for _, theme := range []struct {
		name    string
		p       palette
		grounds []string // what terminals of this kind are painted with
	}{
		{"dark", dark, []string{"#000000", "#0d1117", "#1a1b26", "#1e1e1e", "#1e1e2e", "#282a36"}},
		{"light", light, []string{"#ffffff", "#fafafa", "#eff1f5", "#fdf6e3"}},
	} {
		p := theme.p
		text := map[string]string{
			"strong": p.strong, "dim": p.dim, "accent": p.accent, "label": p.label, "key": p.key, "good": p.good, "warn": p.warn,
			"bad": p.bad, "name": p.name, "number": p.number, "boolean": p.boolean,
		}
		for role, ink := range text {
			for _, ground := range theme.grounds {
				if got := contrast(ink, ground); got < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", theme.name, role, ground, got)
				}
			}
			for _, ground := range []string{p.selectGround, p.idleGround} {
				if got := contrast(ink, ground); got < 4.5 {
					t.Errorf("%s: %s on the cursor's row %s has a contrast of %.2f", theme.name, role, ground, got)
				}
			}
		}
		for role, ink := range map[string]string{"selected text": p.selectText} {
			for _, ground := range []string{p.selectGround, p.idleGround} {
				if got := contrast(ink, ground); got < 7 {
					t.Errorf("%s: %s has a contrast of %.2f", theme.name, role, got)
				}
			}
		}
		if got := contrast(p.strong, p.matchGround); got < 4.5 {
			t.Errorf("%s: a match has a contrast of %.2f", theme.name, got)
		}
	}
}

func TestNoColorHasNone(t *testing.T) {
	s := New(Options{NoColor: true})
	inks(reflect.ValueOf(*s), func(i Ink) {
		for _, part := range strings.FieldsFunc(i.open, func(r rune) bool { return r == '\x1b' || r == '[' || r == ';' || r == 'm' }) {
			if len(part) > 1 {
				t.Errorf("%q sets a colour", i.open)
			}
		}
	})
}

// inks visits every ink of the styles.
func inks(v reflect.Value, visit func(Ink)) {
	if v.Type() == reflect.TypeFor[Ink]() {
		visit(Ink{v.Field(0).String()})
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			inks(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			inks(v.Index(i), visit)
		}
	default:
	}
}

func TestGlyphsTakeOneColumn(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		g := glyphs(ascii)
		v := reflect.ValueOf(g)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			texts := []present.Safe{}
			if v.Field(i).Kind() == reflect.Slice {
				texts = g.Bars
			} else {
				texts = append(texts, present.Safe(v.Field(i).String()))
			}
			for _, text := range texts {
				if w := present.Width(text); w != 1 && (name != "Arrow" || w != 2) {
					t.Errorf("%s %q takes %d columns", name, text, w)
				}
				if ascii && len(text) != utf8.RuneCountInString(string(text)) {
					t.Errorf("%s %q is not ASCII", name, text)
				}
				if present.Text(string(text)) != text {
					t.Errorf("%s %q is not safe", name, text)
				}
			}
		}
	}
}

func TestInks(t *testing.T) {
	s := New(Options{Dark: true})
	if got := (Ink{}).Render("x"); got != "x" {
		t.Errorf("plain ink drew %q", got)
	}
	if got := s.Accent.Render("x"); !strings.HasPrefix(got, "\x1b[") || !strings.HasSuffix(got, "x\x1b[m") {
		t.Errorf("accent drew %q", got)
	}
	over := string(s.Accent.AppendOver(nil, s.Select, "x"))
	if want := s.Accent.Over(s.Select).Render("x"); over != want {
		t.Errorf("%q, want %q", over, want)
	}
	if len(s.Strip.Past) != 8 {
		t.Error(fmt.Sprint(len(s.Strip.Past), " shades"))
	}
}
