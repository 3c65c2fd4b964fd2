#include "app/arguments.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <sstream>

#include "specfuse/autograd/variable.h"
#include "specfuse/core/error.h"
#include "specfuse/core/nearest.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/threads.h"

namespace specfuse {
namespace {

int count_of(const std::string& option, const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const long number = digits ? std::strtol(text.c_str(), nullptr, 10) : 0;
  SPECFUSE_CHECK_AS(ConfigError, number >= 1 && number <= 1024, option, ": expected an integer from 1 to 1024, got \"",
                    text, "\"");
  return static_cast<int>(number);
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

constexpr unsigned kRuns = kExperiment | kSweep, kAny = ~0u;

/// What options may be valid with, as messages name it.
constexpr std::pair<Request, const char*> kRequests[] = {
    {kExperiment, "an experiment"}, {kSweep, "a sweep"}, {kImport, "--import"}, {kFuse, "--fuse"}};

using Set = std::function<void(Arguments&, const std::string&)>;

Set flag(bool Arguments::*member) {
  return [member](Arguments& arguments, const std::string&) { arguments.*member = true; };
}
Set text(std::string Arguments::*member) {
  return [member](Arguments& arguments, const std::string& value) { arguments.*member = value; };
}
Set list(std::vector<std::string> Arguments::*member) {
  return [member](Arguments& arguments, const std::string& value) { (arguments.*member).push_back(value); };
}

struct Option {
  const char* name;
  /// Of the value; empty where there is none, in brackets where it may be left out.
  const char* value;
  /// What it may be given with.
  unsigned valid_with;
  Set set;
  const char* help;
  /// Of an option that asks for something itself.
  unsigned request = 0;
};

const std::vector<Option>& options() {
  const auto nothing = [](Arguments&, const std::string&) {};
  const Set subject = text(&Arguments::subject);
  static const std::vector<Option> table{
      {"--fuse", "HSI MSI", kAny, subject,
       "fuse two images into the file that --out names: everything is found out from them and shown, and can be "
       "changed "
       "with --set; beside it stand the errors to expect, the experiment that does the same, and a report",
       kFuse},
      {"--method", "NAME", kFuse, text(&Arguments::method), "the method to fuse with (default: the best that suits)"},
      {"--set", "path=value", kAny, list(&Arguments::settings),
       "change a field, such as degrade.ratio=4 or methods.two_cnn_fu.train.steps=500; a list takes a position or a "
       "label, and methods.+=... a new entry; with --import a field of data, such as axes=brc or crop.rows=100"},
      {"--data-dir", "DIR", kAny, list(&Arguments::data_directories),
       "look for data here first, then in $SPECFUSE_DATA and data/"},
      {"--out", "PATH", kRuns | kFuse, text(&Arguments::out),
       "where results go (default results/<name>); with --fuse the image to make, as its ending says (.tif, .img, .h5, "
       ".mat)"},
      {"--threads", "N", kAny, [](auto&, auto& value) { set_threads(count_of("--threads", value)); },
       "how many threads to use (default: all processors)"},
      {"--memory", "SIZE", kExperiment | kFuse,
       [](auto& all, auto& value) { all.memory = bytes_of("--memory", value); },
       "keep to so much memory, such as 1.5GiB, 800MB or 2G (GiB): a pair that takes more stays in its files and is "
       "fused part by part"},
      {"--scratch", "DIR", kExperiment, text(&Arguments::scratch),
       "leave what networks learn from in files there, for more training scenes than fit into memory"},
      {"--resume", "", kRuns | kFuse, flag(&Arguments::resume), "go on from what an interrupted run left"},
      {"--overwrite", "", kExperiment | kImport | kFuse, flag(&Arguments::overwrite),
       "replace what another run left in the output folder, which is refused otherwise"},
      {"--detect-anomaly", "", kRuns, [](auto&, auto&) { set_detect_anomaly(true); },
       "stop at the first operation of a network that makes a NaN or an infinity, and name it; slow"},
      {"--profile", "", kExperiment, flag(&Arguments::profile),
       "print time, FLOP/s and bytes per operation, and write them to profile.json as a Chrome trace"},
      {"--dry-run", "", kRuns | kFuse, flag(&Arguments::dry_run),
       "check everything, print what would be done, the layers of networks and the resolved configuration"},
      {"--quiet", "", kAny, [](auto& to, auto&) { set_progress_visible(!(to.quiet = true)); },
       "show warnings and errors, no progress"},
      {"--jobs", "N", kSweep, [](auto& all, auto& value) { all.jobs = count_of("--jobs", value); },
       "do so many runs at a time and share the threads among them"},
      {"--list", "[NAME]", kAny, subject,
       "name the methods, layers, metrics, sensors and scene formats, or describe one of the first three, or a field "
       "of experiments such as degrade.psf",
       kList},
      {"--cite", "[CONFIG]", kAny, subject, "print BibTeX of all methods, or of those of an experiment or sweep",
       kCite},
      {"--import", "IN OUT", kAny, subject,
       "make a scene of a file in any known format, as the ending of OUT says (.h5, .tif, .img, .mat), with a picture",
       kImport},
      {"--document", "FILE", kAny, subject, "print a Markdown file with its generated tables made anew", kDocument},
      {"--help", "", kAny, nothing, "print this", kHelp},
      {"--version", "", kAny, nothing, "print the version", kVersion},
  };
  return table;
}

const Option& option_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Option& option : options()) {
    if (option.name == (name == "-h" ? "--help" : name)) return option;
    names.emplace_back(option.name);
  }
  throw ConfigError(concat("unknown option ", name, did_you_mean(name, names), "; --help lists them"));
}

/// "an experiment or --import"; empty where it is valid with all.
std::string requests_text(const Option& option) {
  std::string text;
  if (option.valid_with == kAny) return text;
  for (const auto& [request, name] : kRequests) {
    if (option.valid_with & request) text.append(text.empty() ? "" : " or ").append(name);
  }
  return text;
}

}  // namespace

Arguments parse_arguments(int count, char** texts) {
  Arguments arguments;
  std::deque<std::string> words(texts + 1, texts + count);
  const auto next = [&] {
    const std::string word = words.empty() ? "" : words.front();
    if (!words.empty()) words.pop_front();
    return word;
  };
  const auto value_follows = [&] { return !words.empty() && !words[0].empty() && words[0][0] != '-'; };
  while (!words.empty()) {
    std::string word = next(), value;
    if (!word.starts_with('-')) {
      SPECFUSE_CHECK_AS(ConfigError, arguments.subject.empty(), "expected one CONFIG.json, got also ", word);
      arguments.subject = word;
      continue;
    }
    // --option=value is --option value.
    const std::size_t equals = std::min(word.starts_with("--") ? word.find('=') : std::string::npos, word.size());
    const bool joined = equals < word.size();
    if (joined) value = word.substr(equals + 1);
    const Option& option = option_named(word.substr(0, equals));
    const std::string name = option.name, kind = option.value;
    SPECFUSE_CHECK_AS(ConfigError, !joined || !kind.empty(), name, ": expected no value, got \"", value, "\"");
    const bool omitted = kind.starts_with('[') && !joined && !value_follows();
    if (!kind.empty() && !omitted) {
      if (!joined) value = next();
      SPECFUSE_CHECK_AS(ConfigError, !value.empty(), name, ": expected a value, got nothing");
    }
    option.set(arguments, value);
    if (option.request != 0) arguments.request = option.request;
    arguments.given.push_back(name);
    if (option.request != kImport && option.request != kFuse) continue;
    const bool imports = option.request == kImport;
    SPECFUSE_CHECK_AS(ConfigError, value_follows(), name, ": expected the ",
                      imports ? "file to make behind the one to read" : "MSI behind the HSI", ", got ",
                      words.empty() ? "nothing" : next());
    (imports ? arguments.out : arguments.msi) = next();
  }
  return arguments;
}

void check_valid_with(Request request, const Arguments& arguments) {
  for (const std::string& name : arguments.given) {
    const Option& option = option_named(name);
    SPECFUSE_CHECK_AS(ConfigError, option.valid_with & request, name, " is valid only with ", requests_text(option));
  }
}

std::string help_text() {
  constexpr std::size_t kIndent = 20, kWidth = 118;
  std::string text =
      "usage: run_experiment --fuse HSI MSI --out FUSED.tif [OPTION]...    fuses two images\n"
      "       run_experiment CONFIG.json [OPTION]...    runs an experiment or a sweep\n"
      "       run_experiment --import IN OUT [OPTION]...\n"
      "       run_experiment --list [NAME] | --cite [CONFIG.json] | --document FILE.md | --help | --version\n"
      "       mpirun -n N run_experiment ...: the same shared out among N processes, where it was built with MPI\n\n";
  for (const Option& option : options()) {
    std::string line = concat("  ", option.name, *option.value ? " " : "", option.value);
    line.resize(std::max(kIndent, line.size() + 2), ' ');
    const std::string only = requests_text(option);
    std::istringstream words(concat(option.help, only.empty() ? "" : "; only with ", only));
    for (std::string word; words >> word;) {
      if (line.size() + word.size() >= kWidth) {
        text += line + "\n";
        line.assign(kIndent, ' ');
      }
      line += (line.back() == ' ' ? "" : " ") + word;
    }
    text += line + "\n";
  }
  return text +
         "\nexit: 0 done; 1 failed while running; 2 bad usage or configuration; 3 data missing or unreadable; 130 "
         "interrupted\n";
}

}  // namespace specfuse
