# Everything starts here. A machine needs make, Python 3.11 or newer with venv, and a package index; the rest is
# installed into $(VENV) when a target first needs it, and again when pyproject.toml or the lock change. Each target
# installs no more than it needs: a demonstration needs no test runner, and tests no type checker.
#
#   make PYTHON=python3.13 VENV=.venv-3.13 test     another interpreter, beside the usual one
#   make test ARGS='-k signature -x'                arguments for pytest

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

LOCK   := requirements/constraints.txt
GROUPS := $(addprefix --group ,test bench lint types)
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m
# What has been installed into $(VENV) so far: $(READY)-demo and so on, and $(READY) for all of it.
READY  := $(VENV)/.ready

# More workers than this cost more to start than they save; neighbours stay on one worker while the others are busy.
# The profile says how many examples are drawn (tests/examples.py), the same ones in every run: fewer outside CI.
EXAMPLES  ?= $(if $(CI),ci,few)
TEST_ARGS  = -n auto --maxprocesses=8 --dist=worksteal --hypothesis-profile=$(EXAMPLES) $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast coverage nightly thousand fuzz bench bench-smoke lint format types layering check examples \
    conform readme docs mutants mutants-sample sharp ledger installs wheel lock clean
.DELETE_ON_ERROR:
# Two pips in one environment get into each other's way.
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(READY)-demo ## start a fake, hold a whole conversation with it and show what crossed the wire
	$(BIN)/avatarwire demo

# COVERAGE=1 measures coverage in the same run, and fails when it is too low.
ifdef COVERAGE
test: coverage
else
test: $(READY)-test ## run every test
	$(RUN) pytest $(TEST_ARGS)
endif

test-fast: $(READY)-test ## run the tests that start no process and take no time: between two edits
	$(RUN) pytest $(TEST_ARGS) -m 'not slow and not unmeasured'

# Coverage has to start before pytest does: pytest loads our plugin, and the package with it, before others.
# The drivers of the codecs have sockets, as the fakes have.
coverage: EXAMPLES = ci
coverage: $(READY)-test ## run every test once, and fail below 100 % branches in the codecs or 95 % in the rest
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest $(TEST_ARGS)
	$(RUN) coverage combine --quiet
	@status=0; \
	echo "coverage of avatarwire.codecs, at least 100 %:"; \
	$(RUN) coverage report --include='codecs/*' --omit='*/aio/*' --fail-under=100 || status=1; \
	echo "coverage of everything else, at least 95 %:"; \
	$(RUN) coverage report --omit='codecs/*' --fail-under=95 || status=1; \
	echo "coverage of the drivers, at least 95 %:"; \
	$(RUN) coverage report --include='codecs/**/aio/*' --fail-under=95 || status=1; \
	exit $$status

# Examples are drawn anew in each run.
nightly: EXAMPLES = nightly
nightly: $(READY)-test ## the tests that draw, at length, and how well what is drawn fits
	AVATARWIRE_SCHEMA_EXAMPLES=200 AVATARWIRE_HOSTILE_EVERY=1 $(RUN) pytest $(TEST_ARGS) \
	    tests/codecs/test_schema_agreement.py tests/codecs/test_hostile_growth.py tests/codecs/*/test_hostile.py \
	    tests/codecs/test_message_properties.py tests/codecs/*/test_*_properties.py tests/conformance/test_strategies.py
	$(RUN) tests.conformance.figures
	$(RUN) tests.conformance.against_fakes --runs 20 --at-once 4
	$(RUN) tests.conformance.against_fakes --strict
	$(RUN) tests.conformance.against_fakes --strict --options '--wire pairwise --strict'
	$(RUN) tests.conformance.sharpness --check
	$(MAKE) thousand
	$(RUN) tests.codecs.aio.matrix
	$(RUN) tests.conformance.probing.finding --seeds 3
	$(RUN) tests.conformance.probing.finding --correct --minutes 60
	$(MAKE) fuzz PROFILE=nightly

thousand: $(READY)-test ## a thousand tests, each with a fake of its own
	$(RUN) pytest -q -n 2 tests/fakeserver/thousand.py

# PROFILE=ci takes a minute in all, PROFILE=nightly two hours. What is found is below .avatarwire/failures.
PROFILE   ?= ci
FUZZ_TIME := $(if $(filter nightly,$(PROFILE)),20m,10s)
CORPUS    ?= .avatarwire/corpus
fuzz: $(READY)-test ## search codecs and fakes for what breaks them
	@status=0; \
	for kind in codec fake; do for vendor in aliyun guiji sensetime; do \
	    echo "--- $$kind $$vendor"; \
	    $(BIN)/avatarwire fuzz $$kind $$vendor --time $(FUZZ_TIME) --corpus $(CORPUS) || status=1; \
	done; done; \
	exit $$status

# TIME=20s tries a sample of each vendor's mutants; without it all of them are tried.
TIME ?=
mutants: $(READY)-test ## fakes and clients that are broken in one way each: the cases have to find that
	@status=0; \
	for vendor in aliyun guiji sensetime; do \
	    $(BIN)/avatarwire mutants $$vendor $(if $(TIME),--time $(TIME)) || status=1; \
	done; \
	$(RUN) tests.conformance.mutant_clients $(if $(TIME),--time $(TIME)) || status=1; \
	exit $$status

mutants-sample: ## a minute of them
	$(MAKE) mutants TIME=15s

sharp: $(READY)-test ## try all mutants, and record which clauses that shows to be sharp
	$(RUN) tests.conformance.sharpness
	$(BIN)/avatarwire ledger --format snapshot >tests/project/ledger.snapshot

bench: $(READY)-bench ## measure, print the ratios, save .benchmarks/latest.json
	@mkdir -p .benchmarks
	$(RUN) pytest benchmarks --benchmark-only --benchmark-json=.benchmarks/latest.json $(ARGS)

bench-smoke: $(READY)-bench ## run each benchmark once, measuring nothing
	$(RUN) pytest benchmarks --benchmark-disable --quiet $(ARGS)

lint: $(READY)-lint ## ruff: rules and formatting
	@status=0; \
	$(RUN) ruff check . || status=1; \
	$(RUN) ruff format --check . || status=1; \
	exit $$status

format: $(READY)-lint ## ruff: repair what it can
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

types: $(READY)-types ## mypy and pyright, both strict
	@status=0; \
	$(BIN)/pyright --project pyproject.toml --pythonpath $(BIN)/python & other=$$!; \
	$(RUN) mypy || status=1; \
	wait $$other || status=1; \
	exit $$status

layering: $(READY)-demo $(READY)-lint ## import-linter: who may import whom
	$(BIN)/lint-imports --no-cache

check: lint types layering test ## lint, types, layering and tests

examples: $(READY)-test ## run every example
	@for example in examples/*.py; do \
	    echo "--- $$example"; timeout 120 $(BIN)/python "$$example" </dev/null || exit 1; \
	done

conform: $(READY)-test ## judge fakes, drivers and published clients by all cases, and compare with the recorded run
	@status=0; \
	$(RUN) tests.conformance.published_clients & other=$$!; \
	$(RUN) tests.conformance.recording --check || status=1; \
	wait $$other || status=1; \
	exit $$status

readme: $(READY)-test ## run the commands and the code of README.md
	PATH="$(abspath $(BIN)):$$PATH" $(RUN) tests.project.readme README.md

docs: $(READY)-test ## write anew what the declarations say: tables and pages of the documentation, keywords of the fakes
	$(RUN) tests.project.keywords
	$(RUN) tests.project.message_pages
	$(RUN) tests.project.tables README.md docs/*.md

ledger: $(READY)-test ## judge the fakes by every case, record what that shows, and write the snapshot of the ledger anew
	$(RUN) tests.conformance.recording
	$(BIN)/avatarwire ledger --format snapshot >tests/project/ledger.snapshot

# Outside of .ci/run: what others release must not break this project's main branch.
installs: $(READY)-test ## resolve each extra beside the newest release of libraries that users have
	$(RUN) tests.project.installs client fakeserver conformance tls

wheel: $(READY)-test ## build dist/*.tar.gz and, from it, dist/*.whl
	rm -rf dist
	$(RUN) build --outdir dist .

# Versions only: no index, no hash, no path, so that the file serves every index and every supported Python.
lock: ## resolve everything anew, in a fresh environment, and write the lock
	@$(CHECK_PYTHON)
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch/venv"; \
	"$$scratch/venv/bin/python" -m pip install -qq --upgrade 'pip>=25.3'; \
	"$$scratch/venv/bin/python" -m pip install -qq -e '.[all]' $(GROUPS); \
	"$$scratch/venv/bin/python" -m pip freeze --all --exclude-editable \
	    | grep -vE '^(setuptools|wheel)==' | LC_ALL=C sort -f >"$$scratch/pins"; \
	! grep -vE '^[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+$$' "$$scratch/pins" \
	    || { echo "not a plain version"; exit 1; }; \
	mkdir -p $(dir $(LOCK)); \
	{ echo "# Versions that the tests, checks and benchmarks run with. Written by make lock."; \
	    cat "$$scratch/pins"; } >$(LOCK)
	@echo "$(LOCK): $$(grep -c == $(LOCK)) versions"

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) dist build .benchmarks .coverage .coverage.* htmlcov \
	    .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up ---

define CHECK_PYTHON
fail() { echo "make: $$1" >&2; exit 1; }; \
command -v $(PYTHON) >/dev/null \
    || fail "no $(PYTHON) found: install Python 3.11 or newer, or say make PYTHON=/path/to/python3"; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || fail "$(PYTHON) is older than Python 3.11, which avatarwire needs: say make PYTHON=/path/to/python3"; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
    || fail "$(PYTHON) has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)"
endef

# A comma that $(call) does not take for its own.
comma := ,

# Of what pip says: what it fetches, what it tries again and, from the first error on, everything.
define INSTALL
@echo "installing into $(VENV): $(1)"
@rm -f $@
@{ $(RUN) pip --disable-pip-version-check --no-color install --progress-bar off -c $(LOCK) $(2) 2>&1 && touch $@; } \
    | sed -nuE \
        -e '/^ *(ERROR|error):/,$$p' \
        -e '/Retrying/p' \
        -e 's#^ *(Downloading|Using cached|Processing) ([^ ]*/)?([^-/ ]+)-([^-]+)-[^ ]*\.whl.*#    \3 \4#p' \
        -e 's#^Installing collected packages:.*#    unpacking#p'
@test -e $@
endef

$(READY): $(READY)-demo $(READY)-test $(READY)-bench $(READY)-lint $(READY)-types
	@touch $@

# An environment whose interpreter is gone is made anew, any other is brought up to date.
$(READY)-python: pyproject.toml $(LOCK)
	@$(CHECK_PYTHON)
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(call INSTALL,pip,'pip>=25.3')

$(READY)-demo: $(READY)-python
	$(call INSTALL,avatarwire and what its command and fakes need,--build-constraint $(LOCK) -e '.[cli$(comma)conformance$(comma)fakeserver]')

$(READY)-test: $(READY)-demo
	$(call INSTALL,what the tests and examples need,--group test)

$(READY)-bench: $(READY)-test
	$(call INSTALL,what the benchmarks need,--group bench)

$(READY)-lint: $(READY)-python
	$(call INSTALL,ruff and import-linter,--group lint)

# The type checkers read everything.
$(READY)-types: $(READY)-bench
	$(call INSTALL,the type checkers,--group types)
