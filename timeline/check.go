package timeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"asof/engine/event"
	"asof/engine/expr"
	"asof/engine/script"
	"asof/timeline/debug"
)

// CheckQuery asks which rules are broken, and where first.
type CheckQuery struct {
	Projection string
	Rules      []debug.Rule
	Key        string         // only this key; "" = every key
	From, To   event.Position // events that are asked, both included; To 0 = as far as is indexed
}

// Check yields the first violation of each rule for each key, rule after rule in their order, by position; and one that is OK for
// a rule that is never broken. A rule is asked at every event of every key, one about events alone at every event, whose stream
// then is the key. An error of a rule names its place and the event. Progress may be nil; it counts all rules.
func (s *Session) Check(ctx context.Context, q CheckQuery, progress func(debug.Progress)) iter.Seq2[debug.Violation, error] {
	return func(yield func(debug.Violation, error) bool) {
		for i, rule := range q.Rules {
			list, err := s.violations(ctx, q, rule, func(p debug.Progress) {
				if progress != nil {
					p.Done, p.Of = p.Done+uint64(i)*p.Of, p.Of*uint64(len(q.Rules))
					progress(p)
				}
			})
			if err != nil {
				yield(debug.Violation{Rule: rule.Name}, ruleError(rule, err))
				return
			}
			if len(list) == 0 {
				list = []debug.Violation{{Rule: rule.Name, OK: true}}
			}
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

// ruleError says which rule could not be asked.
func ruleError(rule debug.Rule, err error) error {
	if _, ok := errors.AsType[*script.Error](err); ok {
		return fmt.Errorf("rule %s: %w", rule.Name, err)
	}
	return err
}

// violations are the first violation of a rule per key, by position.
func (s *Session) violations(ctx context.Context, q CheckQuery, rule debug.Rule, progress func(debug.Progress)) ([]debug.Violation, error) {
	first := map[string]*debug.Violation{}
	find := FindQuery{Projection: q.Projection, Key: q.Key, From: q.From, To: q.To}
	f := s.finder(find, rule.Cond.Not(), progress)
	var failed error
	err := f.run(ctx, func(i debug.Interval, err error) bool {
		if err == nil && i.Key == "" && !rule.Cond.NeedsState() {
			i.Key, err = s.streamAt(ctx, i.From)
		}
		if failed = err; err != nil {
			return false
		}
		v := first[i.Key]
		if v == nil {
			v = &debug.Violation{Rule: rule.Name, Key: i.Key, Position: i.From}
			first[i.Key] = v
		}
		v.Position = min(v.Position, i.From)
		v.Still = v.Still || i.To == 0
		v.Count++
		return true
	})
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	list := make([]debug.Violation, 0, len(first))
	for _, v := range first {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b debug.Violation) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Key, b.Key))
	})
	return list, s.fill(ctx, f.lens, list)
}

func (s *Session) streamAt(ctx context.Context, at event.Position) (string, error) {
	e, err := s.log.Event(ctx, at)
	if err != nil {
		return "", fmt.Errorf("event %d: %w", at, err)
	}
	return string(e.Stream), nil
}

// fill looks up the documents before and after the violations.
func (s *Session) fill(ctx context.Context, l *lens, list []debug.Violation) error {
	if l == nil { // the rule is about events alone
		return nil
	}
	for i := range list {
		v := &list[i]
		before, err := l.ix.State(ctx, v.Key, v.Position-1)
		if err != nil {
			return fmt.Errorf("state of %s at %d: %w", v.Key, v.Position-1, err)
		}
		after, err := l.ix.State(ctx, v.Key, v.Position)
		if err != nil {
			return fmt.Errorf("state of %s at %d: %w", v.Key, v.Position, err)
		}
		v.Before, v.After = before.Root, after.Root
	}
	return nil
}

// ProblemsQuery asks what is wrong in a log.
type ProblemsQuery struct {
	Projection string
	Rules      []debug.Rule
	From, To   event.Position // both included; To 0 = as far as is indexed
	Limit      int            // of failed folds; 0 = 10,000
}

// Problems lists, by position, the failed folds of a projection and the first violation of each rule for each key. Progress may
// be nil.
func (s *Session) Problems(ctx context.Context, q ProblemsQuery, progress func(debug.Progress)) ([]debug.Problem, error) {
	if q.Limit <= 0 {
		q.Limit = 10_000
	}
	var list []debug.Problem
	for e, err := range s.FoldErrors(ctx, q.Projection, q.From, q.To) {
		if err != nil {
			return nil, err
		}
		if len(list) == q.Limit {
			break
		}
		p := debug.Problem{Position: e.Position, Key: e.Key, Kind: "fold", Text: e.Message, Count: 1}
		if e.File != "" {
			p.Name = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Col)
		}
		list = append(list, p)
	}
	texts := map[string]string{}
	for _, r := range q.Rules {
		texts[r.Name] = r.Text
	}
	check := CheckQuery{Projection: q.Projection, Rules: q.Rules, From: q.From, To: q.To}
	for v, err := range s.Check(ctx, check, progress) {
		if err != nil {
			return nil, err
		}
		if !v.OK {
			list = append(list, debug.Problem{Position: v.Position, Key: v.Key, Kind: "rule", Name: v.Rule, Text: texts[v.Rule], Count: v.Count})
		}
	}
	slices.SortStableFunc(list, func(a, b debug.Problem) int { return cmp.Compare(a.Position, b.Position) })
	return list, nil
}

// ParseRules reads a file of named rules; see package script for how it is written.
func ParseRules(name string, src []byte) ([]debug.Rule, error) { return expr.Rules(name, src) }

// ParseRule reads a condition as a rule that is named by its text.
func ParseRule(src string) (debug.Rule, error) { return expr.Invariant(src) }
