package cli

import (
	"fmt"
	"strings"
	"testing"
)

// TestGuessesAreSaid loads a file whose columns no list knows: what was guessed is said where it is loaded, and what was given is
// not guessed.
func TestGuessesAreSaid(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	var b strings.Builder
	b.WriteString("Auftrag;Was geschah;Zeitpunkt\n")
	for i := range 40 {
		fmt.Fprintf(&b, "A-%d;%s;%d.3.2024 10:00\n", i%8, []string{"angelegt", "bezahlt", "versandt"}[i%3], i%28+1)
	}
	file := p.write("orders.csv", b.String())
	got := p.must(exitOK, "import", file)
	if want := "guessed: time Zeitpunkt, stream Auftrag, type Was geschah; --explain says why"; !strings.Contains(got.err, want) {
		t.Errorf("it says %q, want %q", got.err, want)
	}
	if again := p.must(exitOK, "import", file); strings.Contains(again.err, "guessed") {
		t.Errorf("with nothing new it says %q", again.err)
	}
	given := p.must(exitOK, "import", file, "--map", "time=Zeitpunkt,stream=Auftrag,type=Was geschah")
	if strings.Contains(given.err, "guessed") {
		t.Errorf("of what was given it says %q", given.err)
	}
	first := p.must(exitOK, "events", file, "--order", "time", "--json", "--limit", "1").one(t)
	if first["stream"] != "A-0" || first["type"] != "angelegt" || first["time"] != "2024-03-01T10:00:00Z" {
		t.Errorf("the first event is %v", first)
	}
}
