package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// rulesName is what a file of rules is called where it is found without being named; rulesSuffix, that of one log.
const rulesName, rulesSuffix = "invariants.star", ".invariants.star"

// rulesFile is the file of rules that is checked behind the screen: the one of --rules, else what lies beside the first log or
// beside a projection's script. It is empty if there is none, or none is wanted.
func (a *app) rulesFile(src *source) (string, error) {
	switch a.rules {
	case "":
		return a.foundRules(src), nil
	case "none":
		return "", nil
	}
	file, err := filepath.Abs(a.rules)
	if err == nil {
		_, err = os.Stat(file)
	}
	if err != nil {
		return "", fmt.Errorf("--rules: %w", err)
	}
	return file, nil
}

func (a *app) foundRules(src *source) string {
	if src.plan == nil || len(src.plan.Sources) == 0 {
		return a.rulesBeside("")
	}
	return a.rulesBeside(src.plan.Sources[0].Path)
}

// rulesBeside is the file of rules beside a log, "" for none, or beside a projection's script.
func (a *app) rulesBeside(log string) string {
	var places []string
	if log != "" {
		name, _, _ := strings.Cut(filepath.Base(log), ".")
		places = append(places, filepath.Join(filepath.Dir(log), name+rulesSuffix), filepath.Join(filepath.Dir(log), rulesName))
	}
	for _, ref := range a.projections {
		if strings.HasSuffix(ref, ".star") {
			places = append(places, filepath.Join(filepath.Dir(ref), rulesName))
		}
	}
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() {
			if file, err := filepath.Abs(place); err == nil {
				return file
			}
		}
	}
	return ""
}
