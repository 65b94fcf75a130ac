package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"asof/engine/ingest"
	"asof/timeline"
	"asof/ui/present"
)

// bar is one line of progress on standard error, drawn over itself. It draws nothing where nobody would see it.
type bar struct {
	mu     sync.Mutex
	out    io.Writer // nil = silent
	began  time.Time
	drawn  time.Time
	width  int
	blocks [2]string // filled, empty
}

const redraw = 100 * time.Millisecond

func (a *app) bar() *bar {
	b := &bar{began: time.Now(), blocks: [2]string{"━", "╌"}}
	if a.ascii {
		b.blocks = [2]string{"=", "."}
	}
	if !a.quiet && obeys(a.stderr) {
		b.out = a.stderr
	}
	return b
}

// due limits drawing, so that telling costs less than doing.
func (b *bar) due() bool {
	now := time.Now()
	if b.out == nil || now.Sub(b.drawn) < redraw {
		return false
	}
	b.drawn = now
	return true
}

func (b *bar) draw(share float64, text string) {
	const cells = 24
	line := text
	if share >= 0 {
		full := int(min(1, share) * cells)
		line = strings.Repeat(b.blocks[0], full) + strings.Repeat(b.blocks[1], cells-full) + " " + text
	}
	pad := max(0, b.width-present.Width(present.Text(line)))
	fmt.Fprintf(b.out, "\r%s%s", present.Text(line), strings.Repeat(" ", pad))
	b.width = present.Width(present.Text(line))
}

// close wipes the line.
func (b *bar) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != nil && b.width > 0 {
		fmt.Fprintf(b.out, "\r%s\r", strings.Repeat(" ", b.width))
	}
	b.width = 0
}

// load shows how far an import is: bytes, events, rate, time left.
func (b *bar) load(p ingest.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.due() {
		return
	}
	spent := time.Since(b.began)
	rate := float64(p.BytesRead) / max(spent.Seconds(), 0.001)
	text := fmt.Sprintf("%s  %s events  %s/s", string(present.Bytes(uint64(p.BytesRead))), count(p.Durable), string(present.Bytes(uint64(rate))))
	share := -1.0
	if p.BytesTotal > 0 {
		share = float64(p.BytesRead) / float64(p.BytesTotal)
		if left := float64(p.BytesTotal - p.BytesRead); left > 0 && rate > 0 {
			text += "  " + (time.Duration(left / rate * float64(time.Second))).Round(time.Second).String() + " left"
		}
	}
	if p.Rejected > 0 {
		text += fmt.Sprintf("  %s rejected", count(p.Rejected))
	}
	b.draw(share, text)
}

// index shows how far a projection is.
func (b *bar) index(p timeline.Projection) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.due() {
		b.draw(p.Done(), fmt.Sprintf("%s  %s of %s events  %s keys", p.Name, count(p.Position), count(p.Head), count(p.Keys)))
	}
}

func (b *bar) verify(p timeline.VerifyProgress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.due() && p.Of > 0 {
		b.draw(float64(p.Done)/float64(p.Of), fmt.Sprintf("%s  %s of %s", p.Check, count(p.Done), count(p.Of)))
	}
}
