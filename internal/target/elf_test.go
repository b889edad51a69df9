package target

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
)

// image is an ELF file of nothing but headers and a loader's name.
func image(class, data byte, machine uint16, loader string) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if data == bigEnd {
		order = binary.BigEndian
	}
	b := make([]byte, 256)
	copy(b, "\x7fELF")
	b[4], b[5] = class, data
	order.PutUint16(b[16:], typeDyn)
	order.PutUint16(b[18:], machine)
	name := append([]byte(loader), 0)
	if class == class32 {
		order.PutUint32(b[28:], 64)
		order.PutUint16(b[42:], 32)
		order.PutUint16(b[44:], 1)
		order.PutUint32(b[64+4:], 256)
		order.PutUint32(b[64+16:], uint32(len(name)))
	} else {
		order.PutUint64(b[32:], 64)
		order.PutUint16(b[54:], 56)
		order.PutUint16(b[56:], 1)
		order.PutUint64(b[64+8:], 256)
		order.PutUint64(b[64+32:], uint64(len(name)))
	}
	if loader != "" {
		order.PutUint32(b[64:], segInterp)
	}
	return append(b, name...)
}

func TestReasonsOfForeignPrograms(t *testing.T) {
	const loader = "/lib64/ld-linux-x86-64.so.2"
	for _, c := range []struct {
		name string
		file []byte
		arch string
		want string
	}{
		{"own", image(class64, littleEnd, machineX86_64, loader), "amd64", ""},
		{"i386", image(class32, littleEnd, machine386, "/lib/ld-linux.so.2"), "amd64", "32-bit program: the shim is 64-bit"},
		{"x32", image(class32, littleEnd, machineX86_64, "/libx32/ld-linux-x32.so.2"), "amd64", "32-bit program: the shim is 64-bit"},
		{"arm64 on amd64", image(class64, littleEnd, machineAArch64, "/lib/ld-linux-aarch64.so.1"), "amd64",
			"program for another machine (ELF machine 183): the shim is for x86-64"},
		{"amd64 on arm64", image(class64, littleEnd, machineX86_64, loader), "arm64",
			"program for another machine (ELF machine 62): the shim is for aarch64"},
		{"s390x, big-endian", image(class64, bigEnd, 22, "/lib/ld64.so.1"), "amd64",
			"program for another machine (ELF machine 22): the shim is for x86-64"},
		{"static", image(class64, littleEnd, machineX86_64, ""), "amd64", "statically linked: no dynamic loader"},
		{"musl", image(class64, littleEnd, machineX86_64, "/lib/ld-musl-x86_64.so.1"), "amd64", "linked with musl: this shim needs glibc"},
	} {
		h, err := readHeader(bytes.NewReader(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := h.reason("/x/program", c.arch); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	h := header{64, machineX86_64, ""}
	if got := h.reason(loader, "amd64"); got != "" {
		t.Errorf("the loader itself: %q", got)
	}
}

func TestMalformedHeaders(t *testing.T) {
	good := image(class64, littleEnd, machineX86_64, "/lib64/ld-linux-x86-64.so.2")
	change := func(offset int, value ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[offset:], value)
		return b
	}
	for name, file := range map[string][]byte{
		"cut off in the header":         good[:40],
		"cut off in the segments":       good[:100],
		"cut off in the loader's name":  good[:260],
		"class 3":                       change(4, 3),
		"data encoding 0":               change(5, 0),
		"an object file":                change(16, 1, 0),
		"no segments":                   change(56, 0, 0),
		"65535 segments":                change(56, 0xff, 0xff),
		"segments beyond any offset":    change(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"loader's name beyond any size": change(64+32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"loader's name not terminated":  change(len(good)-1, 'x'),
	} {
		if h, err := readHeader(bytes.NewReader(file)); !errors.Is(err, errELF) {
			t.Errorf("%s: %+v, %v, want errELF", name, h, err)
		}
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add(image(class64, littleEnd, machineX86_64, "/lib64/ld-linux-x86-64.so.2"))
	f.Add(image(class32, bigEnd, 20, "/lib/ld.so.1"))
	if self, err := os.ReadFile("/proc/self/exe"); err == nil {
		f.Add(self[:4096])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := readHeader(bytes.NewReader(data))
		if err == nil && (h.bits != 32 && h.bits != 64 || strings.ContainsRune(h.loader, 0) || len(h.loader) > maxInterpreter) {
			t.Errorf("readHeader = %+v", h)
		}
		if err != nil && !errors.Is(err, errELF) {
			t.Errorf("readHeader: %v is no errELF", err)
		}
	})
}

func FuzzShebang(f *testing.F) {
	f.Add([]byte("#!/bin/sh -e\n"))
	f.Add([]byte("#! /usr/bin/env -S A=b python3 -u"))
	f.Fuzz(func(t *testing.T, data []byte) {
		head := make([]byte, headSize)
		copy(head, "#!")
		copy(head[2:], data)
		line, err := parseShebang(head)
		if err == nil && (line.interpreter == "" || strings.ContainsAny(line.interpreter, " \t\n\x00")) {
			t.Errorf("parseShebang(%q) = %+v", head, line)
		}
		envCommand(line.argument)
	})
}
