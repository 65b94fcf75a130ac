package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/value"
	"asof/timeline"
	"asof/timeline/debug"
	"asof/ui/present"
)

func (a *app) checkCommand() *cobra.Command {
	var (
		q          timeline.CheckQuery
		from, to   string
		invariants []string
		file       string
		minimize   string
	)
	cmd := &cobra.Command{
		Use:   "check LOG",
		Short: "Rules that must hold at every event, and where each was first broken",
		Long: "Checks invariants over all of history: for each rule and key the first event that broke it, the document before and after,\n" +
			"and how often it was broken. A rule is a condition as in asof find. A file of rules names them:\n\n" +
			"    never_negative = \"not state.balance < 0\"\n\n" +
			"    def refunds_are_covered(state, event):\n" +
			"        \"\"\"no more is refunded than was paid\"\"\"\n" +
			"        return not state.refunded > state.paid\n\n" +
			"A function takes any of event, state, before, key and position and returns True or False; helpers begin with _. What is\n" +
			"missing reads as None and is in no order: write not state.balance < 0 rather than state.balance >= 0.\n\n" +
			"--minimize FILE takes the first violation and leaves events out until none of those left can be left out without the rule\n" +
			"holding again for that violation's key. What is left is written to FILE as a log that asof opens, and told as given, when, then.\n\n" +
			"Exit code 1 if a rule is broken.",
		Example: "asof check bank.jsonl -p balances.star --invariant 'not state.balance < 0'\n" +
			"asof check shop.jsonl -p orders_v1.star --rules shop.invariants.star --json\n" +
			"asof check shop.jsonl -p orders_v1.star --minimize smallest.jsonl",
		Args: between(1, 1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if file == "" && len(invariants) == 0 {
				file = a.rulesBeside(args[0])
			}
			if q.Rules, err = readRules(invariants, file); err != nil {
				return err
			}
			index := minimize != ""
			for _, r := range q.Rules {
				index = index || r.Cond.NeedsState()
			}
			return a.withSession(cmd.Context(), args, index, func(s *timeline.Session) error {
				ctx := cmd.Context()
				if q.From, q.To, err = a.span(ctx, s, from, to); err != nil {
					return err
				}
				if index {
					if err := a.await(ctx, s, "", q.To); err != nil {
						return err
					}
				}
				if minimize != "" {
					return a.minimize(ctx, s, q, minimize)
				}
				return a.check(ctx, s, q)
			})
		},
	}
	cmd.Flags().StringArrayVarP(&invariants, "invariant", "i", nil, "a condition that must hold at every event (may be given several times)")
	cmd.Flags().StringVar(&file, "rules", "", "a file of named rules (default, without --invariant: NAME.invariants.star or\ninvariants.star beside the log or a projection's script)")
	cmd.Flags().StringVar(&minimize, "minimize", "", "write the smallest log that still breaks the first broken rule to this file")
	cmd.Flags().StringVarP(&q.Key, "key", "k", "", "only this key")
	spanFlags(cmd, &from, &to)
	return cmd
}

// readRules are the rules of --rules, then those of --invariant.
func readRules(invariants []string, file string) ([]debug.Rule, error) {
	var rules []debug.Rule
	if file != "" {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("--rules: %w", err)
		}
		if rules, err = timeline.ParseRules(file, src); err != nil {
			return nil, err
		}
	}
	for _, text := range invariants {
		rule, err := timeline.ParseRule(text)
		if err != nil {
			return nil, fmt.Errorf("--invariant: %w", err)
		}
		rules = append(rules, rule)
	}
	if len(rules) == 0 {
		return nil, errors.New("there is nothing to check: give --invariant 'not state.balance < 0' or --rules FILE, or lay invariants.star beside the log")
	}
	return rules, nil
}

func (a *app) check(ctx context.Context, s *timeline.Session, q timeline.CheckQuery) error {
	bar := a.bar()
	defer bar.close()
	var table *table
	broken, keys := map[string]bool{}, 0
	for v, err := range s.Check(ctx, q, bar.find) {
		if err != nil {
			return err
		}
		if !v.OK {
			broken[v.Rule] = true
			keys++
		}
		if a.json {
			if err := a.object(violationObject(v)); err != nil {
				return err
			}
			continue
		}
		if table == nil {
			table = a.table("rule", "", ">position", "key", ">times", "what it changed")
		}
		row := []string{v.Rule, "ok", "", "", "", ""}
		if !v.OK {
			row = []string{v.Rule, "broken", position(v.Position), v.Key, fmt.Sprint(v.Count), turn(v.Before, v.After)}
		}
		if err := table.row(row...); err != nil {
			return err
		}
	}
	if table != nil {
		if err := table.close(); err != nil {
			return err
		}
	}
	if err := a.emptyRules(ctx, s, q, broken); err != nil {
		return err
	}
	if len(broken) > 0 {
		return &finding{fmt.Sprintf("%d of %s broken, for %s", len(broken), counted(len(q.Rules), "rule"), counted(keys, "key"))}
	}
	return nil
}

// emptyRules notes the rules that hold only because what they ask about is nowhere.
func (a *app) emptyRules(ctx context.Context, s *timeline.Session, q timeline.CheckQuery, broken map[string]bool) error {
	for _, r := range q.Rules {
		if broken[r.Name] || !r.Cond.NeedsState() {
			continue
		}
		why, err := a.unwritten(ctx, s, r.Cond, q.To)
		if err != nil {
			return err
		}
		if why != "" {
			a.note("rule %s says nothing%s", r.Name, why)
		}
	}
	return nil
}

// turn is what an event changed in a document, the fields alone: documents are wider than a table, and alike.
func turn(before, after *value.Node) string {
	var parts []string
	for _, d := range value.Diff(before, after) {
		parts = append(parts, string(present.Difference(d.Op, d.Path, d.Old, d.New, 60)))
	}
	return strings.Join(parts, "; ")
}

func violationObject(v debug.Violation) *present.Line {
	o := new(present.Line).Str("rule", v.Rule).Bool("ok", v.OK)
	if v.OK {
		return o.Int("count", 0)
	}
	o.Position("position", v.Position).Str("key", v.Key)
	return o.Raw("before", jsonOf(v.Before)).Raw("after", jsonOf(v.After)).Int("count", int64(v.Count))
}
