package ingest

import (
	"errors"
	"io"
	"strings"
	"testing"
)

type voter struct {
	csvish
	vote Vote
}

func (v voter) Detect(Head) Vote { return v.vote }

func TestVote(t *testing.T) {
	im := func(name string, weight, share int, reason string) Importer {
		return voter{csvish{name: name}, Vote{weight, share, reason}}
	}
	head := Head{Bytes: []byte("{}")}
	for _, c := range []struct {
		name, first, second string
		voters              []Importer
	}{
		{"the more specific of two majorities", "cloud", "any", []Importer{im("any", 1, 100, ""), im("cloud", 4, 80, "")}},
		{"one odd line does not decide", "any", "cloud", []Importer{im("cloud", 9, 1, ""), im("any", 1, 99, "")}},
		{"without a majority the larger share", "b", "a", []Importer{im("a", 9, 20, ""), im("b", 1, 40, "")}},
		{"a tie goes to the first of the list", "a", "b", []Importer{im("a", 2, 100, ""), im("b", 2, 100, "")}},
		{"no weight is no vote", "b", "", []Importer{im("a", 0, 100, ""), im("b", 1, 60, "")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, d, err := Config{Importers: c.voters}.choose(head)
			if err != nil || d.Format != c.first || d.RunnerUp != c.second {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	}
	_, _, err := Config{Importers: []Importer{im("a", 0, 0, "line 2 is no JSON")}}.choose(head)
	if !errors.Is(err, ErrFormat) || err.Error() != "no format that asof reads (a: line 2 is no JSON)" {
		t.Errorf("got %v", err)
	}
	if told := wayOn(err).Error(); !strings.Contains(told, "asof formats") || !strings.Contains(told, "--format") {
		t.Errorf("the way on is %q", told)
	}
	for text, want := range map[string]string{
		"SQLite format 3\x00x":                      "sqlite3 -json",
		"\n<log><trace/></log>":                     "XML",
		"\xfd7zXZ\x00\x00":                          "xz -dc",
		"\x04\x22\x4d\x18\x00":                      "lz4 -dc",
		"PAR1\x15\x00":                              "Parquet",
		strings.Repeat("\x00", 257) + "ustar\x0000": "tar",
		"level=info msg=\"a b\" x=1\n":              "logfmt",
		"a\x00b":                                    "binary",
		"some words\n":                              "--format",
	} {
		_, _, err := Config{Importers: []Importer{im("a", 0, 0, "")}}.choose(Head{Bytes: []byte(text), Whole: true})
		if !errors.Is(err, ErrFormat) || !strings.Contains(wayOn(err).Error(), want) {
			t.Errorf("%q gave %v", text, err)
		}
	}
	cut := Head{Bytes: []byte("{}"), Err: io.ErrUnexpectedEOF}
	_, _, err = Config{Importers: []Importer{im("a", 0, 0, "")}}.choose(cut)
	if !errors.Is(err, ErrFormat) || !errors.Is(err, io.ErrUnexpectedEOF) || wayOn(err) != err {
		t.Errorf("what could not be read whole gave %v", err)
	}
	if _, d, err := (Config{Importers: []Importer{im("a", 1, 90, "")}}).choose(cut); err != nil || d.Format != "a" {
		t.Errorf("a format told by what could be read gave %+v, %v", d, err)
	}
	blank := Head{Bytes: []byte("\n \r\n"), Whole: true}
	if im, _, err := (Config{Importers: []Importer{im("a", 0, 0, "")}}).choose(blank); err != nil || im != nil {
		t.Errorf("a file of blank lines is read as %v, %v", im, err)
	}
	blank.Whole = false
	if _, _, err := (Config{Importers: []Importer{im("a", 0, 0, "")}}).choose(blank); !errors.Is(err, ErrFormat) {
		t.Errorf("a file that begins with blank lines gave %v", err)
	}
	if _, _, err = (Config{Format: "zip", Importers: []Importer{im("a", 1, 1, "")}}).choose(head); !errors.Is(err, ErrFormat) {
		t.Errorf("an unknown --format gave %v", err)
	}
}
