#pragma once

#include <optional>
#include <string>
#include <vector>

#include "run/method_run.h"

namespace specfuse {

/// The files of a result that is made: once it is finished, a run that is cut off later need not make it again. Only
/// the first rank writes.
class KeptResult {
 public:
  /// Begins with nothing in its folder: a run that was killed may have left some half-written. Images are also written
  /// in `format`, one of `image_formats`.
  KeptResult(const ResultFolder& folder, const std::string& result, const std::string& format);

  /// Where the fused image goes.
  std::string fused_file() const;
  void write(const FusedWithSigma& fusion) const;
  /// For other programs, of the image that is in its place already.
  void write_parts(const PartsOfResult& parts) const;
  /// What the method has learned in these fits.
  void write_learned(const FusionMethod& method, const std::vector<FitContext>& fits) const;
  void finish(const Fusion& fusion) const;

 private:
  std::string directory_, format_;
};

/// What was kept of the result of this name, its scores not included, for a task and the outliers of its pair; none
/// where it is not there or not whole.
std::optional<Fusion> find_result(const ResultFolder& folder, const std::string& result, const Task& task,
                                  const PairOutliers& outliers);

/// Makes the files of a kept result those to be published.
void stage_method(const ResultFolder& folder, const std::string& result);

}  // namespace specfuse
