# make            bin/gilwatch, one self-contained file
# make demo       the nanobind example, found
# make test       every test that a change must pass
# make lint       formatters and linters
# make generate   what is made from tables, headers and flags
# make fuzz       each fuzz target for FUZZTIME
# make bench      what watching costs
# make test-faults    processes die in every way, ROUNDS times each, and nothing is lost
# make soak       many violations and processes for SOAKFLAGS; nothing grows
# make test-cpython    CPython's own test suite, watched and unwatched: hours
# make test-projects   real projects' suites, the same way

GO       ?= go
PYTHON   ?= python3
FUZZTIME ?= 60s
ROUNDS   ?= 200
SOAKFLAGS ?= -for 10m -violations 100000000 -processes 10000

SHIM    := internal/shimfile/assets/libgilwatch.so
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
GO_FILES := $(shell find cmd internal -name '*.go' -not -name '*_test.go' -o -name '*.s' -o -name '*.tsv' -o -name '*_bpfel.o' -o -path '*/include/*.h') go.mod
SHIM_FILES := $(wildcard shim/*.c shim/*.h shim/*.S shim/*.go shim/*.map) $(GO_FILES)

# The entry point keeps what Go's runtime changes before main (internal/supervise/inherit).
LDFLAGS := -s -w -X main.version=$(VERSION)
ifeq ($(shell $(GO) env GOARCH 2>/dev/null),amd64)
LDFLAGS += -E=github.com/gilwatch/gilwatch/internal/supervise/inherit.entry
endif

.PHONY: all
all: bin/gilwatch

# Without the version script the library exports 43 names of Go's runtime into every
# watched program.
$(SHIM): $(SHIM_FILES) | tools
	$(GO) build -trimpath -tags gilwatch_shim -buildmode=c-shared \
	    -ldflags '-s -w -extldflags=-Wl,--version-script=$(CURDIR)/shim/exports.map,-z,now' \
	    -o build/libgilwatch.so ./shim
	install -D -m 0755 build/libgilwatch.so $@

bin/gilwatch: $(SHIM) $(GO_FILES)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/gilwatch

# What is missing is named, with the command that installs it.
.PHONY: tools
tools:
	@scripts/need $(GO) cc make

.PHONY: demo
demo: bin/gilwatch
	@scripts/need $(PYTHON)
	@scripts/demo $(PYTHON)

.PHONY: test
test: bin/gilwatch
	@scripts/need cc c++ $(PYTHON)
	$(GO) test -timeout 40m $(TESTFLAGS) ./...

.PHONY: lint
lint:
	@scripts/need $(GO) clang-format shellcheck
	@scripts/lint

.PHONY: generate
generate:
	$(GO) generate ./internal/... ./cmd/...
	clang-format -i shim/rules_gen.c

.PHONY: fuzz
fuzz:
	@scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: bin/gilwatch
	$(GO) run ./tests/bench $(BENCHFLAGS)

.PHONY: test-faults
test-faults: bin/gilwatch
	$(GO) test ./tests/faults -timeout 4h -v -rounds $(ROUNDS) -stacks 100032 -calls 10000000

.PHONY: soak
soak: bin/gilwatch
	$(GO) test ./tests/soak -run TestSoak -timeout 4h -v $(SOAKFLAGS)

# CPYTHONFLAGS='-python 3.12 -results FOLDER' picks a part; with a folder it can be interrupted.
.PHONY: test-cpython
test-cpython: bin/gilwatch
	$(GO) run ./tests/cpython $(CPYTHONFLAGS)

.PHONY: test-projects
test-projects: bin/gilwatch
	$(GO) run ./tests/projects $(PROJECTSFLAGS)

.PHONY: clean
clean:
	rm -rf bin build $(SHIM)
