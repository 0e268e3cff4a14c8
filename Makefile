# The commands that a person types. Each sets up what it needs; the second time that takes no time.

PYTHON ?= python3
BIN := .venv/bin
hash = $(shell { sha256sum $(1) || shasum -a 256 $(1); } 2>/dev/null | cut -c1-16)
RUN_STAMP := .venv/.stamp-run-$(call hash,requirements.lock)
DEV_STAMP := .venv/.stamp-dev-$(call hash,requirements-dev.lock)
UV_COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate -q

.PHONY: help setup run test bench soak lock format chromium
.DEFAULT_GOAL := help

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

# The locks of the checks hold everything that running needs.
setup: $(if $(wildcard $(DEV_STAMP)),$(DEV_STAMP),$(RUN_STAMP)) ## Create .venv from the hash-pinned locks

run: setup ## Set everything up, start it, print the address and the demo sign-ins
	@exec $(BIN)/python -m servicedesk run

test: $(DEV_STAMP) chromium ## Set everything up, run every check
	@exec $(BIN)/python -m tests

bench: $(DEV_STAMP) ## Measure the speed with many records
	@exec $(BIN)/python -m tests bench

soak: $(DEV_STAMP) chromium ## Run the checks that take long
	@exec $(BIN)/python -m tests soak

format: $(DEV_STAMP) ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Pin the newest versions that pyproject.toml allows
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(UV_COMPILE) -o requirements.lock
	$(UV_COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

chromium:
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium for the browser journeys."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0; \
	fi; \
	echo "NO CHROMIUM: the browser journeys are skipped. As root: apt-get install chromium"

$(RUN_STAMP):
	@$(call install,requirements.lock,run)

$(DEV_STAMP):
	@$(call install,requirements-dev.lock,dev)

# A .venv that is a link belongs to somebody else (a second worktree): it is used as it is.
define install
if [ -L .venv ]; then exit 0; fi; set -e; \
command -v $(PYTHON) >/dev/null || { \
	echo "There is no $(PYTHON). Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3"; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=/path/to/python3"; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "$(PYTHON) cannot make virtual environments. As root: apt-get install python3-venv"; exit 1; }; \
if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	echo "Creating .venv."; $(PYTHON) -m venv --clear .venv; fi; \
echo "Installing $(1) into .venv."; \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
rm -f .venv/.stamp-$(2)-*; touch $@
endef
