package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){
		"asof": func() { os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// leakChecked are the tests, and then a look for goroutines that they left running.
type leakChecked struct{ *testing.M }

func (l leakChecked) Run() int {
	code := l.M.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestScripts runs the pages in testdata/script: files, commands and what they must print.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ASOF_DATA", env.WorkDir+"/.data")
			env.Setenv("ASOF_CONFIG", env.WorkDir+"/.config/config.toml")
			env.Setenv("PAGER", "cat")
			return nil
		},
		UpdateScripts: os.Getenv("UPDATE") != "",
	})
}

// answer is what one run of the command line gave.
type answer struct {
	out, err string
	code     int
}

// ask runs the command line in this process, with a data folder of the test's own.
func ask(t *testing.T, args ...string) answer {
	t.Helper()
	if os.Getenv("ASOF_DATA") == "" {
		t.Setenv("ASOF_DATA", t.TempDir())
		t.Setenv("ASOF_CONFIG", t.TempDir()+"/none.toml")
	}
	var out, errs bytes.Buffer
	code := Main(context.Background(), args, strings.NewReader(""), &out, &errs)
	return answer{out.String(), errs.String(), code}
}

// must asks and fails the test unless the exit code is the wanted one.
func must(t *testing.T, code int, args ...string) answer {
	t.Helper()
	a := ask(t, args...)
	if a.code != code {
		t.Fatalf("asof %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), a.code, code, a.out, a.err)
	}
	return a
}

// lines are the objects of a JSON listing. Numbers keep their digits.
func (a answer) lines(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	dec := json.NewDecoder(strings.NewReader(a.out))
	dec.UseNumber()
	for dec.More() {
		var line map[string]any
		if err := dec.Decode(&line); err != nil {
			t.Fatalf("%v in %s", err, a.out)
		}
		all = append(all, line)
	}
	return all
}

// one is the only object of a JSON answer.
func (a answer) one(t *testing.T) map[string]any {
	t.Helper()
	all := a.lines(t)
	if len(all) != 1 {
		t.Fatalf("%d objects, want 1: %s", len(all), a.out)
	}
	return all[0]
}
