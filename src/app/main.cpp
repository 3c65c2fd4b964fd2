#include <malloc.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <optional>
#include <thread>

#include "app/arguments.h"
#include "specfuse/compose/fuse_files.h"
#include "specfuse/config/citations.h"
#include "specfuse/config/documentation.h"
#include "specfuse/config/listing.h"
#include "specfuse/config/result_names.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/profile.h"
#include "specfuse/core/progress.h"
#include "specfuse/io/file.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/table_text.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/import_scene.h"
#include "specfuse/run/runner.h"
#include "specfuse/sweep/sweep_runner.h"

using namespace specfuse;

namespace {

constexpr std::size_t kLongestMessage = 2000;

/// The last line of what was done, where there is anything to look at.
void print_warning_count() {
  const int count = warnings_given();
  if (count > 0) std::printf("done with %d warning%s: see above\n", count, count == 1 ? "" : "s");
}

void run_config(const Arguments& arguments, const ExperimentConfig& config) {
  RunOptions options{.data_directories = arguments.data_directories,
                     .out = arguments.out,
                     .resume = arguments.resume,
                     .overwrite = arguments.overwrite,
                     .memory = arguments.memory,
                     .scratch = arguments.scratch};
  if (options.out.empty()) options.out = "results/" + config.name;
  SPECFUSE_CHECK_AS(ConfigError, options.scratch.empty() || std::filesystem::is_directory(options.scratch),
                    "--scratch: expected a folder that exists, got ", options.scratch);
  SPECFUSE_CHECK_AS(ConfigError, options.scratch.empty() || config.protocol.type == Protocol::transfer,
                    "--scratch: expected protocol transfer, which learns from other scenes, got another");
  if (arguments.dry_run) {
    say(plan_experiment(config, options));
    return void(std::fputs(config_text(config).c_str(), stdout));
  }
  set_profiling(arguments.profile);
  const std::string scores = run_experiment(config, options);
  if (this_rank() != 0) return;
  if (arguments.profile) std::printf("%s\n", profile_text().c_str());
  std::printf("%s\nreport: %s/%s\n", scores.c_str(), options.out.c_str(), kReportFile);
  print_warning_count();
}

void run_sweep_file(const Arguments& arguments, const std::string& text) {
  const Sweep sweep = parse_sweep(text, arguments.subject, arguments.settings);
  const std::string out = arguments.out.empty() ? "results/" + sweep.name : arguments.out;
  const SweepOptions options{.data_directories = arguments.data_directories, .out = out, .jobs = arguments.jobs};
  if (arguments.dry_run) return void(std::fputs(plan_sweep(sweep, options).c_str(), stdout));
  const SweepOutcome outcome = run_sweep(sweep, options);
  if (this_rank() != 0) return;
  std::printf("%s\nsweep: %s/sweep.html\n", table_text(outcome.table).c_str(), out.c_str());
  for (const std::string& line : outcome.failed) std::printf("failed: %s\n", line.c_str());
  print_warning_count();
  SPECFUSE_CHECK(outcome.failed.empty(), outcome.failed.size(), " of ", sweep.runs.size(),
                 " runs failed, the first with ", outcome.failed.front());
}

/// The names of the methods in a file and of those that they build on; of every method where no file is given.
std::vector<std::string> methods_of(const std::string& file, const std::vector<std::string>& settings) {
  std::vector<std::string> methods;
  const auto add = [&](const std::string& name) {
    if (std::find(methods.begin(), methods.end(), name) == methods.end()) methods.push_back(name);
  };
  const auto add_all = [&](const ExperimentConfig& config) {
    for (const MethodConfig& method : config.methods) {
      add(method.name);
      for (const std::string& part : method.options->traits().made_of) add(part);
    }
  };
  if (file.empty()) {
    for (const MethodType& type : method_types()) add(type.name);
    return methods;
  }
  const std::string text = read_config_text(file);
  if (!is_sweep(text)) {
    add_all(parse_config(text, file, settings));
    return methods;
  }
  for (const SweepRun& run : parse_sweep(text, file, settings).runs) add_all(run.config);
  return methods;
}

/// From one file to another.
std::string imported(const Arguments& arguments) {
  return import_scene({.from = arguments.subject,
                       .to = arguments.out,
                       .settings = arguments.settings,
                       .directories = here_first(data_directories(arguments.data_directories)),
                       .overwrite = arguments.overwrite});
}

void run_fusion(const Arguments& arguments) {
  check_valid_with(kFuse, arguments);
  const FuseRequest request{.hsi = arguments.subject,
                            .msi = arguments.msi,
                            .out = arguments.out,
                            .method = arguments.method,
                            .settings = arguments.settings,
                            .data_directories = arguments.data_directories,
                            .memory = arguments.memory,
                            .overwrite = arguments.overwrite,
                            .resume = arguments.resume,
                            .quiet = arguments.quiet};
  std::fputs((arguments.dry_run ? plan_fusion(request) : fuse_files(request)).c_str(), stdout);
}

/// What --list and the like print.
std::string answer(const Arguments& arguments) {
  const std::string& subject = arguments.subject;
  switch (arguments.request) {
    case kImport:
      return imported(arguments);
    case kCite:
      return citations_text(methods_of(subject, arguments.settings));
    case kList:
      return subject.empty() ? listing_text() : listing_text(subject);
    case kDocument:
      return with_documentation(read_text(subject), subject);
    case kVersion:
      return "specfuse " SPECFUSE_VERSION "\n";
    default:
      return help_text();
  }
}

void run_file(const Arguments& arguments) {
  const std::string& file = arguments.subject;
  SPECFUSE_CHECK_AS(ConfigError, !file.empty(), "expected CONFIG.json, got nothing; --help shows the usage");
  const std::string text = read_config_text(file);
  const bool sweep = is_sweep(text);
  check_valid_with(sweep ? kSweep : kExperiment, arguments);
  if (sweep) return run_sweep_file(arguments, text);
  const ExperimentConfig config = parse_config(text, file, arguments.settings);
  try {
    run_config(arguments, config);
  } catch (const ConfigError& problem) {
    throw ConfigError(concat(file, ": ", problem.what()));  // found only with the data at hand
  }
}

void run(const Arguments& arguments) {
  const bool fuses = arguments.request == kFuse, runs = arguments.request == kExperiment;
  if ((!(runs || fuses) || arguments.dry_run) && this_rank() != 0) return;
  if (runs) return run_file(arguments);
  if (fuses) return run_fusion(arguments);
  check_valid_with(static_cast<Request>(arguments.request), arguments);
  std::fputs(answer(arguments).c_str(), stdout);
  if (arguments.request == kImport) print_warning_count();
}

/// Keeps memory that was freed for what comes next: the system clears every page it gives, which takes longer than much
/// of what is done with it.
void keep_freed_memory() {
  constexpr int kLargestKept = 1 << 25, kMostKept = 1 << 27;  // bytes, the second for each thread
  ::mallopt(M_MMAP_THRESHOLD, kLargestKept);
  ::mallopt(M_TRIM_THRESHOLD, kMostKept);
}

/// Ranks often fail together: the first speaks for all and has the launcher end the others, before they speak. That
/// takes a launcher seconds on a busy machine.
void wait_for_the_end() {
  constexpr auto kPatience = std::chrono::seconds(10);
  std::signal(SIGTERM, SIG_DFL);
  std::this_thread::sleep_for(kPatience);
}

int failed(int status, std::string problem) {
  if (this_rank() != 0) wait_for_the_end();
  if (this_rank() != 0) problem = concat("rank ", this_rank(), ": ", problem);
  // Names from files may hold control characters, which a terminal would obey.
  std::replace_if(
      problem.begin(), problem.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  if (problem.size() > kLongestMessage) problem = problem.substr(0, kLongestMessage) + "...";
  std::fprintf(stderr, "run_experiment: error: %s\n", problem.c_str());
  return status;
}

/// The exit status.
int run_program(int count, char** texts) {
  try {
    const Arguments arguments = parse_arguments(count, texts);
    simd();  // a wrong SPECFUSE_SIMD is an error before anything else
    check_blas();
    run(arguments);
    SPECFUSE_CHECK(std::fflush(stdout) == 0 && std::ferror(stdout) == 0,
                   "cannot write to standard output: ", std::strerror(errno));
    return 0;
  } catch (const BadSweep& problem) {
    const int status = problem.of_data_alone ? 3 : 2;
    for (const std::string& line : problem.lines) failed(status, line);
    return status;
  } catch (const ConfigError& problem) {
    return failed(2, problem.what());
  } catch (const DataError& problem) {
    return failed(3, problem.what());
  } catch (const Interrupted& problem) {
    return failed(130, problem.what());
  } catch (const std::bad_alloc&) {
    return failed(1, "out of memory");
  } catch (const std::exception& problem) {
    return failed(1, problem.what());
  }
}

}  // namespace

int main(int count, char** texts) {
  choose_blas_kernels(texts);
  std::optional<RankSession> ranks;
  try {
    ranks.emplace();
  } catch (const ConfigError& problem) {
    return failed(2, problem.what());
  } catch (const Error& problem) {
    return failed(1, problem.what());
  }
  if (this_rank() != 0) {
    set_progress_visible(false);
    set_warnings_visible(false);
  }
  catch_interrupts();
  keep_freed_memory();
  const int status = run_program(count, texts);
  if (status != 0) end_all_ranks(status);
  return status;
}
