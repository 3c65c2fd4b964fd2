#pragma once

#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// What the command line asks for. An experiment and a sweep are told apart by their file.
enum Request : unsigned {
  kExperiment = 1,
  kSweep = 2,
  kImport = 4,
  kCite = 8,
  kList = 16,
  kDocument = 32,
  kHelp = 64,
  kVersion = 128,
  kFuse = 256
};

/// The command line of run_experiment.
struct Arguments {
  unsigned request = kExperiment;
  /// The file of the experiment or sweep; otherwise what is asked about.
  std::string subject, out, scratch;
  /// The second file of --fuse, and --method.
  std::string msi, method;
  std::vector<std::string> settings, data_directories;
  /// --memory, in bytes.
  std::optional<double> memory;
  bool resume = false, overwrite = false, dry_run = false, profile = false, quiet = false;
  int jobs = 1;
  /// The names of all options that are given.
  std::vector<std::string> given;
};

/// Throws `ConfigError` on an unknown option, a missing or malformed value, or a second file.
Arguments parse_arguments(int count, char** texts);

/// Throws `ConfigError` where an option is given that is not valid with the request.
void check_valid_with(Request request, const Arguments& arguments);

/// What --help prints.
std::string help_text();

}  // namespace specfuse
