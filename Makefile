# A thin front to meson. `make demo` and `make test` need nothing installed beforehand on Debian or Ubuntu.
BUILD ?= build
EXP ?= experiments/demo.json
ARGS ?=

.DEFAULT_GOAL := build
.PHONY: announce demo test run bench bench-size asan tsan coverage mutations mutations-drawn contributing package fuzz docs api format lint clean build program dependencies

demo: program
	./run_experiment experiments/demo.json --overwrite $(ARGS)

run: program
	./run_experiment $(EXP) $(ARGS)

test: build
	python3 tests/run.py $(BUILD)

bench: build
	meson test -C $(BUILD) --benchmark --verbose

# What every method costs against pixels, bands, threads and ranks, into bench/SIZE.md; takes hours. SIZE="--largest 512"
# and the like are options of bench/size.py.
bench-size: build
	@.ci/dependencies python3-h5py python3-numpy python3-matplotlib
	/usr/bin/python3 bench/size.py --run $(BUILD)/src/run_experiment $(SIZE)

build: program
	@ninja -C $(BUILD)

# What takes minutes is said before it begins. LAST is what is built last, MINUTES are those of one core.
LAST = $(BUILD)/src/run_experiment
MINUTES = 6
build test: LAST = $(BUILD)/tests/test_sweep
build: MINUTES = $(if $(filter test,$(MAKECMDGOALS)),16,9)
announce:
	@cores=$$(nproc); [ -e $(LAST) ] || echo "make $(or $(MAKECMDGOALS),build): about $$((($(MINUTES) + cores - 1) / cores)) minutes on $$cores cores"

# The program alone, without tests and benchmarks.
program: $(BUILD)/build.ninja | announce
	@ninja -C $(BUILD) src/run_experiment
	@ln -sfn $(BUILD)/src/run_experiment run_experiment

$(BUILD)/build.ninja: | announce dependencies
	meson setup $(BUILD)

# Most of the fast tests again under AddressSanitizer and UndefinedBehaviorSanitizer, built by clang: it takes a quarter of the
# time that g++ does over instrumented code, and is a second opinion on warnings. The fuzzers are built with them, and
# what need not be there is not. Of undefined behaviour, what the watch over addresses sees as well is left to it.
asan: build-asan/build.ninja
	@ninja -C build-asan
	ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  meson test -C build-asan --suite sanitized --print-errorlogs --timeout-multiplier 5

build-asan/build.ninja: | dependencies
	@.ci/dependencies clang
	CC=clang CXX=clang++ meson setup build-asan -Dwerror=true -Dfuzz=true -Dbench=false -Dgdal=disabled -Dmatio=disabled -Dmpi=disabled -Dpython=disabled -Doptimization=1 -Ddebug=false \
	  -Dcpp_args='-gline-tables-only -fno-sanitize-recover=all -fno-sanitize=null,alignment,object-size,vptr' -Db_sanitize=address,undefined -Db_lundef=false

# The same for data races. OpenBLAS and HDF5 are not instrumented: the first is held to one thread, which is how specfuse
# runs it anyway, and the second is called from one thread only.
tsan: build-tsan/build.ninja
	@ninja -C build-tsan
	OPENBLAS_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
	  meson test -C build-tsan --suite fast --print-errorlogs --timeout-multiplier 10

build-tsan/build.ninja: | dependencies
	@.ci/dependencies clang
	CC=clang CXX=clang++ meson setup build-tsan -Dwerror=true -Dbench=false -Doptimization=1 -Ddebug=false \
	  -Dcpp_args=-gline-tables-only -Db_sanitize=thread -Db_lundef=false

# Which lines of the library the fast tests run; fewer than nine in ten are an error. Threads count in turns, or counts
# come out negative.
coverage: build-coverage/build.ninja
	@ninja -C build-coverage
	find build-coverage -name '*.gcda' -delete
	meson test -C build-coverage --suite fast --print-errorlogs --timeout-multiplier 5
	gcovr --root . --filter src/ --filter include/ --sort-percentage --print-summary --fail-under-line 90 build-coverage

build-coverage/build.ninja: | dependencies
	@.ci/dependencies gcovr
	CC=gcc CXX=g++ meson setup build-coverage -Dbench=false -Doptimization=1 -Ddebug=false \
	  -Dcpp_args=-fprofile-update=atomic -Db_coverage=true

# Errors planted one at a time, to see that the tests notice them.
mutations: | dependencies
	python3 tests/mutations/run.py build-mutations

# Errors that nobody picked: drawn from all places in src where one can be made. 300 of them take hours; a run that is cut
# off goes on. DRAW="--errors 20 --only src/report" for fewer.
DRAW ?= --errors 300 --jobs 2
mutations-drawn: | dependencies
	python3 tests/mutations/draw.py build-drawn $(DRAW)

# What CONTRIBUTING.md shows, added to a copy of the tree, built and run; takes some two minutes.
contributing: | dependencies
	python3 tests/contributing/run.py build-contributing

# The Python package as pip installs it, and its tests.
package: build
	@.ci/dependencies pybind11-dev python3-dev python3-h5py python3-mesonpy python3-numpy python3-venv patchelf
	/usr/bin/python3 tests/cli/test_python_package.py ./run_experiment $(BUILD)/tests/make_bad_files

# The readers on inputs that libFuzzer makes up; FUZZ="--runs 1000000" for a long run, FUZZ="--runs 3000 --seed 1" for a short one that repeats.
FUZZ ?= --seconds 60
fuzz: build-asan/build.ninja
	@ninja -C build-asan
	python3 tests/fuzz/run.py build-asan $(FUZZ)

dependencies:
	@.ci/dependencies

# The tables of experiments/README.md from the descriptions of the fields.
docs: program
	./run_experiment --document experiments/README.md > experiments/README.md.new
	mv experiments/README.md.new experiments/README.md

# Pages of all public headers in build-api/html, from their docstrings; a warning is an error.
api:
	@.ci/dependencies doxygen
	doxygen Doxyfile

format:
	git ls-files '*.h' '*.cpp' | xargs clang-format -i

lint: build
	python3 tests/layering.py
	python3 tests/house.py
	git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run -Werror

clean:
	rm -rf build build-* run_experiment
