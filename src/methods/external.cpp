#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <thread>

#include "specfuse/core/child_process.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/pair.h"
#include "specfuse/io/scene.h"
#include "specfuse/methods/registry.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// Images of the size of the result that memory is taken for: what is read, and as much on the way.
constexpr double kExternalImages = 2;

constexpr auto kPause = std::chrono::milliseconds(20);
/// Lines of a program that failed, shown on the terminal.
constexpr int kShownLines = 20;

/// What a program is told in the arguments of its command: files, and numbers.
struct Placeholder {
  const char* text;
  const char* file;
};
constexpr std::array<Placeholder, 3> kAnswers = {
    {{"{fused}", "fused.h5"}, {"{fused.npy}", "fused.npy"}, {"{fused.mat}", "fused.mat"}}};
constexpr Placeholder kPair = {"{pair}", "pair.h5"}, kTraining = {"{training}", "training.h5"};
constexpr const char *kSeed = "{seed}", *kThreads = "{threads}";

struct ExternalOptions {
  std::string file, dataset = "/cube", axes = "rcb";
  std::vector<std::string> command;
  double time_limit = 3600;
  bool mentions(const std::string& placeholder) const {
    return std::any_of(command.begin(), command.end(),
                       [&](const std::string& argument) { return argument.find(placeholder) != std::string::npos; });
  }
  void specify(MethodTraits& traits) const { traits.learns = mentions(kTraining.text); }
  void describe(FieldVisitor& fields) {
    fields("file", file,
           "The fused image that somebody else's program has made, in any format of scenes; found as "
           "checkpoints are.");
    fields("dataset", dataset, "The fused image within the file.");
    fields("axes", axes, axis_orders(), "Order of the axes of the fused image in the file: rows, columns, bands.");
    fields("command", command,
           "The program to run, and its arguments. `{pair}` becomes the path of the HDF5 file that it gets, `{fused}` "
           "that of the one it has to write, or `{fused.npy}`, `{fused.mat}`; `{training}`, `{seed}` and `{threads}` "
           "are there for those that need them.");
    fields("time_limit", time_limit, Range{0.1, 1e7}, "Seconds after which the program is ended and the run fails.");
  }
};

/// A folder of its own for the files that are exchanged, gone with the object.
class ExchangeFolder {
 public:
  ExchangeFolder() {
    std::string pattern = (fs::temp_directory_path() / "specfuse-XXXXXX").string();
    SPECFUSE_CHECK(mkdtemp(pattern.data()), "cannot make a folder in ", fs::temp_directory_path().string());
    path_ = pattern;
  }
  ~ExchangeFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ExchangeFolder(const ExchangeFolder&) = delete;
  ExchangeFolder& operator=(const ExchangeFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void replace(std::string& text, const std::string& placeholder, const std::string& value) {
  for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += value.size())
    text.replace(at, placeholder.size(), value);
}

/// The last lines of a text.
std::string last_lines(const std::string& text, int lines) {
  std::size_t begin = text.find_last_not_of('\n');
  if (begin == std::string::npos) return {};
  const std::size_t end = begin + 1;
  for (; begin > 0; --begin) {
    if (text[begin - 1] == '\n' && --lines == 0) break;
  }
  return text.substr(begin, end - begin);
}

/// An image that somebody else's program makes, or has made: it gets what every method gets, and never the reference.
class External : public FusionMethod {
 public:
  explicit External(const ExternalOptions& options) : options_(options) {}
  std::vector<std::string> find_files(const FileFinder& find) override;
  void check(const TrainingData& data, const Pair& pair) const override;
  std::string fit(const TrainingData& data, const FitContext& context) override;
  Fuser fuser(const PairParts& pair) const override {
    return whole_fuser(pair, kExternalImages, [this](const Pair& whole) { return made_of(whole); });
  }

 private:
  FusedCube made_of(const Pair& pair) const;
  void check_command() const;
  std::string told(const std::string& argument, const ExchangeFolder& folder) const;
  void run(const ExchangeFolder& folder, FusedCube& result) const;
  ChildProcess::Ending watch(ChildProcess& process, double& peak_memory_mb) const;
  Cube read_fused(const std::string& path, const Pair& pair) const;

  ExternalOptions options_;
  TrainingData training_;
  std::uint64_t seed_ = 0;
  std::string name_ = "external";
};

std::vector<std::string> External::find_files(const FileFinder& find) {
  if (options_.file.empty()) return {};
  options_.file = find(options_.file);
  return {options_.file};
}

void External::check(const TrainingData&, const Pair& pair) const {
  SPECFUSE_CHECK_AS(ConfigError, options_.file.empty() != options_.command.empty(),
                    "external: expected either `file`, an image, or `command`, a program that makes it");
  if (options_.command.empty()) return void(read_fused(options_.file, pair));
  check_command();
}

void External::check_command() const {
  const std::regex braces(R"(\{[a-z.]+\})");
  std::vector<std::string> answers, known{kPair.text, kTraining.text, kSeed, kThreads};
  for (const Placeholder& answer : kAnswers) answers.emplace_back(answer.text);
  known.insert(known.end(), answers.begin(), answers.end());
  const auto asked =
      std::count_if(answers.begin(), answers.end(), [&](const auto& one) { return options_.mentions(one); });
  for (const std::string& argument : options_.command) {
    for (std::sregex_iterator found(argument.begin(), argument.end(), braces), end; found != end; ++found) {
      SPECFUSE_CHECK_AS(ConfigError, std::find(known.begin(), known.end(), found->str()) != known.end(),
                        "external: command: expected one of ", joined(known), ", got ", found->str());
    }
  }
  SPECFUSE_CHECK_AS(ConfigError, options_.mentions(kPair.text) && asked == 1, "external: command: expected ",
                    kPair.text, ", the file that the program gets, and one of ", joined(answers),
                    ", the file that it writes, among its arguments");
  SPECFUSE_CHECK_AS(ConfigError, can_start(options_.command.front()), "external: command: \"", options_.command.front(),
                    "\" is no program that can be started");
}

std::string External::fit(const TrainingData& data, const FitContext& context) {
  training_ = data;
  seed_ = context.seed;
  if (!context.label.empty()) name_ = context.label;
  return {};
}

FusedCube External::made_of(const Pair& pair) const {
  FusedCube result;
  if (options_.command.empty()) {
    result.fused = read_fused(options_.file, pair);
    return result;
  }
  const ExchangeFolder folder;
  write_pair(folder.file(kPair.file), pair);
  if (options_.mentions(kTraining.text)) write_training_data(folder.file(kTraining.file), training_);
  run(folder, result);
  const auto answer = std::find_if(kAnswers.begin(), kAnswers.end(),
                                   [&](const Placeholder& one) { return options_.mentions(one.text); });
  const std::string last = last_line_of(result.log);
  SPECFUSE_CHECK(fs::exists(folder.file(answer->file)), name_, ": ", options_.command.front(),
                 " ended without writing ", answer->text, last.empty() ? "" : "; its last words: ", last);
  try {
    result.fused = read_fused(folder.file(answer->file), pair);
  } catch (const DataError& problem) {
    throw Error(concat(name_, ": what the program wrote: ", problem.what()));
  }
  return result;
}

std::string External::told(const std::string& argument, const ExchangeFolder& folder) const {
  std::string text = argument;
  for (const Placeholder& file : {kPair, kTraining}) replace(text, file.text, folder.file(file.file));
  for (const Placeholder& file : kAnswers) replace(text, file.text, folder.file(file.file));
  replace(text, kSeed, std::to_string(seed_));
  replace(text, kThreads, std::to_string(threads()));
  return text;
}

/// Sets what the program said, and its memory.
void External::run(const ExchangeFolder& folder, FusedCube& result) const {
  const std::string& program = options_.command.front();
  Command command{program, {}};
  for (const std::string& argument : options_.command) command.arguments.push_back(told(argument, folder));
  for (const char* const library : {"OMP", "OPENBLAS", "MKL"})
    command.environment.push_back(concat(library, "_NUM_THREADS=", threads()));
  command.keep_output = true;
  ChildProcess process(command);
  const ChildProcess::Ending ending = watch(process, result.program_memory_mb);
  result.log = ending.output;
  if (ending.code == 0) return;
  const std::string last = last_line_of(ending.output);
  if (!last.empty()) say(last_lines(ending.output, kShownLines));
  throw Error(concat(name_, ": ", program,
                     ending.code > 128 ? concat(" was ended by signal ", ending.code - 128)
                                       : concat(" ended with exit code ", ending.code),
                     last.empty() ? "" : ": ", last));
}

ChildProcess::Ending External::watch(ChildProcess& process, double& peak_memory_mb) const {
  const Stopwatch since_start;
  Progress progress(0, "");
  for (;;) {
    progress.tick(0);
    if (const double so_far = process.peak_memory_mb(); so_far > 0) peak_memory_mb = so_far;
    if (std::optional<ChildProcess::Ending> ending = process.ending()) return *std::move(ending);
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), name_, ": interrupted while ", options_.command.front(), " ran");
    SPECFUSE_CHECK(since_start.seconds() < options_.time_limit, name_, ": ", options_.command.front(),
                   " ran longer than time_limit, ", options_.time_limit, " s, and was ended");
    std::this_thread::sleep_for(kPause);
  }
}

Cube External::read_fused(const std::string& path, const Pair& pair) const {
  SceneSource source;
  source.dataset = options_.dataset;
  source.axes = options_.axes;
  const Cube read = read_scene(path, source);
  const Shape expected{pair.msi.rows(), pair.msi.cols(), pair.hsi.bands()}, got = read.values.shape();
  std::array<Index, 3> these{expected[0], expected[1], expected[2]}, those{got[0], got[1], got[2]};
  std::sort(these.begin(), these.end());
  std::sort(those.begin(), those.end());
  SPECFUSE_CHECK_AS(DataError, got == expected, path, ": ", options_.dataset, ": expected rows, columns and bands ",
                    expected.text(), ", got ", got.text(),
                    these == those ? "; `axes` says in which order they are" : "");
  Cube fused = pair.hsi;
  fused.values = read.values;
  return fused;
}

}  // namespace

MethodType external_method() {
  return method_type<External, ExternalOptions>(kExternal, "External program",
                                                "an image that somebody else's program makes of the pair, or has made",
                                                {}, {.fuses_training_image = false});
}

}  // namespace specfuse
