#pragma once

#include <string>

#include "run/budget.h"
#include "specfuse/imaging/image.h"
#include "specfuse/imaging/outliers.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// A fused image with what its method says of its error, in memory or in its file.
struct FusedImage {
  ImagePtr fused;
  /// Half widths of intervals that hold 68 % of the errors, and what they are to be multiplied with to hold 95 %; null:
  /// it says nothing.
  ImagePtr sigma{};
  double width_95 = 2;
};

FusedImage fused_in_memory(const FusedWithSigma& fusion);

/// That of a file, with what was filled in for outliers of the pair that it is fused from. Throws `DataError`.
FusedImage open_fused(const std::string& path, const PairOutliers& outliers, Index ratio);

/// What people are shown of it: all, or means as of the pair that it is made from, of which the parts are added.
class ShownImage {
 public:
  ShownImage(const FusedImage& image, const Task& task);
  /// Where the part is in the image; null: there is no sigma.
  void add(const Rectangle& part, const Cube& fused, const Cube* sigma);
  FusedWithSigma image() const;

 private:
  const FusedImage& image_;
  Rectangle kept_;
  std::optional<Preview> fused_, sigma_;
};

/// A result lies where the MSI does, or else on the pixels that the HSI's are made of.
void place_on_earth(const Pair& pair, FusedWithSigma& fusion);

/// What is fused in parts, where.
struct PartsOfResult {
  const Task& task;
  const PairOutliers& outliers;
  /// Names the result.
  std::string title;
  /// Where parts are kept until the whole is there: what is there already is not made again.
  std::string folder;
};

/// The side of the parts that are kept already, or `side_within`. Throws as that.
Index choose_side(const PartsOfResult& parts, const Fuser& fuser, const Budget& budget);

/// Fuses a pair part by part, with all ranks, of which the first writes the whole result to `path`. Returns the seconds
/// it took, with those of earlier runs that made some of the parts. Throws `Interrupted`, all parts kept, when the user
/// asked to stop.
double fuse_in_parts(const PartsOfResult& parts, const Fuser& fuser, Index side, const std::string& path);

/// An image for other programs, beside its file, unless that is it: `fused`, and `sigma` where there is one, with the
/// ending of the format. Throws `Interrupted` when the user asked to stop.
void write_parts_of(const std::string& path, const PartsOfResult& parts, const ImageWriter& format,
                    const std::string& directory);

}  // namespace specfuse
