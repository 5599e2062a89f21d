# make test runs everything, on every Python that it finds; with PYTHONS set it
# runs on those, and a missing one is a failure.

DEBIAN = python3 python3-dill python3-multiprocess pypy3
BENCH  = redis-server python3-redis

.PHONY: build test vet unit interop bench deps fmt

build:
	CGO_ENABLED=0 go build -o brine ./cmd/brine

test: deps vet unit

vet:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./...

unit:
	go test -race -timeout 40m ./...

# A table of versions and features, for PYTHONS or for every Python found.
interop:
	go test ./tests/interop -run TestMatrix -v -count=1

bench:
	@$(MAKE) -s deps DEBIAN="$(DEBIAN) $(BENCH)"
	go run ./tests/bench

# Installs what is missing, where this is Debian and we may.
deps:
	@missing=; for p in $(DEBIAN); do \
	  dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "not Debian: the tests use the Pythons that are here"; exit 0; fi; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	if [ -n "$$sudo" ] && ! command -v sudo >/dev/null; then \
	  echo "cannot install$$missing: not root; the tests use the Pythons that are here"; exit 0; fi; \
	echo "installing$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null

fmt:
	gofmt -w .
