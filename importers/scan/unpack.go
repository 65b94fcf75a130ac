package scan

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Errors of unpacking. All wrap ErrUnpack.
var (
	ErrUnpack   = errors.New("unpacking")
	ErrExpanded = fmt.Errorf("%w: expanded size limit", ErrUnpack)
	ErrLevels   = fmt.Errorf("%w: archive level limit", ErrUnpack)
	ErrArchive  = fmt.Errorf("%w: not a stream", ErrUnpack)
)

// DefaultExpanded is how many bytes a packed source may become: 10 GiB.
const DefaultExpanded = 10 << 30

const maxWindow = 128 << 20 // of zstd: what its own command line unpacks without being told to

// Limits bound what a packed source may become. The zero value holds the defaults.
type Limits struct {
	Expanded int64 // bytes after unpacking; 0 = DefaultExpanded
}

// Unpack tells gzip (of one or several members), zstd and bzip2 by their first bytes and yields what is inside; anything else
// passes through. Packing is "", "gzip", "zstd" or "bzip2". Only one level is unpacked: something packed twice is ErrLevels. The
// limit shows as an error of Read, after the bytes that it allows.
func Unpack(r io.Reader, limits Limits) (body io.ReadCloser, packing string, err error) {
	if limits.Expanded == 0 {
		limits.Expanded = DefaultExpanded
	}
	outer := bufio.NewReaderSize(r, 4<<10) // small, for plain sources, which are read past it
	if start, err := outer.Peek(4); err != nil && err != io.EOF && len(start) == 0 {
		return nil, "", err
	}
	packing = packingOf(outer)
	switch packing {
	case "":
		return io.NopCloser(outer), "", nil
	case "gzip":
		z, err := gzip.NewReader(bufio.NewReaderSize(outer, 64<<10))
		if err != nil {
			return nil, packing, fmt.Errorf("%w: gzip: %w", ErrUnpack, err)
		}
		return inner(z, packing, limits)
	case "zstd":
		z, err := zstd.NewReader(bufio.NewReaderSize(outer, 64<<10), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, packing, fmt.Errorf("%w: zstd: %w", ErrUnpack, err)
		}
		return inner(z.IOReadCloser(), packing, limits)
	case "bzip2":
		return inner(io.NopCloser(bzip2.NewReader(bufio.NewReaderSize(outer, 64<<10))), packing, limits)
	}
	return nil, packing, fmt.Errorf("%w: this is a %s archive of files; unpack it first", ErrArchive, packing)
}

// packingOf names the packing of what r holds; "" for none. No more is read ahead than it takes: r may be a pipe.
func packingOf(r *bufio.Reader) string {
	start, _ := r.Peek(4) // an error comes again with the first Read
	packing := magic(start)
	if packing == "bzip2" { // three letters with which a text may well begin
		if start, _ = r.Peek(10); len(start) < 10 || string(start[4:]) != "1AY&SY" && string(start[4:]) != "\x17rE8P\x90" {
			return ""
		}
	}
	return packing
}

// magic names a packing by its first bytes.
func magic(start []byte) string {
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	case bytes.HasPrefix(start, []byte("BZh")):
		return "bzip2"
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return "zip"
	}
	return ""
}

// inner guards what comes out of an unpacker.
func inner(z io.ReadCloser, packing string, limits Limits) (io.ReadCloser, string, error) {
	g := &guard{body: z, packing: packing, left: limits.Expanded, limit: limits.Expanded}
	g.buffered = bufio.NewReaderSize(readerFunc(g.read), 64<<10)
	if again := packingOf(g.buffered); again != "" {
		z.Close()
		return nil, packing, fmt.Errorf("%w: %s within %s; at most 1 level is unpacked", ErrLevels, again, packing)
	}
	return g, packing, nil
}

// guard counts what an unpacker yields and stops it at the limit.
type guard struct {
	body     io.ReadCloser
	buffered *bufio.Reader
	packing  string
	left     int64
	limit    int64
}

func (g *guard) Read(p []byte) (int, error) { return g.buffered.Read(p) }

func (g *guard) Close() error { return g.body.Close() }

func (g *guard) read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, fmt.Errorf("%w: %s holds more than %d bytes; what is meant to be so large can be piped in, as %s -dc FILE | asof -", ErrExpanded, g.packing, g.limit, g.packing)
	}
	if int64(len(p)) > g.left {
		p = p[:g.left]
	}
	n, err := g.body.Read(p)
	g.left -= int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %s: %w after %d bytes unpacked", ErrUnpack, g.packing, err, g.limit-g.left)
	}
	return n, err
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
