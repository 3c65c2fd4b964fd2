#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"
#include "specfuse/experiment/listing.h"
#include "specfuse/experiment/runner.h"

using namespace specfuse;

namespace {

constexpr const char* kUsage =
    "usage: run_experiment CONFIG.json [--set path=value]... [--data-dir DIR]... [--out DIR] [--threads N]\n"
    "                      [--resume] [--dry-run] [--quiet] | --list | --help | --version\n"
    "\n"
    "  --set path=value  change a field, such as degrade.ratio=4 or methods.1.train.steps=500\n"
    "  --data-dir DIR    look for data here first, then in $SPECFUSE_DATA and data/\n"
    "  --out DIR         where results go (default results/<name>)\n"
    "  --threads N       how many threads to use (default: all processors)\n"
    "  --resume          go on from the checkpoints that an interrupted run left\n"
    "  --dry-run         check everything, print the resolved configuration, run nothing\n"
    "  --quiet           show no progress\n"
    "  --list            name the methods, metrics and sensors\n"
    "\n"
    "exit: 0 done; 1 failed while running; 2 bad usage or configuration; 3 data missing or unreadable; 130 interrupted\n";

struct Arguments {
  std::string config, out;
  std::vector<std::string> settings, data_directories;
  /// --list, --help or --version, which are answered without a run.
  std::string question;
  bool resume = false, dry_run = false;
};

int thread_count(const std::string& text) {
  char* end = nullptr;
  const long number = std::strtol(text.c_str(), &end, 10);
  SPECFUSE_CHECK_AS(ConfigError, *end == '\0' && number >= 1 && number <= 1024,
                    "--threads: expected an integer from 1 to 1024, got \"", text, "\"");
  return static_cast<int>(number);
}

Arguments parse(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string text = texts[i];
    const auto value = [&] {
      SPECFUSE_CHECK_AS(ConfigError, i + 1 < count && *texts[i + 1] != '\0', text, ": expected a value, got nothing");
      return std::string(texts[++i]);
    };
    if (text == "--set") arguments.settings.push_back(value());
    else if (text == "--data-dir") arguments.data_directories.push_back(value());
    else if (text == "--out") arguments.out = value();
    else if (text == "--threads") set_threads(thread_count(value()));
    else if (text == "--quiet") set_progress_visible(false);
    else if (text == "--resume") arguments.resume = true;
    else if (text == "--dry-run") arguments.dry_run = true;
    else if (text == "--list" || text == "--help" || text == "--version") arguments.question = text;
    else {
      SPECFUSE_CHECK_AS(ConfigError, text.rfind('-', 0) != 0, "unknown option ", text, "; --help lists them");
      SPECFUSE_CHECK_AS(ConfigError, arguments.config.empty(), "expected one CONFIG.json, got also ", text);
      arguments.config = text;
    }
  }
  return arguments;
}

void run(const Arguments& arguments) {
  if (arguments.question == "--help") return void(std::fputs(kUsage, stdout));
  if (arguments.question == "--version") return void(std::puts("specfuse " SPECFUSE_VERSION));
  if (arguments.question == "--list") return void(std::fputs(listing_text().c_str(), stdout));
  SPECFUSE_CHECK_AS(ConfigError, !arguments.config.empty(), "expected CONFIG.json, got nothing; --help shows the usage");
  const ExperimentConfig config = load_config(arguments.config, arguments.settings);
  RunOptions options{arguments.data_directories, arguments.out, arguments.resume};
  if (options.out.empty()) options.out = "results/" + config.name;
  if (arguments.dry_run) {
    const std::string plan = plan_experiment(config, options);
    return void(std::printf("%s%s", config_text(config).c_str(), plan.c_str()));
  }
  const Results results = run_experiment(config, options);
  std::printf("%s\nreport: %s/report.html\n", table_text(score_table(results)).c_str(), options.out.c_str());
}

int failed(int status, std::string problem) {
  std::replace(problem.begin(), problem.end(), '\n', ' ');
  std::fprintf(stderr, "run_experiment: error: %s\n", problem.c_str());
  return status;
}

}  // namespace

int main(int count, char** texts) {
  catch_interrupts();
  try {
    run(parse(count, texts));
    SPECFUSE_CHECK(std::fflush(stdout) == 0, "cannot write to standard output: ", std::strerror(errno));
    return 0;
  } catch (const ConfigError& problem) {
    return failed(2, problem.what());
  } catch (const DataError& problem) {
    return failed(3, problem.what());
  } catch (const Interrupted& problem) {
    return failed(130, problem.what());
  } catch (const std::exception& problem) {
    return failed(1, problem.what());
  }
}
