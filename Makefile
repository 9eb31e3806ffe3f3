# `make run` screens the default campaign; `make test` checks all that is quick to check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= campaigns/default
# Processes side by side, so that none needs threads of its own.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n logical --maxprocesses 4 --dist worksteal --durations 20

PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --require-hashes --no-build-isolation

NEEDED := slurmctld slurmd sbatch munged ip setpriv

.PHONY: run test test-slow test-data test-potential nequix test-cluster test-browser test-wheel docs chromium shells slurm bench faults interrupts fuzz golden predictions locks dist sbom clean

run: $(VENV)/.installed
	@echo 'maiscreen run --out $(OUT)'
	@$(BIN)/maiscreen run --out $(OUT)
	@echo 'In this terminal, to find maiscreen: . $(BIN)/activate'

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST)

# What takes longer, of all that runs without torch, root or a browser: tests/README.md.
test-slow: $(VENV)/.installed-test
	$(PYTEST) -m "slow and not (browser or cluster or data or live or potential or wheel)"

# The embedded data against their sources: every byte against the published wheel (33 MB).
test-data: $(VENV)/.installed-test
	$(PIP) download --quiet --no-deps --python-version 3.9 --only-binary :all: -d build/wheel crabnet==2.0.8
	$(BIN)/pytest -m data

# The tests that simulate, with the real interatomic potential.
test-potential: $(VENV)/.installed-potential
	$(BIN)/pytest -m potential

# nequix beside the others, by version and without hashes; its metadata ask for CUDA, which it does without.
nequix: $(VENV)/.installed-potential
	$(PIP) install --quiet --no-deps nequix==0.4.5
	$(PIP) install --quiet jax==0.10.2 equinox==0.13.8 jraph e3nn-jax cloudpickle matscipy

# A real Slurm and hosts in network namespaces, on this machine: root, Debian's packages, eight minutes.
test-cluster: $(VENV)/.installed-test
	@for name in $(NEEDED); do PATH=$$PATH:/usr/sbin:/sbin command -v $$name >/dev/null || { \
		$(MAKE) --no-print-directory slurm; break; }; done
	OMP_NUM_THREADS=1 $(BIN)/pytest -m cluster

# The report in a real Chromium, of Debian's packages: opened, sorted, filtered, ranked anew, printed.
test-browser: $(VENV)/.installed-test
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || $(MAKE) --no-print-directory chromium
	$(BIN)/pytest -m browser

# The wheel in fresh environments, from the package index; and what the index makes of the extras.
test-wheel: $(VENV)/.installed-test $(VENV)/.installed-release
	$(BIN)/pytest -m wheel

# The pages, into build/docs; a warning, such as a broken link, is an error.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -b html docs build/docs
	@echo build/docs/index.html

chromium: DEBIAN := --no-install-recommends chromium chromium-driver
shells: DEBIAN := --no-install-recommends zsh fish bash-completion
slurm: DEBIAN := slurmctld slurmd slurm-client munge iproute2
chromium shells slurm:
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || \
	  { echo "not installed; as root: apt-get install $(DEBIAN)" >&2; exit 1; }
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(DEBIAN)

# Times, ratios and memory, on one core but for the workers: docs/performance.md. QUICK=1 is short.
bench: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench.py $(if $(QUICK),--quick)

# Campaigns hurt in every way at random moments: docs/reliability.md. make faults CASES=200 SEED=1
faults: $(VENV)/.installed-test
	$(BIN)/python tests/faults/run.py --cases $(or $(CASES),200) --seed $(or $(SEED),1) --markdown docs/reliability.md

# Ctrl-C and SIGTERM at random moments of real runs. make interrupts CASES=50 SEED=1
interrupts: $(VENV)/.installed-test
	$(BIN)/python tests/runners/presses.py $(or $(CASES),50) --seed $(or $(SEED),1)

# Damaged files for every reader: docs/hostile_input.md. make fuzz CASES=100000 SEED=1
fuzz: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 PYTHONIOENCODING=utf-8:backslashreplace $(BIN)/python tests/fuzz/fuzz_run.py --cases $(or $(CASES),20000) --seed $(or $(SEED),1)

# After a change that is meant: what the program says, which tests/golden keeps.
golden: $(VENV)/.installed-test
	OMP_NUM_THREADS=1 $(BIN)/python tests/golden/record.py $(CASES)

# Every file that is installed has its hash in release/locks, setuptools, which builds, first.
$(VENV)/.installed: pyproject.toml release/locks/build.txt release/locks/run.txt
	@echo 'Installing into $(VENV): one to three minutes, 1.2 GB'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python release/install.py release/locks/build.txt release/locks/run.txt
	@$(PIP) install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.installed-%: $(VENV)/.installed release/locks/%.txt
	@$(BIN)/python release/install.py release/locks/$*.txt
	@touch $@

# torch first, by itself: otherwise gigabytes for graphics cards come along.
$(VENV)/.installed-potential: $(VENV)/.installed-test release/locks/potential.txt
	$(PIP) install --quiet torch==2.13.0
	$(LOCKED) -r release/locks/potential.txt
	touch $@

# Versions and hashes of all that is installed, after a change of the dependencies.
locks: $(VENV)/.installed-release
	$(BIN)/python release/locks.py

# Sdist and wheel of the commit, into dist/, with the same bytes wherever it is done.
dist: $(VENV)/.installed-release
	$(BIN)/python release/dist.py dist

# Bill of materials, as CycloneDX, of an environment with maiscreen and nothing else.
sbom: $(VENV)/.installed-release
	$(MAKE) --no-print-directory VENV=build/bare build/bare/.installed
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json build/bare
	@echo build/sbom.json

# After training the embedded models anew: what they say of the phases of the default campaign.
predictions: $(VENV)/.installed
	$(BIN)/python -c "from maiscreen.screen.embedding import embedded_predictions as p; print(p(), end='')" > models/data/predicted.csv.new
	mv models/data/predicted.csv.new models/data/predicted.csv

clean:
	rm -rf $(VENV) build dist *.egg-info
