# make          bin/gilwatch, one self-contained file
# make demo     the nanobind example, found
# make test     every test that a change must pass
# make bench    what it costs

GO      ?= go
PYTHON  ?= python3
SHIM    := internal/shimfile/assets/libgilwatch.so
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
SOURCES := $(shell find cmd internal -name '*.go' -not -name '*_test.go') go.mod
SHIM_SOURCES := $(wildcard shim/*.c shim/*.h shim/*.S shim/*.go shim/*.map) $(SOURCES)

.PHONY: all
all: bin/gilwatch

# Without the version script Go exports 43 names of its runtime into every watched program.
$(SHIM): $(SHIM_SOURCES) | tools
	$(GO) build -trimpath -buildmode=c-shared \
	    -ldflags '-s -w -extldflags=-Wl,--version-script=$(CURDIR)/shim/exports.map,-z,now' \
	    -o build/libgilwatch.so ./shim
	install -D -m 0755 build/libgilwatch.so $@

bin/gilwatch: $(SHIM) $(SOURCES)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION) -E=github.com/gilwatch/gilwatch/internal/supervise/inherit.entry' -o $@ ./cmd/gilwatch

# What is missing is named, with the command that installs it.
.PHONY: tools
tools:
	@scripts/need $(GO) cc make $(PYTHON)

.PHONY: clean
clean:
	rm -rf bin build $(SHIM)
