package cli

import (
	"bytes"
	"io"

	"asof/ui/present"
)

// harmless passes lines of JSON on as present.Line would write them. What follows the last line end is held back.
type harmless struct {
	out  io.Writer
	rest []byte // the beginning of a line
	buf  []byte
}

func (h *harmless) Write(p []byte) (int, error) {
	text := append(h.rest, p...)
	h.buf = h.buf[:0]
	for {
		line, after, found := bytes.Cut(text, []byte{'\n'})
		if !found {
			break
		}
		h.buf = append(present.AppendJSON(h.buf, line), '\n')
		text = after
	}
	h.rest = append(h.rest[:0], text...)
	if _, err := h.out.Write(h.buf); err != nil {
		return 0, err
	}
	return len(p), nil
}
