package tui

// CommandInfo is a row of the table of commands, for manuals and checks.
type CommandInfo struct {
	Name  string   // as the command line, the configuration and help call it
	Keys  []string // as the terminal names them: "]", "ctrl+d", "space"
	Group string   // heading in help: "Step", "Look", …
	Pane  string   // events, state, event or timeline if it works with the focus there only; else empty
	Args  string   // what may follow it on the command line: "WHERE"; empty = nothing
	Help  string
}

// Commands lists everything that the screen can do, in the order of help.
func Commands() []CommandInfo { return nil }

// CheckKeys reads keys by command name, as Options.Keys has them, and says one line per mistake: an unknown command, a key that
// no terminal sends, a key that two commands would share.
func CheckKeys(keys map[string]string) []string { return nil }
