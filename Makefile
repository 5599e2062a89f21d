# make test runs everything, on every Python that it finds; with PYTHONS set it
# runs on those, and a missing one is a failure.

DEBIAN = gcc libc6-dev python3 python3-dill python3-multiprocess python3-cloudpickle \
         python3-numpy python3-pandas pypy3
BENCH  = redis-server python3-redis

# How long make fuzz spends on each target.
FUZZTIME = 10m

# How long make soak takes.
SOAKTIME = 10m

.PHONY: build test vet pythons unit hostile fuzz interop soak bench bench-engine bench-process bench-pool bench-pickle deps fmt

build:
	CGO_ENABLED=0 go build -o brine ./cmd/brine

test: deps vet pythons unit

vet:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./...

# The race detector needs a C compiler; nothing else does. Results are not taken
# from the cache: it knows neither the Pythons nor the brine that tests start. A
# program with the race detector sleeps for a second before it exits, unless told.
# What it would change is tested without it at the end.
unit:
	@if command -v $${CC:-gcc} >/dev/null; then \
	  GORACE=atexit_sleep_ms=0 CGO_ENABLED=1 go test -race -count=1 -timeout 40m ./...; \
	else \
	  echo "no C compiler, so no race detector"; go test -count=1 -timeout 40m ./...; \
	fi
	go test -count=1 -timeout 20m -run '^(TestHostile|TestSemaphoresThatAreCut|TestAllocations)$$' ./pickle ./engine/synchronize ./managers/syncmanager

# Pickles that other readers do not survive, in full size, with the worst time
# and memory of each kind. (unit has the largest smaller.) They are judged by
# resident memory, so without the race detector.
hostile:
	BRINE_HOSTILE=whole go test ./pickle -run '^TestHostile$$' -v -count=1 -timeout 20m

# Everything that reads a peer's bytes is fuzzed. An input that breaks it is shown
# and kept in testdata/fuzz beside the test, which runs it from then on. (At times
# Go's fuzzer takes the end of its own time for a failure.)
fuzz:
	@for file in $$(grep -rl --include='*_test.go' '^func Fuzz' .); do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' $$file); do \
	    printf '%-20s %s\n' $$(basename $$(dirname $$file)) $$target; \
	    out=$$(go test $$(dirname $$file) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x 2>&1) || \
	    { case "$$out" in \
	        *"Failing input written"*) ;; \
	        *"context deadline exceeded"*) continue ;; \
	      esac; \
	      echo "$$out"; \
	      input=$$(echo "$$out" | sed -n 's/.*Failing input written to //p'); \
	      [ -z "$$input" ] || (cd $$(dirname $$file) && cat $$input); \
	      exit 1; }; \
	  done; \
	done

pythons:
	@echo "tested with these Pythons:"
	@out=$$(go test -count=1 -v -run '^TestRunAndStart$$' ./tests/harness) || { echo "$$out"; exit 1; }; \
	echo "$$out" | sed -n 's/^=== RUN  *TestRunAndStart\//  /p' | sort -V

# A table of versions and features, for PYTHONS or for every Python found.
interop:
	go test ./tests/interop -run TestMatrix -v -count=1

# A pool under random kills and cancels; its memory, descriptors and names.
soak:
	BRINE_SOAK=$(SOAKTIME) go test ./tests/faults -run '^TestPoolSoak$$' -v -count=1 -timeout 0

bench:
	@$(MAKE) -s deps DEBIAN="$(DEBIAN) $(BENCH)"
	go run ./tests/bench

# Locks, pipes and memory that processes share, beside Python's own.
bench-engine:
	go run ./tests/bench -rows I1,I2,I3,I4,L1,L2,S1,S2

# Children, started and called, beside Python's own.
bench-process:
	go run ./tests/bench -rows C1,C2,C3,C4,C5,C6,C7,C8

# Pools beside Python's, joblib's, and Go's.
bench-pool:
	@$(MAKE) -s deps DEBIAN="$(DEBIAN) python3-joblib"
	go run ./tests/bench -rows P1,P2,P3,P4,P5
	@go test ./tests/bench/goroutines -run '^$$' -bench '^BenchmarkTable$$' -benchtime 1x | \
	  grep -v -E '^(BenchmarkTable|PASS|ok|goos|goarch|pkg|cpu)'

# pickle beside C's _pickle and the other Go libraries.
bench-pickle: deps
	@go test ./tests/bench/pickle -run '^$$' -bench '^BenchmarkTable$$' -benchtime 1x | \
	  grep -v -E '^(BenchmarkTable|PASS|ok|goos|goarch|pkg)'

# Installs what is missing, where this is Debian and we may. What cannot be
# installed is named; the tests then use what is here.
deps:
	@missing=; for p in $(DEBIAN); do \
	  dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	[ -n "$$missing" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then \
	  echo "this is not Debian: the tests use the Pythons that are here"; exit 0; fi; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo="sudo -n"; \
	  $$sudo true 2>/dev/null || { echo "to test more, install as root:$$missing"; exit 0; }; fi; \
	echo "installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$sudo apt-get update -qq || echo "cannot update the list of packages"; \
	for p in $$missing; do \
	  $$sudo apt-get install -y -qq --no-install-recommends $$p >/dev/null || \
	    echo "cannot install $$p"; done

fmt:
	gofmt -w .
