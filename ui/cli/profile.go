package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/spf13/pflag"
)

// profiles are the hidden flags that show where time and memory go.
type profiles struct {
	cpu, memory, trace string

	ends []func() error
}

func (p *profiles) register(set *pflag.FlagSet) {
	set.StringVar(&p.cpu, "cpuprofile", "", "write a CPU profile to this file")
	set.StringVar(&p.memory, "memprofile", "", "write a heap profile to this file at the end")
	set.StringVar(&p.trace, "trace", "", "write an execution trace to this file")
	for _, name := range []string{"cpuprofile", "memprofile", "trace"} {
		_ = set.MarkHidden(name)
	}
}

func (p *profiles) start() error {
	if p.memory != "" {
		p.ends = append(p.ends, p.writeHeap)
	}
	if err := p.begin(p.cpu, func(f *os.File) error { return pprof.StartCPUProfile(f) }, pprof.StopCPUProfile); err != nil {
		return err
	}
	return p.begin(p.trace, func(f *os.File) error { return trace.Start(f) }, trace.Stop)
}

func (p *profiles) begin(path string, start func(*os.File) error, stop func()) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	p.ends = append(p.ends, func() error { stop(); return f.Close() })
	return start(f)
}

func (p *profiles) writeHeap() error {
	f, err := os.Create(p.memory)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	runtime.GC()
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

// stop ends what start began.
func (p *profiles) stop() error {
	var errs []error
	for _, end := range p.ends {
		errs = append(errs, end())
	}
	p.ends = nil
	return errors.Join(errs...)
}
