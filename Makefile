# SPDX-License-Identifier: GPL-2.0-only
# xdpctl: `make help` lists the targets. Everything is built below build/.

VERSION  := 0.1.0
B        := build
PREFIX   ?= /usr/local
DESTDIR  ?=
# Debian's zsh looks for the completion of packages in share/zsh/vendor-completions.
ZSH_DIR  ?= $(PREFIX)/share/zsh/site-functions

CC        ?= gcc
CLANG     ?= clang
# Ubuntu's bpftool is a wrapper that needs the running kernel's package: take the real one.
BPFTOOL   ?= $(firstword $(foreach t,/usr/sbin/bpftool $(wildcard /usr/lib/linux-tools*/*/bpftool) \
	bpftool,$(shell $(t) version >/dev/null 2>&1 && echo $(t))))
CLANG_FORMAT ?= clang-format
LINTIAN   ?= lintian

LIBS      = libbpf libxdp libcap-ng jansson popt ncursesw libmicrohttpd zlib gnutls libcrypt yaml-0.1 libmd
WARN      = -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wpointer-arith \
	    -Wno-missing-field-initializers -Wformat=2 -Werror=format-security
HARDEN    = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -I. -I$(B)
CFLAGS   ?= -O2 -g
# The same bytes from every folder: no artefact names the one that it was built in.
PREFIX_MAP = -ffile-prefix-map=$(CURDIR)=.
CFLAGS_ALL = -std=gnu11 $(WARN) $(HARDEN) $(CFLAGS) $(PREFIX_MAP) $(shell pkg-config --cflags $(LIBS))
LDFLAGS_ALL = -pie -Wl,--as-needed -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)
LDLIBS_ALL  = $(shell pkg-config --libs $(LIBS)) -lm

# BPF objects include the kernel's UAPI headers; the C compiler knows the directory of asm/.
BPF_CFLAGS = -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter \
	     -Wno-missing-declarations $(PREFIX_MAP) -I. -idirafter $(UAPI_INCLUDE)
UAPI_INCLUDE = $(patsubst %/asm/types.h,%,$(filter %/asm/types.h,$(shell \
	$(CC) -xc -M -include asm/types.h /dev/null)))

Q = $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-8s %s\n' $(1) '$(2)')

COMMON_SRC = $(wildcard common/*/*.c)
CTL_SRC    = $(wildcard ctl/*.c ctl/*/*.c)
# `xdpctl export` is an executable of its own: its libraries take as long to load as all others.
EXPORT_SRC = $(wildcard ctl/export/*.c)
XDPCTL_SRC = $(filter-out $(EXPORT_SRC),$(CTL_SRC)) ctl/export/cmd_export.c
PKTGEN_SRC = $(wildcard pktgen/*.c pktgen/*/*.c)
BPF_SRC    = $(wildcard xdp/*.bpf.c)
SKELETONS  = $(patsubst xdp/%.bpf.c,$(B)/gen/%.skel.h,$(BPF_SRC))
MANUALS    = $(B)/man/xdpctl.8 $(B)/man/pktgen.1
LINKTYPES  = $(B)/gen/linktype_names.inc
SHELLS     = bash zsh fish
COMPLETIONS = $(foreach s,$(SHELLS),$(B)/completion/$(s)/xdpctl $(B)/completion/$(s)/pktgen)
obj        = $(patsubst %.c,$(B)/obj/%.o,$(1))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

##@ Build
all: $(B)/xdpctl $(B)/xdpctl-export $(B)/pktgen $(MANUALS) $(COMPLETIONS) $(B)/compile_commands.json ## build everything (the default)

$(B)/xdpctl: $(call obj,$(XDPCTL_SRC)) $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/xdpctl-export: $(call obj,$(EXPORT_SRC) $(wildcard $(addsuffix /*.c,ctl/program ctl/monitor ctl/render))) \
		$(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/pktgen: $(call obj,$(PKTGEN_SRC)) $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/libcommon.a: $(call obj,$(COMMON_SRC))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/obj/%.o: %.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/bpf/%.o: xdp/%.bpf.c Makefile
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $(@:.o=.dwarf.o) $<
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.dwarf.o)

$(B)/gen/%.skel.h: $(B)/bpf/%.o
	$(call say,SKEL,$@)
	$(Q)mkdir -p $(@D) && $(BPFTOOL) gen skeleton $< name $(subst -,_,$*) > $@ 2>/dev/null

# The names of link types: numbers as this system's libpcap has them.
$(LINKTYPES): Makefile
	$(call say,NAMES,$@)
	$(Q)mkdir -p $(@D) && $(CC) -E -dM -include pcap/dlt.h -xc /dev/null | \
		sed -nE '/DLT_MATCHING/d; s/^#define DLT_([[:alnum:]_]+) ([0-9]+)$$/{\2, "\1"},/p' | \
		sort -t '{' -k 2n > $@

$(call obj,$(COMMON_SRC)): | $(SKELETONS) $(LINKTYPES)

# The exporter's page with the chart library and its licence embedded, as a list of bytes.
CHART_LIBRARY = $(firstword $(wildcard /usr/share/javascript/chart.js/chart.min.js))
CHART_LICENSE = ctl/export/page/chart_license.js
CHART_FILES = $(if $(CHART_LIBRARY),$(CHART_LICENSE) $(CHART_LIBRARY))

$(B)/gen/page.inc: ctl/export/page/index.html $(CHART_LICENSE) $(CHART_LIBRARY) Makefile
	$(call say,PAGE,$@)
	$(Q)[ -n '$(CHART_LIBRARY)' ] || echo '  PAGE     without charts: libjs-chart.js is not installed' >&2
	$(Q)mkdir -p $(@D) && sed -e '/@CHART_LIBRARY@/{' $(CHART_FILES:%=-e 'r %') \
		-e 'd}' $< | od -An -v -tu1 | sed 's/ *\([0-9][0-9]*\)/\1,/g' > $@

$(call obj,ctl/export/page.c): $(B)/gen/page.inc

# Manuals and completion are made from the tables of commands that the programs print.
$(MANUALS): $(B)/man/%: dist/man/%.in dist/reference.py $(B)/xdpctl $(B)/pktgen
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D) && dist/reference.py man $(B)/$(basename $*) $< > $@

$(COMPLETIONS): $(B)/completion/%: dist/reference.py $(wildcard dist/completion/*.in) $(B)/xdpctl $(B)/pktgen
	$(call say,COMPLETE,$@)
	$(Q)mkdir -p $(@D) && dist/reference.py $(*D) $(B)/$(*F) dist/completion/$(*D).in > $@

# For clangd and other editors' tools.
$(B)/compile_commands.json: Makefile $(COMMON_SRC) $(CTL_SRC) $(PKTGEN_SRC) $(BPF_SRC)
	$(call say,JSON,$@)
	$(Q)mkdir -p $(@D) && { \
	entry() { printf '%s{"directory": "%s", "file": "%s", "command": "%s"}' \
		"$$comma" '$(CURDIR)' "$$1" "$$2 -c $$1"; comma=','; }; \
	echo '['; \
	for f in $(COMMON_SRC) $(CTL_SRC) $(PKTGEN_SRC); do \
		entry $$f '$(CC) $(subst ",\\\",$(CPPFLAGS)) $(CFLAGS_ALL)'; done; \
	for f in $(BPF_SRC); do entry $$f '$(CLANG) $(BPF_CFLAGS)'; done; \
	echo ']'; } > $@

##@ Try it
demo: ## set up, build, and count SYNs on a gateway made of network namespaces
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory all
	@tests/demo.sh

##@ Test
# Unit and program tests: one cmocka program per file, with sanitizers.
C_TESTS = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/prog/test_*.c))
# Programs that the tests load.
BPF_TESTS = $(patsubst %.bpf.c,$(B)/%.o,$(wildcard tests/prog/*.bpf.c tests/prog/*/*.bpf.c))
# Libraries that are preloaded, so that calls fail.
FAULTS = $(patsubst %.c,$(B)/%.so,$(wildcard tests/fault/*.c))
UNIT_TESTS = $(filter $(B)/tests/unit/%,$(C_TESTS))
SH_TESTS = $(wildcard tests/prog/*.sh tests/live/test_*.sh)
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined

$(B)/libpktgen.a: $(call obj,$(filter-out pktgen/main.c,$(PKTGEN_SRC)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

# The sources under test, with sanitizers.
$(B)/libtested.a: $(patsubst %.c,$(B)/sanitized/%.o,$(COMMON_SRC) $(wildcard tests/*.c) \
		$(filter-out pktgen/main.c,$(PKTGEN_SRC)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/sanitized/%.o: %.c Makefile | $(SKELETONS) $(LINKTYPES)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS_ALL) $(SANITIZE) \
		-MMD -MP -c -o $@ $<

$(C_TESTS): $(B)/tests/%: $(B)/sanitized/tests/%.o $(B)/libtested.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(SANITIZE) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS_ALL) \
		$(shell pkg-config --libs cmocka)

# Parts of a command that have unit tests of their own.
$(B)/tests/unit/test_accept: $(B)/sanitized/ctl/export/accept.o
$(B)/tests/unit/test_request: $(B)/sanitized/ctl/export/request.o $(B)/sanitized/ctl/export/hosts.o
$(B)/tests/unit/test_saved_state: $(B)/sanitized/ctl/monitor/saved_state.o
$(B)/tests/unit/test_web_config: $(B)/sanitized/ctl/export/web_config.o
$(B)/tests/unit/test_overview: $(patsubst %,$(B)/sanitized/ctl/%.o,monitor/overview monitor/rate_history \
	monitor/watch render/format render/overview_text render/terminal)

$(B)/tests/prog/%.o: tests/prog/%.bpf.c Makefile
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/fault/%.so: tests/fault/%.c Makefile
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 $(WARN) -D_GNU_SOURCE -O2 -fPIC -shared -o $@ $<

test: ## set up, build and run all tests, JOBS at once (default: one per CPU)
	@$(MAKE) --no-print-directory deps deps-test
	@$(MAKE) --no-print-directory check

test-unit: ## set up, build and run the unit tests alone: seconds, and no root
	@$(MAKE) --no-print-directory deps deps-test
	@$(MAKE) --no-print-directory check-unit

check-unit: $(UNIT_TESTS)
	@tests/run.sh $(UNIT_TESTS)

check: perf-build fuzz-build $(C_TESTS) $(BPF_TESTS) $(FAULTS) ## run all tests without installing anything
	@tests/run.sh $(SH_TESTS) $(C_TESTS)

test-vm: ## set up, and run the tests that depend on the kernel under 5.10 to the newest (ROWS=pattern)
	@$(MAKE) --no-print-directory deps deps-test deps-vm
	@$(MAKE) --no-print-directory all $(BPF_TESTS) $(FAULTS) $(filter $(B)/tests/prog/%,$(C_TESTS))
	@tests/vm/run.sh $(if $(ROWS),'$(ROWS)')

coverage: ## show which lines the tests reach: build/coverage/index.html
	$(call install_packages,$(DEPS) $(DEPS_TEST) gcovr)
	@tests/coverage.sh

soak: all ## run everything at once for MINUTES (2), then check the counts and that nothing is left
	@tests/soak.sh $(or $(MINUTES),2)

test-toolchains: ## build and test with gcc and several clangs
	@$(MAKE) --no-print-directory deps deps-test
	@tests/toolchains.sh

test-trixie: ## run `make demo` and `make test` in a clean Debian 13 root
	@$(MAKE) --no-print-directory deps deps-deb
	@tests/from_nothing.sh trixie

lint: ## check format and the rules of the tree; run cppcheck, gcc -fanalyzer and shellcheck
	@$(MAKE) --no-print-directory deps deps-test
	@$(MAKE) --no-print-directory all
	@tests/lint.sh

##@ Fuzz
# The sources again, built by clang with sanitizers and libFuzzer's instrumentation. A target is
# tests/fuzz/fuzz_NAME.c; the other files there are shared. SECONDS: for each target.
FUZZ_TARGETS  = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SHARED   = $(filter-out tests/fuzz/fuzz_%.c tests/fuzz/main_%.c,$(wildcard tests/fuzz/*.c))
FUZZ_CFLAGS   = -std=gnu11 -O1 -g -Wall -Wextra -Wno-missing-field-initializers $(SANITIZE) \
	-Wno-gnu-variable-sized-type-not-at-end -fno-omit-frame-pointer \
	$(shell pkg-config --cflags $(LIBS))
fuzz_obj      = $(patsubst %.c,$(B)/fuzz/obj/%.o,$(1))
SECONDS      ?= 60
FRAMES       ?= 10000000

$(B)/fuzz/obj/%.o: %.c Makefile | $(SKELETONS) $(LINKTYPES) $(B)/gen/page.inc
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D) && $(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(B)/fuzz/libproduct.a: $(call fuzz_obj,$(COMMON_SRC) $(FUZZ_SHARED) tests/cases.c \
		$(foreach f,$(CTL_SRC),$(if $(filter main%.c cmd_%,$(notdir $f)),,$f)) \
		$(filter-out pktgen/main.c pktgen/cmd_%.c,$(PKTGEN_SRC)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ_TARGETS): $(B)/fuzz/%: $(B)/fuzz/obj/tests/fuzz/%.o $(B)/fuzz/libproduct.a
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

# Instead of a loaded program.
$(B)/fuzz/fuzz_render: LDFLAGS += -Wl,--wrap=dataplane__cpu_counters,--wrap=dataplane__memory_bytes \
	-Wl,--wrap=dataplane__max_sources

fuzz-build: $(FUZZ_TARGETS) $(B)/fuzz/seeds/made $(B)/fuzz/diff

fuzz: ## fuzz every target for SECONDS=60, two at a time
	@$(MAKE) --no-print-directory deps deps-test
	@$(MAKE) --no-print-directory fuzz-build
	@tests/fuzz/run.sh $(SECONDS) $(FUZZ_TARGETS)

$(B)/fuzz/diff $(B)/fuzz/make_seeds: $(B)/fuzz/%: $(B)/obj/tests/fuzz/main_%.o \
		$(call obj,$(FUZZ_SHARED) tests/cases.c) $(B)/libpktgen.a $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

# Seeds that are generated rather than committed.
$(B)/fuzz/seeds/made: $(B)/fuzz/make_seeds $(B)/pktgen $(B)/bpf/feed.o
	$(call say,SEEDS,$(@D))
	$(Q)mkdir -p $(addprefix $(@D)/,parse capture line_info) && \
		$(B)/fuzz/make_seeds $(@D)/parse $(@D)/line_info $(B)/bpf/feed.o && \
		for suffix in pcap pcapng; do \
			$(B)/pktgen write mix $(@D)/capture/mix.$$suffix --count 5 >/dev/null; done && touch $@

fuzz-diff: ## compare the program, loaded and on the host, with the reference on FRAMES=10000000
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory $(B)/fuzz/diff
	@XDPCTL_CORPUS=$${XDPCTL_CORPUS:-../shared/corpus} $(B)/fuzz/diff $(FRAMES)

##@ Measure
PERF_BPF = $(patsubst perf/bpf/%.bpf.c,$(B)/perf/bpf/%.o,$(wildcard perf/bpf/*.bpf.c))

$(B)/perf/bpf/%.o: perf/bpf/%.bpf.c Makefile
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@ $<

$(B)/obj/perf/%.o: CPPFLAGS += -DCLANG_VERSION='"$(shell $(CLANG) -dumpversion)"'

$(B)/perf/bench: $(call obj,$(wildcard perf/*.c)) $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/perf/afpacket: $(call obj,perf/peers/afpacket.c) $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

$(B)/perf/policy_bench: $(call obj,perf/policy/policy_bench.c perf/median.c perf/progmap.c) $(B)/libcommon.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL)

perf-build: all $(B)/perf/bench $(B)/perf/policy_bench $(B)/perf/afpacket $(PERF_BPF)

perf: ## measure the cost per packet, compared with peers: build/perf/report.md
	@$(MAKE) --no-print-directory deps deps-perf
	@$(MAKE) --no-print-directory perf-build
	@perf/run.sh

##@ Packages
# Names of Debian 12, 13 and Ubuntu 24.04; on Ubuntu, bpftool is in the kernel tools.
UBUNTU := $(shell . /etc/os-release 2>/dev/null; [ "$$ID" = ubuntu ] && echo yes)
DEPS = gcc libc6-dev linux-libc-dev pkg-config clang libbpf-dev libxdp-dev libpcap-dev \
	libcap-ng-dev libjansson-dev libpopt-dev libncurses-dev libmicrohttpd-dev zlib1g-dev \
	libgnutls28-dev libcrypt-dev libyaml-dev libmd-dev libjs-chart.js iproute2 ethtool \
	curl python3 \
	$(if $(UBUNTU),linux-tools-generic,bpftool)
DEPS_TEST = libcmocka-dev clang-format cppcheck shellcheck strace jq tshark tcpdump nftables \
	iptables xdp-tools gnuplot-nox tmux procps mandoc valgrind openssl python3-jsonschema \
	libclang-rt-$(firstword $(subst ., ,$(shell $(CLANG) -dumpversion)))-dev

# Large and optional: without them, their tests are skipped with a message. aha and pngquant take the
# screenshots.
DEPS_CI = prometheus prometheus-node-exporter chromium nginx-light zsh fish aha pngquant

# What boots guests, and what builds netdevsim, which emulates a device with offload.
DEPS_VM = qemu-system-x86 busybox-static cpio xz-utils zstd make wireguard-tools \
	debian-archive-keyring

DEPS_PERF = xdp-tools nftables iptables gnuplot-nox jq procps

DEPS_DEB = debhelper lintian debootstrap

define install_packages
	@installed=$$(dpkg-query -W -f=' $${Package}=$${db:Status-Status} ' $(1) 2>/dev/null); \
	missing=; for p in $(1); do \
		case $$installed in *" $$p=installed "*) ;; *) missing="$$missing $$p" ;; esac; done; \
	[ -n "$$missing" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then \
		echo "make $@: no apt-get here: install the equivalents of these Debian packages:$$missing" >&2; \
		exit 1; fi; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	echo "installing:$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$as_root apt-get update -q >/dev/null && \
	$$as_root apt-get install -y -q -o DPkg::Lock::Timeout=300 --no-install-recommends $$missing >/dev/null
endef

deps: ## install the packages to build and run the demo
	$(call install_packages,$(DEPS))

deps-test: ## install the packages that the tests and lint need
	$(call install_packages,$(DEPS_TEST))

deps-ci: ## install a browser, Prometheus and nginx for some tests, and what takes screenshots
	$(call install_packages,$(DEPS_CI))

deps-vm: ## install what `make test-vm` needs
	$(call install_packages,$(DEPS_VM))

deps-perf: ## install what `make perf` needs, with the peers that it measures
	$(call install_packages,$(DEPS_PERF))

deps-deb: ## install what builds and tests the Debian package
	$(call install_packages,$(DEPS_DEB))

##@ Install and tidy
# Pages lie in one folder when installed; sources that they link to are not.
INSTALLED_LINKS = -E -e 's,\]\((dist/doc|\.\./\.\.)/([^)/]*)\),](\2),g' \
	-e 's,\]\((dist|\.\.)/(prometheus|grafana|policy)/,](../../xdpctl/\2/,g' -e 's,\[([^]]*)\]\(\.\./\.\./xdp/[^)]*\),\1,g'

install: all ## install below $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/xdpctl
	install -m 755 $(B)/xdpctl $(DESTDIR)$(PREFIX)/sbin/xdpctl
	install -D -m 755 $(B)/xdpctl-export $(DESTDIR)$(PREFIX)/libexec/xdpctl/xdpctl-export
	install -m 755 $(B)/pktgen $(DESTDIR)$(PREFIX)/bin/pktgen
	install -m 644 LICENSE dist/doc/* $(DESTDIR)$(PREFIX)/share/doc/xdpctl
	for page in README.md SECURITY.md dist/doc/*.md; do sed $(INSTALLED_LINKS) $$page \
		> $(DESTDIR)$(PREFIX)/share/doc/xdpctl/$${page##*/}; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system $(addprefix \
		$(DESTDIR)$(PREFIX)/share/xdpctl/,prometheus grafana policy)
	for unit in dist/systemd/*.service dist/systemd/*.socket; do sed 's|@SBINDIR@|$(PREFIX)/sbin|g' $$unit \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; done
	install -d $(addprefix $(DESTDIR)$(PREFIX)/lib/,tmpfiles.d sysusers.d)
	install -m 644 dist/systemd/xdpctl.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/xdpctl.conf
	install -m 644 dist/systemd/xdpctl.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/xdpctl.conf
	install -m 644 dist/prometheus/*.yml $(DESTDIR)$(PREFIX)/share/xdpctl/prometheus
	install -m 644 dist/grafana/*.json $(DESTDIR)$(PREFIX)/share/xdpctl/grafana
	install -m 644 dist/policy/* $(DESTDIR)$(PREFIX)/share/xdpctl/policy
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 man/man8 bash-completion/completions \
		fish/vendor_completions.d) $(DESTDIR)$(ZSH_DIR)
	install -m 644 $(B)/man/pktgen.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(B)/man/xdpctl.8 $(DESTDIR)$(PREFIX)/share/man/man8
	for program in xdpctl pktgen; do \
		install -m 644 $(B)/completion/bash/$$program \
			$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$program && \
		install -m 644 $(B)/completion/zsh/$$program \
			$(DESTDIR)$(ZSH_DIR)/_$$program && \
		install -m 644 $(B)/completion/fish/$$program \
			$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$program.fish || exit 1; done

# A native package, built from a copy of this tree.
DEB = $(B)/deb
# In every build root already, or needed by the demo alone.
NO_DEB_DEPS = gcc libc6-dev linux-libc-dev iproute2 ethtool curl
comma := ,
space := $(subst ,, )

deb: ## build the Debian package: build/deb
	@$(MAKE) --no-print-directory deps deps-deb
	rm -rf $(DEB) && mkdir -p $(DEB)/xdpctl
	tar -c --exclude=./$(B) --exclude=./.git . | tar -x -C $(DEB)/xdpctl
	cp -r dist/debian $(DEB)/xdpctl
	sed -i 's/@DEPS@/$(subst $(space),$(comma) ,$(filter-out $(NO_DEB_DEPS),$(DEPS)))/' \
		$(DEB)/xdpctl/debian/control
	cd $(DEB)/xdpctl && [ "$$(dpkg-parsechangelog -S Version)" = $(VERSION) ] && \
		env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc -b >../build.log 2>&1 || \
		{ tail -n 20 ../build.log; exit 1; }
	$(LINTIAN) --allow-root --fail-on error,warning,info --display-info $(DEB)/*.changes

test-deb: deb ## install the package in a clean root, use it, upgrade it and purge it
	@tests/run.sh tests/deb.sh

test-reproducible: ## build from two folders, on two days, and compare the artefacts and the package
	@$(MAKE) --no-print-directory deps deps-test deps-deb
	@tests/run.sh tests/reproducible.sh

clean: ## remove everything that was built
	rm -rf $(B)

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@ /{printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

# Every target that `make help` lists, and their parts.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' Makefile) check-unit perf-build fuzz-build

-include $(shell find $(addprefix $(B)/,obj sanitized bpf tests perf) -name '*.d' 2>/dev/null)
