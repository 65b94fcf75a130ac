package eventlog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// SourceReport says whether a source is still as it was imported.
type SourceReport struct {
	Source   Source
	Checked  bool // the file was there and its SHA-256 was known
	Same     bool
	Trouble  string
	Compared time.Time
}

func (l *Log) verifySources(ctx context.Context) ([]SourceReport, error) {
	sources, err := l.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var out []SourceReport
	for _, s := range sources {
		r := SourceReport{Source: s, Compared: l.opts.Now().UTC()}
		if s.Path != "" && s.SHA256 != "" {
			sum, err := fileSum(ctx, s.Path, s.Size)
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case errors.Is(err, fs.ErrNotExist):
				r.Trouble = "no file at " + s.Path + " any more, from where it was loaded: not compared"
			case err != nil:
				r.Trouble = err.Error()
			default:
				r.Checked, r.Same = true, sum == s.SHA256
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// fileSum is the SHA-256 of a file's first size bytes: a file that has only grown is the same.
func fileSum(ctx context.Context, path string, size int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("not a file: %w", errors.Join(err, fs.ErrInvalid))
	}
	sum := sha256.New()
	for left := size; left > 0; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := io.CopyN(sum, f, min(left, 4<<20))
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		if left -= n; n == 0 {
			break
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
