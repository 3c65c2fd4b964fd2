# A thin front to meson. `make demo` and `make test` need nothing installed beforehand on Debian or Ubuntu.
BUILD ?= build
EXP ?= experiments/demo.json
ARGS ?=

.PHONY: demo test run bench asan format lint clean build dependencies

demo: build
	./run_experiment experiments/demo.json $(ARGS)

run: build
	./run_experiment $(EXP) $(ARGS)

test: build
	python3 tests/run.py $(BUILD)

bench: build
	meson test -C $(BUILD) --benchmark --verbose

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD)
	@ln -sfn $(BUILD)/src/run_experiment run_experiment

$(BUILD)/build.ninja: | dependencies
	meson setup $(BUILD)

# The fast tests again under AddressSanitizer and UndefinedBehaviorSanitizer, built by clang: it takes a quarter of the
# time that g++ does over instrumented code, and is a second opinion on warnings.
asan: build-asan/build.ninja
	@ninja -C build-asan
	ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  meson test -C build-asan --suite fast --print-errorlogs --timeout-multiplier 5

build-asan/build.ninja: | dependencies
	@.ci/dependencies clang
	CC=clang CXX=clang++ meson setup build-asan -Dwerror=true -Doptimization=1 -Ddebug=false \
	  -Dcpp_args='-gline-tables-only -fno-sanitize-recover=all' -Db_sanitize=address,undefined -Db_lundef=false

dependencies:
	@.ci/dependencies

format:
	git ls-files '*.h' '*.cpp' | xargs clang-format -i

lint: build
	python3 tests/layering.py
	git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run -Werror

clean:
	rm -rf build build-asan run_experiment
