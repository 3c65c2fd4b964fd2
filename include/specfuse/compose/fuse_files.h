#pragma once

#include <optional>
#include <string>
#include <vector>

namespace specfuse {

/// Two images to fuse, of which all else is found out.
struct FuseRequest {
  std::string hsi, msi;
  /// The file to make; its ending says the format.
  std::string out;
  /// Empty: chosen.
  std::string method;
  /// Fields of the experiment, "path=value".
  std::vector<std::string> settings;
  std::vector<std::string> data_directories;
  /// As those of `RunOptions`.
  std::optional<double> memory{};
  bool overwrite = false, resume = false;
  /// Whether the table of decisions is not shown; `plan_fusion` shows it in any case.
  bool quiet = false;
};

/// Composes the experiment of a request, shows what was decided and why, and runs it. Beside the fused image stand the
/// error to be expected, the experiment, and the folder of its results. Returns what there is to say of the result.
/// Throws `ConfigError` where something cannot be decided, or a file is in the way, and as `run_experiment` does.
std::string fuse_files(const FuseRequest& request);

/// The same without fusing: shows what was decided, and returns the experiment.
std::string plan_fusion(const FuseRequest& request);

/// The experiment alone, as JSON. Throws as `fuse_files`.
std::string composed_experiment(const FuseRequest& request);

}  // namespace specfuse
