package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"asof/engine/eventlog"
	"asof/engine/ingest"
	"asof/importers"
	"asof/importers/scan"
	"asof/timeline"
	"asof/ui/present"
)

func (a *app) importCommand() *cobra.Command {
	var explain bool
	cmd := &cobra.Command{
		Use:   "import LOG…",
		Short: "Load files into a store without opening it",
		Long: "Loads what is new: a file that was loaded before adds nothing, one that has grown adds its tail, and an import that was\n" +
			"killed goes on. Several files become one log. With -p the projection's index is built as well, while the log loads. Exits\n" +
			"with 0 and a summary if records were rejected, with 1 under --strict, also if they were by an import before.",
		Example: "asof import 'logs/**/*.ndjson.gz'\nasof import orders.csv --map stream=order_no,time=at --explain\nasof import dump.jsonl --store incident.asof\nasof import shop.jsonl -p merge -p orders_v1.star",
		Args:    between(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if explain {
				return a.explain(cmd.Context(), args)
			}
			return a.importLogs(cmd.Context(), args)
		},
	}
	cmd.Flags().BoolVar(&explain, "explain", false, "load nothing: say how each file would be read, and why")
	return cmd
}

func (a *app) importLogs(ctx context.Context, targets []string) (err error) {
	src, err := a.open(ctx, targets)
	if err != nil {
		return err
	}
	if src.log == nil {
		return fmt.Errorf("%s is a store already: name the files to load, and --store %s", targets[0], targets[0])
	}
	defer func() { err = errors.Join(err, src.log.Close()) }()
	var s *timeline.Session
	if len(a.projections) > 0 { // their indexes follow the log while it loads
		if s, err = a.session(ctx, src, a.projections); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	result, err := a.load(ctx, src)
	if err != nil {
		return err
	}
	if err := a.imported(src, result); err != nil {
		return err
	}
	for _, name := range a.used {
		if err := a.await(ctx, s, name, 0); err != nil {
			return err
		}
	}
	a.rejectedNote(result.Rejected)
	if result.Events > 0 {
		a.found(result)
	}
	if !a.strict {
		return nil
	}
	return strictly(ctx, src.log)
}

// strictly is a finding if a log has rejected records, of this import or an earlier one.
func strictly(ctx context.Context, log *eventlog.Log) error {
	sources, err := log.Sources(ctx)
	if err != nil {
		return err
	}
	n := uint64(0)
	for _, s := range sources {
		n += s.Rejected
	}
	if n > 0 {
		return &finding{fmt.Sprintf("%s rejected (--strict); asof info --rejected lists them", counted(n, "record"))}
	}
	return nil
}

// notThere says which paths that were given the first records of a source do not have.
func notThere(result ingest.Result) string {
	for _, source := range result.Sources {
		var words []string
		if source.Unchanged { // it was said when it was loaded
			continue
		}
		for _, f := range source.Verdict.Fields {
			if f.Why == scan.GivenButAbsent {
				words = append(words, f.Name+" "+f.Path)
			}
		}
		if len(words) > 0 {
			return strings.Join(words, ", ")
		}
	}
	return ""
}

// found notes what of a source's fields was guessed, and what was not found.
func (a *app) found(result ingest.Result) {
	if guesses := guessed(result); guesses != "" {
		a.note("guessed: %s; --explain says why, --map says otherwise", guesses)
	}
	if fields := lacking(result); fields != "" {
		a.note("found no %s; --map says where it is, as in --map %s=PATH", strings.ReplaceAll(fields, ", ", " and no "), strings.Split(fields, ",")[0])
	}
}

func (a *app) imported(src *source, r ingest.Result) error {
	format := ""
	for i, s := range r.Sources {
		if i > 0 && s.Format != format {
			format = "several"
			break
		}
		format = s.Format
	}
	if a.json {
		return a.object(new(present.Line).Str("format", format).Int("events", int64(r.Events)).Int("records", int64(r.Records)).
			Int("rejected", int64(r.Rejected)).Int("duplicates", int64(r.Duplicates)).Int("late", int64(r.Late)).Int("left_out", int64(r.LeftOut)).
			Seconds("seconds", r.Elapsed.Seconds()).Int("bytes", int64(r.Bytes)).Str("store", src.dir))
	}
	what := fmt.Sprintf("%s added to %s", counted(r.Events, "event"), src.dir)
	if r.Events == 0 && r.Rejected == 0 && src.known {
		what = "nothing new: " + src.dir + " is up to date"
	}
	if r.Duplicates > 0 {
		what += fmt.Sprintf("; %s repeat an id", count(r.Duplicates))
	}
	if r.LeftOut > 0 {
		what += fmt.Sprintf("; %s are not of the slice", count(r.LeftOut))
	}
	if r.Late > 0 {
		what += fmt.Sprintf("; %s came late", count(r.Late))
	}
	return a.println(what)
}

// explain says of each source how it would be read.
func (a *app) explain(ctx context.Context, targets []string) error {
	plan, err := a.plan(ctx, targets)
	if err != nil {
		return err
	}
	fields, err := a.mapping()
	if err != nil {
		return err
	}
	for _, s := range plan.Sources {
		verdict, err := a.readHead(ctx, s, ingest.Options{Map: fields, Zone: a.zone})
		if err != nil {
			return err
		}
		if a.json {
			err = a.object(explainObject(s, verdict))
		} else {
			err = a.printExplained(s, verdict)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readHead reads a source's first records, as far as its reader needs them to decide on the fields.
func (a *app) readHead(ctx context.Context, s ingest.Source, o ingest.Options) (v ingest.Verdict, err error) {
	if s.Verdict.Format == "" {
		return v, nil
	}
	if s.Path == ingest.Stdin {
		return v, errors.New("--explain cannot look at standard input without using it up: save it to a file first")
	}
	file, err := os.Open(s.Path)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in, err := importers.Open(ctx, s.Name, file)
	if err != nil {
		return v, err
	}
	if c, ok := in.Body.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	for _, i := range importers.All() {
		if i.Format().Name != s.Verdict.Format {
			continue
		}
		r, err := i.Open(in, o)
		if err != nil {
			return v, err
		}
		var batch ingest.Batch
		if err := r.Read(&batch); err != nil && len(batch.Records) == 0 {
			return r.Verdict(), nil //nolint:nilerr // an unreadable source is told by the import, with its place
		}
		return r.Verdict(), nil
	}
	return v, nil
}

func explainObject(s ingest.Source, v ingest.Verdict) *present.Line {
	var fields []*present.Line
	for _, f := range v.Fields {
		fields = append(fields, new(present.Line).Str("field", f.Name).Str("path", f.Path).Bool("guess", f.Guess).Some("why", f.Why))
	}
	return new(present.Line).Str("file", s.Path).Str("format", s.Verdict.Format).Str("reason", s.Verdict.Reason).
		Some("runner_up", s.Verdict.RunnerUp).Some("runner_up_reason", s.Verdict.Second).Some("zone", v.Zone).Objects("fields", fields)
}

func (a *app) printExplained(s ingest.Source, v ingest.Verdict) error {
	runner := ""
	if s.Verdict.RunnerUp != "" {
		runner = s.Verdict.RunnerUp + ": " + s.Verdict.Second
	}
	zone := ""
	if v.Zone != "" {
		zone = v.Zone + " is assumed for times that name none (--tz)"
	}
	if err := a.pairs([][2]string{{"source", s.Path}, {"read as", cmp.Or(because(s.Verdict.Format, s.Verdict.Reason), s.Verdict.Reason)}, {"not as", runner}, {"zone", zone}}); err != nil {
		return err
	}
	table := a.table("", "field", "path", "", "why")
	for _, f := range v.Fields {
		guess := ""
		if f.Guess {
			guess = "guess"
		}
		if err := table.row("", f.Name, f.Path, guess, f.Why); err != nil {
			return err
		}
	}
	return table.close()
}
