#include "specfuse/results/part_files.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#include "specfuse/io/file.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/ranks/ranks.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

constexpr const char *kSideFile = "/parts.json", *kSecondsFile = "/seconds.json";

/// What two rectangles share; of no rows or columns where that is nothing.
Rectangle shared(const Rectangle& a, const Rectangle& b) {
  const Index row = std::max(a.row, b.row), col = std::max(a.col, b.col);
  const Index end_row = std::min(a.row + a.rows, b.row + b.rows), end_col = std::min(a.col + a.cols, b.col + b.cols);
  return {row, col, std::max<Index>(0, end_row - row), std::max<Index>(0, end_col - col)};
}

}  // namespace

PartFiles::PartFiles(std::string folder, const PairParts& pair, std::vector<Rectangle> places, Index overlap)
    : folder_(std::move(folder)), places_(std::move(places)), rows_(pair.rows()), cols_(pair.cols()), overlap_(overlap),
      ratio_(pair.degradation().ratio), bands_(pair.bands()), keeps_seconds_(this_rank() == 0) {
  fs::create_directories(folder_);
  const std::string seconds = folder_ + kSecondsFile;
  if (keeps_seconds_ && fs::exists(seconds)) before_ = parse_json(read_text(seconds), seconds).get<double>();
}

std::optional<Index> PartFiles::side_in(const std::string& folder) {
  const std::string path = folder + kSideFile;
  if (!fs::exists(path)) return {};
  return parse_json(read_text(path), path).at("side").get<Index>();
}

void PartFiles::keep_side(const std::string& folder, Index side) {
  fs::create_directories(folder);
  write_text_atomically(folder + kSideFile, json_text(Json{{"side", side}}));
}

std::string PartFiles::file(std::size_t i) const { return concat(folder_, "/", i, ".h5"); }

bool PartFiles::has(std::size_t i) const { return fs::exists(file(i)); }

Rectangle PartFiles::made(std::size_t i) const {
  const Rectangle& place = places_[i];
  return shared({place.row - overlap_, place.col - overlap_, place.rows + 2 * overlap_, place.cols + 2 * overlap_},
                {0, 0, rows_, cols_});
}

void PartFiles::keep(std::size_t i, const FusedCube& part) const {
  Hdf5Writer writer(file(i));
  writer.write("/cube", part.fused.values);
  if (part.sigma) {
    writer.write("/sigma", part.sigma->values);
    writer.attribute("/sigma", "width_95", part.width_95);
  }
  writer.finish();
  if (keeps_seconds_) write_text_atomically(folder_ + kSecondsFile, json_text(Json(seconds())));
}

std::optional<double> PartFiles::width_95() const {
  const Hdf5Reader first(file(0));
  return first.has("/sigma") ? first.number("/sigma", "width_95") : std::nullopt;
}

std::vector<double> PartFiles::weights(Index begin, Index end, Index extent, Index first, Index count) const {
  const auto reach = static_cast<double>(overlap_ * ratio_);
  std::vector<double> result;
  for (Index at = first; at < first + count; ++at) {
    const double centre = static_cast<double>(at) + 0.5;
    double weight = 1;
    if (reach > 0 && begin > 0) weight = std::min(weight, (centre - static_cast<double>(begin) + reach) / (2 * reach));
    if (reach > 0 && end < extent) weight = std::min(weight, (static_cast<double>(end) + reach - centre) / (2 * reach));
    result.push_back(weight);
  }
  return result;
}

Tensor PartFiles::read(const std::string& dataset, const Rectangle& fine) const {
  std::vector<double> sums(static_cast<std::size_t>(fine.rows * fine.cols * bands_));
  std::vector<double> total(static_cast<std::size_t>(fine.rows * fine.cols));
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Rectangle whole = fine_part(made(i), ratio_), place = fine_part(places_[i], ratio_);
    const Rectangle common = shared(whole, fine);
    if (common.rows == 0 || common.cols == 0) continue;
    const Tensor values = Hdf5Reader(file(i)).read_part(dataset, {common.row - whole.row, common.col - whole.col},
                                                        {common.rows, common.cols});
    const std::vector<double> down =
        weights(place.row, place.row + place.rows, rows_ * ratio_, common.row, common.rows);
    const std::vector<double> across =
        weights(place.col, place.col + place.cols, cols_ * ratio_, common.col, common.cols);
    parallel_for(common.rows, [&](Index row) {
      for (Index col = 0; col < common.cols; ++col) {
        const double weight = down[static_cast<std::size_t>(row)] * across[static_cast<std::size_t>(col)];
        const Index at = (common.row - fine.row + row) * fine.cols + common.col - fine.col + col;
        const float* const from = values.data() + (row * common.cols + col) * bands_;
        double* const to = sums.data() + at * bands_;
        for (Index b = 0; b < bands_; ++b) to[b] += weight * double{from[b]};
        total[static_cast<std::size_t>(at)] += weight;
      }
    });
  }
  Tensor result = Tensor::uninitialized({fine.rows, fine.cols, bands_});
  parallel_for(fine.rows * fine.cols, [&](Index p) {
    for (Index b = 0; b < bands_; ++b) {
      const auto at = static_cast<std::size_t>(p * bands_ + b);
      result.data()[at] = static_cast<float>(sums[at] / total[static_cast<std::size_t>(p)]);
    }
  });
  return result;
}

}  // namespace specfuse
