package timeline

import (
	"context"
	"errors"
	"fmt"

	"asof/engine/asof"
	"asof/engine/event"
	"asof/engine/eventlog"
	"asof/engine/value"
)

// Verification is what verify found.
type Verification struct {
	OK       bool
	Root     [32]byte
	Position event.Position // verified up to here, or the first bad position
	Checks   []Check
}

// Check is one thing that was verified.
type Check struct {
	Name     string // "chain", "source shop.jsonl", "index merge"
	OK       bool
	Position event.Position // first bad position; 0 = none, or it has none
	Detail   string
	Parted   *Parting // where two folds part, if that is what is wrong
}

// Parting is the first event at which a projection's index and a fresh fold part, or two fresh folds.
type Parting struct {
	Position    event.Position
	Type        string // of the event
	Key         string
	Path        value.Pointer
	Left, Right *value.Node // what stands there; nil = nothing
	Unsteady    bool        // two fresh folds part: the projection is not deterministic
}

// VerifyProgress is how far a verification is.
type VerifyProgress struct {
	Check    string
	Done, Of event.Position
}

// Verify recomputes the chain over all events, compares the sources that are still there, and folds each projection in use
// again and compares it with its index, as far as that is built. What is found wrong is in the answer; an error means that it could not be looked.
// Progress may be nil.
func (s *Session) Verify(ctx context.Context, progress func(VerifyProgress)) (Verification, error) {
	if progress == nil {
		progress = func(VerifyProgress) {}
	}
	report, err := s.log.Verify(ctx, func(at event.Position) { progress(VerifyProgress{"chain", at, s.Head()}) })
	if err != nil {
		return Verification{}, fmt.Errorf("verify chain: %w", err)
	}
	v := Verification{OK: report.OK, Root: report.Root, Position: report.Checked}
	if report.Bad > 0 {
		v.Position = report.Bad
	}
	v.Checks = append(v.Checks, Check{Name: "chain", OK: report.OK, Position: report.Bad, Detail: chainDetail(report.Reason, report.Checked)})
	for _, source := range report.Sources {
		// A source that changed after the import says nothing against the log: it is told, and harms nothing.
		v.Checks = append(v.Checks, Check{Name: "source " + source.Source.Name, OK: true, Detail: sourceDetail(source)})
	}
	for _, l := range s.inUse() {
		check, err := l.verify(ctx, progress)
		if err != nil {
			return Verification{}, err
		}
		v.OK = v.OK && check.OK
		v.Checks = append(v.Checks, check)
	}
	return v, nil
}

func sourceDetail(r eventlog.SourceReport) string {
	switch imported := r.Source.Imported.UTC().Format("2006-01-02T15:04:05Z"); {
	case r.Trouble != "":
		return r.Trouble
	case !r.Checked:
		return "not compared: there is no file of it, or it has not been read to its end"
	case r.Same:
		return "unaltered since import at " + imported
	default:
		return fmt.Sprintf("changed since import at %s: the first %d bytes of %s are others now; the log has what they were", imported, r.Source.Size, r.Source.Path)
	}
}

// VerifyChain recomputes the chain over all events and folds nothing. Progress may be nil.
func (s *Session) VerifyChain(ctx context.Context, progress func(VerifyProgress)) (Check, error) {
	if progress == nil {
		progress = func(VerifyProgress) {}
	}
	report, err := s.log.Verify(ctx, func(at event.Position) { progress(VerifyProgress{"chain", at, s.Head()}) })
	if err != nil {
		return Check{}, fmt.Errorf("verify chain: %w", err)
	}
	return Check{Name: "chain", OK: report.OK, Position: report.Bad, Detail: chainDetail(report.Reason, report.Checked)}, nil
}

func chainDetail(reason string, checked event.Position) string {
	if reason != "" {
		return reason
	}
	return fmt.Sprintf("%d events as they were written", checked)
}

func (l *lens) verify(ctx context.Context, progress func(VerifyProgress)) (Check, error) {
	name := "index " + l.name
	err := l.ix.Verify(ctx, func(p asof.Progress) { progress(VerifyProgress{name, p.Position, p.Head}) })
	var parted *asof.PartedError
	switch {
	case errors.As(err, &parted):
		return partedCheck(name, parted), nil
	case errors.Is(err, asof.ErrMismatch), errors.Is(err, asof.ErrDamaged):
		return Check{Name: name, Detail: err.Error()}, nil
	case err != nil:
		return Check{}, fmt.Errorf("verify %s: %w", name, err)
	}
	return Check{Name: name, OK: true, Detail: fmt.Sprintf("equals another fold, cut otherwise, from the first event to position %d", l.ix.Built())}, nil
}

// partedCheck tells where two folds part, and what to do about it.
func partedCheck(name string, e *asof.PartedError) Check {
	p := &Parting{Position: e.Position, Type: e.Type, Key: e.Key, Path: e.Path, Left: e.Left, Right: e.Right, Unsteady: e.Unsteady}
	remedy := "asof projections --rebuild builds the index anew; an external program's own modules are no part of its identity"
	if e.Unsteady {
		remedy = "its fold depends on more than the event and the state: on the clock, chance, the order of a map, or what it keeps between events"
	}
	return Check{Name: name, Position: e.Position, Detail: e.Error() + "; " + remedy, Parted: p}
}
