# SPDX-License-Identifier: BSD-2-Clause
# make, make demo, make check, make lint, make coverage, make bench, make count, make soak, make fuzz, make vm-check, make deb,
# make deb-check, make manuals, make install, make clean.
# Quiet; V=1 shows the commands. Debian packages that are missing are installed by the targets that need them, if root.

CC      ?= cc
CLANG   ?= clang
BPFTOOL ?= bpftool
CLANG_TIDY   ?= clang-tidy
CLANG_FORMAT ?= clang-format
PREFIX  ?= /usr/local
UNITDIR ?= $(PREFIX)/lib/systemd/system
SHAREDIR ?= $(PREFIX)/share
DESTDIR ?=
DEFINES ?=

NUMBER   := 0.2.0
B        := build
PACKAGES := libxdp libbpf libelf libunbound ldns libsystemd libcap libseccomp jansson libmnl libmicrohttpd ncursesw inih \
	libpcap libarchive

ifeq ($(V),1)
Q   :=
say  =
else
Q   := @
say  = @printf '  %-8s %s\n' '$(1)' '$(2)';
MAKEFLAGS += --no-print-directory
endif

CPPFLAGS := -Iuser -Iinclude -I$(B)/include -D_GNU_SOURCE $(DEFINES)
CFLAGS   ?= -O2 -g
WARN     := -std=gnu11 -Wall -Wextra -Werror
# Of what is installed. _FORTIFY_SOURCE needs an optimizing compiler: with CFLAGS=-O0 say HARDENING= as well.
HARDENING ?= -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
RELRO    := -pie -Wl,-z,relro,-z,now
SANITIZE := -O1 -g -DSANITIZED -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Expanded once, when a rule first needs them: `make deps` must work before pkg-config is there. One package at a
# time, because Debian's libunbound has no flags to tell without libevent's headers, which nothing here needs.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell for p in $(PACKAGES); do pkg-config --cflags $$p 2>/dev/null; done))$(PKG_CFLAGS)
# A program is linked with what it uses, and no more: the command needs none of what the daemon needs.
PKG_LIBS   = $(eval PKG_LIBS := -Wl,--as-needed $(shell pkg-config --libs $(PACKAGES)) -lpthread)$(PKG_LIBS)
VERSION    = $(eval VERSION := $(shell scripts/version $(NUMBER)))$(VERSION)

BPF_SRC  := $(wildcard bpf/*.bpf.c)
SKELS    := $(BPF_SRC:bpf/%.bpf.c=$(B)/include/%.skel.h)
MAINS    := user/daemon/main.c user/cli/main.c
LIB_SRC  := $(filter-out $(MAINS),$(wildcard user/*/*.c))
PROGRAMS := mcingestd mcingest
PEERS    := $(notdir $(patsubst %/,%,$(wildcard tests/peers/*/)))
TESTS    := $(patsubst %.c,%,$(wildcard tests/unit/*_test.c)) tests/bpf/run
MANUALS  := $(patsubst user/share/man/%.md,$(B)/man/%,$(wildcard user/share/man/*.md))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SEEDS := $(B)/tests/fuzz/seeds
MEDIA    := $(B)/tests/bench/media
MEDIA_SRC := $(filter-out %.bpf.c,$(wildcard tests/bench/media/*.c)) tests/bpf/harness.c tests/bpf/packets.c

all: $(PROGRAMS:%=$(B)/%) ; @:
peers: $(PEERS:%=$(B)/tests/peers/%) ; @:
manuals: $(MANUALS) ; @:
tests: peers manuals $(MEDIA) $(TESTS:%=$(B)/%) $(PROGRAMS:%=$(B)/san/%) $(B)/other/mcingestd ; @:

# BPF programs and their skeletons

COMPILE_BPF = $(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -Ivmlinux -Iinclude -Ibpf -MMD -MP $(DEFINES)

$(B)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call say,CLANG,$@)
	$(Q)$(COMPILE_BPF) -c $< -o $@

$(B)/bpf/%.bpf.o: tests/bench/media/%.bpf.c
	@mkdir -p $(@D)
	$(call say,CLANG,$@)
	$(Q)$(COMPILE_BPF) -c $< -o $@

$(B)/include/%.skel.h: $(B)/bpf/%.bpf.o
	@mkdir -p $(@D)
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@.new && mv $@.new $@

# User code, in four flavours: as it is installed, with sanitizers for the tests, with sanitizers and gcov for
# `make coverage`, and by clang with libFuzzer: $(call flavour,FOLDER,COMPILER,FLAGS)

define flavour
$(B)/$(1)/%.o: %.c | $(SKELS)
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$(2) $$(CPPFLAGS) $$(PKG_CFLAGS) $(3) $$(WARN) -MMD -MP -c $$< -o $$@

$(B)/$(1)/libmcingest.a: $(LIB_SRC:%.c=$(B)/$(1)/%.o)
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^

$(B)/$(1)/user/base/version.o: $(B)/version
$(B)/$(1)/user/page/files.o: $(wildcard user/share/page/*)
endef
$(eval $(call flavour,obj,$$(CC),$$(CFLAGS) $$(HARDENING)))
$(eval $(call flavour,san,$$(CC),$$(SANITIZE)))
$(eval $(call flavour,cov,$$(CC),$$(SANITIZE) -O0 --coverage))
$(eval $(call flavour,fuzz,$$(CLANG),$$(SANITIZE) -fsanitize=fuzzer-no-link))

%/user/base/version.o %/user/base/version.tidy: CPPFLAGS += -DMCINGEST_VERSION='"$(VERSION)"'

$(B)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

$(B)/mcingestd: $(B)/obj/user/daemon/main.o $(B)/obj/libmcingest.a
$(B)/mcingest: $(B)/obj/user/cli/main.o $(B)/obj/libmcingest.a
$(PROGRAMS:%=$(B)/%):
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(HARDENING) $(RELRO) $^ -o $@ $(LDFLAGS) $(PKG_LIBS)

# A version whose maps have another layout (include/mcingest/maps.h), for the tests

$(B)/other/mcingestd: FORCE
	$(Q)$(MAKE) B=$(B)/other DEFINES=-DMCI_OTHER_LAYOUT VERSION='$(VERSION)+other' $@

# Tests: a program per folder of tests/peers, per file of tests/unit

define peer
$(B)/tests/peers/$(1): $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/peers/$(1)/*.c))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $$^ -o $$@
endef
$(foreach p,$(PEERS),$(eval $(call peer,$(p))))

# $(call tested,FLAVOUR,FOLDER OF THE TEST PROGRAMS,FLAGS)
define tested
$(B)/$(1)/mcingestd: $(B)/$(1)/user/daemon/main.o $(B)/$(1)/libmcingest.a
$(B)/$(1)/mcingest: $(B)/$(1)/user/cli/main.o $(B)/$(1)/libmcingest.a
$(2)/tests/bpf/run: $(patsubst %.c,$(B)/$(1)/%.o,$(wildcard tests/bpf/*.c)) $(B)/$(1)/libmcingest.a
$(PROGRAMS:%=$(B)/$(1)/%) $(2)/tests/bpf/run:
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(3) $$^ -o $$@ $$(LDFLAGS) $$(PKG_LIBS)

$(2)/tests/unit/%_test: $(B)/$(1)/tests/unit/%_test.o $(B)/$(1)/libmcingest.a
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $(3) $$(filter %.o,$$^) $$(filter %.a,$$^) -o $$@ $$(PKG_LIBS) -lcriterion -lpcap

$(2)/tests/unit/daemon_year_test: $(B)/$(1)/tests/fuzz/fuzz.o
endef
$(eval $(call tested,san,$(B),$$(SANITIZE)))
$(eval $(call tested,cov,$(B)/cov,$$(SANITIZE) --coverage))

# Fuzz targets; and seeds, made of the samples

$(B)/tests/fuzz/%_fuzz: $(B)/fuzz/tests/fuzz/%_fuzz.o $(B)/fuzz/tests/fuzz/fuzz.o $(B)/fuzz/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer $(filter %.o,$^) $(filter %.a,$^) -o $@ $(PKG_LIBS)

# Frames through the programs, as tests/bpf has them
$(B)/tests/fuzz/verdicts_fuzz: $(patsubst %,$(B)/fuzz/tests/bpf/%.o,harness packets through)

$(B)/tests/fuzz/pcap_seeds: $(B)/san/tests/fuzz/pcap_seeds.o $(B)/san/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) $^ -o $@ $(PKG_LIBS) -lpcap

$(FUZZ_SEEDS): $(B)/tests/fuzz/pcap_seeds $(wildcard tests/samples/*.pcap)
	$(call say,SEEDS,$@)
	$(Q)rm -rf $@ $@.new && $< $@.new $(filter %.pcap,$^) && mv $@.new $@

# The same without sanitizers, for the machine of vm-check

$(B)/tests/bpf/plain: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/bpf/*.c)) $(B)/obj/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(LDFLAGS) $(PKG_LIBS)

# The bench, as it is installed

$(MEDIA_SRC:%.c=$(B)/obj/%.o): $(B)/include/media.skel.h
$(MEDIA): $(MEDIA_SRC:%.c=$(B)/obj/%.o) $(B)/obj/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(LDFLAGS) $(PKG_LIBS)

# Lint: what is written once again is checked once again

TIDY  := $(patsubst %.c,$(B)/lint/%.tidy,$(LIB_SRC) $(MAINS))
SHELL_SRC := $(filter-out scripts/layers scripts/coverage scripts/conf-manual scripts/debian,$(wildcard scripts/*)) $(wildcard scripts/debian/p[or]*) \
	.ci/run vmlinux/update user/share/mcingest.bash \
	$(wildcard tests/functional/*.sh tests/soak/*.sh tests/bench/*.sh tests/vm/*.sh)
C_SRC  = $(shell find user bpf include tests -name '*.[ch]')
JOBS   = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

$(B)/lint/%.tidy: $(B)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,$*.c)
	$(Q)$(CLANG_TIDY) --quiet $*.c -- -std=gnu11 $(CPPFLAGS) $(PKG_CFLAGS) >$@.out 2>/dev/null || { cat $@.out; exit 1; }
	@touch $@

tidy: $(TIDY) ; @:

shellcheck:
	$(call say,CHECK,shell scripts)
	$(Q)shellcheck $(SHELL_SRC)

format:
	$(call say,CHECK,formatting)
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(C_SRC)

layers:
	$(Q)scripts/layers

# For people

deps:
	$(Q)scripts/deps

demo: deps
	$(Q)$(MAKE) all peers
	$(Q)scripts/demo

check: deps
	$(Q)$(MAKE) all tests $(FUZZ) $(FUZZ_SEEDS)
	$(Q)scripts/check

lint: deps
	$(Q)$(MAKE) all
	$(Q)$(MAKE) $(JOBS) --keep-going tidy shellcheck format layers

coverage: COVERED := unit bpf functional
coverage-unit: COVERED := unit bpf
coverage coverage-unit: deps
	$(Q)$(MAKE) peers $(TESTS:%=$(B)/cov/%) $(PROGRAMS:%=$(B)/cov/%) $(B)/other/mcingestd
	$(Q)find $(B)/cov -name '*.gcda' -delete
	$(Q)GCOV_ERROR_FILE=/dev/null BUILD=$(B)/cov TESTS=$(B)/cov/tests scripts/check $(COVERED); status=$$?; scripts/coverage; exit $$status

# The media path, beside that of the commit BASELINE; `make bench-media QUICK=quick` takes two minutes.
bench-media: deps
	$(Q)$(MAKE) all peers $(MEDIA)
	$(Q)$(if $(BASELINE),BASELINE_MEDIA=$$(tests/bench/baseline.sh $(BASELINE))) $(MEDIA) $(QUICK)

bench: bench-media
	$(Q)tests/bench/pim.sh
	$(Q)tests/bench/joins.sh
	$(Q)tests/bench/scrape.sh
	$(Q)tests/bench/zap.sh
	$(Q)tests/bench/local.sh
	$(Q)LAB=bench tests/bench/join.sh && LAB=bench tests/bench/failover.sh; status=$$?; LAB=bench scripts/lab down; exit $$status

soak: deps
	$(Q)$(MAKE) all peers
	$(Q)SOAK_STRICT=1 BUILD=$(B) tests/soak/soak.sh

fuzz: deps
	$(Q)$(MAKE) $(FUZZ) $(FUZZ_SEEDS)
	$(Q)scripts/fuzz

vm-check: deps
	$(Q)$(MAKE) all peers $(B)/tests/bpf/plain $(MEDIA)
	$(Q)scripts/vm-check

count: deps
	$(Q)$(MAKE) all peers $(B)/tests/bpf/plain $(MEDIA)
	$(Q)VM_ONLY=count scripts/vm-check

.PHONY: screenshots
screenshots: deps
	$(Q)$(MAKE) all peers
	$(Q)LAB=screenshots BUILD=$(B) scripts/screenshots; status=$$?; LAB=screenshots scripts/lab down; exit $$status

deb:
	$(Q)scripts/deps deb
	$(Q)scripts/deb $(NUMBER)

deb-check: deb
	$(Q)scripts/deb-check

# The keys in mcingest.conf(5) are those of the file that the package installs.
KEYS := $(B)/man/keys.md
$(KEYS): scripts/conf-manual user/share/mcingest.conf
	$(Q)mkdir -p $(@D)
	$(Q)$^ >$@
$(B)/man/mcingest.conf.5: $(KEYS)
$(B)/man/%: user/share/man/%.md
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cat $< $(filter $(KEYS),$^) | lowdown -s -Tman --out-no-smarty -m title=$(basename $*) -m section=$(patsubst .%,%,$(suffix $*)) \
		-m volume=mcingest -m source="mcingest $(NUMBER)" -o $@

# The unit of an instance: its folders have its name.
INSTANCE_OF_UNIT := 's,\(/sys/fs/bpf\|/var/lib\)/mcingest\>,&-%i,g; s,^\(Runtime\|State\)Directory=mcingest,&-%i,; s,^Description=.*,& (%i),; s,^ExecStart=.*,& --instance %i,'

# A configuration that is there stays.
CONF := $(DESTDIR)/etc/mcingest/mcingest.conf
install: all manuals
	install -D -m 755 $(B)/mcingestd $(DESTDIR)$(PREFIX)/sbin/mcingestd
	install -D -m 755 $(B)/mcingest $(DESTDIR)$(PREFIX)/bin/mcingest
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|/usr/sbin/|$(PREFIX)/sbin/|' user/share/mcingestd.service >$(DESTDIR)$(UNITDIR)/mcingestd.service
	sed $(INSTANCE_OF_UNIT) $(DESTDIR)$(UNITDIR)/mcingestd.service >$(DESTDIR)$(UNITDIR)/mcingestd@.service
	install -D -m 644 user/share/mcingest.bash $(DESTDIR)$(SHAREDIR)/bash-completion/completions/mcingest
	ln -sf mcingest $(DESTDIR)$(SHAREDIR)/bash-completion/completions/mcingestd
	install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/doc/mcingest $(wildcard user/share/doc/*.*)
	install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/doc/mcingest/pcaps $(wildcard user/share/doc/pcaps/*)
	install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/mcingest user/share/mcingest-alerts.yml user/share/mcingest-dashboard.json
	install -D -m 755 -t $(DESTDIR)$(SHAREDIR)/mcingest scripts/local-lan
	for page in $(MANUALS); do install -D -m 644 -t $(DESTDIR)$(SHAREDIR)/man/man$${page##*.} $$page; done
	install -D -m 644 user/share/mcingest.catalog $(DESTDIR)$(PREFIX)/lib/systemd/catalog/mcingest.catalog
	install -D -m 644 user/share/mcingest.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/mcingest.conf
	test -e $(CONF) || install -D -m 644 user/share/mcingest.conf $(CONF)

clean:
	$(Q)rm -rf $(B)

.PHONY: all peers manuals tests deps demo check lint tidy shellcheck format layers coverage coverage-unit bench bench-media count soak vm-check fuzz deb deb-check install clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:

# Not those of the package's build, and of the Debian 12 of deb-check and vm-check.
-include $(shell find $(B) \( -path $(B)/deb -o -path $(B)/vm -o -path $(B)/chroot \) -prune -o -name '*.d' -type f -print 2>/dev/null)
