PYTHON ?= python3
VENV := .venv/bin
# Nothing of ours is left in the user's home.
export PIP_CACHE_DIR ?= $(CURDIR)/build/pip

.PHONY: help install try test check format bench bench-index bench-workbench bench-offline bench-mutants bench-navigation bench-long bench-edits bench-editor bench-calls package pictures clean

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install:  ## Install Genie from this checkout into .venv
	@$(PYTHON) scripts/install.py

try: install  ## Solve a real bug of a real library, without a key or a model
	@$(VENV)/python scripts/try.py

test:  ## Install what the tests need, run every check and test
	@$(PYTHON) scripts/test.py

check:  ## Run the quick checks only: format, lint, types, layers, protocol
	@$(PYTHON) scripts/install.py --dev
	@$(PYTHON) scripts/test.py check

format:  ## Format the Python code and mend what the linter can
	@$(PYTHON) scripts/install.py --dev
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

bench: bench-workbench bench-offline  ## Measure everything

bench-workbench:  ## Measure the private copy beside git worktree and cp
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/workbench.py

bench-offline:  ## Measure the offline engine on QuixBugs (QUIXBUGS=DIR, fetched when unset)
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/offline

bench-mutants:  ## Measure the offline engine on mutants of three libraries (LIMIT=N of 200, SEED=N, MUTANT=ID)
	@$(PYTHON) scripts/install.py --dev
	@$(VENV)/python bench/mutants $(if $(LIMIT),--limit $(LIMIT)) $(if $(MUTANT),--mutant $(MUTANT)) $(if $(SEED),--seed $(SEED))

bench-index:  ## Measure the index at 2 million lines (LINES=N), beside a bare parse
	@$(PYTHON) scripts/install.py --dev
	@$(VENV)/python bench/index.py $(if $(LINES),--lines $(LINES))

bench-long:  ## Measure long runs: prompts, what a provider's cache can have of them, memory
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/long_run.py

bench-navigation:  ## Measure language servers beside the index (PROJECT=DIR, a checkout of a Python project)
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/navigation.py $(PROJECT)

bench-edits:  ## Measure whether edits land where meant (REPOS=DIR of bare repositories; RECORDED=DIR, TREES=DIR)
	@$(if $(REPOS),,$(error REPOS=DIR must name a folder of bare repositories called owner+name, see bench/README.md))
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/edits --repos $(REPOS) $(if $(RECORDED),--recorded $(RECORDED)) $(if $(TREES),--trees $(TREES))

bench-editor:  ## Measure review in the editor: 10,000 random reviews, and a real window with 600 hunks
	@$(PYTHON) scripts/install.py --dev
	@$(VENV)/python bench/editor

bench-calls:  ## Measure how a model calls tools, by the way they are offered (MODEL=NAME URL=ADDRESS)
	@$(if $(URL),,$(error MODEL=NAME and URL=ADDRESS must name a model and its OpenAI-compatible server))
	@$(PYTHON) scripts/install.py
	@$(VENV)/python bench/calls.py --model $(MODEL) --base-url $(URL)

package: install  ## Build the extension, with the server inside, as build/*.vsix (PICTURES=ADDRESS below which docs/ can be had)
	@cd extension && npm ci --no-audit --no-fund
	@$(VENV)/python scripts/package.py $(PICTURES)

pictures:  ## Take the README's pictures anew, light, dark and moving
	@$(PYTHON) scripts/install.py --dev
	@cd extension && npm ci --no-audit --no-fund
	@PATH="$(CURDIR)/.venv/bin:$$PATH" GENIE_E2E_PYTHON="$(CURDIR)/.venv/bin/python" $(VENV)/python scripts/pictures.py

clean:  ## Remove everything that can be made again
	rm -rf .venv build dist extension/dist extension/server extension/node_modules
