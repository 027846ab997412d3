# SPDX-License-Identifier: Apache-2.0
# Telltale's only build file. `make help` lists the targets.
#
# SAN=address or SAN=thread builds the same tree under a sanitizer, in a folder of its own; the
# pages, which are the same bytes everywhere, are built once.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

SAN  ?=
B    := build$(if $(SAN),/$(SAN))
JOBS ?= $(shell nproc)
# Nothing when the caller said -j himself.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

CC       ?= gcc
ifeq ($(origin CC),default)
CC       := gcc
endif
ifeq ($(SAN),fuzzer)
CC       := clang
endif
FOLDERS  := $(shell sed -n 's/^\([a-z/]*\):.*/\1/p' tools/layers.txt | grep -vx pure)
PACKAGES := libuv sqlite3 yaml-0.1 libsodium libzstd openssl zlib

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
  -Wold-style-definition -Wundef -Wvla -Wformat=2 -Wnull-dereference -Wswitch-enum -Wcast-qual \
  -Wwrite-strings -Wdouble-promotion -Wimplicit-fallthrough
GCC_WARNINGS := -Wduplicated-cond -Wlogical-op

OPT_         := -O2
OPT_address  := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DTELLTALE_DEBUG
OPT_thread   := -O1 -fsanitize=thread -fno-omit-frame-pointer -DTELLTALE_DEBUG
OPT_fuzzer   := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DTELLTALE_DEBUG
OPT          := $(OPT_$(SAN))

# One short line a step; `make V=1` shows the commands, `make -s` nothing.
Q    := $(if $(V),,@)
say   = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-5s %s\n' $(1) $(2))

# Many sends in one system call, where liburing is there. `make URING=no` builds without it.
URING_FLAGS = $(if $(filter no,$(URING)),,$(URING_CFLAGS))

CPPFLAGS += -D_GNU_SOURCE -Isrc
LANGUAGE := -std=c17 -g -pthread -Werror $(WARNINGS)
CFLAGS   += $(LANGUAGE) $(OPT) $(if $(findstring gcc,$(CC)),$(GCC_WARNINGS))
LDLIBS    = $(PKG_LIBS) $(if $(URING_FLAGS),$(URING_LIBS)) -lhttp_parser -lm -ldl -pthread

# What pkg-config says is asked once, after the bootstrap made sure that there is something to ask:
# make builds this file first, then reads everything anew.
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),all)),)
include build/config.mk
endif

build/config.mk: tools/bootstrap
	@tools/bootstrap run
	@printf 'PKG_CFLAGS := %s\nPKG_LIBS := %s\n' "$$(pkg-config --cflags $(PACKAGES))" \
	  "$$(pkg-config --libs $(PACKAGES))" > $@
	@if pkg-config --exists liburing; then printf 'URING_CFLAGS := -DTELLTALE_URING %s\nURING_LIBS := %s\n' \
	  "$$(pkg-config --cflags liburing)" "$$(pkg-config --libs liburing)" >> $@; fi

# ---- objects -------------------------------------------------------------------------------------

sources  = $(sort $(wildcard src/$(1)/*.c))
objects  = $(patsubst src/%.c,$(B)/obj/%.o,$(call sources,$(1)))
# The archives of a folder and of all that it may include, itself first.
allowed  = $(shell sed -n 's|^$(1):||p' tools/layers.txt)
archive  = $(B)/lib/$(subst /,-,$(1)).a
archives = $(foreach f,$(1) $(call allowed,$(1)),$(call archive,$(f)))
# The folders whose headers a test includes, by itself or by what it takes from tests/support.
supports = $(shell sed -n 's|^.include "\([a-z_0-9]*\.h\)".*|tests/support/\1|p' $(1))
included = $(shell sed -n 's|^.include "\([a-z/]*\)/[a-z_0-9]*\.h".*|\1|p' $(1) $(call supports,$(1)) | sort -u)

$(B)/obj/loop/ring.o build/tidy/loop/ring.ok: PKG_CFLAGS += $(URING_FLAGS)

$(B)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c $< -o $@

$(B)/obj/notify/presets.o: $(wildcard src/notify/presets/*.json)

define folder_rules
$$(call archive,$(1)): $$(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)ar rcs $$@ $$^

$(B)/tests/unit/$(1)/%: tests/unit/$(1)/%.c $$(call archives,$(1)) $$(wildcard tests/support/*.h)
	@mkdir -p $$(@D)
	$$(call say,TEST,$$<)
	$(Q)$(CC) $(CPPFLAGS) -Itests/support $(CFLAGS) $$(PKG_CFLAGS) -MMD -MP $$< -o $$@ \
	  -Wl,--start-group $$(call archives,$(1)) -Wl,--end-group -lcmocka $$(LDLIBS)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$(f))))

ALL_ARCHIVES := $(foreach f,$(FOLDERS),$(call archive,$(f)))
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(sort $(shell find tests/unit -name '*.c')))

# A fuzz target is linked twice: with libFuzzer (make fuzz), and with a main of ours that feeds it
# the kept files (make test).
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/replay.c,$(sort $(wildcard tests/fuzz/*.c))))

define fuzz_rules
$(B)/tests/fuzz/$(1): tests/fuzz/$(1).c tests/fuzz/replay.c \
  $$(sort $$(foreach f,$$(call included,tests/fuzz/$(1).c),$$(call archives,$$(f))))
	@mkdir -p $$(@D)
	$$(call say,FUZZ,$$<)
	$(Q)$(CC) $(CPPFLAGS) -Itests/support $(CFLAGS) -Wno-missing-prototypes $$(PKG_CFLAGS) $$(filter %.c,$$^) -o $$@ \
	  -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LDLIBS)

$(B)/fuzz/$(1): tests/fuzz/$(1).c \
  $$(sort $$(foreach f,$$(call included,tests/fuzz/$(1).c),$$(call archives,$$(f))))
	@mkdir -p $$(@D)
	$$(call say,FUZZ,$$<)
	$(Q)$(CC) $(CPPFLAGS) -Itests/support $(CFLAGS) -Wno-missing-prototypes $$(PKG_CFLAGS) -fsanitize=fuzzer $$< -o $$@ \
	  -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LDLIBS)
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_rules,$(t))))

-include $(shell find $(B)/obj $(B)/tests -name '*.d' 2>/dev/null)

# ---- the pages, built into the program -----------------------------------------------------------

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/test -prune -o -type f -print)

build/stamps/npm-%: %/package-lock.json %/package.json
	@mkdir -p $(@D)
	$(call say,NPM,$*)
	@cd $* && npm ci --no-audit --no-fund --no-progress --loglevel=error
	@touch $@

build/gen/assets.c: $(WEB_SOURCES) tools/embed-assets.mjs build/stamps/npm-web
	@mkdir -p $(@D)
	$(call say,PAGES,web)
	@cd web && npm run --silent build
	@node tools/embed-assets.mjs build/web $@

# ---- the JavaScript package ----------------------------------------------------------------------

CLIENT_SOURCES := $(shell find clients/js -name node_modules -prune -o -name dist -prune -o -type f -print)

build/stamps/client-js: $(CLIENT_SOURCES) build/stamps/npm-clients/js
	$(call say,CLIENT,clients/js)
	@cd clients/js && node build.mjs && node build.mjs --example ../../build/example
	@touch $@

build/obj/gen/assets.o: build/gen/assets.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(LANGUAGE) -c $< -o $@

$(B)/telltale: $(ALL_ARCHIVES) build/obj/gen/assets.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@.new -Wl,--start-group $(ALL_ARCHIVES) -Wl,--end-group \
	  build/obj/gen/assets.o $(LDLIBS)
	@mv $@.new $@

# ---- what people type ----------------------------------------------------------------------------

.PHONY: all build run test test-axe screenshots test-long test-sanitized test-sends tsan fuzz bench bench-live bench-store bench-sustained bench-decode bench-alerts bench-batch bench-area conformance example lint format stats compdb clean help bench-notify bench-page
.PHONY: test-programs lint-c

all: build

build: ## Build build/telltale (what a plain `make` does)
	+@$(MAKE) $(PARALLEL) $(B)/telltale

run: build ## Build, start with a simulated fleet and a day of its history, print the address
	@node tools/run.mjs

example: build/stamps/client-js ## The example dashboard in React, for a server that runs: serves build/example
	@node tools/serve-folder.mjs build/example

build/stamps/test: tools/bootstrap
	@tools/bootstrap test
	@mkdir -p $(@D)
	@touch $@

test-programs: $(B)/telltale $(UNIT_TESTS) $(foreach t,$(FUZZ_TARGETS),$(B)/tests/fuzz/$(t)) \
  build/tests/count_allocations.so build/tests/disk_faults.so build/tests/deny_io_uring.so $(B)/sio-echo $(B)/ws-echo

build/tests/%.so: tests/support/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -std=c17 -O2 -Wall -Wextra -Werror -fPIC -shared -pthread $< -o $@ -ldl

test: build/stamps/test build/stamps/npm-web build/stamps/npm-tests build/stamps/client-js ## Run every test; ends with `N passed, N failed`
	+@$(MAKE) $(PARALLEL) test-programs
	@node tools/run-tests.mjs unit fuzz tools web integration+e2e

test-axe: build build/stamps/test build/stamps/npm-tests ## Every page and every state of it in every theme, by axe-core: some minutes
	@node tools/run-tests.mjs axe

test-long: export TELLTALE_TEST_LONG = 1
test-long: test ## The same with long seeds and 200 rounds of kill -9

test-sanitized: build/stamps/test build/stamps/npm-tests build/stamps/client-js ## Unit and integration tests with SAN (address unless set)
	+@$(MAKE) $(PARALLEL) SAN=$(or $(SAN),address) test-programs
	@node tools/run-tests.mjs --san $(or $(SAN),address) unit fuzz integration

test-sends: build/stamps/test build/stamps/npm-tests ## What sends most, once by send and once by io_uring alone
	+@$(MAKE) $(PARALLEL) test-programs
	@for engine in send io_uring; do for suite in live slow_client upgrade engine mqtt_broker mqtt_faults status; do \
	  TELLTALE_TEST_SENDS=$$engine node --test --test-timeout=240000 tests/integration/$$suite.test.mjs || exit 1; \
	done; done

tsan: ## Unit and integration tests under the thread sanitizer
	+@$(MAKE) SAN=thread test-sanitized

T       ?= $(firstword $(FUZZ_TARGETS))
SECONDS ?= 60
fuzz: ## Fuzz one target of tests/fuzz: make fuzz T=mqtt SECONDS=60
	@tools/bootstrap fuzz
	+@$(MAKE) $(PARALLEL) SAN=fuzzer build/fuzzer/fuzz/$(T)
	@mkdir -p build/corpus/$(T)
	build/fuzzer/fuzz/$(T) -max_total_time=$(SECONDS) -artifact_prefix=build/corpus/$(T)- \
	  build/corpus/$(T) tests/fuzz/corpus/$(T)

screenshots: build build/stamps/test build/stamps/npm-tests ## Pictures of the pages at four sizes, of a simulated fleet, into docs/images
	@node tools/screenshots.mjs

conformance: $(B)/sio-echo $(B)/ws-echo ## Build two echo servers for the public suites of Engine.IO, Socket.IO and WebSocket

$(B)/sio-echo $(B)/ws-echo: $(B)/%: tests/conformance/%.c tests/conformance/program.c \
  tests/conformance/program.h $(ALL_ARCHIVES) build/obj/gen/assets.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(CPPFLAGS) -Itests/conformance $(CFLAGS) $(PKG_CFLAGS) $(filter %.c,$^) -o $@ \
	  -Wl,--start-group $(ALL_ARCHIVES) -Wl,--end-group build/obj/gen/assets.o $(LDLIBS)

bench: build build/stamps/test build/stamps/npm-bench ## Measure against limits and peers; results go to bench/results
	@node bench/run.mjs
	@node bench/live.mjs

bench-live: build build/stamps/test build/stamps/npm-bench ## Measure the live stream beside socket.io, bare sends and its targets
	@node bench/live.mjs $(SECTIONS)

$(B)/bench/%: bench/micro/%.c $(ALL_ARCHIVES)
	@mkdir -p $(@D)
	$(call say,BENCH,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) $< -o $@ \
	  -Wl,--start-group $(ALL_ARCHIVES) -Wl,--end-group $(LDLIBS)

bench-store: build build/stamps/test ## Measure the store: bytes, rates, answers, beside SQLite and its targets
	+@$(MAKE) $(PARALLEL) $(foreach t,readings sqlite_rows questions blocks latest open_rows journal,$(B)/bench/$(t))
	@node bench/store.mjs

bench-batch: build/stamps/test ## Measure the forms that a sensor-batch could have, made and read
	+@$(MAKE) $(PARALLEL) $(B)/bench/batch_forms
	@node bench/batch_forms.mjs

bench-area: ## Measure what areas of the map cost: 100,000 devices, 100 viewports
	+@$(MAKE) $(PARALLEL) $(B)/bench/area
	@$(B)/bench/area

bench-sustained: build ## Messages as fast as it goes for MINUTES=10: rate, memory, files minute by minute
	@node bench/sustained.mjs $(or $(MINUTES),10)

bench-page: build build/stamps/npm-tests ## Measure the page in Chromium: start, frames, 10,000 devices, heap for MINUTES=60
	@MINUTES=$(MINUTES) node bench/page.mjs $(SECTIONS)

bench-notify: build build/stamps/npm-tests ## Measure from a message to the mail about it, beside its limit
	@node bench/notify.mjs

bench-alerts: ## Measure rules: a rule and reading, bytes an instance, a year of back-test, beside look-ups in SQLite
	+@$(MAKE) $(PARALLEL) $(B)/bench/alerts
	@$(B)/bench/alerts

bench-decode: ## Measure from topic and payload to records, ecosystem by ecosystem
	+@$(MAKE) $(PARALLEL) $(B)/bench/decode
	@$(B)/bench/decode

# ---- what keeps the tree in order ----------------------------------------------------------------

C_FILES      = $(shell find src tests bench -name node_modules -prune -o -name '*.[ch]' -print | sort)
ALL_SOURCES  = $(foreach f,$(FOLDERS),$(call sources,$(f)))
SHELL_FILES := tools/bootstrap .ci/run

lint: build/stamps/test build/stamps/npm-web build/stamps/npm-clients/js ## Include table, format, both compilers' warnings, static checks, TypeScript
	@node tools/check-layers.mjs
	@clang-format --dry-run -Werror $(C_FILES)
	@shellcheck $(SHELL_FILES)
	+@$(MAKE) $(PARALLEL) --output-sync=target lint-c
	@cd web && npm run --silent check
	@cd clients/js && npm run --silent check
	@node tools/check-layers.mjs --symbols build/obj
	@echo "lint: clean"

lint-c: $(ALL_ARCHIVES) $(patsubst src/%.c,build/tidy/%.ok,$(ALL_SOURCES))

# The object is there to be older than all that the source includes.
build/tidy/%.ok: src/%.c build/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	@clang $(CPPFLAGS) $(LANGUAGE) $(PKG_CFLAGS) -fsyntax-only $<
	@clang-tidy --quiet $< -- $(CPPFLAGS) $(LANGUAGE) $(PKG_CFLAGS) 2>build/tidy/$*.log || \
	  { cat build/tidy/$*.log; exit 1; }
	@touch $@

format: ## Write every C file in the one format
	@clang-format -i $(C_FILES)

stats: ## Sizes of our functions and modules beside their budget
	@node tools/stats.mjs

compdb: ## Write compile_commands.json for editors
	@node tools/compdb.mjs '$(CC) $(CPPFLAGS) $(LANGUAGE) $(PKG_CFLAGS)' $(ALL_SOURCES) > compile_commands.json

clean: ## Remove what the build made; what a run or the bootstrap made stays
	@rm -rf build/obj build/lib build/gen build/web build/tests build/tidy build/address build/thread \
	  build/fuzzer build/telltale build/test-logs compile_commands.json

help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
	  awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
