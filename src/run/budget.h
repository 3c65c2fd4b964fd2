#pragma once

#include <optional>
#include <string>

#include "specfuse/core/error.h"
#include "specfuse/methods/fusion_method.h"
#include "specfuse/run/protocol.h"

namespace specfuse {

/// More memory is needed than may be taken; a part of the configuration, as its remedy is there.
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

/// Side of the parts in which a result is scored, in fine pixels.
inline constexpr Index kScoredSide = 128;
/// How many chunks along a side of a file are packed at once.
inline constexpr Index kChunksAtOnce = 2;

/// The side of the parts in which the pair of a task is fused, in coarse pixels, a multiple of the ratio: all of a pair
/// in memory where the budget has room for that. Throws `TooLittleMemory` with the memory that is needed where there is
/// room for no part, or the fuser needs the whole; `title` names the result.
Index side_within(const Fuser& fuser, const Task& task, const Budget& budget, const std::string& title);

}  // namespace specfuse
