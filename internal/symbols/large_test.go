package symbols

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// largeFile names a module for TestResolveLarge in a process of its own.
const largeFile = "GILWATCH_TEST_LARGE_FILE"

// writeLarge writes a module whose .debug_info is at least size bytes: that of a real
// one again and again. Units refer to nothing outside of themselves in it, so that
// each copy is as good as the first.
func writeLarge(t testing.TB, size int64, compressed bool) string {
	t.Helper()
	path := compile(t, "c++", "large.cc", "-std=c++17", "-O1", "-g")
	file, f, err := OpenELF(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	index := -1
	for i, s := range f.Sections {
		if s.Name == ".debug_info" {
			index = i
		}
	}
	if index < 0 {
		t.Fatal("no .debug_info")
	}
	info, err := f.Sections[index].Data()
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	start, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	copies := size/int64(len(info)) + 1
	flags := f.Sections[index].Flags
	if compressed {
		flags |= elf.SHF_COMPRESSED
		writeZlib(t, out, info, copies)
	} else {
		for range copies {
			if _, err := out.Write(info); err != nil {
				t.Fatal(err)
			}
		}
	}
	end, err := out.Seek(0, io.SeekCurrent)
	if err != nil {
		t.Fatal(err)
	}
	var shdr [40]byte // Elf64_Shdr from sh_flags to sh_size
	le := binary.LittleEndian
	le.PutUint64(shdr[0:], uint64(flags))
	le.PutUint64(shdr[16:], uint64(start))
	le.PutUint64(shdr[24:], uint64(end-start))
	var ehdr [64]byte
	if _, err := out.ReadAt(ehdr[:], 0); err != nil {
		t.Fatal(err)
	}
	if _, err := out.WriteAt(shdr[:32], int64(le.Uint64(ehdr[40:]))+64*int64(index)+8); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeZlib(t testing.TB, out io.Writer, info []byte, copies int64) {
	t.Helper()
	chdr := binary.LittleEndian.AppendUint64(nil, uint64(elf.COMPRESS_ZLIB))
	chdr = binary.LittleEndian.AppendUint64(chdr, uint64(copies)*uint64(len(info)))
	chdr = binary.LittleEndian.AppendUint64(chdr, 1)
	if _, err := out.Write(chdr); err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewWriterLevel(out, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range copies {
		if _, err := z.Write(info); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestResolveLarge is run by peak in a process of its own, and does nothing otherwise
// but to say so.
func TestResolveLarge(t *testing.T) {
	path := os.Getenv(largeFile)
	if path == "" {
		t.Skip("run by TestLargeDebugFile")
	}
	r := NewResolver()
	defer r.Close()
	inlined := 0
	for _, addr := range randomAddresses(t, path, 200) {
		frames := r.Resolve(Module{Path: path}, addr, false)
		if frames[0].Line == 0 || frames[0].Function == "" {
			t.Errorf("%#x: %+v", addr, frames[0])
		}
		inlined += len(frames) - 1
	}
	if inlined == 0 {
		t.Error("nothing is inlined")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(bytes.TrimSpace(regexp.MustCompile(`VmHWM:.*`).Find(status))))
}

// peak resolves 200 addresses in a module in a process of its own and returns the most
// memory that was resident, in megabytes.
func peak(t testing.TB, path string) float64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestResolveLarge$")
	cmd.Env = append(os.Environ(), largeFile+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	m := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("no VmHWM in %s", out)
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kb) / 1024
}

const (
	largeSize = 500 << 20
	peakLimit = 300 // MB
	// stackFrames is how many frames a stack has in the module that violates.
	stackFrames = 10
	resolveAll  = 1000 * stackFrames
)

// TestLargeDebugFile: a module with 500 MB of debug information costs less than
// 300 MB of memory, compressed or not.
func TestLargeDebugFile(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 500 MB")
	}
	for name, compressed := range map[string]bool{"plain": false, "zlib": true} {
		t.Run(name, func(t *testing.T) {
			mb := peak(t, writeLarge(t, largeSize, compressed))
			t.Logf("%.0f MB", mb)
			if mb > peakLimit {
				t.Errorf("%.0f MB of memory, want %d at most", mb, peakLimit)
			}
		})
	}
}

// BenchmarkLargeDebugFile prints the memory that 500 MB of debug information cost.
func BenchmarkLargeDebugFile(b *testing.B) {
	path := writeLarge(b, largeSize, false)
	b.ResetTimer()
	for b.Loop() {
		b.ReportMetric(peak(b, path), "peak-MB")
	}
}

// BenchmarkResolve resolves 1,000 distinct addresses in random order over 300 modules
// with debug information, each read for the first time. Beside the time it reports the
// processor's, which a busy machine does not change.
func BenchmarkResolve(b *testing.B) {
	original := compile(b, "c++", "large.cc", "-std=c++17", "-O1", "-g")
	addrs := randomAddresses(b, original, resolveAll)
	dir := b.TempDir()
	var modules []Module
	for i := range 300 {
		path := filepath.Join(dir, strconv.Itoa(i)+".so")
		if err := os.Link(original, path); err != nil {
			b.Fatal(err)
		}
		modules = append(modules, Module{Path: path})
	}
	random := rand.New(rand.NewPCG(5, 6))
	before := processorTime(b)
	b.ResetTimer()
	for b.Loop() {
		r := NewResolver()
		var module Module
		for i, addr := range addrs {
			if i%stackFrames == 0 {
				module = modules[random.IntN(len(modules))]
			}
			if f := r.Resolve(module, addr, false); f[0].Line == 0 {
				b.Fatalf("%#x: %+v", addr, f)
			}
		}
		r.Close()
	}
	b.ReportMetric((processorTime(b)-before).Seconds()/float64(b.N), "cpu-s")
}

// processorTime is what the process used so far.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
