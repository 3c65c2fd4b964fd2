#include "app/arguments.h"

#include <algorithm>
#include <cstdlib>

#include "specfuse/autograd/variable.h"
#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"

namespace specfuse {

const char* const kUsage =
    "usage: run_experiment CONFIG.json [--set path=value]... [--data-dir DIR]... [--out DIR] [--threads N]\n"
    "                      [--memory SIZE] [--scratch DIR] [--resume] [--overwrite] [--detect-anomaly] "
    "[--profile]\n"
    "                      [--dry-run] [--quiet] |\n"
    "                      --list [NAME] | --cite [CONFIG.json] | --document FILE.md | --help | --version\n"
    "       run_experiment --import IN OUT [--set field=value]... [--overwrite]\n"
    "       run_experiment SWEEP.json [--jobs N] [--shard I/N] and the above except --overwrite, --memory, --scratch\n"
    "                      and --profile\n"
    "       mpirun -n N run_experiment ...: the same shared out among N processes, where it was built with MPI\n"
    "\n"
    "  --set path=value  change a field, such as degrade.ratio=4 or methods.two_cnn_fu.train.steps=500; a list takes "
    "a\n"
    "                    position or a label, and methods.+=... a new entry\n"
    "  --data-dir DIR    look for data here first, then in $SPECFUSE_DATA and data/\n"
    "  --out DIR         where results go (default results/<name>)\n"
    "  --threads N       how many threads to use (default: all processors)\n"
    "  --memory SIZE     keep to so much memory, such as 1.5GiB, 800MB or 2G (GiB): the pair stays on disk and is\n"
    "                    fused part by part\n"
    "  --scratch DIR     leave what networks learn from in files there, for more training scenes than fit into memory\n"
    "  --resume          go on from what an interrupted run left, or with more training steps where that can be\n"
    "  --overwrite       replace what another run left in the output folder, which is refused otherwise\n"
    "  --detect-anomaly  stop at the first operation of a network that makes a NaN or an infinity, and name it; slow\n"
    "  --profile         print time, FLOP/s and bytes per operation, and write them to profile.json in the output "
    "folder\n"
    "                    as a Chrome trace\n"
    "  --dry-run         check everything, print what would be done, the layers of networks and the resolved\n"
    "                    configuration, run nothing\n"
    "  --quiet           show warnings and errors, no progress\n"
    "  --jobs N          of a sweep, do so many runs at a time and share the threads among them\n"
    "  --shard I/N       of a sweep, do every N-th run from the I-th on\n"
    "  --list            name the methods, layers, metrics, sensors and scene formats\n"
    "  --list NAME       what the method, layer or metric of this name is, with its options\n"
    "  --cite [CONFIG]   print BibTeX of all methods, or of those of an experiment or a sweep\n"
    "  --import IN OUT   make a scene of a file in any known format, as the ending of OUT says (.h5, .tif, .img, "
    ".mat),\n"
    "                    with a picture beside it; --set takes the fields of data, such as axes=brc or crop.rows=100\n"
    "  --document FILE   print a Markdown file with its generated tables as the program now has them\n"
    "\n"
    "exit: 0 done; 1 failed while running; 2 bad usage or configuration; 3 data missing or unreadable; 130 "
    "interrupted\n";

namespace {

const std::vector<std::string> kOptions{
    "--set",     "--data-dir", "--out",       "--threads",        "--jobs",    "--shard",   "--memory",
    "--quiet",   "--resume",   "--overwrite", "--detect-anomaly", "--profile", "--dry-run", "--help",
    "--version", "--list",     "--document",  "--import",         "--cite",    "--scratch"};

/// An integer from 1 to `most`; 0 where the text is anything else.
int positive(const std::string& text, long most) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  const long number = digits ? std::strtol(text.c_str(), nullptr, 10) : 0;
  return number <= most ? static_cast<int>(number) : 0;
}

int count_of(const std::string& option, const std::string& text) {
  const int number = positive(text, 1024);
  SPECFUSE_CHECK_AS(ConfigError, number > 0, option, ": expected an integer from 1 to 1024, got \"", text, "\"");
  return number;
}

/// Of memory, in bytes.
double bytes_of(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  // Single letters as Slurm has them.
  const std::pair<const char*, double> units[] = {{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
                                                  {"K", 0x1p10},   {"M", 0x1p20},   {"G", 0x1p30},   {"T", 0x1p40},
                                                  {"MB", 1e6},     {"GB", 1e9},     {"TB", 1e12}};
  for (const auto& [unit, bytes] : units) {
    if (number > 0 && number < 1e6 && end == std::string(unit)) return number * bytes;
  }
  throw ConfigError(concat(option, ": expected a size such as 1.5GiB or 800MiB, got \"", text, "\""));
}

Shard shard_of(const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const int number = positive(text.substr(0, slash), 1000000);
  const int count = slash < text.size() ? positive(text.substr(slash + 1), 1000000) : 0;
  SPECFUSE_CHECK_AS(ConfigError, number > 0 && number <= count,
                    "--shard: expected I/N with I from 1 to N, such as 2/8, got \"", text, "\"");
  return {number, count};
}

/// Whether it is an option without a value, which is set then.
bool set_switch(const std::string& text, Arguments& arguments) {
  const std::pair<const char*, bool*> switches[] = {{"--resume", &arguments.resume},
                                                    {"--overwrite", &arguments.overwrite},
                                                    {"--profile", &arguments.profile},
                                                    {"--dry-run", &arguments.dry_run}};
  for (const auto& [name, value] : switches) {
    if (text == name) return *value = true;
  }
  if (text == "--quiet") set_progress_visible(false);
  if (text == "--detect-anomaly") set_detect_anomaly(true);
  return text == "--quiet" || text == "--detect-anomaly";
}

}  // namespace

Arguments parse_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    std::string text = texts[i];
    // --option=value is --option value.
    const std::size_t equals = text.rfind("--", 0) == 0 ? text.find('=') : std::string::npos;
    const bool joined = equals != std::string::npos;
    const std::string behind = joined ? text.substr(equals + 1) : "";
    if (joined) text.resize(equals);
    bool used = false;
    const auto value = [&] {
      used = true;
      if (joined) {
        SPECFUSE_CHECK_AS(ConfigError, !behind.empty(), text, ": expected a value, got nothing");
        return behind;
      }
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
      set_threads(count_of(text, value()));
    else if (text == "--jobs")
      arguments.jobs = count_of(text, value());
    else if (text == "--memory")
      arguments.memory = bytes_of(text, value());
    else if (text == "--scratch")
      arguments.scratch = value();
    else if (text == "--shard")
      arguments.shard = shard_of(value());
    else if (text == "--help" || text == "-h" || text == "--version")
      arguments.question = text == "-h" ? "--help" : text;
    else if (text == "--import") {
      arguments.question = text;
      arguments.subject = value();
      SPECFUSE_CHECK_AS(ConfigError, i + 1 < count && *texts[i + 1] != '-', text,
                        ": expected the file to make behind the one to read, got ",
                        i + 1 < count ? texts[i + 1] : "nothing");
      arguments.out = texts[++i];
    } else if (text == "--list" || text == "--cite" || text == "--document") {
      arguments.question = text;
      const bool alone = text != "--document" && !joined && (i + 1 == count || *texts[i + 1] == '-');
      if (!alone) arguments.subject = value();
    } else if (!set_switch(text, arguments)) {
      SPECFUSE_CHECK_AS(ConfigError, text.rfind('-', 0) != 0, "unknown option ", text, did_you_mean(text, kOptions),
                        "; --help lists them");
      SPECFUSE_CHECK_AS(ConfigError, arguments.config.empty(), "expected one CONFIG.json, got also ", text);
      arguments.config = text;
    }
    SPECFUSE_CHECK_AS(ConfigError, used || !joined, text, ": expected no value, got \"", behind, "\"");
  }
  return arguments;
}

}  // namespace specfuse
