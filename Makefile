# lakana - see README.md.
#
#   make         builds build/lakana
#   make demo    installs what is missing, prints a pack, ingests samples/
#   make test    installs what is missing, builds, runs every test
#   make asan    the tests under the address and undefined sanitizers
#   make lint    formatting, clang-tidy, arrows between the rooms, French of every message
#   make format  lays the sources out
#   make bench   accuracy and speed, written to docs/figures.md
#   make classifier  trains the classifier of marks anew, on simulated pages
#   make fuzz    fuzzes every parser of outside data, FUZZ_SECONDS each
#   make install PREFIX=/usr/local
#
# Knobs: BUILD=folder  CFLAGS=…  TESTS="build/test-code …" (make test of a few)
#        JOBS=1 (tests one after the other, not two at a time)
#        SECTIONS="10-print …" (make bench of a few)
#        SETUP=no (does not look for missing packages)  V=1 (shows commands)

BUILD ?= build
CC = gcc
CXX = g++
CFLAGS ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 20
JOBS ?= 2
VERSION = 0.1

PACKAGES = glib-2.0 gio-2.0 yaml-0.1 freetype2 json-glib-1.0 libqrencode libqpdf \
	libjpeg libtiff-4 libpng zlib lept poppler-glib zxing zbar libseccomp \
	sqlite3 libsodium libarchive libmicrohttpd
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Werror
CWARN = $(WARN) -Wmissing-prototypes
DEFS = -D_GNU_SOURCE -DLK_VERSION='"$(VERSION)"' -DG_LOG_DOMAIN='"lakana"'
ALL_CFLAGS = -std=c17 $(CWARN) $(DEFS) -Isrc -I. $(PKG_CFLAGS) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(WARN) $(DEFS) -Isrc -I. $(PKG_CFLAGS) $(CXXFLAGS)
LIBS = $(PKG_LIBS) -lhpdf -lm -lpthread
LDFLAGS ?= -Wl,--as-needed

ifeq ($(V),1)
say =
else
say = @echo '  $(1)  $@';
endif

ROOMS = base form render scan read store pipeline casework web cli
SOURCES := $(wildcard $(ROOMS:%=src/%/*.c)) $(wildcard src/*/*.cc)
OBJECTS := $(patsubst %,$(BUILD)/%.o,$(basename $(SOURCES)))
LIB = $(BUILD)/liblakana.a
LIB_OBJECTS := $(filter-out $(BUILD)/src/cli/main.o,$(OBJECTS)) $(BUILD)/page.o

# Tests: tests/test-*.c are programs, tests/test-*.sh are scripts, both speak TAP;
# tests/*/*.c is the simulator and other things that tests share.
TEST_LIB = $(BUILD)/libtests.a
TEST_LIB_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(patsubst %,tests/%/*.c,sim files printed)))
TEST_PROGRAMS := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/test-*.c))
TEST_SCRIPTS := $(wildcard tests/test-*.sh)
TOOLS := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/tool-*.c))
TESTS ?= $(TEST_PROGRAMS) $(TEST_SCRIPTS)

# What `make demo` leaves behind: an office and a printed pack.
DEMO ?= demo

CATALOGUE = $(BUILD)/locale/fr/LC_MESSAGES/lakana.mo

all: fonts/.ready $(BUILD)/lakana $(CATALOGUE)

$(BUILD)/lakana: $(BUILD)/src/cli/main.o $(LIB)
	$(call say,LINK)$(CXX) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIB): $(LIB_OBJECTS) $(BUILD)/objects.lst
	@rm -f $@
	$(call say,AR)ar rcs $@ $(LIB_OBJECTS)

# Changes when a source comes or goes: a deleted one must leave the library too.
$(BUILD)/objects.lst: always
	@mkdir -p $(dir $@)
	@echo '$(LIB_OBJECTS)' | cmp -s - $@ || echo '$(LIB_OBJECTS)' >$@

$(TEST_LIB): $(TEST_LIB_OBJECTS)
	@rm -f $@
	$(call say,AR)ar rcs $@ $^

$(TEST_PROGRAMS) $(TOOLS): $(BUILD)/%: $(BUILD)/tests/%.o $(TEST_LIB) $(LIB)
	$(call say,LINK)$(CXX) $(CFLAGS) $(LDFLAGS) -o $@ $< $(TEST_LIB) $(LIB) $(LIBS)

# Reading is loops over pixels.
$(BUILD)/src/read/%.o: CFLAGS := $(subst -O2,-O3,$(CFLAGS))

$(BUILD)/%.o: %.c
	@mkdir -p $(dir $@)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(dir $@)
	$(call say,CXX)$(CXX) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# The review station's page goes into the program: every file of src/web/page.
PAGE_FILES := $(sort $(wildcard src/web/page/*.* src/web/page/*/*.*))

$(BUILD)/page.xml: $(BUILD)/page.lst
	@{ echo '<gresources><gresource prefix="/page">'; \
		printf '<file>%s</file>\n' $(PAGE_FILES:src/web/page/%=%); \
		echo '</gresource></gresources>'; } >$@

$(BUILD)/page.lst: always
	@mkdir -p $(dir $@)
	@echo '$(PAGE_FILES)' | cmp -s - $@ || echo '$(PAGE_FILES)' >$@

$(BUILD)/page.c: $(BUILD)/page.xml $(PAGE_FILES)
	$(call say,PAGE)glib-compile-resources --sourcedir=src/web/page --target=$@ \
		--generate-source --c-name=lk_page $<

$(BUILD)/page.o: $(BUILD)/page.c
	$(call say,CC)$(CC) -std=c17 $(DEFS) $(PKG_CFLAGS) $(CFLAGS) -c -o $@ $<

$(CATALOGUE): po/fr.po
	@mkdir -p $(dir $@)
	$(call say,MSGFMT)msgfmt -o $@ $<

# The pinned fonts, copied from their Debian package.
fonts/.ready: fonts/fonts.lst .ci/fonts.sh
	.ci/fonts.sh
	@touch $@

demo: setup-build
	@$(MAKE) --no-print-directory all
	@LAKANA=$(abspath $(BUILD))/lakana .ci/demo.sh $(DEMO)

test: setup-test
	@$(MAKE) --no-print-directory check-only

check-only: all $(TEST_PROGRAMS) $(TOOLS)
	LAKANA=$(abspath $(BUILD))/lakana BUILD=$(abspath $(BUILD)) \
		prove --jobs $(JOBS) --timer --exec '' $(TESTS)

asan: setup-test
	@LSAN_OPTIONS=suppressions=$(abspath tests/lsan.supp):print_suppressions=0 \
		$(MAKE) --no-print-directory check-only BUILD=build-asan \
		CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'

bench: all $(TOOLS)
	@LAKANA=$(abspath $(BUILD))/lakana BUILD=$(abspath $(BUILD)) \
		tests/bench/run docs/figures.md $(SECTIONS)

# One file a process: clang-tidy 14 forgets what va_start is in the second file it reads.
lint: export TIDY = -std=c17 -D_GNU_SOURCE -DLK_VERSION="0" -Isrc -I. $(PKG_CFLAGS)
lint: setup-lint
	clang-format --dry-run -Werror $(wildcard src/*/*.[ch] tests/*.[ch] tests/*/*.[ch])
	.ci/arrows.sh
	.ci/po.sh check
	printf '%s\n' $(wildcard src/*/*.c) | xargs -P 2 -n 1 sh -c 'exec clang-tidy --quiet "$$@" -- $$TIDY' tidy

# Fuzzers: tests/fuzz-*.c, each a libFuzzer entry on one parser of outside data. Built
# apart (clang, address and undefined sanitizers); what they find becomes a test.
FUZZERS := $(patsubst tests/%.c,%,$(wildcard tests/fuzz-*.c))
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
FUZZ_ENV = BUILD=build-fuzz CC=clang CXX=clang++ CFLAGS='$(FUZZ_FLAGS)' WARN=

fuzz: setup-fuzz
	@$(MAKE) --no-print-directory $(FUZZ_ENV) fuzz-run

fuzz-run: $(FUZZERS:%=$(BUILD)/%)
	@set -e; for f in $(FUZZERS); do echo "== $$f"; mkdir -p $(BUILD)/corpus/$$f; \
		LAKANA_DATA=$(CURDIR) $(BUILD)/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=3000 \
		-artifact_prefix=$(BUILD)/$$f- $(BUILD)/corpus/$$f $(wildcard tests/corpus/$$f) \
		>$(BUILD)/$$f.log 2>&1 || { tail -n 40 $(BUILD)/$$f.log; exit 1; }; \
		tail -n 2 $(BUILD)/$$f.log; done

$(FUZZERS:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/tests/%.o $(LIB)
	$(call say,LINK)$(CXX) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(LIB) $(LIBS)

classifier: setup-train
	@$(MAKE) --no-print-directory all $(BUILD)/tool-mark-samples
	BUILD=$(abspath $(BUILD)) tests/train/run src/read/classifier_weights.inc

format:
	clang-format -i $(wildcard src/*/*.[ch] tests/*.[ch] tests/*/*.[ch])

setup-build setup-test setup-lint setup-fuzz setup-train:
ifneq ($(SETUP),no)
	@.ci/setup.sh $(@:setup-%=%)
endif

install: all
	install -D $(BUILD)/lakana $(DESTDIR)$(PREFIX)/bin/lakana
	install -d $(DESTDIR)$(PREFIX)/share/lakana/templates $(DESTDIR)$(PREFIX)/share/lakana/fonts
	install -m 644 templates/*.yaml $(DESTDIR)$(PREFIX)/share/lakana/templates/
	install -m 644 fonts/fonts.lst fonts/*.ttf $(DESTDIR)$(PREFIX)/share/lakana/fonts/
	install -D -m 644 $(CATALOGUE) $(DESTDIR)$(PREFIX)/share/lakana/locale/fr/LC_MESSAGES/lakana.mo

clean:
	rm -rf $(BUILD)

.PHONY: all always bench classifier demo test check-only asan lint format install clean setup-build setup-test setup-lint setup-fuzz setup-train fuzz fuzz-run
.DELETE_ON_ERROR:
.SECONDARY:

-include $(OBJECTS:.o=.d) $(TEST_LIB_OBJECTS:.o=.d) \
	$(patsubst tests/%.c,$(BUILD)/tests/%.d,$(wildcard tests/*.c))
