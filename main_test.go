package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// ladder lists what each package may import of ours: ARCHITECTURE.md's table. The longest prefix of a package's path counts;
// a name that ends in / stands for all packages below it.
var ladder = map[string][]string{
	"engine/event":               {},
	"engine/event/sharedtest":    {},
	"engine/value":               {},
	"engine/store":               {},
	"engine/eventlog":            {"engine/event", "engine/value", "engine/store"},
	"engine/ingest":              {"engine/event", "engine/value", "engine/eventlog"},
	"engine/script":              {"engine/event", "engine/value"},
	"engine/projection":          {"engine/event", "engine/value", "engine/script", "engine/projection/external"},
	"engine/projection/external": {"engine/event", "engine/value"},
	"engine/asof":                {"engine/event", "engine/value", "engine/store", "engine/eventlog", "engine/projection"},
	"engine/expr":                {"engine/event", "engine/value", "engine/script", "engine/asof"},
	"engine/publish":             {"engine/event", "engine/value", "engine/store", "engine/eventlog"},
	"timeline":                   {"engine/", "timeline/"},
	"importers":                  {"importers/", "engine/ingest"},
	"importers/importertest":     {"importers/", "engine/ingest", "engine/event", "engine/value"},
	"importers/scan":             {"engine/event", "engine/value", "engine/ingest"},
	"importers/":                 {"engine/event", "engine/value", "engine/ingest", "importers/scan"},
	"demo":                       {"engine/event", "engine/value"},
	"ui/present":                 {"timeline", "timeline/", "engine/event", "engine/value"},
	"ui/tui":                     {"timeline", "timeline/", "ui/present", "ui/tui/", "engine/event", "engine/value"},
	"ui/tui/tuitest":             {"ui/tui", "ui/tui/", "ui/present", "timeline", "timeline/", "engine/event", "engine/value"},
	"ui/cli":                     {"timeline", "timeline/", "engine/", "importers", "importers/", "demo", "ui/present", "ui/tui"},
	"":                           {"ui/cli"},
}

// only lists the packages that may import a module: the terminal, the database and the network stay where they belong.
var only = map[string][]string{
	"go.etcd.io/bbolt":         {"engine/store", "engine/eventlog", "engine/asof", "engine/publish", "timeline/casefile"},
	"charm.land/bubbletea/":    {"ui/tui"},
	"charm.land/bubbles/":      {"ui/tui"},
	"charm.land/lipgloss/":     {"ui/tui", "ui/cli"},
	"go.starlark.net/":         {"engine/script"},
	"net/http":                 {"importers", "engine/publish"},
	"github.com/spf13/cobra":   {"ui/cli"},
	"charm.land/fang/":         {"ui/cli"},
	"github.com/fsnotify/":     {"engine/ingest", "engine/eventlog", "timeline", "ui/tui"},
	"github.com/klauspost/":    {"engine/eventlog", "engine/asof", "importers/scan"},
	"github.com/cockroachdb/":  {"engine/value"},
	"github.com/BurntSushi/":   {"ui/cli"},
	"github.com/bmatcuk/":      {"engine/ingest"},
	"github.com/sahilm/fuzzy":  {"ui/tui", "timeline"},
	"github.com/RoaringBitmap": {"engine/eventlog", "engine/asof"},
}

// TestStaticBinary starts the program where there is nothing: no files, no network, no home.
func TestStaticBinary(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux, for an empty root folder without a network")
	}
	root := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(root, "asof"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	chroot, err := exec.LookPath("chroot")
	if err != nil {
		t.Skip("there is no chroot on this machine")
	}
	for _, args := range [][]string{{"--version"}, {"formats"}, {"demo", "bank", "--write", "bank.jsonl"}, {"info", "bank.jsonl", "--store", "bank.asof"}} {
		cmd := exec.Command("unshare", append([]string{"-n", chroot, root, "/asof"}, args...)...)
		cmd.Env = []string{}
		if out, err := cmd.CombinedOutput(); err != nil || len(out) == 0 && args[0] != "demo" {
			t.Errorf("asof %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "asof"), "/")
		allowed, ok := allowedFor(name)
		if !ok {
			t.Errorf("%s is a package that the ladder in main_test.go does not name", name)
		}
		for _, path := range p.Imports {
			if ours, found := strings.CutPrefix(path, "asof/"); found {
				if !matches(allowed, ours) {
					t.Errorf("%s must not import %s", name, ours)
				}
				continue
			}
			for module, users := range only {
				if strings.HasPrefix(path, module) && !below(users, name) {
					t.Errorf("%s must not import %s: only %v do", name, path, users)
				}
			}
		}
	}
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// allowedFor finds a package's own row, else that of the nearest folder above it.
func allowedFor(name string) ([]string, bool) {
	if allowed, ok := ladder[name]; ok {
		return allowed, true
	}
	for folder := name; ; {
		i := strings.LastIndexByte(folder, '/')
		if i < 0 {
			return nil, false
		}
		folder = folder[:i]
		if allowed, ok := ladder[folder+"/"]; ok {
			return allowed, true
		}
		if allowed, ok := ladder[folder]; ok {
			return allowed, true
		}
	}
}

func matches(allowed []string, path string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		return path == a || strings.HasSuffix(a, "/") && strings.HasPrefix(path, a)
	})
}

func below(folders []string, name string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return name == f || strings.HasPrefix(name, f+"/") })
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestLeaksAreLookedFor: the tests of every package end with a look for goroutines that were left running.
func TestLeaksAreLookedFor(t *testing.T) {
	tested, looking := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		dir := filepath.Dir(path)
		tested[dir] = true
		looking[dir] = looking[dir] || strings.Contains(string(source), "goleak.VerifyTestMain(m") || strings.Contains(string(source), "goleak.Find(")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range tested {
		if !looking[dir] {
			t.Errorf("the tests of %s look for no goroutines: give them a TestMain with goleak.VerifyTestMain(m)", dir)
		}
	}
}
