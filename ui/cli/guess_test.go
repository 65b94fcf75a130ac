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

// TestImportBuildsWhatIsAsked loads with -p: the index is there when the command ends.
func TestImportBuildsWhatIsAsked(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(3000))
	p.must(exitOK, "import", file, "-p", "merge", "-p", "tally")
	events := p.must(exitOK, "info", file, "--json").one(t)["events"]
	built := map[any]any{}
	for _, row := range p.must(exitOK, "projections", file, "--json").lines(t) {
		built[row["name"]] = row["position"]
	}
	if built["merge"] != events || built["tally"] != events {
		t.Errorf("built up to %v of %v", built, events)
	}
	if got := p.must(exitUsage, "import", file, "-p", "nowhere.star"); !strings.Contains(got.err, "nowhere.star") {
		t.Errorf("of a script that is not there it says %q", got.err)
	}
}
