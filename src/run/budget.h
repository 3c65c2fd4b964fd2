#pragma once

#include <optional>
#include <string>

#include "specfuse/core/error.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// More memory is needed than may be taken: no fault of the configuration.
class TooLittleMemory : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

/// Memory that a run keeps to, in bytes.
struct Budget {
  /// What it is allowed, or what the machine has free.
  double memory = 0;
  /// What is in use all the time.
  double held = 0;
  /// Side of the largest parts, in fine pixels, of images that do not fit as a whole: larger ones are no faster.
  Index largest_side = 512;

  /// Whether it was given, and is to be kept to by refusing what needs more.
  bool is_limit = false;

  /// What the machine has free where nothing is given, as the first rank sees it: all ranks call it.
  explicit Budget(const std::optional<double>& given);
  /// A part of it may be kept in free buffers, for their next use.
  double free_buffers() const { return 0.125 * memory; }
  /// What is left for images.
  double left() const;
  /// What it has to be for images that take so much.
  double needed_for(double images) const;
};

/// Places of the parts of a side, or of what is left of it when they are evened out, in coarse pixels; none smaller
/// than they have to be.
std::vector<Rectangle> places_of(const Fuser& fuser, const PairParts& pair, Index side);

/// Sides of the parts in which a result is scored and the chunks on a side of what is packed at once, in fine pixels.
inline constexpr Index kScoredSide = 128, kChunksAtOnce = 2;

/// The side of the parts in which the pair of a task is fused, in coarse pixels, a multiple of the ratio: all of a pair
/// in memory where the budget has room for that. Throws `TooLittleMemory` with the memory that is needed where there is
/// room for no part, or the fuser needs the whole; `title` names the result.
Index side_within(const Fuser& fuser, const Task& task, const Budget& budget, const std::string& title);

}  // namespace specfuse
