package tui

import (
	"context"

	"asof/engine/value"
	"asof/ui/present"
	"asof/ui/tui/dialog"
)

func completeWhere(ctx context.Context, s Session, head, args string) []dialog.Choice {
	return whereChoices(ctx, s, head, args)
}

func completeKeys(ctx context.Context, s Session, head, args string) []dialog.Choice {
	list, err := s.PickKeys(ctx, "", s.Head(), args, completions)
	if err != nil {
		return nil
	}
	var choices []dialog.Choice
	for _, c := range list {
		choices = append(choices, dialog.Choice{Text: c.Key, Fill: head + c.Key, Hits: c.Matched})
	}
	return choices
}

func completeProjections(ctx context.Context, s Session, head, _ string) []dialog.Choice {
	list, err := s.Projections(ctx)
	if err != nil {
		return nil
	}
	var choices []dialog.Choice
	for _, p := range list {
		choices = append(choices, dialog.Choice{Text: p.Name, Fill: head + p.Ref, Note: builtNote(p)})
	}
	for _, b := range s.Builtins() {
		choices = append(choices, dialog.Choice{Text: b.Name, Fill: head + b.Name, Note: present.Text(b.Title)})
	}
	return choices
}

func completeFilter(ctx context.Context, s Session, head, args string) []dialog.Choice {
	return prefixed(head, filterChoices(ctx, s, args))
}

func prefixed(head string, choices []dialog.Choice) []dialog.Choice {
	for i := range choices {
		choices[i].Fill = head + choices[i].Fill
	}
	return choices
}

// pathFrom reads a path as a person types it: /status or status.
func pathFrom(text string) value.Pointer {
	if text == "" || text[0] == '/' {
		return value.Pointer(text)
	}
	return value.Pointer("").Child(text)
}
