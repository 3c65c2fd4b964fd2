#pragma once

#include <optional>
#include <string>

#include "run/streamed_pair.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/methods/fusion_method.h"

namespace specfuse {

/// The whole fused image in a file, of which parts are read.
class FusedFile {
 public:
  explicit FusedFile(const std::string& path) : file_(path) {}
  bool has_sigma() const { return file_.has("/sigma"); }
  /// What sigma is to be multiplied with to hold 95 % of the errors.
  double width_95() const { return file_.number("/sigma", "width_95").value(); }
  /// Values of a rectangle, no data as it stands in the file.
  Tensor stored(const Rectangle& fine, const std::string& dataset) const;
  /// Values of a rectangle, with the pixels without data marked as `pair` says.
  Cube read(const StreamedPair& pair, const Rectangle& fine, const std::string& dataset = "/cube") const;

 private:
  Hdf5Reader file_;
};

/// Bytes to keep to, and how many of them are in use for all the time.
struct Budget {
  double memory, held;
  /// Side of the largest parts, in fine pixels: still larger ones are no faster.
  Index largest_side = 512;

  /// A part of it may be kept in free buffers, for their next use.
  static constexpr double kFreeBuffers = 0.125;
  double free_buffers() const { return kFreeBuffers * memory; }
};

/// Sides of the parts in which a pair is looked at before anything is fused, in coarse pixels, and in which results are
/// scored, in fine ones. They do not follow the budget, so that what is learned does not.
Index statistics_side(const StreamedPair& pair);
inline constexpr Index kScoredSide = 128;

/// Throws `ConfigError` with the least memory that works where that is more.
void check_memory(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title);

/// Fuses a pair part by part, with all ranks, of which the first writes the whole result to `path`. Parts are kept in
/// `folder`: what is there already is not made again. They stay until the caller has no more use for them. Returns the
/// seconds it took, with those of earlier runs that made some of the parts. Throws as `check_memory`, and
/// `Interrupted`, all parts kept, when the user asked to stop.
double fuse_streamed(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title,
                     const std::string& folder, const std::string& path);

/// The same image for other programs, beside its file, unless that is it: `fused`, and `sigma` where there is one, with
/// the ending of the format. Throws `Interrupted` when the user asked to stop.
void write_image_of(const std::string& path, const StreamedPair& pair, const ImageWriter& format,
                    const std::string& title, const std::string& directory);

}  // namespace specfuse
