#include "run/fuse_parts.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "run/part_files.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/core/stopwatch.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/preview.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"
#include "specfuse/ranks/ranks.h"

namespace fs = std::filesystem;

namespace specfuse {
namespace {

Rectangle fine_of(const PairParts& pair) {
  return fine_part({0, 0, pair.rows(), pair.cols()}, pair.degradation().ratio);
}

void stop_where_asked(const char* doing, const std::string& title) {
  SPECFUSE_CHECK_AS(Interrupted, !interrupted(), "interrupted while ", doing, " ", title, "; continue with --resume");
}

/// What is made of a part, without the halo it is made with.
FusedWithSigma fuse_part(const Fuser& fuser, const Task& task, const Rectangle& place) {
  PairPart part = read_part(*task.parts, place, fuser.halo);
  part.pair.hsi.valid.clear();
  part.pair.msi.valid.clear();
  FusedWithSigma made = fuser.fuse(part.pair);
  task.sensors.widen(part.pair, made);
  made.fused = part.inner_of_fine(made.fused);
  if (made.sigma) made.sigma = part.inner_of_fine(*made.sigma);
  return made;
}

/// How long parts have been made, in this run and in those that were killed: the first rank writes it into a file.
class PartClock {
 public:
  explicit PartClock(const std::string& folder) : file_(folder + "/seconds.json"), writes_(this_rank() == 0) {
    if (writes_ && fs::exists(file_)) before_ = parse_json(read_text(file_), file_).get<double>();
  }
  double seconds() const { return before_ + since_.seconds(); }
  void keep() const {
    if (writes_) write_text_atomically(file_, json_text(Json(seconds())));
  }

 private:
  std::string file_;
  bool writes_;
  double before_ = 0;
  Stopwatch since_;
};

/// Makes all parts that are not there, the ranks in turns.
void make_parts(const PartsOfResult& of, const Fuser& fuser, const PartFiles& files, const PartClock& clock) {
  const auto ranks = static_cast<std::size_t>(rank_count()), rank = static_cast<std::size_t>(this_rank());
  Progress progress(of.title, std::ssize(files.places()), "parts");
  for (std::size_t i = rank; i < files.places().size(); i += ranks) {
    if (interrupted()) break;
    const RankAlone alone;
    if (!files.has(i)) {
      files.keep(i, fuse_part(fuser, of.task, files.made(i)));
      clock.keep();
    }
    progress.update(static_cast<Index>(i) + 1);
  }
  // Each rank ends its part first.
  const bool stops = sum_over_ranks(interrupted() ? 1.0 : 0.0) > 0;
  SPECFUSE_CHECK_AS(Interrupted, !stops, "interrupted while fusing ", of.title, "; continue with --resume");
}

/// The first pixels of the result, with wavelengths, attributes and a place on earth.
Cube like_result(const PairParts& pair) {
  const Pair corner = pair.read({0, 0, 1, 1});
  FusedWithSigma one{upsample_cubic(corner.hsi, pair.degradation().ratio)};
  place_on_earth(corner, one);
  const auto stated = corner.msi.attributes.find(kNoDataAttribute);
  if (stated != corner.msi.attributes.end()) one.fused.attributes.emplace(*stated);
  return one.fused;
}

/// Where a result has data, in a rectangle of fine pixels; empty: everywhere.
std::vector<std::uint8_t> valid_in(const PairParts& pair, const Rectangle& fine) {
  const Index ratio = pair.degradation().ratio, row = fine.row / ratio, col = fine.col / ratio;
  const Index end_row = (fine.row + fine.rows + ratio - 1) / ratio,
              end_col = (fine.col + fine.cols + ratio - 1) / ratio;
  const Pair part = pair.read({row, col, end_row - row, end_col - col});
  Cube cube = part.msi;
  cube.valid = valid_of_result(part);
  return crop(cube, {fine.row - row * ratio, fine.col - col * ratio, fine.rows, fine.cols}).valid;
}

/// Puts the parts together in the file of the whole image.
void pack(const PartsOfResult& of, const PartFiles& files, const std::string& path) {
  const PairParts& pair = *of.task.parts;
  Cube part = like_result(pair);
  const Pair corner = pair.read({0, 0, 1, 1});
  const bool may_lack_data =
      corner.hsi.attributes.contains(kNoDataAttribute) || corner.msi.attributes.contains(kNoDataAttribute);
  const Rectangle whole = fine_of(pair);
  const std::optional<double> width_95 = files.width_95();
  CubeWriter writer(path, part, whole.rows, whole.cols, width_95);
  const Index side = kChunksAtOnce * writer.unit();
  Progress progress(of.title + ", packing", whole.rows * whole.cols, "pixels");
  for (Index row = 0; row < whole.rows; row += side) {
    for (Index col = 0; col < whole.cols; col += side) {
      stop_where_asked("packing", of.title);
      const Rectangle fine{row, col, std::min(side, whole.rows - row), std::min(side, whole.cols - col)};
      part.values = files.read("/cube", fine);
      part.valid = may_lack_data ? valid_in(pair, fine) : std::vector<std::uint8_t>{};
      part.outliers.clear();
      Cube sigma = part;
      if (width_95) sigma.values = files.read("/sigma", fine);
      mark_outliers(of.outliers, pair.degradation().ratio, fine, part, width_95 ? &sigma : nullptr);
      writer.write(row, col, with_no_data(part));
      if (width_95) writer.write_sigma(row, col, with_no_data(sigma));
      progress.tick(fine.rows * fine.cols);
    }
  }
  writer.finish();
}

}  // namespace

FusedImage fused_in_memory(const FusedWithSigma& fusion) {
  return {in_memory(fusion.fused), fusion.sigma ? in_memory(*fusion.sigma) : nullptr, fusion.width_95};
}

FusedImage open_fused(const std::string& path, const PairOutliers& outliers, Index ratio) {
  const auto mark = [outliers, ratio](Cube& part, const Rectangle& place) {
    mark_outliers(outliers, ratio, place, part, nullptr);
  };
  SceneSource source;
  FusedImage image{described(open_image(path, source), mark)};
  const Hdf5Reader file(path);
  source.dataset = "/sigma";
  if (!file.has(source.dataset)) return image;
  image.sigma = open_image(path, source);
  image.width_95 = file.number("/sigma", "width_95").value();
  return image;
}

ShownImage::ShownImage(const FusedImage& image, const Task& task)
    : image_(image), kept_{0, 0, task.pair.msi.rows(), task.pair.msi.cols()} {
  if (task.step == 1) return;
  const Cube corner = image.fused->read({0, 0, 1, 1});
  for (std::optional<Preview>* preview : {&fused_, &sigma_}) {
    preview->emplace(corner, image.fused->rows(), image.fused->cols(), task.step);
  }
}

void ShownImage::add(const Rectangle& part, const Cube& fused, const Cube* sigma) {
  if (!fused_) return;
  fused_->add(fused, part.row, part.col);
  if (sigma != nullptr) sigma_->add(*sigma, part.row, part.col);
}

FusedWithSigma ShownImage::image() const {
  FusedWithSigma shown{fused_ ? crop(fused_->cube(), kept_) : image_.fused->read_all()};
  if (image_.sigma) shown.sigma = sigma_ ? crop(sigma_->cube(), kept_) : image_.sigma->read_all();
  shown.width_95 = image_.width_95;
  return shown;
}

void place_on_earth(const Pair& pair, FusedWithSigma& fusion) {
  Cube& fused = fusion.fused;
  const bool placed = pair.msi.attributes.contains(kGeotransformAttribute);
  copy_georeference(placed ? pair.msi : pair.hsi, fused);
  if (!placed) move_georeference(fused, 0, 0, 1 / static_cast<double>(pair.degradation.ratio));
  if (fusion.sigma) copy_georeference(fused, *fusion.sigma);
}

Index choose_side(const PartsOfResult& parts, const Fuser& fuser, const Budget& budget) {
  const std::string file = parts.folder + "/parts.json";
  if (this_rank() != 0) return of_first_rank(0);
  Index side = 0;
  if (fs::exists(file)) {
    side = parse_json(read_text(file), file).at("side").get<Index>();
  } else {
    side = side_within(fuser, parts.task, budget, parts.title);
    fs::create_directories(parts.folder);
    write_text_atomically(file, json_text(Json{{"side", side}}));
  }
  return of_first_rank(side);
}

double fuse_in_parts(const PartsOfResult& parts, const Fuser& fuser, Index side, const std::string& path) {
  const PartClock clock(parts.folder);
  const PartFiles files(parts.folder, *parts.task.parts, places_of(fuser, *parts.task.parts, side), fuser.blend);
  make_parts(parts, fuser, files, clock);
  if (this_rank() == 0) pack(parts, files, path);
  return clock.seconds();
}

void write_parts_of(const std::string& path, const PartsOfResult& parts, const ImageWriter& format,
                    const std::string& directory) {
  if (path.ends_with(format.ending)) return;
  const Hdf5Reader file(path);
  const Cube like = like_result(*parts.task.parts);
  const Rectangle whole = fine_of(*parts.task.parts);
  const auto write = [&](const std::string& name, const std::string& dataset) {
    Progress progress(concat(parts.title, ", ", format.name), whole.rows * whole.cols, "pixels");
    const std::unique_ptr<PartWriter> writer =
        format.begin(concat(directory, "/", name, format.ending), like, whole.rows, whole.cols);
    for (const Rectangle& part : parts_of(whole.rows, whole.cols, writer->unit(), writer->unit())) {
      stop_where_asked("writing", parts.title);
      writer->write(part.row, part.col, file.read_part(dataset, {part.row, part.col}, {part.rows, part.cols}));
      progress.tick(part.rows * part.cols);
    }
    writer->finish();
  };
  write("fused", "/cube");
  if (file.has("/sigma")) write("sigma", "/sigma");
}

}  // namespace specfuse
