#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/results/fusion.h"
#include "specfuse/results/run_folder.h"

namespace specfuse {

/// A made result as its run folder keeps it, so that a run that is cut off later need not make it again.
class KeptResult {
 public:
  /// Of this name, which is that of its folder.
  KeptResult(const RunFolder& folder, std::string name);

  /// Where its files lie, and where the fused image does.
  const std::string& directory() const { return directory_; }
  std::string fused_file() const;

  /// Begins with no files.
  void begin() const;
  /// Writes the image, as HDF5 and as `output` says.
  void write(const FusedCube& fusion, const OutputConfig& output) const;
  /// What the method has learned in these fits.
  void write_learned(const FusionMethod& method, const std::vector<FitContext>& fits) const;
  /// The rest, after which it counts.
  void finish(const Fusion& fusion) const;

  /// The result without its scores, its image as `open_fused` gives it or all of that in memory; none where it is not
  /// there or not whole.
  std::optional<Fusion> find(const PairOutliers& outliers, Index ratio, bool in_memory) const;
  /// Makes its files those to be published.
  void stage(const RunFolder& folder) const;

 private:
  std::string file(const char* name) const;

  std::string name_, directory_;
};

}  // namespace specfuse
