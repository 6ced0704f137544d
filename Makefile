# SPDX-FileCopyrightText: 2026 The Countersign authors
# SPDX-License-Identifier: Apache-2.0

# Two commands do everything: `make run` tries Countersign out, `make test` is all that CI runs.
# They need Go, Node and make. `make help` lists the rest.

SHELL := bash
.DELETE_ON_ERROR:
.NOTPARALLEL: # the Go tools use every core by themselves, and this way their output can be read
.DEFAULT_GOAL := build
.PHONY: help build run test verify vet lint licences test-tools test-devstack test-e2e test-kill test-race bench generate screens web web-test clean

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# The race detector needs a C compiler. Without one the tests run all the same, and say what they left out.
RACE = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

# The commit is stamped with -X, so Go need not ask git, which refuses in a checkout that another user owns.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

## help: list the targets
help:
	@sed -n 's/^## /  make /p' Makefile

## build: bin/countersign with the web app in it, and bin/devstack (PostgreSQL and Temporal for trying out and for tests)
build: bin/devstack web
	go build -ldflags '-X main.version=$(VERSION)' -o bin/countersign ./cmd/countersign

## run: try it out: everything it needs, a demo organization, API and web on http://127.0.0.1:8080
run: build
	bin/devstack --data .countersign -- bin/countersign dev

## test: everything that CI runs
test: build verify lint licences web-test test-tools test-devstack test-kill test-e2e test-race

# --- what must be generated, formatted and tidy -------------------------------------------------------------------

## verify: formatting, vet, go.mod files, and that generated files are what would be generated
verify: vet bin/sqlc
	@echo 'verify: gofmt'
	@unformatted=$$(find . \( -name node_modules -o -name .countersign \) -prune -o -name '*.go' -exec gofmt -l {} +); \
	if [ -n "$$unformatted" ]; then echo "not formatted; run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go mod tidy -diff
	go -C deploy/devstack mod tidy -diff
	go -C deploy/tools mod tidy -diff
	go -C deploy/tools/lint mod tidy -diff
	bin/sqlc diff

vet:
	go vet -tags kill ./...
	go -C deploy/devstack vet ./...
	go -C deploy/tools vet ./...

## lint: golangci-lint (.golangci.yaml holds the import rules too) and Temporal's determinism check
lint: bin/golangci-lint
	bin/golangci-lint run ./...
	cd deploy/tools && ../../bin/golangci-lint run ./...
	bin/workflowcheck -config deploy/tools/lint/workflowcheck.yaml ./workflows/...

## licences: refuse copyleft in what is shipped, and check that docs/licences.md lists it
licences:
	go -C deploy/tools run ./licences

## generate: rewrite generated files: SQL code, docs/licences.md, docs/licences-web.md, the web app's types of the API
generate: bin/sqlc
	bin/sqlc generate
	go -C deploy/tools run ./licences -write
	npm --prefix $(WEB) run --silent licences -- --write
	npm --prefix $(WEB) run --silent types

# --- the web app ---------------------------------------------------------------------------------------------------

WEB := api/web
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null) $(addprefix $(WEB)/,index.html vite.config.ts tsconfig.json scripts/budget.mjs)

## web: the web app, built into api/web/dist, which is embedded in the binary; only when something of it changed
web: $(WEB)/dist/index.html

# Vite empties dist of all but the placeholder first. The budget of the first load fails the build.
$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_SOURCES)
	npm --prefix $(WEB) run --silent build -- --logLevel warn
	npm --prefix $(WEB) run --silent budget
	@touch $@

# npm writes this file last, so it stands for a whole installation.
$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json
	@command -v npm >/dev/null || { echo 'The web app needs Node 20.19 or newer with npm, and there is none here: https://nodejs.org' >&2; exit 1; }
	npm --prefix $(WEB) ci --no-audit --no-fund
	@touch $@

## web-test: the web app's compiler, linter, tests, size budget, and that its types are those of api/openapi.yaml
web-test: web
	npm --prefix $(WEB) run --silent check
	npm --prefix $(WEB) run --silent lint
	npm --prefix $(WEB) run --silent types -- --check
	npm --prefix $(WEB) run --silent licences
	npm --prefix $(WEB) test --silent
	npm --prefix $(WEB) run --silent budget

# --- tests --------------------------------------------------------------------------------------------------------

test-tools:
	go -C deploy/tools test ./...

## test-devstack: the development stack's own tests, which kill its servers (90 seconds)
test-devstack:
	go -C deploy/devstack test -timeout 10m ./...

## test-e2e: the web app in a real Chromium, on the demo organization and at last among a million tasks (10 minutes)
test-e2e: build
	bin/devstack --ephemeral --fast -- npm --prefix $(WEB) run --silent e2e

## test-kill: kill the program, Temporal and Postgres at every step of the process; durability stays on, so what was said stands
test-kill: bin/devstack
	bin/devstack --ephemeral -- go test -tags kill -timeout 20m -run Killed ./cmd/countersign

## screens: take the pictures of docs/screens anew
screens: build
	bin/devstack --ephemeral --fast -- npm --prefix $(WEB) run --silent screens

## bench: measure decisions and approvals beside the bare engine, and lists with up to a million open tasks (40 minutes)
bench: bin/devstack
	bin/devstack --ephemeral -- go test -run '^$$' -bench Countersign -benchtime 1x -timeout 120m ./cmd/countersign
	GOGC=300 bin/devstack --ephemeral -- go test -p 1 -run '^$$' -bench 'Verify' -benchtime 5x -timeout 30m ./models/ledger ./models/postgres

## test-race: the product's tests with the race detector, on a real PostgreSQL and a real Temporal
test-race: bin/devstack
	@$(if $(RACE),,echo 'test: there is no C compiler here, so the tests run without the race detector')
	bin/devstack --ephemeral --fast -- go test $(RACE) -p 2 -timeout 30m ./...

# --- tools, each built when it is missing or its sources or pinned versions changed ----------------------------------

DEVSTACK := $(filter-out %_test.go,$(wildcard deploy/devstack/*.go)) deploy/devstack/go.mod deploy/devstack/go.sum

# go build -v names each package as it is compiled; progress counts them.
bin/devstack: $(DEVSTACK)
	@[ -e $@ ] || echo 'building the development stack: the first time takes 5 to 7 minutes on two cores and 3 GB of disk'
	deploy/tools/progress go -C deploy/devstack build -v -o ../../$@ .

bin/sqlc: deploy/tools/go.mod deploy/tools/go.sum
	@[ -e $@ ] || echo 'building sqlc: the first time takes 2 to 3 minutes on two cores'
	deploy/tools/progress go -C deploy/tools build -v -o ../../bin/ tool

bin/golangci-lint: deploy/tools/lint/go.mod deploy/tools/lint/go.sum
	@[ -e $@ ] || echo 'building the linters: the first time takes 3 to 5 minutes on two cores'
	deploy/tools/progress go -C deploy/tools/lint build -v -o ../../../bin/ tool

## clean: remove what was built; the data of `make run` stays in .countersign
clean:
	rm -rf bin $(WEB)/node_modules
	find $(WEB)/dist -mindepth 1 ! -name placeholder.html -delete
