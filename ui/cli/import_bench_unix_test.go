//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"asof/demo"
)

// BenchmarkImport loads a log of ASOF_BENCH_EVENTS events (100,000 if unset) over a tenth as many streams: as one file, and as a
// hundred whose times interleave.
func BenchmarkImport(b *testing.B) {
	events, _ := strconv.Atoi(cmp.Or(os.Getenv("ASOF_BENCH_EVENTS"), "100000"))
	for _, files := range []int{1, 100} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			dir := b.TempDir()
			b.Setenv("ASOF_CONFIG", filepath.Join(dir, "none.toml"))
			logs := filepath.Join(dir, "logs")
			b.SetBytes(writeFiles(b, logs, events, files))
			for b.Loop() {
				b.StopTimer()
				b.Setenv("ASOF_DATA", b.TempDir())
				b.StartTimer()
				var errs bytes.Buffer
				if code := Main(context.Background(), []string{"import", "-q", logs}, nil, io.Discard, &errs); code != exitOK {
					b.Fatal(errs.String())
				}
			}
		})
	}
}

// writeFiles writes the shop's log, its streams spread over some files, and returns its size.
func writeFiles(b *testing.B, dir string, events, files int) int64 {
	b.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	outs := make([]*bufio.Writer, files)
	for i := range outs {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%03d.jsonl", i)))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		outs[i] = bufio.NewWriter(f)
		defer outs[i].Flush()
	}
	story, _ := demo.Find("shop")
	lines, writer := io.Pipe()
	go func() {
		_ = writer.CloseWithError(story.Write(writer, demo.Size{Events: events, Streams: events / 10}))
	}()
	in, size := bufio.NewReader(lines), int64(0)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return size
		}
		if err != nil {
			b.Fatal(err)
		}
		_, stream, _ := bytes.Cut(line, []byte(`"stream":"`))
		stream, _, _ = bytes.Cut(stream, []byte(`"`))
		_, _ = outs[int(crc32.ChecksumIEEE(stream))%files].Write(line)
		size += int64(len(line))
	}
}
