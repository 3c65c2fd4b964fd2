#include "app/arguments.h"

#include <cstdlib>

#include "specfuse/autograd/variable.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"

namespace specfuse {

const char* const kUsage =
    "usage: run_experiment CONFIG.json [--set path=value]... [--data-dir DIR]... [--out DIR] [--threads N]\n"
    "                      [--resume] [--detect-anomaly] [--dry-run] [--quiet] | --list | --help | --version\n"
    "\n"
    "  --set path=value  change a field, such as degrade.ratio=4 or methods.1.train.steps=500\n"
    "  --data-dir DIR    look for data here first, then in $SPECFUSE_DATA and data/\n"
    "  --out DIR         where results go (default results/<name>)\n"
    "  --threads N       how many threads to use (default: all processors)\n"
    "  --resume          go on from the checkpoints that an interrupted run left\n"
    "  --detect-anomaly  stop at the first operation of a network that makes a NaN or an infinity, and name it; slow\n"
    "  --dry-run         check everything, print the resolved configuration, run nothing\n"
    "  --quiet           show no progress\n"
    "  --list            name the methods, metrics and sensors\n"
    "\n"
    "exit: 0 done; 1 failed while running; 2 bad usage or configuration; 3 data missing or unreadable; 130 "
    "interrupted\n";

namespace {

int thread_count(const std::string& text) {
  char* end = nullptr;
  const long number = std::strtol(text.c_str(), &end, 10);
  SPECFUSE_CHECK_AS(ConfigError, *end == '\0' && number >= 1 && number <= 1024,
                    "--threads: expected an integer from 1 to 1024, got \"", text, "\"");
  return static_cast<int>(number);
}

}  // namespace

Arguments parse_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string text = texts[i];
    const auto value = [&] {
      SPECFUSE_CHECK_AS(ConfigError, i + 1 < count && *texts[i + 1] != '\0', text, ": expected a value, got nothing");
      return std::string(texts[++i]);
    };
    if (text == "--set")
      arguments.settings.push_back(value());
    else if (text == "--data-dir")
      arguments.data_directories.push_back(value());
    else if (text == "--out")
      arguments.out = value();
    else if (text == "--threads")
      set_threads(thread_count(value()));
    else if (text == "--quiet")
      set_progress_visible(false);
    else if (text == "--resume")
      arguments.resume = true;
    else if (text == "--detect-anomaly")
      set_detect_anomaly(true);
    else if (text == "--dry-run")
      arguments.dry_run = true;
    else if (text == "--list" || text == "--help" || text == "--version")
      arguments.question = text;
    else {
      SPECFUSE_CHECK_AS(ConfigError, text.rfind('-', 0) != 0, "unknown option ", text, "; --help lists them");
      SPECFUSE_CHECK_AS(ConfigError, arguments.config.empty(), "expected one CONFIG.json, got also ", text);
      arguments.config = text;
    }
  }
  return arguments;
}

}  // namespace specfuse
