# What one does with the project, by name. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
# Packages first, then what needs them.
.NOTPARALLEL:
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
LAB ?= $(CURDIR)/.lab
# A lab of its own, so that a test run does not end somebody's demo.
TEST_LAB ?= $(CURDIR)/.lab-test
# Further ones, in which tests go on while guests of others boot and shut down.
TEST_LABS ?= $(TEST_LAB) $(TEST_LAB)-2 $(TEST_LAB)-3
TEST_FLAGS ?=
SANITIZERS ?= thread address
VIRTSPEC_CRASH_KILLS ?= 50
VIRTSPEC_CRASH_RESTARTS ?= 10
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo --preserve-env=VIRTSPEC_LAB_CACHE)
export VIRTSPEC_LAB_CACHE ?= $(HOME)/.cache/virtspec-lab
# The tests that wait for a lab's daemon and guests.
LAB_TESTS := (Commands|Libvirt)Tests\.Lab
# $(call tests,SCRATCH): the tests that were built there.
tests = NO_COLOR=1 $(1)/debug/virtspecPackageTests.xctest --testing-library swift-testing
# $(call crash,KILLS,RESTARTS)
crash = $(SUDO) env VIRTSPEC_CRASH_LAB=$(CURDIR)/.lab-crash VIRTSPEC_CRASH_KILLS=$(1) VIRTSPEC_CRASH_RESTARTS=$(2) \
	Tests/Lab/crash
# Another linker than the default, because gold warns about Foundation. A program that lies at a fixed place, like
# those of Go, has no 50,000 relocations to make when it starts, which takes a millisecond of a plan's 18. libvirt is
# not linked but loaded when it is needed.
SWIFT_BUILD := swift build -c release --static-swift-stdlib -Xswiftc -use-ld=lld \
	-Xswiftc -cross-module-optimization -Xlinker --no-pie -Xswiftc -Xclang-linker -Xswiftc -no-pie \
	-Xswiftc -Xclang-linker -Xswiftc --config=$(CURDIR)/Sources/CLibvirtLoader/as-needed.cfg
SWIFT_SOURCES := Sources Tests Package.swift
SHELL_SCRIPTS = $(shell grep -rlE '^\#!.*\bbash' --exclude-dir=.build* --exclude-dir=.git --exclude-dir=.lab* .)

BUILD_PACKAGES := pkg-config libvirt-dev libyaml-dev libxml2-dev libcurl4-gnutls-dev libarchive-dev
LAB_PACKAGES := libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils ovmf dnsmasq-base iproute2 \
	iptables busybox-static cpio swtpm swtpm-tools kmod util-linux xz-utils zstd libosinfo-1.0-0 osinfo-db mtools \
	syslinux
CHECK_PACKAGES := hyperfine python3-jsonschema shellcheck bzip2 xorriso genisoimage libxml2-utils

.PHONY: help deps toolchain build demo test crash lint format bench bench-programs fuzz sanitize generate corpus install clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

deps: ## install the Debian or Ubuntu packages that are missing
	@command -v apt-get >/dev/null || { echo 'make deps knows Debian and Ubuntu only; see its package lists' >&2; exit 1; }
	missing=()
	for package in $(BUILD_PACKAGES) $(LAB_PACKAGES) $(CHECK_PACKAGES); do
	  [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || missing+=($$package)
	done
	[ $${#missing[@]} -gt 0 ] || exit 0
	echo "installing $${missing[*]}"
	# The lab starts a libvirtd of its own: this machine's must neither start nor be enabled because of us.
	had_libvirt=$$(command -v libvirtd /usr/sbin/libvirtd || true)
	if [ ! -e /usr/sbin/policy-rc.d ]; then
	  printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee /usr/sbin/policy-rc.d >/dev/null
	  $(SUDO) chmod 755 /usr/sbin/policy-rc.d
	  trap '$(SUDO) rm -f /usr/sbin/policy-rc.d' EXIT
	fi
	install=($(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$${missing[@]}")
	"$${install[@]}" >/dev/null 2>&1 || { $(SUDO) apt-get -qq update; "$${install[@]}" >/dev/null; } || {
	  echo 'apt-get did not install the packages that are missing: what it said is above' >&2; exit 1; }
	if [ -z "$$had_libvirt" ] && command -v systemctl >/dev/null; then
	  for unit in libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirt-guests.service \
	    virtlogd.socket virtlockd.socket; do
	    $(SUDO) systemctl disable --quiet $$unit 2>/dev/null || true
	  done
	fi

toolchain: ## check that Swift 6.1 or later is here
	@command -v swift >/dev/null || { echo 'swift is missing: install 6.1 or later from https://swift.org/install' >&2; exit 1; }
	said=$$(swift --version 2>&1) || { printf 'swift does not run: %s\n' "$${said:-swift --version failed}" >&2; exit 1; }
	version=$$(sed -nE 's/.*Swift version ([0-9.]+).*/\1/p' <<<"$$said" | head -n 1)
	printf '6.1\n%s\n' "$$version" | sort -CV || {
	  echo "Swift $$version is too old: install 6.1 or later from https://swift.org/install" >&2; exit 1; }

build: toolchain ## build .build/release/virtspec
	@[ -e .build/release/virtspec ] || echo 'building virtspec: the first time takes a few minutes'
	$(SWIFT_BUILD) --product virtspec

# Swift's progress takes one line of a terminal, and hundreds of a log.
demo: SWIFT_BUILD += $(shell [ -t 2 ] || echo --quiet)
demo: toolchain deps build ## real guests on a private libvirtd, from nothing to "no changes"
	@$(SUDO) Tests/Lab/lab up --dir $(LAB) >/dev/null
	$(SUDO) Tests/Lab/lab guest --dir $(LAB)
	eval "$$(Tests/Lab/lab env --dir $(LAB))"
	Tests/Lab/demo

test: toolchain deps ## all tests, with real guests on a private libvirtd
	@swift build --build-tests
	trap 'status=$$?; for lab in $(TEST_LABS); do $(SUDO) Tests/Lab/lab down --dir $$lab || status=1; done; exit $$status' EXIT
	labs=()
	for lab in $(TEST_LABS); do
	  labs+=($$lab "$$($(SUDO) Tests/Lab/lab up --dir $$lab)")
	  $(SUDO) Tests/Lab/lab guest --dir $$lab
	done
	eval "$$(Tests/Lab/lab env --dir $(TEST_LAB))"
	export VIRTSPEC_LAB_OTHERS="$${labs[*]:2}"
	if [ -n "$(TEST_FLAGS)" ]; then
	  swift test --skip-build --disable-xctest $(TEST_FLAGS)
	  exit
	fi
	# What needs no guests goes beside what waits for them, one test after another.
	logs=$$(mktemp -d) others=() status=0
	VIRTSPEC_PROGRAM_STEPS=10000 $(call tests,.build) --no-parallel --filter '^PlanningTests' \
	  >$$logs/planning 2>&1 & others+=($$!)
	$(call tests,.build) --no-parallel --skip '$(LAB_TESTS)|^PlanningTests' >$$logs/rest 2>&1 & others+=($$!)
	$(call tests,.build) --filter '$(LAB_TESTS)' || status=1
	$(call crash,8,2) || status=1
	for process in "$${others[@]}"; do wait "$$process" || status=1; done
	cat $$logs/*
	rm -rf $$logs
	exit $$status

crash: toolchain deps ## kill apply 50 times and restart libvirtd 10 times in mid-apply, on a lab
	@swift build --product virtspec
	$(call crash,$(VIRTSPEC_CRASH_KILLS),$(VIRTSPEC_CRASH_RESTARTS))

lint: toolchain ## check the format of the Swift sources, and the shell scripts
	@swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	if command -v shellcheck >/dev/null; then shellcheck $(SHELL_SCRIPTS); fi

format: toolchain ## rewrite the Swift sources in the project's format
	@swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

bench-programs: toolchain
	@$(SWIFT_BUILD)

bench: bench-programs ## measure
	Benchmarks/run
	Benchmarks/fleet

fuzz: build ## feed broken input to the parsers
	@Tests/Fuzzing/run

sanitize: toolchain ## the tests that need no lab, under the thread and the address sanitizer
	@unset $${!VIRTSPEC_LAB@}
	export LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Fuzzing/leaks:print_suppressions=0
	ASAN_SYMBOLIZER_PATH=$$(dirname "$$(realpath "$$(command -v swiftc)")")/llvm-symbolizer
	export ASAN_SYMBOLIZER_PATH
	# Everything takes ten times as long: one scenario in ten goes through every mishap, and programs are left out.
	export VIRTSPEC_CONVERGENCE_SHARE=10
	for sanitizer in $(SANITIZERS); do
	  swift build --build-tests --sanitize=$$sanitizer --scratch-path .build-$${sanitizer:0:1}san
	done
	# Side by side: each keeps one processor busy.
	logs=$$(mktemp -d) running=() status=0
	trap 'kill "$${running[@]}" 2>/dev/null || true; rm -rf "$$logs"' EXIT
	for sanitizer in $(SANITIZERS); do
	  $(call tests,.build-$${sanitizer:0:1}san) --no-parallel --skip 'RandomProgram|FoundProgram' $(TEST_FLAGS) \
	    >$$logs/$$sanitizer 2>&1 & running+=($$!)
	done
	for process in "$${running[@]}"; do wait "$$process" || status=1; done
	for sanitizer in $(SANITIZERS); do echo "the $$sanitizer sanitizer:"; cat $$logs/$$sanitizer; done
	exit $$status

generate: toolchain ## write schemas/ and docs/reference.md anew from the field tables
	@VIRTSPEC_REGENERATE=1 swift test --filter GeneratedFiles

corpus: toolchain deps ## try the XML that others wrote, from the folder VIRTSPEC_CORPUS
	@[ -n "$${VIRTSPEC_CORPUS:-}" ] || { echo 'set VIRTSPEC_CORPUS to a folder of libvirt XML' >&2; exit 1; }
	$(MAKE) test TEST_FLAGS='--filter corpus'

install: build ## install into PREFIX, /usr/local unless told otherwise
	install -D -m 755 .build/release/virtspec $(DESTDIR)$(PREFIX)/bin/virtspec

clean: ## remove what was built
	rm -rf .build .build-*
