#include "results/estimate_json.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "specfuse/core/error.h"
#include "specfuse/results/experiment_results.h"
#include "specfuse/results/metrics_json.h"

namespace specfuse {
namespace {

/// A matrix in rows; `what` is for messages.
Tensor read_rows(const Json& json, const char* what) {
  const auto rows = json.get<std::vector<std::vector<float>>>();
  SPECFUSE_CHECK_AS(DataError, !rows.empty() && !rows[0].empty(), what, ": expected rows, got none");
  Tensor values({std::ssize(rows), std::ssize(rows[0])});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SPECFUSE_CHECK_AS(DataError, rows[i].size() == rows[0].size(), what, ": expected rows of one length");
    std::copy(rows[i].begin(), rows[i].end(), values.data() + i * rows[0].size());
  }
  return values;
}

}  // namespace

Json rows_json(const Tensor& matrix) {
  Json rows = Json::array();
  for (Index i = 0; i < matrix.dim(0); ++i) {
    const float* const row = matrix.data() + i * matrix.dim(1);
    rows.push_back(std::vector<float>(row, row + matrix.dim(1)));
  }
  return rows;
}

Json estimate_json(Index seed, const Estimate& estimate) {
  Json json = {{"seed", seed}};
  if (estimate.psf_fwhm) json["psf_fwhm"] = *estimate.psf_fwhm;
  for (const Finding& finding : estimate.findings) {
    json["findings"].push_back({{"what", finding.what},
                                {"told", finding.assumed},
                                {"found", finding.found},
                                {"used", finding.uses_found ? "found" : "told"},
                                {"why", finding.why}});
  }
  if (estimate.shift) json["shift"] = *estimate.shift;
  if (estimate.shift) json["shift_error"] = estimate.shift_error;
  if (estimate.field) {
    json["shift_field"] = {{"rows", estimate.field->size()[0]},
                           {"cols", estimate.field->size()[1]},
                           {"down", estimate.field->coefficients()[0]},
                           {"right", estimate.field->coefficients()[1]}};
  }
  if (estimate.psf.defined()) json["psf"] = rows_json(estimate.psf);
  if (estimate.srf.defined()) {
    json["srf_shape"] = estimate.srf_shape;
    json["srf"] = rows_json(estimate.srf);
    for (const auto& [first, last] : half_peak_bands(estimate.srf))
      json["srf_half_peak_bands"].push_back({first, last});
  }
  if (estimate.gain.empty()) return json;
  json["gain"] = estimate.gain;
  json["offset"] = estimate.offset;
  return json;
}

Estimate read_estimate(const Json& json) {
  Estimate estimate;
  for (const Json& one : json.value("findings", Json::array())) {
    estimate.findings.push_back({one.at("what").get<std::string>(), one.at("told").get<std::string>(),
                                 one.at("found").get<std::string>(), one.at("used") == "found",
                                 one.at("why").get<std::string>()});
  }
  if (json.contains("psf_fwhm")) estimate.psf_fwhm = json.at("psf_fwhm").get<std::array<double, 2>>();
  if (json.contains("shift")) {
    estimate.shift = json.at("shift").get<std::array<double, 2>>();
    estimate.shift_error = json.at("shift_error").get<std::array<double, 2>>();
  }
  if (json.contains("shift_field")) {
    const Json& field = json.at("shift_field");
    estimate.field.emplace(
        std::array{field.at("rows").get<double>(), field.at("cols").get<double>()},
        std::array{field.at("down").get<std::vector<double>>(), field.at("right").get<std::vector<double>>()});
  }
  if (json.contains("psf")) estimate.psf = read_rows(json.at("psf"), "psf");
  if (json.contains("srf")) {
    estimate.srf_shape = json.at("srf_shape").get<std::string>();
    estimate.srf = read_rows(json.at("srf"), "srf");
  }
  if (json.contains("gain")) estimate.gain = json.at("gain").get<std::vector<double>>();
  if (json.contains("offset")) estimate.offset = json.at("offset").get<std::vector<double>>();
  return estimate;
}

std::string estimate_text(const Estimate& estimate) { return estimate_json(0, estimate).dump(); }

}  // namespace specfuse
