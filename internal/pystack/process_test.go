package pystack

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The test reads its own memory, with process_vm_readv and as where that is refused.
func TestProcessMemory(t *testing.T) {
	// A file of one page, mapped as two: memory ends where the file does, even for
	// /proc/PID/mem, which reads pages of PROT_NONE.
	file, err := os.Create(filepath.Join(t.TempDir(), "page"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	size := os.Getpagesize()
	if err := file.Truncate(int64(size)); err != nil {
		t.Fatal(err)
	}
	mapped, err := unix.Mmap(int(file.Fd()), 0, 2*size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(mapped)
	page := mapped[:size]
	for i := range page {
		page[i] = byte(i * 7)
	}
	start := uint64(uintptr(unsafe.Pointer(&page[0])))
	end := start + uint64(len(page))
	for _, refused := range []bool{false, true} {
		p := &processMemory{pid: os.Getpid()}
		if refused {
			if _, err := p.fallback(true); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{0, 1, 8, len(page)} {
			got := make([]byte, n)
			if err := p.ReadAt(got, end-uint64(n)); err != nil || !bytes.Equal(got, page[len(page)-n:]) {
				t.Errorf("refused %v: the last %d bytes: %v, equal %v", refused, n, err, bytes.Equal(got, page[len(page)-n:]))
			}
		}
		for _, address := range []uint64{0, 8, end, end - 7, 1 << 47, 1 << 63, ^uint64(0), ^uint64(6)} {
			if err := p.ReadAt(make([]byte, 8), address); err == nil {
				t.Errorf("refused %v: 8 bytes at %#x were read", refused, address)
			}
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
