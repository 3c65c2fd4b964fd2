#pragma once

#include <optional>
#include <string>
#include <vector>

#include "specfuse/io/file.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/results/figure_data.h"

namespace specfuse {

/// The name under which the records of a result's fine-tuning are kept, after those of its pre-training.
inline std::string fine_tuning_of(const std::string& result) { return result + "/fine_tune"; }

/// The training records of a run, kept on disk while it lasts so that an interrupted one can be continued.
class TrainingLog {
 public:
  struct Line {
    /// The folder of the result that the record belongs to.
    std::string result;
    Index seed = 0;
    TrainingRecord record;
  };

  /// Keeps the records in the file `path`; where it exists already, goes on from what it holds.
  explicit TrainingLog(const std::string& path);

  /// Adds a record; it replaces those of the same result from that step on, which a resumed fit repeats.
  void add(const Line& line);
  /// What was added so far then survives a power cut.
  void sync();
  /// The records of one result, in order.
  std::vector<TrainingRecord> records(const std::string& result) const;
  /// Those of a result and of its fine-tuning as curves, as far as there are any.
  std::vector<LossCurve> curves(const std::string& result) const;
  /// One JSON object a line.
  std::string text() const;

 private:
  void insert(const Line& line);
  void read(const std::string& path);

  std::string path_;
  std::vector<Line> lines_;
  std::optional<GrowingFile> file_;
};

}  // namespace specfuse
