#include "run/stream_fusion.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "run/method_run.h"
#include "run/part_files.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/file.h"
#include "specfuse/metrics/scores_by_parts.h"
#include "specfuse/ranks/ranks.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

/// The program itself and its libraries.
constexpr double kProgram = 96 * 1048576.0;
/// Chunks on a side of what is packed at once.
constexpr Index kChunksAtOnce = 4;
constexpr double kFloat = sizeof(float);

/// Bytes that a fine pixel of a pair takes, read and cropped.
double input_bytes(const StreamedPair& pair) {
  const auto ratio = static_cast<double>(pair.ratio());
  return 2 * kFloat * (static_cast<double>(pair.msi_bands()) + static_cast<double>(pair.bands()) / (ratio * ratio));
}

/// Bytes that fusing a part of this side takes.
double part_bytes(const PartFusion& fusion, const StreamedPair& pair, Index side) {
  const auto area = [&](Index coarse) { return std::pow(static_cast<double>(coarse * pair.ratio()), 2); };
  const double bands = static_cast<double>(pair.bands());
  return fusion.bytes_at_least + area(side + 2 * (fusion.margin + fusion.overlap)) * fusion.bytes_per_pixel +
         area(side + 2 * (fusion.margin + fusion.overlap + pair.halo())) * input_bytes(pair) +
         2 * kFloat * bands * area(side + 2 * fusion.overlap);
}

/// Bytes that packing takes.
double packing_bytes(const StreamedPair& pair) {
  const auto [rows, cols] = Hdf5Writer::chunk_of({pair.fine_rows(), pair.fine_cols(), pair.bands()});
  return 5 * kFloat * static_cast<double>(kChunksAtOnce * kChunksAtOnce * rows * cols * pair.bands());
}

/// Bytes that scoring takes: parts of the result and of the reference with what is around them, each cut twice, and
/// curves through the errors.
double scoring_bytes(const StreamedPair& pair) {
  const Index around = 2 * std::max(pair.ratio() * degrade_margin(pair.degradation()), ScoresByParts::kBeyond);
  const Index side = std::max(kScoredSide, pair.ratio()) + around;
  const double parts = 6 * kFloat * static_cast<double>(side * side * pair.bands());
  const Index pixels = pair.fine_rows() * pair.fine_cols();
  return parts + (pair.has_reference() ? curve_bytes(pixels) + curve_bytes(pixels * pair.bands()) : 0);
}

/// The parts of a side, or of what is left of it when they are evened out, but none smaller than they have to be.
std::vector<Rectangle> places_of(const PartFusion& fusion, const StreamedPair& pair, Index side) {
  return parts_of(pair.rows(), pair.cols(), side, pair.ratio(), fusion.least_side);
}

/// Bytes that are needed with parts of this side.
double bytes_with(const PartFusion& fusion, const StreamedPair& pair, Index side) {
  Index largest = 0;
  for (const Rectangle& place : places_of(fusion, pair, side)) largest = std::max({largest, place.rows, place.cols});
  return std::max({part_bytes(fusion, pair, largest), packing_bytes(pair), scoring_bytes(pair)});
}

/// What a budget leaves for parts, and what has to be in it for parts that take so much.
double left_of(const Budget& budget) { return budget.memory - budget.free_buffers() - kProgram - budget.held; }
double memory_for(double parts, const Budget& budget) {
  return (parts + kProgram + budget.held) / (1 - Budget::kFreeBuffers);
}

/// The largest side, a multiple of the ratio, of parts that the budget has room for; the ratio where there is none.
Index side_within(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget) {
  const Index ratio = pair.ratio();
  Index side = std::max(ratio, budget.largest_side / ratio / ratio * ratio);
  while (side > ratio && bytes_with(fusion, pair, side) > left_of(budget)) side -= ratio;
  return side;
}

std::string mebibytes(double bytes) { return concat(static_cast<Index>(std::ceil(bytes / 1048576)), " MiB"); }

void check_side(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title,
                Index side) {
  const double needed = memory_for(bytes_with(fusion, pair, side), budget);
  SPECFUSE_CHECK_AS(ConfigError, needed <= budget.memory, "--memory: expected at least ", mebibytes(needed), " for ",
                    title, ", got ", mebibytes(budget.memory));
}

/// The side of the parts: that of those which are kept already, or as large as the memory allows.
Index choose_side(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title,
                  const std::string& folder) {
  const std::string file = folder + "/parts.json";
  const bool goes_on = fs::exists(file);
  const Index side =
      goes_on ? parse_json(read_text(file), file).at("side").get<Index>() : side_within(fusion, pair, budget);
  check_side(fusion, pair, budget, goes_on ? title + ", of which parts are kept" : title, side);
  if (!goes_on) write_text_atomically(file, json_text(Json{{"side", side}}));
  return side;
}

/// What is made of a part, without the margin it is made with.
FusedWithSigma fuse_part(const PartFusion& fusion, const StreamedPair& pair, const Rectangle& place) {
  PairPart part = read_part(pair, place, fusion.margin);
  part.pair.hsi.valid.clear();
  part.pair.msi.valid.clear();
  FusedWithSigma made = fusion.fuse(part.pair);
  pair.sensors().widen(part.pair, made);
  made.fused = part.inner_of_fine(made.fused);
  if (made.sigma) made.sigma = part.inner_of_fine(*made.sigma);
  return made;
}

/// How long parts have been made, in this run and in those that were killed: the first rank writes it into a file.
class PartClock {
 public:
  explicit PartClock(const std::string& folder) : file_(folder + "/seconds.json") {
    if (this_rank() == 0 && fs::exists(file_)) before_ = parse_json(read_text(file_), file_).get<double>();
  }
  double seconds() const { return before_ + since_.seconds(); }
  void keep() const {
    if (this_rank() == 0) write_text_atomically(file_, json_text(Json(seconds())));
  }

 private:
  std::string file_;
  double before_ = 0;
  Stopwatch since_;
};

/// Makes all parts that are not there, the ranks in turns.
void make_parts(const PartFusion& fusion, const StreamedPair& pair, const std::string& title, const PartFiles& parts,
                const PartClock& clock) {
  const auto ranks = static_cast<std::size_t>(rank_count()), rank = static_cast<std::size_t>(this_rank());
  Progress progress(title, std::ssize(parts.places()), "parts");
  for (std::size_t i = rank; i < parts.places().size(); i += ranks) {
    SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while fusing ", title, "; continue with --resume");
    const RankAlone alone;
    if (!parts.has(i)) {
      parts.keep(i, fuse_part(fusion, pair, parts.made(i)));
      clock.keep();
    }
    progress.update(static_cast<Index>(i) + 1);
  }
}

/// The first pixels of the result, with wavelengths, attributes and a place on earth.
Cube like_result(const StreamedPair& pair) {
  const Pair corner = pair.read({0, 0, 1, 1});
  FusedWithSigma one{upsample_cubic(corner.hsi, pair.ratio())};
  place_on_earth(corner, one);
  const auto stated = corner.msi.attributes.find(kNoDataAttribute);
  if (stated != corner.msi.attributes.end()) one.fused.attributes.emplace(*stated);
  return one.fused;
}

/// Puts the parts together in the file of the whole image.
void pack(const PartFiles& parts, const StreamedPair& pair, const std::string& title, const std::string& path) {
  Cube part = like_result(pair);
  const Index rows = pair.fine_rows(), cols = pair.fine_cols();
  const std::optional<double> width_95 = parts.width_95();
  CubeWriter writer(path, part, rows, cols, width_95);
  const Index down = kChunksAtOnce * writer.unit()[0], across = kChunksAtOnce * writer.unit()[1];
  Progress progress(title + ", packing", rows * cols, "pixels");
  Index done = 0;
  for (Index row = 0; row < rows; row += down) {
    for (Index col = 0; col < cols; col += across) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while packing ", title, "; continue with --resume");
      const Rectangle fine{row, col, std::min(down, rows - row), std::min(across, cols - col)};
      part.values = parts.read("/cube", fine);
      part.valid = pair.valid_of(fine);
      part.outliers.clear();
      Cube sigma = part;
      if (width_95) sigma.values = parts.read("/sigma", fine);
      mark_outliers(pair.outliers(), pair.ratio(), fine, part, width_95 ? &sigma : nullptr);
      writer.write(row, col, with_no_data(part));
      if (width_95) writer.write_sigma(row, col, with_no_data(sigma));
      progress.update(done += fine.rows * fine.cols);
    }
  }
  writer.finish();
}

}  // namespace

Tensor FusedFile::stored(const Rectangle& fine, const std::string& dataset) const {
  return file_.read_part(dataset, {fine.row, fine.col}, {fine.rows, fine.cols});
}

Cube FusedFile::read(const StreamedPair& pair, const Rectangle& fine, const std::string& dataset) const {
  Cube cube;
  cube.values = stored(fine, dataset);
  cube.valid = pair.valid_of(fine);
  if (dataset == "/cube") mark_outliers(pair.outliers(), pair.ratio(), fine, cube, nullptr);
  if (has_data(cube)) {
    fill_from_around(cube);
  } else {
    cube.values = Tensor(cube.values.shape());
  }
  return cube;
}

void write_image_of(const std::string& path, const StreamedPair& pair, const ImageWriter& format,
                    const std::string& title, const std::string& directory) {
  if (format.begin == nullptr) return;
  const FusedFile fused(path);
  const Cube like = like_result(pair);
  const Index rows = pair.fine_rows(), cols = pair.fine_cols();
  const auto write = [&](const std::string& name, const std::string& dataset) {
    Progress progress(concat(title, ", ", format.name), rows * cols, "pixels");
    const std::unique_ptr<PartWriter> writer =
        format.begin(concat(directory, "/", name, format.ending), like, rows, cols);
    for (const Rectangle& part : parts_of(rows, cols, PartWriter::kSide, PartWriter::kSide)) {
      SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while writing ", title, "; continue with --resume");
      writer->write(part.row, part.col, fused.stored(part, dataset));
      progress.tick(part.rows * part.cols);
    }
    writer->finish();
  };
  write("fused", "/cube");
  if (fused.has_sigma()) write("sigma", "/sigma");
}

Index statistics_side(const StreamedPair& pair) {
  constexpr Index kFine = 256;
  return std::max<Index>(1, kFine / pair.ratio() / pair.ratio()) * pair.ratio();
}

void check_memory(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title) {
  check_side(fusion, pair, budget, title, pair.ratio());
}

double fuse_streamed(const PartFusion& fusion, const StreamedPair& pair, const Budget& budget, const std::string& title,
                     const std::string& folder, const std::string& path) {
  fs::create_directories(folder);
  const PartClock clock(folder);
  const Index side = of_first_rank(this_rank() == 0 ? choose_side(fusion, pair, budget, title, folder) : 0);
  const PartFiles parts(folder, pair, places_of(fusion, pair, side), fusion.overlap);
  make_parts(fusion, pair, title, parts, clock);
  wait_for_ranks();
  if (this_rank() == 0) pack(parts, pair, title, path);
  return clock.seconds();
}

}  // namespace specfuse
