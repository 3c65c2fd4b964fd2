#pragma once

#include <string>

#include "run/budget.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// What is fused in parts, where.
struct PartsOfResult {
  const Task& task;
  const PairOutliers& outliers;
  /// Names the result.
  std::string title;
  /// Where parts are kept until the whole is there: what is there already is not made again.
  std::string folder;
};

/// Makes a result of a pair lie where its MSI does, or on the fine pixels of its HSI where only that has a place.
void place_on_earth(const Pair& pair, Cube& fused);

/// The side of the parts that are kept already, or `side_within`. Throws as that.
Index choose_side(const PartsOfResult& parts, const Fuser& fuser, const Budget& budget);

/// Fuses a pair that fits into memory as a single part; `seen` is what methods see of it.
FusedCube fuse_at_once(const PartsOfResult& parts, const Fuser& fuser, const Pair& seen);

/// Fuses a pair part by part, with all ranks, of which the first writes the whole result to `path`. Returns the seconds
/// it took, with those of earlier runs that made some of the parts. Throws `Interrupted`, all parts kept, when the user
/// asked to stop.
double fuse_in_parts(const PartsOfResult& parts, const Fuser& fuser, Index side, const std::string& path);

/// An image for other programs, beside its file, unless that is it: `fused`, and `sigma` where there is one, with the
/// ending of the format. Throws `Interrupted` when the user asked to stop.
void write_parts_of(const std::string& path, const PartsOfResult& parts, const OutputConfig& output,
                    const std::string& directory);

}  // namespace specfuse
