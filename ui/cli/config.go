package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/BurntSushi/toml"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"asof/ui/tui"
)

// config is the file config.toml. Every entry has a flag, and the flag counts first.
type config struct {
	Zone  string            `toml:"tz"`
	Theme string            `toml:"theme"`
	ASCII bool              `toml:"ascii"`
	Mouse *bool             `toml:"mouse"`
	Keys  map[string]string `toml:"keys"` // command name to key
}

const configText = `# Settings of asof. Every line here is the default; take away the # to change it.

# tz = "UTC"          # zone of times that name none, and of times on the screen: UTC, local, Europe/Berlin
# theme = "auto"      # auto, dark or light
# ascii = false       # draw with ASCII characters only
# mouse = true        # false leaves the mouse to the terminal

# [keys]              # keys by the name of their command, as ? lists them
# step-forward = "]"
`

// configPath is where the configuration lies: $ASOF_CONFIG, else below $XDG_CONFIG_HOME or ~/.config, also on macOS.
func configPath() (string, error) {
	if path := os.Getenv("ASOF_CONFIG"); path != "" {
		return path, nil
	}
	if base := os.Getenv("XDG_CONFIG_HOME"); base != "" {
		return filepath.Join(base, "asof", "config.toml"), nil
	}
	if runtime.GOOS == "windows" {
		base, err := os.UserConfigDir()
		return filepath.Join(base, "asof", "config.toml"), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("configuration: %w; set ASOF_CONFIG to a file", err)
	}
	return filepath.Join(home, ".config", "asof", "config.toml"), nil
}

// loadConfig reads the configuration; a missing one is empty. Unknown entries are warnings, with their place.
func loadConfig() (config, []string, error) {
	var c config
	path, err := configPath()
	if err != nil {
		return c, nil, nil //nolint:nilerr // without a home there is no configuration
	}
	meta, err := toml.DecodeFile(path, &c)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil, nil
	}
	var place toml.ParseError
	if errors.As(err, &place) {
		return c, nil, fmt.Errorf("%s: %s", path, place.ErrorWithUsage())
	}
	if err != nil {
		return c, nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	var warnings []string
	for _, key := range meta.Undecoded() {
		warnings = append(warnings, fmt.Sprintf("%s: %q is not a setting; see asof config init", path, key.String()))
	}
	return c, warnings, nil
}

// fill sets the flags that were not given.
func (c config) fill(f *flags, cmd *cobra.Command) {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	if c.Zone != "" && !given("tz") {
		f.zone = c.Zone
	}
	if c.Theme != "" && !given("theme") {
		f.theme = c.Theme
	}
	if c.ASCII && !given("ascii") {
		f.ascii = true
	}
	if c.Mouse != nil && !*c.Mouse && !given("no-mouse") {
		f.noMouse = true
	}
}

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Show where settings lie, write a commented file, check it and the terminal",
		Example: "asof config path\nasof config init\nasof config check",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "path", Short: "Print the path of the configuration", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.configPath() },
		},
		&cobra.Command{
			Use: "init", Short: "Write a configuration with every setting as a comment", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.configInit() },
		},
		&cobra.Command{
			Use: "check", Short: "Check the configuration and print what the terminal can do", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return a.configCheck() },
		},
	)
	return cmd
}

func (a *app) configPath() error {
	path, err := configPath()
	if err != nil {
		return err
	}
	return a.println(path)
}

func (a *app) configInit() error {
	path, err := configPath()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("configuration folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; it is left as it is", path)
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	_, err = f.WriteString(configText)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	return a.println(path)
}

func (a *app) configCheck() error {
	path, err := configPath()
	if err != nil {
		return err
	}
	c, warnings, err := loadConfig()
	if err != nil {
		return err
	}
	if c.Zone != "" {
		if _, err := (&flags{zone: c.Zone}).location(); err != nil {
			warnings = append(warnings, path+": "+err.Error())
		}
	}
	for _, w := range append(warnings, tui.CheckKeys(c.Keys)...) {
		a.say("%s", w)
	}
	profile := colorprofile.Detect(os.Stdout, os.Environ())
	rows := [][2]string{
		{"configuration", path},
		{"TERM", os.Getenv("TERM")},
		{"terminal", yesNo(terminal(a.stdout))},
		{"colours", profile.String()},
		{"NO_COLOR", yesNo(os.Getenv("NO_COLOR") != "")},
		{"size", terminalSize(a.stdout)},
		{"pager", os.Getenv("PAGER")},
	}
	if err := a.pairs(rows); err != nil {
		return err
	}
	if len(warnings) > 0 {
		return &finding{}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
