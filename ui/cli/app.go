package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"asof/demo"
	"asof/engine/projection"
	"asof/ui/present"
)

// app is one run of the command line.
type app struct {
	flags
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	out     *bufio.Writer // standard output, or the pager before it
	pager   *pager
	zone    *time.Location // of --tz; nil = UTC
	config  config
	story   *demo.Story // the story that is opened; nil = no story
	prof    profiles
	budget  int64        // of --memory, in bytes
	loading atomic.Int64 // how many of them an import takes now
	used    []string     // names of the projections in use, as the session calls them
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, out: bufio.NewWriterSize(stdout, 64<<10)}
}

// commandLike is how the name of a command looks, and hardly ever that of a log.
var commandLike = regexp.MustCompile(`^[a-z]+$`)

// noCommand is the error of a first argument that is no file, and may have been meant as a command.
func noCommand(cmd *cobra.Command, arg string, err error) error {
	if _, found := os.Stat(arg); found == nil {
		return err
	}
	for _, near := range cmd.SuggestionsFor(arg) {
		return fmt.Errorf("%w; nor is %s a command: did you mean asof %s?", err, arg, near)
	}
	return fmt.Errorf("%w; nor is %s a command: asof --help lists them", err, arg)
}

// root is the command that opens the debugger, with all others below it.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "asof LOG…",
		Short: "Step through an event log and see the state after any event",
		Long: "asof opens an event log of any kind, lets you scrub to the exact state after any event, says beside every field which\n" +
			"event last wrote it, and puts projections side by side. It reads; it never writes to the system under investigation.\n\n" +
			"LOG is a file, a glob, a folder, - for standard input, or a store made before. A log named like a command is ./info.",
		Example: "asof demo\nasof events.jsonl\nasof 'logs/**/*.ndjson.gz'\nkubectl logs api | asof -",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := a.debug(cmd, args)
			if len(args) > 0 && errors.Is(err, fs.ErrNotExist) && commandLike.MatchString(args[0]) {
				return noCommand(cmd, args[0], err)
			}
			return err
		},
		// Anything that is no command is a log.
		SilenceUsage: true,
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.HiddenDefaultCmd = false
	a.register(root.PersistentFlags())
	a.registerScreen(root.Flags())
	a.prof.register(root.PersistentFlags())
	root.Long = flowing(root.Long)
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		copy(args, unprotect(args)) // the same list goes to the command
		return a.prepare(cmd)
	}
	root.AddGroup(&cobra.Group{ID: "look", Title: "Look"}, &cobra.Group{ID: "log", Title: "The log"}, &cobra.Group{ID: "set", Title: "Set up"})
	for _, group := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{"look", []*cobra.Command{a.demoCommand(), a.eventsCommand(), a.stateCommand(), a.diffCommand(), a.blameCommand(), a.historyCommand(), a.findCommand(), a.checkCommand(), a.compareCommand()}},
		{"log", []*cobra.Command{a.importCommand(), a.infoCommand(), a.verifyCommand(), a.appendCommand(), a.exportCommand(), a.projectionsCommand(), a.storesCommand()}},
		{"set", []*cobra.Command{a.formatsCommand(), a.configCommand(), a.manCommand()}},
	} {
		for _, c := range group.commands {
			c.GroupID = group.id
			c.Long = flowing(c.Long)
			root.AddCommand(c)
		}
	}
	completions(root)
	return root
}

// flowing joins the lines of each paragraph, which help breaks where its terminal wants; what is indented stays as it is.
func flowing(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, " ") {
			paragraphs[i] = strings.ReplaceAll(p, "\n", " ")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// prepare reads the settings before a command runs. What a flag says, counts before the configuration.
func (a *app) prepare(cmd *cobra.Command) error {
	if cmd.Name() == "config" || cmd.HasParent() && cmd.Parent().Name() == "config" {
		return nil // it must work on a broken configuration
	}
	c, warnings, err := loadConfig()
	if err != nil {
		return err
	}
	for _, w := range warnings {
		a.note("%s", w)
	}
	a.config = c
	c.fill(&a.flags, cmd)
	if os.Getenv("NO_COLOR") != "" {
		a.noColor = true
	}
	if !slices.Contains([]string{"", "auto", "dark", "light"}, a.theme) {
		return fmt.Errorf("--theme %q is none of auto, dark, light", a.theme)
	}
	a.namePrograms()
	if a.execTimeout <= 0 {
		return errors.New("--exec-timeout: give a time above zero, such as 10s")
	}
	if a.zone, err = a.location(); err != nil {
		return err
	}
	if a.budget, err = byteSize("memory", a.memory); err != nil {
		return err
	}
	a.collect()
	return a.prof.start()
}

// defaultBudget is the memory that loading and building keep to, about, unless --memory says otherwise, and leastLimit what the
// collector is not pressed below: it would do nothing else. It is told to keep a part below the budget, since it comes late now and then.
const (
	defaultBudget = 512 << 20
	leastLimit    = 256 << 20
	limitSlack    = 32
)

// collect lets garbage stand up to twice what is in use, which saves a tenth of the time that loading takes, but not beyond the
// budget. What the environment says of the collector, counts before that.
func (a *app) collect() {
	if a.budget <= 0 {
		a.budget = defaultBudget
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(a.budget-a.budget/limitSlack, leastLimit))
	}
}

// namePrograms puts the programs of --exec before the other projections that are asked for.
func (a *app) namePrograms() {
	refs := make([]string, 0, len(a.exec)+len(a.projections))
	for _, command := range a.exec {
		refs = append(refs, projection.Exec(command))
	}
	a.projections = append(refs, a.projections...)
}

// note writes a remark for people, unless --quiet.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		a.say(format, args...)
	}
}

// say writes to standard error, escaped.
func (a *app) say(format string, args ...any) {
	for _, line := range present.Lines(fmt.Sprintf(format, args...)) {
		_, _ = io.WriteString(a.stderr, string(line)+"\n")
	}
}

// close writes out what is buffered and waits for the pager.
func (a *app) close() error {
	err := errors.Join(a.out.Flush(), a.prof.stop())
	if a.pager != nil {
		err = errors.Join(err, a.pager.close())
	}
	return err
}

// terminal reports whether a stream is a terminal.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// obeys reports whether a stream is a terminal that obeys commands.
func obeys(stream any) bool {
	kind := os.Getenv("TERM")
	return terminal(stream) && kind != "dumb" && (kind != "" || runtime.GOOS == "windows")
}
