package report

import (
	"path"
	"regexp"
	"strings"
)

var (
	// soSuffix is a shared library's suffix with its version: ".so.1.2.3".
	soSuffix = regexp.MustCompile(`\.so(\.[0-9]+)*$`)
	// extensionTag is what stands before the suffix of an extension module:
	// EXT_SUFFIX of CPython ("cpython-312-x86_64-linux-gnu", "cpython-313t-…"), PyPy
	// and GraalPy, and the stable ABI's (PEP 3149, PEP 384, PEP 803).
	extensionTag = regexp.MustCompile(`\.(cpython-[^.]+|pypy[^.]+|graalpy[^.]+|abi[0-9]+t?)$`)
	// vendoredHash is what auditwheel puts into the names of libraries that it
	// copies into a wheel: the start of a digest of their bytes
	// (auditwheel/repair.py, copylib).
	vendoredHash = regexp.MustCompile(`-[0-9a-f]{8}((\.so)?)(\.[0-9]+)*$`)
)

// ModuleName returns a module's name without what changes from build to build: of
// an extension module the name that is imported ("_mod.cpython-312-….so", "_mod.so"
// and "_mod.abi3.so" are "_mod"), of a library its name without a version
// ("libfoo.so.1.2.3" is "libfoo.so").
func ModuleName(module string) string {
	base := path.Base(strings.TrimSuffix(module, " (deleted)"))
	stem := soSuffix.ReplaceAllString(base, "")
	if stem == base || stem == "" {
		return base
	}
	stem = extensionTag.ReplaceAllString(stem, "")
	stem = vendoredHash.ReplaceAllString(stem, "")
	if strings.HasPrefix(stem, "lib") {
		return stem + ".so"
	}
	return stem
}
