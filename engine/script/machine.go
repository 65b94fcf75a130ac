package script

import (
	"fmt"

	"asof/engine/event"
	"asof/engine/value"

	"go.starlark.net/starlark"
)

// machine is what the operators, views and built-ins of one runner share: the thread, the operand stack, what the current
// event may still use up, and the document that it writes to.
type machine struct {
	thread   *starlark.Thread
	limits   Limits
	memory   int64 // bytes allocated for the current event
	operands []starlark.Value
	doc      *value.Doc
	event    eventView
	print    func(place, text string)
	lenient  bool // an index beyond a list's end reads as None: conditions never raise over what is missing
	zones    zones
	lazy     []*lazyObject // a stock; the first lazyUsed are the current event's
	lazyUsed int
	decimals stock[decimal]
	objects  stock[objectView]
	lists    stock[listView]
	pen      value.Pen
	kinds    kinds
}

func newMachine(name string, o Options) *machine {
	m := &machine{thread: &starlark.Thread{Name: name}, limits: o.Limits, print: o.Print}
	m.thread.SetMaxExecutionSteps(o.Limits.Steps)
	m.thread.OnMaxSteps = func(t *starlark.Thread) { t.Cancel(m.stepsFault().Error()) }
	m.event.m = m
	return m
}

// begin forgets the last event.
func (m *machine) begin(e *event.Event) {
	m.thread.Steps = 0
	m.thread.Uncancel()
	m.memory = 0
	clear(m.operands)
	m.operands = m.operands[:0]
	m.dropLazy()
	m.decimals.giveBack()
	m.objects.giveBack()
	m.lists.giveBack()
	m.event.reset(e)
}

func (m *machine) stepsFault() error {
	return &fault{
		msg:   fmt.Sprintf("too many steps: more than %d for one event", m.limits.Steps),
		hint:  "is there a loop that does not end?",
		limit: LimitSteps,
	}
}

// charge counts bytes that are about to be allocated.
func (m *machine) charge(bytes int) error {
	m.memory += int64(bytes)
	if m.memory > m.limits.Memory || bytes < 0 {
		return &fault{
			msg:   fmt.Sprintf("too much memory: more than %s for one event", sizeText(m.limits.Memory)),
			hint:  "keep less, or allow more with --script-memory",
			limit: LimitMemory,
		}
	}
	return nil
}

// work counts steps that a built-in is about to do.
func (m *machine) work(steps int) error {
	m.thread.Steps += uint64(max(steps, 0))
	if m.thread.Steps >= m.limits.Steps {
		return m.stepsFault()
	}
	return nil
}

// workText counts going through texts; short ones are part of the step that touches them.
func (m *machine) workText(bytes int) error {
	if bytes < 1024 {
		return nil
	}
	return m.work(bytes / 64)
}

// workNumbers counts computing with decimals, which costs by their digits.
func (m *machine) workNumbers(x, y starlark.Value) error {
	return m.work(16 + digitsOf(x) + digitsOf(y))
}

func digitsOf(x starlark.Value) int {
	switch x := x.(type) {
	case *decimal:
		return len(x.text)
	case starlark.Int:
		if _, small := x.Int64(); !small {
			return x.BigInt().BitLen() / 3
		}
	}
	return 0
}

func sizeText(n int64) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// maxDepth bounds how deep values may nest, so that no recursion over them exhausts the stack.
const maxDepth = 500

func depthFault() error {
	return &fault{
		msg:   fmt.Sprintf("nested too deeply: more than %d levels", maxDepth),
		hint:  "does the value contain itself?",
		limit: LimitDepth,
	}
}
