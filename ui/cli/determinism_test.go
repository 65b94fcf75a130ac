package cli

import (
	"bytes"
	"fmt"
	"testing"

	"asof/demo"
)

// TestFoldingTwiceIsTheSame: fresh processes on one and on two processors build one log, and one state of every key.
func TestFoldingTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	story, err := demo.Find("shop")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := story.Write(&log, demo.Size{Events: 3000}); err != nil {
		t.Fatal(err)
	}
	var first []string
	for run, processors := range []int{1, 2, 2} {
		p := newProcess(t)
		file := p.write("shop.jsonl", log.String())
		script := p.write("orders.star", string(story.Scripts[0].Source))
		for i, args := range [][]string{
			{"state", file, "-p", "merge", "--json"}, {"state", file, "-p", script, "--json"}, {"state", file, "-p", "tally", "--at", "50%", "--json"},
		} {
			c := p.command(args...)
			c.Env = append(c.Env, fmt.Sprintf("GOMAXPROCS=%d", processors))
			a := p.finish(c)
			switch {
			case a.code != exitOK || a.out == "":
				t.Fatalf("asof %v: %d %s", args, a.code, a.err)
			case run == 0:
				first = append(first, a.out)
			case a.out != first[i]:
				t.Errorf("asof %v on %d processors answers otherwise than on one", args, processors)
			}
		}
	}
}
