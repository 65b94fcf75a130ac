package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// questions are asked of every damaged store. Their answers are those of the whole one, or an error.
func questions(store string) [][]string {
	return [][]string{
		{"events", store, "--from", "900", "--to", "1100", "--json"},
		{"state", store, "--at", "2500", "--json"},
		{"blame", store, "order-7", "--json"},
		{"verify", store, "--json"},
	}
}

// TestDamagedStores flips bits, wipes pages and cuts files of a store: every question is answered rightly or with an error that
// says the store is damaged. Nothing falls over. A damaged index may be built anew: it is only a cache.
func TestDamagedStores(t *testing.T) {
	t.Parallel()
	rounds := 60
	if testing.Short() {
		rounds = 8
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	p := newProcess(t)
	file := p.write("log.jsonl", shopLog(3000))
	p.must(exitOK, "state", file)
	whole := filepath.Join(p.work, "whole.asof")
	copyTree(t, p.store(), whole)
	var want []string
	store := filepath.Join(p.work, "store.asof")
	copyTree(t, whole, store)
	for _, q := range questions(store) {
		want = append(want, p.must(exitOK, q...).out)
	}
	found, harmless := 0, 0
	for range rounds {
		if err := os.RemoveAll(store); err != nil {
			t.Fatal(err)
		}
		copyTree(t, whole, store)
		what := damage(t, random, store)
		wrong := 0
		for i, q := range questions(store) {
			a := p.run(q...)
			switch {
			case a.code == exitOK && a.out != want[i]:
				t.Errorf("%s: asof %s answers something else:\n%s%s", what, q[0], firstDifference(a.out, want[i]), a.err)
			case a.code != exitOK && a.err == "" && a.out == "":
				t.Errorf("%s: asof %s says nothing", what, q[0])
			case a.code != exitOK:
				wrong++
			}
		}
		if wrong > 0 {
			found++
		} else {
			harmless++
		}
	}
	t.Logf("%d of %d found, %d harmless", found, rounds, harmless)
	if found == 0 {
		t.Error("no damage was ever found")
	}
}

// firstDifference is the first line in which two answers differ.
func firstDifference(got, want string) string {
	left, right := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return fmt.Sprintf("line %d is %.300s\nnot        %.300s\n", i+1, left[i], right[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d\n", len(left), len(right))
}

// damage spoils one of the store's database files, and says how.
func damage(t *testing.T, random *rand.Rand, store string) string {
	t.Helper()
	var names []string
	for _, name := range files(t, store) {
		if strings.HasSuffix(name, ".bolt") {
			names = append(names, name)
		}
	}
	name := names[random.IntN(len(names))]
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	what := ""
	switch at := random.IntN(len(data)); random.IntN(5) {
	case 0, 1:
		data[at] ^= 1 << random.IntN(8)
		what = fmt.Sprintf("bit at byte %d flipped", at)
	case 2: // the pages that bbolt reads first
		at = random.IntN(16 << 10)
		data[at] ^= 1 << random.IntN(8)
		what = fmt.Sprintf("bit at byte %d flipped", at)
	case 3:
		page := at &^ 4095
		clear(data[page:min(page+4096, len(data))])
		what = fmt.Sprintf("page at %d wiped", page)
	case 4:
		data = data[:at&^4095]
		what = fmt.Sprintf("cut after %d bytes", len(data))
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Base(name)[:5] + ": " + what
}
