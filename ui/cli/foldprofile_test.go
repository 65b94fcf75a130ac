package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"asof/engine/event/sharedtest"
)

// TestFoldProfile: every fold is counted once by type and once by key, the dearest come first, the shares are of all, and nothing
// of it stays in the store.
func TestFoldProfile(t *testing.T) {
	p := newProcess(t)
	p.must(exitOK, "demo", "shop", "--write", "shop.jsonl", "--reducers", ".", "--events", "2000")
	programs := map[string][]string{"orders_v1.star": nil, "merge": nil}
	if node := sharedtest.Tool(t, "node"); node != "" {
		programs["orders.js"] = []string{"--exec", "'" + node + "' orders.js"}
	}
	before := p.must(exitOK, "projections", "shop.jsonl").out
	for ref, more := range programs {
		folds, last, shares := map[string]int64{}, map[string]float64{}, map[string]float64{}
		for _, line := range p.must(exitOK, append([]string{"info", "shop.jsonl", "--profile", ref, "--keys", "100000", "--json"}, more...)...).lines(t) {
			what := "type"
			if line["key"] != nil {
				what = "key"
			}
			n, _ := line["folds"].(json.Number).Int64()
			seconds, _ := line["seconds"].(json.Number).Float64()
			share, _ := line["share"].(json.Number).Float64()
			if previous, ok := last[what]; ok && seconds > previous {
				t.Errorf("%s: %v is dearer than the one before", ref, line)
			}
			folds[what] += n
			shares[what] += share
			last[what] = seconds
		}
		if folds["type"] != folds["key"] || folds["type"] == 0 || ref != "orders_v1.star" && folds["type"] != 2000 {
			t.Errorf("%s: folds %v", ref, folds)
		}
		for what, share := range shares {
			if share < 0.9 || share > 1.1 { // four digits are printed
				t.Errorf("%s: shares of %ss add up to %v", ref, what, share)
			}
		}
	}
	if after := p.must(exitOK, "projections", "shop.jsonl").out; after != before {
		t.Errorf("built before:\n%sand after:\n%s", before, after)
	}
	if a := p.must(exitUsage, "info", "shop.jsonl", "--profile", "nothing"); !strings.Contains(a.err, "nothing") {
		t.Error(a.err)
	}
}
