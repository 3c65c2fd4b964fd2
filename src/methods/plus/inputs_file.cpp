#include <algorithm>

#include "specfuse/core/error.h"
#include "specfuse/core/rng.h"
#include "specfuse/io/hdf5.h"
#include "specfuse/kernels/blas.h"
#include "specfuse/kernels/dispatch.h"
#include "specfuse/methods/plus/inputs.h"

namespace specfuse {
namespace {

/// Raised whenever what the constructor makes of the same arguments changes.
constexpr int kVersion = 4;

std::string hash_of(const Tensor& tensor) {
  return tensor.shape().text() + hex_hash(tensor.data(), static_cast<std::size_t>(tensor.size()) * sizeof(float));
}

/// Rows of floats as a tensor [rows, values], and back.
Tensor tensor_of(const std::vector<std::vector<float>>& rows, Index width) {
  Tensor result({static_cast<Index>(rows.size()), width});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy(rows[i].begin(), rows[i].end(), result.data() + static_cast<Index>(i) * width);
  }
  return result;
}

std::vector<float> row_of(const Tensor& rows, Index row) {
  return {rows.data() + row * rows.dim(1), rows.data() + (row + 1) * rows.dim(1)};
}

constexpr const char *kBase = "/base", *kBands = "/bands", *kPlane = "/planes/", *kLevel = "level";

}  // namespace

std::string PlusInputs::key(const Pair& pair, const PlusInputOptions& options, std::uint64_t seed) {
  const Degradation& how = pair.degradation;
  std::string text = concat(kVersion, " ", simd_name(), " ", blas_description(), " ", seed, " ", how.ratio, " ",
                            static_cast<int>(how.boundary), " ", options.guided, " ", options.consistency, " ",
                            hash_of(pair.hsi.values), hash_of(pair.msi.values), hash_of(how.psf),
                            how.srf.defined() ? hash_of(how.srf) : "");
  for (const auto& [name, candidate] : options.candidates.items) {
    if (!candidate.enabled) continue;
    text += concat("\n", name, " ", candidate.method, " ", candidate.from.value_or(""), " ", candidate.guided, " ",
                   candidate.projections, " ", candidate.subspace, " ", candidate.in_base, " ",
                   candidate.in_small_base.value_or(candidate.in_base));
  }
  for (const std::string& kind : options.kinds) text += "\n" + kind;
  return hex_hash(text.data(), text.size());
}

void PlusInputs::write(const std::string& path) const {
  Hdf5Writer file(path);
  file.write(kBase, base_);
  std::vector<std::vector<float>> rows{scale_, mean_, deviation_};
  rows.insert(rows.end(), by_band_.begin(), by_band_.end());
  file.write(kBands, tensor_of(rows, bands()));
  file.attribute("/", kLevel, std::uint64_t{level_});
  for (std::size_t i = 0; i < planes_.size(); ++i) file.write(concat(kPlane, i), base_.shape(), planes_[i]);
  file.finish();
}

PlusInputs::PlusInputs(const std::string& path) {
  const Hdf5Reader file(path);
  base_ = file.read(kBase, 3);
  const Tensor rows = file.read(kBands, 2);
  SPECFUSE_CHECK_AS(DataError, rows.dim(0) >= 3 && rows.dim(1) == bands(), path, ": expected three rows of ", bands(),
                    " bands or more in ", kBands, ", got ", rows.shape().text());
  scale_ = row_of(rows, 0);
  mean_ = row_of(rows, 1);
  deviation_ = row_of(rows, 2);
  for (Index i = 3; i < rows.dim(0); ++i) by_band_.push_back(row_of(rows, i));
  level_ = file.number("/", kLevel).value_or(0) != 0;
  for (std::size_t i = 0; file.has(concat(kPlane, i)); ++i) {
    const Tensor plane = file.read(concat(kPlane, i), 3);
    SPECFUSE_CHECK_AS(DataError, plane.shape() == base_.shape(), path, ": expected planes of ", base_.shape().text(),
                      ", got ", plane.shape().text());
    planes_.push_back(plane_of(plane.size()));
    std::copy_n(plane.data(), plane.size(), planes_.back().get());
  }
}

}  // namespace specfuse
