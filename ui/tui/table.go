package tui

import (
	"fmt"
	"slices"
	"strings"

	"asof/ui/present"
	"asof/ui/tui/layout"
)

// table is the commands with the keys that a person gave them.
type table struct {
	rows  []command
	names map[string]*command
	keys  map[layout.Pane]map[string]*command
	ascii bool // keys are shown in plain ASCII
}

func newTable(keys map[string]string) *table {
	t := &table{rows: rows(), names: map[string]*command{}, keys: map[layout.Pane]map[string]*command{}}
	for i := range t.rows {
		c := &t.rows[i]
		if text, ok := keys[c.name]; ok {
			c.keys = strings.Fields(text)
		}
		t.names[c.name] = c
		for _, a := range c.aliases {
			t.names[a] = c
		}
		if t.keys[c.pane] == nil {
			t.keys[c.pane] = map[string]*command{}
		}
		for _, k := range c.keys {
			t.keys[c.pane][k] = c
		}
	}
	return t
}

// find is the command of a key with the focus on a pane; nil = none.
func (t *table) find(p layout.Pane, key string) *command {
	if c := t.keys[p][key]; c != nil {
		return c
	}
	return t.keys[layout.None][key]
}

// named is the command of a name; nil = none.
func (t *table) named(name string) *command { return t.names[name] }

// CommandInfo is a row of the table of commands, for manuals and checks.
type CommandInfo struct {
	Name  string   // as the command line, the configuration and help call it
	Also  []string // other words for it on the command line: "c", "continue"
	Keys  []string // as the terminal names them: "]", "ctrl+d", "space"
	Group string   // heading in help: "Step", "Look", …
	Pane  string   // events, state, event or timeline if it works with the focus there only; else empty
	Args  string   // what may follow it on the command line: "WHERE"; empty = nothing
	Help  string
}

// Commands lists everything that the screen can do, in the order of help.
func Commands() []CommandInfo {
	all := rows()
	out := make([]CommandInfo, len(all))
	for i := range all {
		c := &all[i]
		out[i] = CommandInfo{
			Name: c.name, Also: slices.Clone(c.aliases), Keys: slices.Clone(c.keys), Group: string(c.group), Pane: string(paneName(c.pane)), Args: c.args, Help: string(c.help),
		}
	}
	return out
}

// CheckKeys reads keys by command name, as Options.Keys has them, and says one line per mistake: an unknown command, a key that
// no terminal sends, a key that two commands would share.
func CheckKeys(keys map[string]string) []string {
	t := newTable(keys)
	var mistakes []string
	names := make([]string, 0, len(keys))
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if t.named(name) == nil {
			mistakes = append(mistakes, fmt.Sprintf("%q is no command; ? lists them", name))
			continue
		}
		for _, key := range strings.Fields(keys[name]) {
			if why := unusable(key); why != "" {
				mistakes = append(mistakes, fmt.Sprintf("%s: the key %q %s", name, key, why))
			}
		}
	}
	return append(mistakes, t.shared()...)
}

// shared says which keys two commands of one pane have.
func (t *table) shared() []string {
	var mistakes []string
	for i := range t.rows {
		c := &t.rows[i]
		for _, k := range c.keys {
			if other := t.keys[c.pane][k]; other != c && unusable(k) == "" {
				mistakes = append(mistakes, fmt.Sprintf("%s and %s would share the key %q", c.name, other.name, k))
			}
		}
	}
	return mistakes
}

// namedKeys are the keys beside single characters that every terminal sends.
var namedKeys = map[string]present.Safe{
	"space": "space", "enter": "enter", "tab": "tab", "shift+tab": "shift+tab", "esc": "esc", "backspace": "backspace", "delete": "delete",
	"up": "↑", "down": "↓", "left": "←", "right": "→", "home": "Home", "end": "End", "pgup": "PgUp", "pgdown": "PgDn", "insert": "insert",
}

// unusable says why a key can not be given to a command; empty = it can.
func unusable(key string) string {
	switch {
	case key == "ctrl+c":
		return "always quits"
	case key == "ctrl+i" || key == "ctrl+m" || key == "ctrl+[":
		return "arrives as tab, enter or esc in most terminals"
	case len([]rune(key)) == 1, namedKeys[key] != "":
		return ""
	case strings.HasPrefix(key, "ctrl+") && len(key) == len("ctrl+a") && key[5] >= 'a' && key[5] <= 'z':
		return ""
	case strings.HasPrefix(key, "alt+") && len([]rune(key)) == len("alt+a"):
		return ""
	case key[0] == 'f' && len(key) <= 3 && key[1] >= '1' && key[1] <= '9':
		return ""
	}
	return "is not one that terminals send; write a, G, ], space, enter, ctrl+d, alt+x, f5, pgdown"
}

// keyText is a key as it is shown.
func (t *table) keyText(key string) present.Safe {
	if text := namedKeys[key]; text != "" {
		if t.ascii && text[0] > 127 { // an arrow as < would be another key
			return present.Text(key)
		}
		return text
	}
	if len(key) > 1 && key[0] == 'f' && key[1] >= '1' && key[1] <= '9' {
		return present.Text(strings.ToUpper(key))
	}
	return present.Text(key)
}

func (t *table) keysText(keys []string) present.Safe {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(t.keyText(k)))
	}
	return present.Safe(b.String())
}

func paneName(p layout.Pane) present.Safe {
	switch p {
	case layout.Events:
		return "events"
	case layout.State:
		return "state"
	case layout.Detail:
		return "event"
	case layout.Timeline:
		return "timeline"
	case layout.Watch:
		return "watch"
	case layout.None:
	}
	return ""
}
