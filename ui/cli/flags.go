package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flags are the global flags.
type flags struct {
	projections []string
	by          string
	exec        []string
	execTimeout time.Duration
	format      string
	fields      []string
	mapFile     string
	order       string
	zone        string
	store       string
	memory      string
	dedupe      string
	slice       []string
	strict      bool
	fresh       bool

	json    bool
	quiet   bool
	noColor bool
	ascii   bool
	theme   string
	noMouse bool
	rules   string // of the screen
}

// register adds the flags to every command, in groups that help shows together.
func (f *flags) register(set *pflag.FlagSet) {
	set.SortFlags = false
	set.StringArrayVarP(&f.projections, "projection", "p", nil, "projection: a built-in's name or a .star file")
	set.StringVar(&f.by, "by", "", "regroup the projection by a path of the event, such as /data/order_id")
	set.StringArrayVar(&f.exec, "exec", nil, "projection: a program that folds, such as 'node reducer.js'")
	set.DurationVar(&f.execTimeout, "exec-timeout", 10*time.Second, "how long the program of --exec may be silent")
	set.StringVar(&f.format, "format", "", "read the sources as this format (see asof formats)")
	set.StringArrayVar(&f.fields, "map", nil, "which path is which field: stream=/case,type=/activity,time=/at")
	set.StringVar(&f.mapFile, "map-file", "", "file with one field=path a line")
	set.StringVar(&f.order, "order", "", "order of the log: file, time, or a path to a number that orders it")
	set.StringVar(&f.dedupe, "dedupe", "", "id: skip events whose id came from another place before")
	set.StringArrayVar(&f.slice, "slice", nil, "load a part: from=TIME, to=TIME, stream=order-4*, type=Order*, category=C, sample=1/100")
	set.StringVar(&f.zone, "tz", "", "zone of times that name none: UTC, local, Europe/Berlin (default UTC)")
	set.StringVar(&f.store, "store", "", "folder of the store (default: found again under the data folder)")
	set.StringVar(&f.memory, "memory", "", "memory that loading and building may take, about (512MiB)")
	set.BoolVar(&f.fresh, "fresh", false, "load the sources anew instead of going on with the store")
	set.BoolVar(&f.strict, "strict", false, "exit with 1 if any record was rejected")
	set.BoolVar(&f.json, "json", false, "print JSON, one object a line")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no notes on standard error")
	set.BoolVar(&f.noColor, "no-color", false, "no colour (also NO_COLOR)")
	set.BoolVar(&f.ascii, "ascii", false, "draw with ASCII characters only")
	set.StringVar(&f.theme, "theme", "", "auto, dark or light (default auto: ask the terminal)")
	set.BoolVar(&f.noMouse, "no-mouse", false, "leave the mouse to the terminal")
}

// registerScreen adds the flags of the commands that open the screen.
func (f *flags) registerScreen(set *pflag.FlagSet) {
	set.StringVar(&f.rules, "rules", "", "file of rules to check behind the screen (default: NAME.invariants.star or invariants.star\nbeside the log or a projection's script; none: no rules)")
}

// location is the zone of --tz; nil if it is not given.
func (f *flags) location() (*time.Location, error) {
	switch strings.ToLower(f.zone) {
	case "":
		return nil, nil
	case "local":
		return time.Local, nil
	}
	loc, err := time.LoadLocation(f.zone)
	if err != nil {
		return nil, fmt.Errorf("--tz %q is not a zone: take UTC, local, or a name such as Europe/Berlin", f.zone)
	}
	return loc, nil
}

var mapped = map[string]bool{
	"stream": true, "type": true, "time": true, "id": true, "version": true, "recorded": true,
	"correlation": true, "causation": true, "data": true, "metadata": true, "dates": true, "clock": true,
}

// mapping is --map and --map-file as one table; --map wins.
func (f *flags) mapping() (map[string]string, error) {
	var pairs []string
	if f.mapFile != "" {
		text, err := os.ReadFile(f.mapFile)
		if err != nil {
			return nil, fmt.Errorf("--map-file: %w", err)
		}
		pairs = strings.Split(string(text), "\n")
	}
	for _, list := range f.fields {
		pairs = append(pairs, strings.Split(list, ",")...)
	}
	table := map[string]string{}
	for _, pair := range pairs {
		pair = strings.TrimSpace(pair)
		if pair == "" || strings.HasPrefix(pair, "#") {
			continue
		}
		field, path, found := strings.Cut(pair, "=")
		field, path = strings.TrimSpace(field), strings.TrimSpace(path)
		if !found || !mapped[field] || path == "" && field == "dates" {
			return nil, fmt.Errorf("--map %q: write field=path, where the field is stream, type, time, id, version, recorded, correlation, causation, data or metadata, or dates=dmy, dates=mdy, clock=PATH; field= says that nothing is that field", pair)
		}
		table[field] = path
	}
	return table, nil
}

var sizeText = regexp.MustCompile(`^([0-9]+) ?([kKmMgG]?)(i?[bB])?$`)

// byteSize reads a size such as 512MiB or 2G; units are powers of 1,024.
func byteSize(flag, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	m := sizeText.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("--%s %q is not a size: write it like 512MiB or 2GiB", flag, text)
	}
	var n int64
	if _, err := fmt.Sscan(m[1], &n); err != nil {
		return 0, fmt.Errorf("--%s %q: %w", flag, text, err)
	}
	shift := map[string]int{"": 0, "k": 10, "m": 20, "g": 30}[strings.ToLower(m[2])]
	if n > 1<<(62-shift) {
		return 0, fmt.Errorf("--%s %q is too large", flag, text)
	}
	return n << shift, nil
}

// A where such as -1 or -10m looks like a flag. It is told apart before cobra sees it, by a byte that no argument can hold.
const protected = "\x00"

var negativeWhere = regexp.MustCompile(`^-[0-9]`)

// protectWheres marks the arguments that would be taken for flags. What follows a flag that takes a value is its value, however it begins.
func protectWheres(args []string, takesValue func(arg string) bool) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if negativeWhere.MatchString(arg) && (i == 0 || !takesValue(args[i-1])) {
			arg = protected + arg
		}
		out[i] = arg
	}
	return out
}

// takesValue tells of an argument whether the next one is its value: --limit, -n.
func takesValue(root *cobra.Command) func(arg string) bool {
	names := map[string]bool{}
	add := func(f *pflag.Flag) {
		if f.NoOptDefVal == "" {
			names["--"+f.Name] = true
			if f.Shorthand != "" {
				names["-"+f.Shorthand] = true
			}
		}
	}
	root.PersistentFlags().VisitAll(add)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(add)
	}
	return func(arg string) bool { return names[arg] }
}

func unprotect(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = strings.TrimPrefix(arg, protected)
	}
	return out
}

// between checks the number of a command's arguments, and says how it is used.
func between(low, high int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= low && (high < 0 || len(args) <= high) {
			return nil
		}
		return errors.New("usage: " + cmd.UseLine() + "\nsee " + cmd.CommandPath() + " --help")
	}
}

// flagError says of a flag's value what it should be.
func flagError(_ *cobra.Command, err error) error {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	want := map[string]string{"int": "a whole number", "uint64": "a whole number from 0 on", "duration": "a time such as 10s or 2m", "bool": "true or false"}
	if what := want[bad.GetFlag().Value.Type()]; what != "" {
		return fmt.Errorf("--%s %q: write %s", bad.GetFlag().Name, bad.GetValue(), what)
	}
	return err
}
