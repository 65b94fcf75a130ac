package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

// TestExamplesAnswer: what help shows of the two stories can be typed as it stands, beside the files that the stories write,
// and says something.
func TestExamplesAnswer(t *testing.T) {
	shell := sharedtest.Tool(t, "sh")
	p := newProcess(t)
	for _, story := range []string{"shop", "bank"} {
		p.must(exitOK, "demo", story, "--write", story+".jsonl", "--reducers", ".")
	}
	ran := 0
	for _, c := range newApp(nil, nil, nil).root().Commands() {
		for line := range strings.Lines(c.Example) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " | ")
			if i := strings.LastIndex(line, " > "); i >= 0 && !strings.Contains(line[i:], "'") { // the shell's, not a condition's
				line = line[:i]
			}
			words := strings.Fields(line)
			if len(words) < 3 || words[2] != "shop.jsonl" && words[2] != "bank.jsonl" || strings.Contains(line, "--exec") {
				continue
			}
			ran++
			ctx, stop := context.WithTimeout(context.Background(), hang)
			like := p.command()
			command := exec.CommandContext(ctx, shell, "-c", line)
			command.Dir, command.Env = like.Dir, like.Env
			a := p.finish(command)
			stop()
			if a.code != exitOK && a.code != exitFinding {
				t.Errorf("%s: exit code %d\n%s", line, a.code, a.err)
			}
			silent := slices.ContainsFunc([]string{"--rejected", "--errors", "--drop"}, func(flag string) bool { return strings.Contains(line, flag) })
			if a.out == "" && !silent || strings.Contains(a.err, "no document ever had") {
				t.Errorf("%s says nothing\n%s", line, a.err)
			}
		}
	}
	if ran < 20 {
		t.Errorf("only %d examples were run", ran)
	}
	if _, err := os.Stat(filepath.Join(p.work, "smallest.jsonl")); err != nil {
		t.Errorf("the example of --minimize wrote nothing: %v", err)
	}
}
