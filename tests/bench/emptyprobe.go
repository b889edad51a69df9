package main

import (
	"debug/elf"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"github.com/cilium/ebpf/link"

	"github.com/gilwatch/gilwatch/internal/probe/site"
)

// emptyProbes puts a program that does nothing on the call sites of spin: what a breakpoint
// costs whatever gilwatch does there.
func (b *bench) emptyProbes(e *evaluator) link.Link {
	f, err := elf.Open(e.spin.Path())
	if err != nil {
		b.Fatalf("%v", err)
	}
	defer f.Close()
	found, err := site.Scan(f, func(string) bool { return true }, nil)
	if err != nil {
		b.Fatalf("%v", err)
	}
	var o link.UprobeMultiOptions
	for _, at := range found.Sites {
		o.Addresses = append(o.Addresses, at.Offset)
	}
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: ebpf.Kprobe, AttachType: ebpf.AttachTraceUprobeMulti, License: "GPL",
		Instructions: asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()},
	})
	if err != nil {
		b.Fatalf("%v", err)
	}
	defer program.Close() // the link keeps it
	executable, err := link.OpenExecutable(e.spin.Path())
	if err != nil {
		b.Fatalf("%v", err)
	}
	o.PID = uint32(e.cmd.Process.Pid)
	l, err := executable.UprobeMulti(nil, program, &o)
	if err != nil {
		b.Fatalf("%v", err)
	}
	return l
}
