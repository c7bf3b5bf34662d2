# SPDX-License-Identifier: BSD-2-Clause
# make, make demo, make check, make bench, make fuzz, make install, make clean. Quiet; V=1 shows the commands.

CC      ?= cc
CLANG   ?= clang
BPFTOOL ?= bpftool
PREFIX  ?= /usr/local
DESTDIR ?=

B        := build
PACKAGES := libxdp libbpf libelf libunbound ldns libsystemd jansson libmnl inih

ifeq ($(V),1)
Q   :=
say  =
else
Q   := @
say  = @printf '  %-8s %s\n' $(1) $(2);
MAKEFLAGS += --no-print-directory
endif

CPPFLAGS := -Iuser -Iinclude -I$(B)/include -D_GNU_SOURCE
CFLAGS   ?= -O2 -g
WARN     := -std=gnu11 -Wall -Wextra -Werror
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lpthread

BPF_SRC  := $(wildcard bpf/*.bpf.c)
SKELS    := $(BPF_SRC:bpf/%.bpf.c=$(B)/include/%.skel.h)
MAINS    := user/daemon/main.c user/cli/main.c
LIB_SRC  := $(filter-out $(MAINS),$(wildcard user/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/obj/%.o)
SAN_OBJ  := $(LIB_SRC:%.c=$(B)/san/%.o)
PROGRAMS := mcingestd mcingest
PEERS    := $(notdir $(patsubst %/,%,$(wildcard tests/peers/*/)))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*_test.c))
BPF_TEST := $(if $(wildcard tests/bpf/run.c),$(B)/tests/bpf/run)
FUZZ_OBJ := $(LIB_SRC:%.c=$(B)/fuzz/%.o)
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SEEDS := $(B)/tests/fuzz/seeds
MEDIA    := $(B)/tests/bench/media
MEDIA_SRC := $(filter-out %.bpf.c,$(wildcard tests/bench/media/*.c)) tests/bpf/harness.c tests/bpf/packets.c

all: $(PROGRAMS:%=$(B)/%) ; @:
peers: $(PEERS:%=$(B)/tests/peers/%) ; @:
tests: peers $(MEDIA) $(UNIT) $(BPF_TEST) $(PROGRAMS:%=$(B)/san/%) ; @:

# BPF programs and their skeletons

COMPILE_BPF = $(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -Ivmlinux -Iinclude -Ibpf -MMD -MP

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

# User code, twice: as it is installed, and with sanitizers for the tests

$(B)/obj/%.o: %.c | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(WARN) -MMD -MP -c $< -o $@

$(B)/san/%.o: %.c | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(SANITIZE) $(WARN) -MMD -MP -c $< -o $@

$(B)/obj/libmcingest.a: $(LIB_OBJ)
$(B)/san/libmcingest.a: $(SAN_OBJ)
%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/mcingestd: $(B)/obj/user/daemon/main.o $(B)/obj/libmcingest.a
$(B)/mcingest: $(B)/obj/user/cli/main.o $(B)/obj/libmcingest.a
$(PROGRAMS:%=$(B)/%):
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(LDFLAGS) $(PKG_LIBS)

$(B)/san/mcingestd: $(B)/san/user/daemon/main.o $(B)/san/libmcingest.a
$(B)/san/mcingest: $(B)/san/user/cli/main.o $(B)/san/libmcingest.a
$(PROGRAMS:%=$(B)/san/%):
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) $^ -o $@ $(LDFLAGS) $(PKG_LIBS)

# Tests: a program per folder of tests/peers, per file of tests/unit

define peer
$(B)/tests/peers/$(1): $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/peers/$(1)/*.c))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $$^ -o $$@
endef
$(foreach p,$(PEERS),$(eval $(call peer,$(p))))

$(B)/tests/unit/%: $(B)/san/tests/unit/%.o $(B)/san/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) $^ -o $@ $(PKG_LIBS) -lcriterion -lpcap

$(B)/tests/bpf/run: $(patsubst %.c,$(B)/san/%.o,$(wildcard tests/bpf/*.c)) $(B)/san/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) $^ -o $@ $(PKG_LIBS)

# Fuzz targets: user code a third time, by clang with libFuzzer; and seeds, made of the samples

$(B)/fuzz/%.o: %.c | $(SKELS)
	@mkdir -p $(@D)
	$(call say,CLANG,$@)
	$(Q)$(CLANG) $(CPPFLAGS) $(PKG_CFLAGS) $(SANITIZE) -fsanitize=fuzzer-no-link $(WARN) -MMD -MP -c $< -o $@

$(B)/fuzz/libmcingest.a: $(FUZZ_OBJ)

$(B)/tests/fuzz/%_fuzz: $(B)/fuzz/tests/fuzz/%_fuzz.o $(B)/fuzz/tests/fuzz/fuzz.o $(B)/fuzz/libmcingest.a
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer $^ -o $@ $(PKG_LIBS)

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

# For people

deps:
	$(Q)scripts/deps

demo: deps
	$(Q)$(MAKE) all peers
	$(Q)scripts/demo

check: deps
	$(Q)$(MAKE) all tests $(FUZZ) $(FUZZ_SEEDS)
	$(Q)scripts/check

bench: deps
	$(Q)$(MAKE) all peers $(MEDIA)
	$(Q)$(MEDIA)
	$(Q)tests/bench/pim.sh
	$(Q)tests/bench/joins.sh
	$(Q)LAB=bench tests/bench/join.sh && LAB=bench tests/bench/failover.sh; status=$$?; LAB=bench scripts/lab down; exit $$status

fuzz: deps
	$(Q)$(MAKE) $(FUZZ) $(FUZZ_SEEDS)
	$(Q)scripts/fuzz

vm-check: deps
	$(Q)$(MAKE) all peers $(B)/tests/bpf/plain
	$(Q)scripts/vm-check

install: all
	install -D -m 755 $(B)/mcingestd $(DESTDIR)$(PREFIX)/sbin/mcingestd
	install -D -m 755 $(B)/mcingest $(DESTDIR)$(PREFIX)/bin/mcingest

clean:
	$(Q)rm -rf $(B)

.PHONY: all peers tests deps demo check bench vm-check fuzz install clean
.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find $(B) -name '*.d' -type f 2>/dev/null)
