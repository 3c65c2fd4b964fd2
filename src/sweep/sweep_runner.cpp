#include "specfuse/sweep/sweep_runner.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <optional>
#include <thread>

#include "specfuse/autograd/variable.h"
#include "specfuse/core/child_process.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/core/threads.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/report/text_format.h"
#include "specfuse/results/run_folder.h"
#include "specfuse/run/check_experiments.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/method_files.h"
#include "sweep/run_messages.h"
#include "sweep/sweep_report.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

constexpr auto kPause = std::chrono::milliseconds(20);
/// Seconds for which a run of another process is tried again: the processes of a killed sweep take a moment to end.
constexpr double kPatience = 2;

RunFolder folder_of(const SweepRun& run, const SweepOptions& options) {
  return RunFolder(concat(options.out, "/", run.folder()));
}

/// The file of its configuration. Who has locked it does the run.
std::string claimed_file(const SweepRun& run, const SweepOptions& options) {
  return concat(options.out, "/", run.config_file());
}

/// In a word: done, running, failed, "cut off" or "to do".
std::string state_of_run(const SweepRun& run, const SweepOptions& options) {
  const RunFolder folder = folder_of(run, options);
  const std::string file = claimed_file(run, options);
  if (folder.results(run.config)) return "done";
  if (fs::exists(file) && !FileLock(file).held()) return "running";
  if (!folder.failure().empty()) return "failed";
  return folder.keeps_work() ? "cut off" : "to do";
}

/// The sweep with the options that each run of `apply` takes from its checkpoints. Where they cannot be read, the check
/// will say so.
Sweep adopt(Sweep sweep, const SweepOptions& options) {
  for (SweepRun& run : sweep.runs) {
    try {
      run.config = adopt_checkpoints(run.config, data_directories(options.data_directories));
      run.hash = config_hash(run.config);
    } catch (const Error&) {
    }
  }
  return sweep;
}

/// Checks data, sensors, sizes and methods of every run that is not done, so that nothing fails hours later that could
/// have been known, and gives their warnings. Throws `BadSweep` or `Interrupted`.
void check(const Sweep& sweep, const SweepOptions& options) {
  RunMessages mistakes, warnings;
  std::vector<std::size_t> places;
  std::vector<const ExperimentConfig*> configs;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    if (const auto done = folder_of(run, options).results(run.config)) {  // its data may be gone by now
      for (const std::string& warning : done->warnings) warnings.add(i, warning);
      continue;
    }
    places.push_back(i);
    configs.push_back(&run.config);
  }
  const std::vector<Findings> findings = check_experiments(configs, options.data_directories);
  bool of_data_alone = true;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (const Findings::Mistake& mistake : findings[i].mistakes) {
      mistakes.add(places[i], mistake.text);
      of_data_alone = of_data_alone && mistake.of_data;
    }
    for (const std::string& warning : findings[i].warnings) warnings.add(places[i], warning);
  }
  refuse(sweep, mistakes, of_data_alone);
  for (const std::string& warning : warnings.lines(sweep)) warn(warning);
}

/// The positions of all runs, from this rank's share on: each rank does what no other has begun.
std::deque<std::size_t> waiting_of(std::size_t runs) {
  std::deque<std::size_t> positions(runs);
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::rotate(positions.begin(), positions.begin() + share_of_rank(std::ssize(positions), this_rank()).begin,
              positions.end());
  return positions;
}

std::string reason_of(const ChildProcess::Ending& ending) {
  const std::string prefix = "run_experiment: error: ";
  if (ending.code > 128 && ending.code != 130) return concat("ended by signal ", ending.code - 128);
  const std::string last = last_line_of(ending.output);
  if (last.empty()) return concat("ended with exit code ", ending.code);
  return last.starts_with(prefix) ? last.substr(prefix.size()) : last;
}

/// Starts and watches the runs of one call.
class Runner {
 public:
  Runner(const Sweep& sweep, const SweepOptions& options, SweepFiles& files)
      : sweep_(sweep), options_(options), files_(files), jobs_(std::min(options.jobs, threads())),
        waiting_(waiting_of(sweep.runs.size())) {
    if (jobs_ < options.jobs) say(concat("--jobs: no more than the ", jobs_, " threads there are"));
  }

  /// Throws `Interrupted` once no process is left.
  void run() {
    if (this_rank() == 0) {
      for (const std::size_t position : waiting_) folder_at(position).forget_failure();
    }
    wait_for_ranks();
    while (!waiting_.empty() || !active_.empty()) {
      if (interrupted()) interrupt();
      while (static_cast<int>(active_.size()) < jobs_ && !waiting_.empty() && start_next()) continue;
      for (auto job = active_.begin(); job != active_.end();) {
        const auto ending = (*job)->process.ending();
        if (ending) finish(**job, *ending);
        if (ending && !interrupted() && this_rank() == 0) files_.write_now_and_then();
        job = ending ? active_.erase(job) : job + 1;
      }
      std::this_thread::sleep_for(kPause);
    }
  }

 private:
  struct Job {
    std::size_t position;
    std::unique_ptr<FileLock> claim;
    ChildProcess process;
    Stopwatch since_start;
  };

  RunFolder folder_at(std::size_t position) const { return folder_of(sweep_.runs[position], options_); }
  bool done(std::size_t position) const {
    return folder_at(position).results(sweep_.runs[position].config).has_value();
  }

  void tell(std::size_t position, const std::string& news) const {
    const SweepRun& run = sweep_.runs[position];
    say(concat("[", position + 1, "/", sweep_.runs.size(), "] ", run.hash, "  ", sweep_.text_of(run), "  ", news));
  }

  /// Starts, skips or postpones the first run that waits. Returns false where a pause should come before the next.
  bool start_next() {
    const std::size_t position = waiting_.front();
    waiting_.pop_front();
    if (done(position)) {
      tell(position, "was done before");
      return true;
    }
    const RunFolder folder = folder_at(position);
    const std::string file = claimed_file(sweep_.runs[position], options_);
    auto claim = std::make_unique<FileLock>(file);
    if (!claim->held()) return postpone(position);
    // By another process, just before its claim ended, or by another rank.
    if (done(position) || !folder.failure().empty()) return true;
    // In place, as another file would not be locked.
    std::ofstream text(file);
    SPECFUSE_CHECK(text << config_text(sweep_.runs[position].config) << std::flush, "cannot write ", file);
    tell(position, folder.keeps_work() ? "goes on" : "starts");
    Command command = command_of(folder.path(), file);
    command.descriptor = claim->descriptor();
    active_.push_back(std::unique_ptr<Job>(new Job{position, std::move(claim), ChildProcess(command), {}}));
    patience_.reset();
    return true;
  }

  /// A run that another process has goes to the end of the queue, and in the end is left to that process.
  bool postpone(std::size_t position) {
    if (!patience_ || !active_.empty()) patience_.emplace();
    if (patience_->seconds() > kPatience) {
      tell(position, "is left to the other process that is doing it");
    } else {
      waiting_.push_back(position);
    }
    return false;
  }

  /// This program once more, on one run.
  Command command_of(const std::string& out, const std::string& config) const {
    std::vector<std::string> arguments{"run_experiment",
                                       config,
                                       "--out",
                                       out,
                                       "--resume",
                                       "--overwrite",
                                       "--quiet",
                                       "--threads",
                                       std::to_string(std::max(1, threads() / jobs_))};
    if (detect_anomaly()) arguments.push_back("--detect-anomaly");
    for (const std::string& directory : options_.data_directories) {
      arguments.insert(arguments.end(), {"--data-dir", directory});
    }
    return {"/proc/self/exe", arguments};
  }

  void finish(const Job& job, const ChildProcess::Ending& ending) {
    if (ending.code == 0 && done(job.position)) {
      return tell(job.position, concat("done in ", number_text(job.since_start.seconds(), 1), " s"));
    }
    if (interrupted()) return tell(job.position, "stopped");
    const std::string reason = reason_of(ending);
    folder_at(job.position).record_failure(reason);
    tell(job.position, "failed: " + reason);
  }

  [[noreturn]] void interrupt() {
    for (const auto& job : active_) job->process.terminate();
    for (const auto& job : active_) {
      std::optional<ChildProcess::Ending> ending;
      while (!(ending = job->process.ending())) std::this_thread::sleep_for(kPause);
      finish(*job, *ending);
    }
    active_.clear();
    throw Interrupted("interrupted; the same call goes on with the sweep");
  }

  const Sweep& sweep_;
  const SweepOptions& options_;
  SweepFiles& files_;
  int jobs_;
  std::deque<std::size_t> waiting_;
  std::vector<std::unique_ptr<Job>> active_;
  /// Since when only runs of other processes have been left.
  std::optional<Stopwatch> patience_;
};

/// A line for each run of a call that failed, in this process or in another.
std::vector<std::string> failed_of(const Sweep& sweep, const SweepOptions& options) {
  std::vector<std::string> lines;
  for (const SweepRun& run : sweep.runs) {
    const std::string failure = folder_of(run, options).failure();
    if (!failure.empty()) lines.push_back(concat(sweep.text_of(run), ": ", failure));
  }
  return lines;
}

}  // namespace

SweepOutcome run_sweep(const Sweep& given, const SweepOptions& options) {
  const Sweep sweep = adopt(given, options);
  check(sweep, options);
  for (const char* const name : {"/runs", "/configs", "/figures"}) {
    std::error_code reason;
    fs::create_directories(options.out + name, reason);
    SPECFUSE_CHECK(!reason, "cannot make the folder ", options.out, name, ": ", reason.message());
  }
  SweepFiles files(sweep, options.out);
  try {
    Runner(sweep, options, files).run();
    wait_for_ranks();
    if (this_rank() != 0) return {};
    return {files.write(), failed_of(sweep, options)};
  } catch (const Interrupted&) {
    wait_for_ranks();  // the first to end ends all, and their runs are still writing checkpoints
    if (this_rank() == 0) files.write();
    throw;
  }
}

std::string plan_sweep(const Sweep& given, const SweepOptions& options) {
  const Sweep sweep = adopt(given, options);
  check(sweep, options);
  std::string plan;
  for (std::size_t position = 0; position < sweep.runs.size(); ++position) {
    const SweepRun& run = sweep.runs[position];
    plan += concat(position + 1, "/", sweep.runs.size(), "  ", run.hash, "  ", state_of_run(run, options), "  ",
                   sweep.text_of(run), "\n");
  }
  return plan;
}

}  // namespace specfuse
