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

// TestWhatIsNotFoundIsSaid loads a file that says neither when nor what: that is said, with what to do.
func TestWhatIsNotFoundIsSaid(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	file := p.write("x.jsonl", "{\"n\":1}\n{\"n\":2}\n")
	got := p.must(exitOK, "import", file)
	if want := "found no time and no type; --map says where it is, as in --map time=PATH"; !strings.Contains(got.err, want) {
		t.Errorf("it says %q, want %q", got.err, want)
	}
	wrong := p.must(exitOK, "import", file, "--map", "type=/nope", "--order", "number")
	if want := "none of the first records has it: type /nope, sequence /number"; !strings.Contains(wrong.err, want) {
		t.Errorf("it says %q, want %q", wrong.err, want)
	}
	if given := p.must(exitOK, "import", file, "--map", "type=n,time="); strings.Contains(given.err, "found no") {
		t.Errorf("of what was given it says %q", given.err)
	}
}

// TestHeaderThenRows loads a file that has a header only, in part, and then rows: the columns are those of the whole header. Another
// file that begins the same is another one.
func TestHeaderThenRows(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	const header = "time,stream,type"
	file := p.write("log.csv", header)
	p.must(exitOK, "import", file)
	p.write("log.csv", header+",amount\n")
	p.must(exitOK, "import", file)
	p.write("log.csv", header+",amount\n2025-01-01T00:00:00Z,a,x,1\n")
	p.must(exitOK, "import", file)
	p.write("log.csv", header+",amount\n2025-01-01T00:00:00Z,a,x,1\n2025-01-01T00:00:01Z,a,y,2\n")
	p.must(exitOK, "import", file)
	var got []string
	for _, e := range p.must(exitOK, "events", file, "--json").lines(t) {
		got = append(got, fmt.Sprintln(e["position"], e["time"], e["stream"], e["type"], e["data"]))
	}
	if want := "1 2025-01-01T00:00:00Z a x map[amount:1]\n2 2025-01-01T00:00:01Z a y map[amount:2]\n"; strings.Join(got, "") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.must(exitOK, "verify", file)
	p.must(exitOK, "import", p.write("empty.csv", header+"\n"))
	p.must(exitOK, "import", p.write("other.csv", header+"\n2025-01-01T00:00:00Z,a,x\n"))
	first := p.must(exitOK, "info", p.work+"/other.csv", "--json").one(t)
	if source := first["sources"].([]any)[0].(map[string]any); !strings.HasSuffix(fmt.Sprint(source["file"]), "other.csv") {
		t.Errorf("it is taken for %v", source["file"])
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

// TestMistypedCommand is told the command that was meant, beside the file that is not there.
func TestMistypedCommand(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	if got := p.must(exitUsage, "evnts", p.write("x.jsonl", "{}\n")); !strings.Contains(got.err, "did you mean asof events?") {
		t.Errorf("it says %q", got.err)
	}
	if got := p.must(exitUsage, "frobnicate"); !strings.Contains(got.err, "asof --help lists them") {
		t.Errorf("it says %q", got.err)
	}
}

// TestShellCompletesFlags asks, as the shell does, for the words of a flag.
func TestShellCompletesFlags(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	for flag, want := range map[string]string{"--projection": "merge\nlast\ncounts\ntally\n", "--format": "cloudevents\njsonl\njson\ncsv\n", "--order": "file\ntime\n"} {
		if got := p.must(exitOK, "__complete", "import", "x.jsonl", flag, ""); !strings.HasPrefix(got.out, want) {
			t.Errorf("%s: %q", flag, got.out)
		}
	}
	if got := p.must(exitOK, "__complete", "export", "x.jsonl", "--format", "c"); !strings.HasPrefix(got.out, "cloudevents\ncsv\n") {
		t.Errorf("of export: %q", got.out)
	}
}
