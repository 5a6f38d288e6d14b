# make build      build content/ into output/            make lint   look at the code's style and types
# make test       run the tests                          make lock   choose newer versions of all packages
# make test-long  run the long forms of tests as well    make clean  remove what the build and its tools left behind
# make check      read output/ as a visitor would
#
# Everything is installed into $(VENV), once, in the versions of constraints.txt, and again when those or
# pyproject.toml change. Nothing else on the machine is touched. All but pip, and the tools that pip builds this package
# with, must have the hashes that two lists give: of what the program needs, and of what its development needs besides.

VENV ?= .venv
PYTHON ?= python3
# One process more than there are cores, usually two, since many tests wait: for a browser, a server or a moment to pass.
PYTEST ?= -n 3 --dist worksteal

export PIP_DISABLE_PIP_VERSION_CHECK = 1
bin := $(VENV)/bin
pip := $(bin)/python -m pip
install := $(pip) install --quiet --require-hashes --requirement
requirements := generator/commands/new/requirements.txt
development := requirements-dev.txt

.PHONY: build check test test-long lint lock clean
.DELETE_ON_ERROR:

build: $(VENV)/.installed
	$(bin)/threadpress build

check: $(VENV)/.installed
	$(bin)/threadpress check

test: $(VENV)/.installed-dev
	$(bin)/python -m pytest -m alone
	$(bin)/python -m pytest -m "not alone" $(PYTEST)

test-long: export LONG_TESTS = all
test-long: test

lint: $(VENV)/.installed-dev
	$(bin)/python -m ruff check .
	$(bin)/python -m ruff format --check .
	$(bin)/python -m mypy

$(bin)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Threadpress needs Python 3.11 or newer, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one, for example: make build PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "'$(PYTHON)' can't make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; \
	  rm -rf $(VENV); exit 1; }

# pip comes first and in our version: older ones know neither build constraints nor dependency groups.
$(VENV)/.installed: $(bin)/python pyproject.toml constraints.txt $(requirements)
	$(pip) install --quiet --constraint constraints.txt pip
	$(install) $(requirements)
	$(pip) install --quiet --no-deps --build-constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed $(development)
	$(install) $(development)
	@touch $@

# What a fresh environment gets without constraints, as exact versions; pip and the build's own tools among them. The same
# versions of what the program needs, with the hashes of all their files, are what `threadpress new` puts beside a site.
# uv works out what other versions of Python and other systems need, and looks for a wheel of each package for them.
lock:
	@set -eu; folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PYTHON) -m venv "$$folder"; \
	"$$folder/bin/python" -m pip install --quiet --upgrade pip; \
	"$$folder/bin/python" -m pip install --quiet --editable . --group dev hatchling editables; \
	{ echo "# Exact versions of everything 'make build' and 'make test' install; written by 'make lock'."; \
	  "$$folder/bin/python" -m pip freeze --all --exclude-editable --exclude setuptools | LC_ALL=C sort -f; \
	} > "$$folder/constraints.txt"; \
	"$$folder/bin/python" -m pip install --quiet uv; uv="$$folder/bin/uv --quiet --no-config"; \
	{ echo "# Exact versions of everything that Threadpress needs, with the hashes of their files; written by 'make lock'."; \
	  echo "# For Python 3.11 to 3.14. Installing runs nothing that came with a package: only wheels are taken."; \
	  echo "--only-binary :all:"; \
	  $$uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --constraint "$$folder/constraints.txt" pyproject.toml; \
	} > "$$folder/requirements.txt"; \
	{ echo "# What 'make test' and 'make lint' install, with the hashes of all files; written by 'make lock'."; \
	  echo "--only-binary :all:"; \
	  $$uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --constraint "$$folder/constraints.txt" pyproject.toml --group dev; \
	} > "$$folder/requirements-dev.txt"; \
	for version in 3.11 3.12 3.13 3.14; do for machine in x86_64 aarch64; do \
	  $$uv pip install --dry-run --target "$$folder/none" --only-binary :all: --require-hashes \
	    --python-version $$version --python-platform $$machine-manylinux_2_28 --requirement "$$folder/requirements.txt"; \
	done; done; \
	cp "$$folder/constraints.txt" constraints.txt; cp "$$folder/requirements.txt" $(requirements); \
	cp "$$folder/requirements-dev.txt" $(development); \
	cat constraints.txt

clean:
	rm -rf $(VENV) .threadpress .mypy_cache .ruff_cache .hypothesis build dist node_modules
