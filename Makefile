# `make help` lists what there is to say. Needs Python 3.11 or newer and make, nothing else.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
# Starting it is the test: a version manager may leave names on the path that do not run.
FIND_PYTHON = for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	python=; done
# An environment whose Python was removed or upgraded away is made anew.
$(shell [ ! -e $(VENV)/python.stamp ] || $(BIN)/python -c '' 2>/dev/null || rm -rf $(VENV))

# Each process takes stretches of neighbors, which share what a module sets up, always further down
# the list: tests that empty the database come after those that take back their changes.
ON_EVERY_CORE := --numprocesses auto

# No value here is secret: production settings are only checked with them, never served.
AS_PRODUCTION := CAIRN_ENV=production CAIRN_BASE_URL=https://cairn.example \
	SECRET_KEY=$$(seq -s- 30) CAIRN_KEY_ENCRYPTION_KEY=$$(seq -s '' 10 41) \
	DATABASE_URL=postgres://cairn@localhost/cairn REDIS_URL=redis://localhost:6379/0

.PHONY: help run demo-reset test properties faults bench bench-small check format requirements clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp ## Set up what is missing and serve on PORT (8000), data in CAIRN_DATA (var/)
	@$(BIN)/python manage.py run

demo-reset: $(VENV)/run.stamp ## Delete CAIRN_DATA: the next `make run` starts over
	@$(BIN)/python manage.py demo_reset

# All tests take every core; for a few, starting the processes would cost more than it saves.
test: $(VENV)/dev.stamp ## Run the tests: make test ARGS="tests/catalog -k search"
	@CAIRN_DATA=var/test $(BIN)/python -m pytest $(or $(ARGS),$(ON_EVERY_CORE))

properties: $(VENV)/dev.stamp ## Look for longer, and at random, for what breaks a property: make properties TIMES=20
	@CAIRN_DATA=var/test EXAMPLES_TIMES=$(or $(TIMES),10) $(BIN)/python -m pytest -m hypothesis \
		$(or $(ARGS),$(ON_EVERY_CORE))

faults: $(VENV)/dev.stamp ## Kill workers, Redis and PostgreSQL under load, and count what is left
	@$(BIN)/python -m tests.faults $(ARGS)

# They need DATABASE_URL (PostgreSQL, as superuser) and REDIS_URL, and make databases of their own.
bench: $(VENV)/dev.stamp ## Run all benchmarks in their large size, with a million learners: an hour
	@$(BIN)/python -m benchmarks

bench-small: $(VENV)/dev.stamp ## Run all benchmarks in their small size: some minutes
	@$(BIN)/python -m benchmarks --small

check: $(VENV)/dev.stamp ## Run every lint that CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(AS_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/dev.stamp ## Format the code and the templates
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 || true

requirements: ## Pin again what requirements/*.in ask for (needs uv)
	@for name in run dev; do \
		uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" \
			--output-file requirements/$$name.txt requirements/$$name.in || exit; \
	done

clean: ## Delete the environment; data stay
	rm -rf $(VENV)

$(VENV)/python.stamp:
	@$(FIND_PYTHON); \
	if [ -z "$$python" ]; then \
		echo "Cairn needs Python 3.11 or newer, with its venv module (on Debian: apt install python3-venv)." >&2; \
		exit 1; \
	fi; \
	echo "Creating $(VENV) with $$($$python --version) …"; \
	$$python -m venv --clear $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements/run.txt $(VENV)/python.stamp
	@echo "Installing what Cairn needs to run (once, about a minute) …"
	@$(PIP) -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/python.stamp
	@echo "Installing what the tests and linters need (once, about a minute) …"
	@$(PIP) -r requirements/dev.txt
	@touch $@ $(VENV)/run.stamp
