#include "run/budget.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "specfuse/core/buffer.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/metrics/evaluation.h"
#include "specfuse/ranks/ranks.h"

namespace specfuse {
namespace {

/// The program itself and its libraries.
constexpr double kProgram = 96 * 1048576.0;
constexpr double kFloat = sizeof(float);

/// What the system could give without swapping.
double free_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string name, unit; file >> name;) {
    double kibibytes = 0;
    file >> kibibytes >> std::ws;
    std::getline(file, unit);
    if (name == "MemAvailable:") return 1024 * kibibytes;
  }
  return memory_bytes();
}

double area(const PairParts& pair, Index coarse_side) {
  return std::pow(static_cast<double>(coarse_side * pair.degradation().ratio), 2);
}

/// Bytes that a fine pixel of a pair takes, read and cropped.
double input_bytes(const PairParts& pair) {
  const auto ratio = static_cast<double>(pair.degradation().ratio);
  return 2 * kFloat * (static_cast<double>(pair.msi_bands()) + static_cast<double>(pair.bands()) / (ratio * ratio));
}

double fusing_bytes(const Fuser& fuser, const PairParts& pair, Index side) {
  return fuser.bytes_at_least + area(pair, side + 2 * (fuser.halo + fuser.blend)) * fuser.bytes_per_pixel +
         area(pair, side + 2 * (fuser.halo + fuser.blend + pair.halo())) * input_bytes(pair) +
         2 * kFloat * static_cast<double>(pair.bands()) * area(pair, side + 2 * fuser.blend);
}

double packing_bytes(const PairParts& pair) {
  const Index ratio = pair.degradation().ratio;
  const auto [rows, cols] = Hdf5Writer::chunk_of({pair.rows() * ratio, pair.cols() * ratio, pair.bands()});
  return 5 * kFloat * static_cast<double>(kChunksAtOnce * kChunksAtOnce * rows * cols * pair.bands());
}

/// Parts of the result and of the reference with what is around them, each cut twice, and curves through the errors.
double scoring_bytes(const PairParts& pair, bool has_reference) {
  const Index ratio = pair.degradation().ratio,
              around = 2 * std::max(ratio * degrade_margin(pair.degradation()), Index{31});
  const Index side = std::max(kScoredSide, ratio) + around;
  const double parts = 6 * kFloat * static_cast<double>(side * side * pair.bands());
  const Index pixels = pair.rows() * pair.cols() * ratio * ratio;
  return parts + (has_reference ? curve_bytes(pixels) + curve_bytes(pixels * pair.bands()) : 0);
}

std::string mebibytes(double bytes) { return concat(static_cast<Index>(std::ceil(bytes / 1048576)), " MiB"); }

/// Bytes that the whole takes at once.
double bytes_as_whole(const Fuser& fuser, const PairParts& pair) {
  const double pixels = static_cast<double>(pair.rows() * pair.cols()) * area(pair, 1);
  return fuser.bytes_at_least + pixels * (fuser.bytes_per_pixel + input_bytes(pair));
}

double bytes_in_parts(const Fuser& fuser, const PairParts& pair, bool has_reference, Index side) {
  Index largest = 0;
  for (const Rectangle& place : places_of(fuser, pair, side)) largest = std::max({largest, place.rows, place.cols});
  return std::max({fusing_bytes(fuser, pair, largest), packing_bytes(pair), scoring_bytes(pair, has_reference)});
}

}  // namespace

Budget::Budget(const std::optional<double>& given) : is_limit(given.has_value()) {
  // All ranks have to see a pair alike, and may share a machine.
  memory = given ? *given : static_cast<double>(of_first_rank(static_cast<Index>(free_memory())) / rank_count());
}

double Budget::left() const { return memory - free_buffers() - kProgram - held; }

double Budget::needed_for(double images) const { return (images + kProgram + held) / (1 - free_buffers() / memory); }

std::vector<Rectangle> places_of(const Fuser& fuser, const PairParts& pair, Index side) {
  return parts_of(pair.rows(), pair.cols(), side, pair.degradation().ratio, fuser.least_side);
}

Index side_within(const Fuser& fuser, const Task& task, const Budget& budget, const std::string& title) {
  const PairParts& pair = *task.pair;
  const Index ratio = pair.degradation().ratio;
  const Index whole_side = (std::max(pair.rows(), pair.cols()) + ratio - 1) / ratio * ratio;
  const double whole = bytes_as_whole(fuser, pair);
  if (!task.is_large && whole <= budget.left()) return whole_side;
  if (fuser.whole) {
    const std::string needs = concat(
        title, " needs the whole image at once, and about ", mebibytes(budget.needed_for(whole)), " of memory, where ",
        mebibytes(budget.memory), budget.is_limit ? " may be taken (--memory)" : " are free");
    SPECFUSE_CHECK_AS(TooLittleMemory, !task.is_large && !budget.is_limit, needs);
    warn(needs);
    return whole_side;
  }
  const bool has_reference = task.reference != nullptr;
  Index side = std::max(ratio, budget.largest_side / ratio / ratio * ratio);
  if (!budget.is_limit || !task.is_large) {
    say(concat(title, " is fused part by part: as a whole it takes about ", mebibytes(budget.needed_for(whole)),
               " of memory, where ", mebibytes(budget.memory), budget.is_limit ? " may be taken" : " are free"));
  }
  while (side > ratio && bytes_in_parts(fuser, pair, has_reference, side) > budget.left()) side -= ratio;
  const double needed = budget.needed_for(bytes_in_parts(fuser, pair, has_reference, side));
  SPECFUSE_CHECK_AS(TooLittleMemory, needed <= budget.memory, "--memory: expected at least ", mebibytes(needed),
                    " for ", title, ", got ", mebibytes(budget.memory), budget.is_limit ? "" : ", which are free");
  return side;
}

}  // namespace specfuse
