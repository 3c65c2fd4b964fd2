#include "run/fuse_parts.h"

#include <algorithm>
#include <filesystem>

#include "specfuse/core/error.h"
#include "specfuse/core/interrupt.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/upsample.h"
#include "specfuse/io/cube_writer.h"
#include "specfuse/ranks/ranks.h"
#include "specfuse/results/part_files.h"

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
FusedCube fuse_part(const Fuser& fuser, const Task& task, const Rectangle& place) {
  PairPart part = read_part(*task.pair, place, fuser.halo);
  part.pair.hsi.valid.clear();
  part.pair.msi.valid.clear();
  FusedCube made = fuser.fuse(part.pair);
  task.sensors.widen_sigma(part.pair, made);
  made.fused = part.inner_of_fine(made.fused);
  if (made.sigma) made.sigma = part.inner_of_fine(*made.sigma);
  return made;
}

/// Makes all parts that are not there, the ranks in turns.
void make_parts(const PartsOfResult& of, const Fuser& fuser, const PartFiles& files) {
  const auto ranks = static_cast<std::size_t>(rank_count()), rank = static_cast<std::size_t>(this_rank());
  Progress progress(of.title, std::ssize(files.places()), "parts");
  for (std::size_t i = rank; i < files.places().size(); i += ranks) {
    if (interrupted()) break;
    const RankAlone alone;
    if (!files.has(i)) files.keep(i, fuse_part(fuser, of.task, files.made(i)));
    progress.update(static_cast<Index>(i) + 1);
  }
  // Each rank ends its part first.
  const bool stops = sum_over_ranks(interrupted() ? 1.0 : 0.0) > 0;
  SPECFUSE_CHECK_AS(Interrupted, !stops, "interrupted while fusing ", of.title, "; continue with --resume");
}

/// What stands for no data in a result: as the MSI has it, where the method does not have it of the HSI.
void state_no_data(const Pair& pair, Cube& fused) {
  const auto stated = pair.msi.attributes.find(kNoDataAttribute);
  const AttributeValue nan = std::vector<double>{std::nan("")};
  fused.attributes.emplace(kNoDataAttribute, stated == pair.msi.attributes.end() ? nan : stated->second);
}

/// Marks what of a result, or of a part of it that lies at `fine`, was not measured: pixels that are not `valid` have
/// no data, and what reading the file fills in there; and where the pair has outliers.
void mark_unmeasured(const std::vector<std::uint8_t>& valid, const PartsOfResult& of, const Rectangle& fine,
                     FusedCube& part) {
  for (Cube* const cube : {&part.fused, part.sigma ? &*part.sigma : nullptr}) {
    if (cube == nullptr) continue;
    cube->valid = valid;
    fill_from_around(*cube);
  }
  mark_outliers(of.outliers, of.task.pair_in_memory.degradation.ratio, fine, part.fused,
                part.sigma ? &*part.sigma : nullptr);
}

/// The first pixels of the result, with wavelengths, attributes and a place on earth.
Cube like_result(const PairParts& pair) {
  const Pair corner = pair.read({0, 0, 1, 1});
  Cube one = upsample_cubic(corner.hsi, pair.degradation().ratio);
  place_on_earth(corner, one);
  if (one.attributes.contains(kNoDataAttribute) || corner.msi.attributes.contains(kNoDataAttribute))
    state_no_data(corner, one);
  return one;
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
  const PairParts& pair = *of.task.pair;
  const Cube like = like_result(pair);
  const bool may_lack_data = like.attributes.contains(kNoDataAttribute);
  const Rectangle whole = fine_of(pair);
  const std::optional<double> width_95 = files.width_95();
  CubeWriter writer(path, like, whole.rows, whole.cols, width_95);
  const Index side = kChunksAtOnce * writer.unit();
  Progress progress(of.title + ", packing", whole.rows * whole.cols, "pixels");
  for (Index row = 0; row < whole.rows; row += side) {
    for (Index col = 0; col < whole.cols; col += side) {
      stop_where_asked("packing", of.title);
      const Rectangle fine{row, col, std::min(side, whole.rows - row), std::min(side, whole.cols - col)};
      FusedCube part{like};
      part.fused.values = files.read("/cube", fine);
      if (width_95) part.sigma = like;
      if (width_95) part.sigma->values = files.read("/sigma", fine);
      mark_unmeasured(may_lack_data ? valid_in(pair, fine) : std::vector<std::uint8_t>{}, of, fine, part);
      writer.write(row, col, with_no_data(part.fused));
      if (width_95) writer.write_sigma(row, col, with_no_data(*part.sigma));
      progress.tick(fine.rows * fine.cols);
    }
  }
  writer.finish();
}

}  // namespace

void place_on_earth(const Pair& pair, Cube& fused) {
  const bool placed = pair.msi.attributes.contains(kGeotransformAttribute);
  copy_georeference(placed ? pair.msi : pair.hsi, fused);
  if (!placed) move_georeference(fused, 0, 0, 1 / static_cast<double>(pair.degradation.ratio));
}

Index choose_side(const PartsOfResult& parts, const Fuser& fuser, const Budget& budget) {
  if (this_rank() != 0) return of_first_rank(0);
  std::optional<Index> side = PartFiles::side_in(parts.folder);
  if (!side) {
    side = side_within(fuser, parts.task, budget, parts.title);
    PartFiles::keep_side(parts.folder, *side);
  }
  return of_first_rank(*side);
}

FusedCube fuse_at_once(const PartsOfResult& parts, const Fuser& fuser, const Pair& seen) {
  const Pair& pair = parts.task.pair_in_memory;
  FusedCube fusion = fuser.fuse(seen);
  parts.task.sensors.widen_sigma(pair, fusion);
  place_on_earth(pair, fusion.fused);
  const std::vector<std::uint8_t> valid = valid_of_result(pair);
  if (!valid.empty()) state_no_data(pair, fusion.fused);
  if (fusion.sigma) copy_georeference(fusion.fused, *fusion.sigma);
  if (fusion.sigma && !valid.empty()) fusion.sigma->attributes = fusion.fused.attributes;
  mark_unmeasured(valid, parts, {0, 0, fusion.fused.rows(), fusion.fused.cols()}, fusion);
  return fusion;
}

double fuse_in_parts(const PartsOfResult& parts, const Fuser& fuser, Index side, const std::string& path) {
  const PartFiles files(parts.folder, *parts.task.pair, places_of(fuser, *parts.task.pair, side), fuser.blend);
  make_parts(parts, fuser, files);
  if (this_rank() == 0) pack(parts, files, path);
  return files.seconds();
}

void write_parts_of(const std::string& path, const PartsOfResult& parts, const OutputConfig& output,
                    const std::string& directory) {
  if (path.ends_with(output.writer().ending)) return;
  const Hdf5Reader file(path);
  const Cube like = like_result(*parts.task.pair);
  const Rectangle whole = fine_of(*parts.task.pair);
  const auto write = [&](const std::string& name, const std::string& dataset, const ImageWriter& format) {
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
  write("fused", "/cube", output.fused_writer());
  if (file.has("/sigma")) write("sigma", "/sigma", output.writer());
}

}  // namespace specfuse
