package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asof/engine/event/sharedtest"
	"asof/importers"
)

// bounded asks and fails the test when the answer takes too long: an input that hangs a reader does not end.
func bounded(t *testing.T, args ...string) answer {
	t.Helper()
	done := make(chan answer, 1)
	go func() { done <- ask(t, args...) }()
	select {
	case a := <-done:
		upright(t, args, a)
		return a
	case <-time.After(hang):
		t.Fatalf("asof %s hangs", strings.Join(args, " "))
		return answer{}
	}
}

// TestCorporaAreImported imports every file of the corpora, as what it looks like and as every format in turn: nothing falls
// over or hangs, and each record is accepted or kept as rejected.
func TestCorporaAreImported(t *testing.T) {
	var all []string
	for _, folder := range []string{"JSONTestSuite", "blns", "csv-spectrum", "defusedxml", "garak-ansi", "json-schema-formats", "ours/archives", "ours/terminal", "ours/values", "toml-test-datetime", "utf8tests"} {
		all = append(all, files(t, sharedtest.Corpus(t, folder))...)
	}
	formats := []string{""}
	for _, i := range importers.All() {
		formats = append(formats, i.Format().Name)
	}
	ask(t, "formats") // makes the data folder of the test
	read, refused := 0, 0
	for n, path := range all {
		for k, format := range formats {
			if (n+k)%3 != 0 && strings.Contains(path, "JSONTestSuite") || testing.Short() && (n+k)%9 != 0 {
				continue
			}
			args := []string{"import", path, "--json", "--store", filepath.Join(t.TempDir(), fmt.Sprint(n, format))}
			if format != "" {
				args = append(args, "--format", format)
			}
			a := bounded(t, args...)
			if a.code != exitOK {
				refused++
				if a.err == "" {
					t.Errorf("%v: exit code %d without a word", args, a.code)
				}
				continue
			}
			read++
			r := a.one(t)
			if sum(t, r["events"]) < 0 || sum(t, r["records"]) != sum(t, r["events"])+sum(t, r["rejected"]) {
				t.Errorf("%v: %v", args, r)
			}
		}
	}
	t.Logf("%d files: %d imports, %d refused", len(all), read, refused)
}

// sum is an integer of a JSON answer.
func sum(t *testing.T, n any) int {
	t.Helper()
	var i int
	if _, err := fmt.Sscan(fmt.Sprint(n), &i); err != nil {
		t.Fatalf("%v is no number: %v", n, err)
	}
	return i
}
