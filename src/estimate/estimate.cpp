#include "specfuse/estimate/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/band_moments.h"
#include "estimate/psf_fit.h"
#include "estimate/response_choice.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"
#include "specfuse/imaging/psf.h"

namespace specfuse {
namespace {

constexpr const char* kAsAssumed = "as assumed";

/// More than this part of the variance of an MSI band left by the response that is used is worth a warning.
constexpr double kUnexplained = 0.2;
/// So much left of every band is chance, or other ground.
constexpr double kUnrelated = 0.9;

std::string rounded(double value, int digits) {
  const double unit = std::pow(10.0, -digits);
  return concat(std::round(value / unit) * unit + 0.0);
}

/// With so many digits from the first that is not zero.
std::string significant(double value, int digits) {
  if (value == 0) return "0";
  return rounded(value, digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
}

/// "2.1 %", of a part.
std::string per_cent(double part) {
  const double value = 100 * part;
  const int digits = value > 0 ? std::clamp(1 - static_cast<int>(std::floor(std::log10(value))), 0, 4) : 0;
  return concat(rounded(value, digits), " %");
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(std::max<std::size_t>(1, values.size()));
}

std::vector<bool> tried(Trust trust) {
  if (trust == Trust::tested) return {false, true};
  return {trust == Trust::found};
}

/// What numbers that are fitted have to explain to be worth it: log(samples) each (Schwarz 1978), and a part of the
/// residual for the errors of the noise model.
double price(const PsfFreedom& freedom, double samples) {
  constexpr double kAllowance = 0.0025;
  return freedom.numbers() * std::log(samples) + kAllowance * samples * (freedom.numbers() / 2);
}

/// The same Gaussian with room for its tails, where that is better.
PsfFit with_tails(const PsfProblem& problem, const PsfFit& cut, Index ratio, double samples) {
  constexpr double kTails = 3;
  constexpr Index kMostRatios = 5;
  const auto wanted = static_cast<Index>(std::ceil(kTails * std::max(cut.fwhm[0], cut.fwhm[1])));
  const Index support = std::min(wanted + (wanted - ratio) % 2, kMostRatios * ratio);
  if (!cut.freedom.width || support <= 2 * ratio) return cut;
  const PsfFit whole = problem.refine(cut, {true, cut.freedom.shift, support});
  constexpr double kAllowance = 0.0025;
  return whole.cost + std::log(samples) + kAllowance * samples < cut.cost ? whole : cut;
}

PsfFit choose_psf(const PsfProblem& problem, const PsfFit& most, const EstimateOptions& options,
                  const CoarseSamples& coarse) {
  const auto samples = static_cast<double>(problem.kept_count() * coarse.msi_bands());
  PsfFit best = most;
  for (const bool width : tried(options.psf)) {
    for (const bool shift : tried(options.shift)) {
      if (width == most.freedom.width && shift == most.freedom.shift) continue;
      const PsfFit less = problem.refine(most, {width, shift});
      if (less.cost + price(less.freedom, samples) < best.cost + price(best.freedom, samples)) best = less;
    }
  }
  if (options.psf == Trust::told) return best;
  best = with_tails(problem, best, coarse.ratio(), samples);
  constexpr double kWorth = 10, kAllowance = 0.01;
  const PsfFit free = problem.free_form(best);
  const bool better = free.worth_of_form > kWorth + kAllowance * samples && free.cost < best.cost;
  return better ? free : best;
}

/// What of the MSI the HSI does not explain, and `other` with what differs in it.
std::string unexplained_text(double left, double other, const std::string& what) {
  return concat("unexplained variance of the MSI: ", per_cent(left),
                what.empty() ? "" : concat(" (", per_cent(other), " ", what, ")"));
}

/// What choosing the PSF found, in words. `left_by_assumed` is of the part in question as assumed, all else as the best
/// fit.
Finding finding_of(const char* what, const std::string& assumed, const std::string& found, bool uses_found, double left,
                   double left_by_assumed) {
  const std::string why = uses_found ? unexplained_text(left, left_by_assumed, left_by_assumed < 1 ? kAsAssumed : "")
                                     : concat("agrees with the pair, ", unexplained_text(left_by_assumed, 0, ""));
  return {what, assumed, found, uses_found, why};
}

/// "0.2 to 1.4 fine pixels down, -0.3 to 0.6 right, over the image"
std::string field_text(const ShiftField& field, const std::array<double, 2>& shift) {
  const std::array<std::array<double, 2>, 2> range = field.range();
  const auto along = [&](std::size_t axis) {
    // The MSI samples the scene as far on as the PSF points back.
    return concat(rounded(shift[axis] - range[1][axis], 2), " to ", rounded(shift[axis] - range[0][axis], 2));
  };
  return concat(along(0), " fine pixels down, ", along(1), " right, over the image");
}

/// `left_by_one` is the part of the variance of the MSI that one shift for all leaves, where there is a field.
void record_psf(const PsfProblem& problem, const EstimateOptions& options, const PsfFit& fit, double left_by_one,
                const Tensor& told, Estimate& estimate) {
  const double left = mean_of(problem.unexplained(fit.psf));
  const auto left_without = [&](bool width, bool shift) {
    PsfFreedom less = fit.freedom;
    less.width = less.width && width;
    less.shift = less.shift && shift;
    return mean_of(problem.unexplained(problem.refine(fit, less).psf));
  };
  if (options.psf != Trust::told) {
    const bool formed = fit.worth_of_form > 0, finds = fit.freedom.width || formed;
    if (finds) estimate.psf_fwhm = formed ? psf_widths(fit.psf) : fit.fwhm;
    const std::string found =
        finds ? concat(formed ? "a form of its own" : "Gaussian", ", FWHM ", rounded((*estimate.psf_fwhm)[0], 2), " x ",
                       rounded((*estimate.psf_fwhm)[1], 2), " fine pixels")
              : kAsAssumed;
    estimate.findings.push_back(finding_of("psf", options.psf_told, found, finds, left, left_without(false, true)));
  }
  if (options.shift != Trust::told) {
    // The MSI samples the scene that far from where the PSF points on its grid.
    const std::array<double, 2> shift{-fit.shift[0], -fit.shift[1]};
    const std::string found = fit.freedom.shift
                                  ? concat(rounded(shift[0], 3), " fine pixels down, ", rounded(shift[1], 3), " right")
                                  : "none";
    Finding finding = finding_of("shift", "none", found, fit.freedom.shift, left, left_without(true, false));
    if (estimate.field) {
      finding.found = field_text(*estimate.field, shift);
      finding.uses_found = true;
      finding.why = unexplained_text(left, left_by_one, "under one shift for all");
    }
    estimate.findings.push_back(finding);
    if (fit.freedom.shift) {
      estimate.shift = shift;
      estimate.shift_error = fit.shift_error;
    }
  }
  const bool same =
      fit.psf.shape() == told.shape() && std::equal(told.data(), told.data() + told.size(), fit.psf.data());
  if (!same) estimate.psf = fit.psf;
}

/// "0.93 to 1.07", or the one number that all are.
std::string range_text(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const std::string low = significant(*least, 4), high = significant(*most, 4);
  return low == high ? low : concat(low, " to ", high);
}

void record_response(const std::vector<ResponseChoice>& choices, const EstimateOptions& options, bool tells,
                     Estimate& estimate) {
  const ResponseChoice& best = choices.front();
  const double left = mean_of(best.unexplained);
  const double left_by_assumed = choices.size() > 1 ? mean_of(choices.back().unexplained) : 1;
  if (options.srf != Trust::told || !tells) {
    const bool found = best.shape != kAssumed;
    estimate.findings.push_back(finding_of("srf", tells ? options.srf_told : "nothing",
                                           found ? response_text(best.shape) : kAsAssumed, found, left,
                                           left_by_assumed));
    if (found) estimate.srf = best.srf, estimate.srf_shape = best.shape;
  }
  if (options.gain != Trust::told) {
    const bool found = !best.gain.empty();
    const std::string text = found ? concat("MSI = gain x (HSI averaged over its bands) + offset; gains ",
                                            range_text(best.gain), ", offsets ", range_text(best.offset))
                                   : kAsAssumed;
    Finding finding = finding_of("gain", "gain 1, offset 0", text, found, left, left);
    if (found) finding.why = "the images differ in units or calibration, and agree under these";
    estimate.findings.push_back(finding);
    estimate.gain = best.gain;
    estimate.offset = best.offset;
  }
  estimate.unrelated = *std::min_element(best.unexplained.begin(), best.unexplained.end()) >= kUnrelated;
  for (std::size_t m = 0; m < best.unexplained.size() && !estimate.unrelated; ++m) {
    if (best.unexplained[m] < kUnexplained) continue;
    std::string text = concat("the HSI under the response that is used leaves ", per_cent(best.unexplained[m]),
                              " of the variance of MSI band ", m + 1);
    if (choices.size() > 1 && best.shape != kAssumed)
      text += concat(", under the one assumed ", per_cent(choices.back().unexplained[m]));
    estimate.warnings.push_back(text + ": are both images of the same place, date and units?");
  }
}

}  // namespace

std::string response_text(const std::string& shape) {
  if (shape == kNearAssumed) return "filters fitted close to the assumed response";
  if (shape.starts_with("near ")) return concat("filters fitted close to the published bands of ", shape.substr(5));
  for (const auto& [kind, words] : {std::pair{"super-gaussian", "with soft edges (super-Gaussian)"},
                                    {"gaussian", "as Gaussian bells"},
                                    {"box", "with hard edges"}}) {
    if (shape == kind) return concat("fitted bands ", words);
    if (shape.ends_with(concat(" ", kind)))
      return concat("published bands of ", shape.substr(0, shape.find(' ')), " ", words);
  }
  return shape;
}

std::string text_of(const Finding& finding) {
  if (!finding.uses_found) return concat(finding.what, ": ", finding.assumed, " as assumed; ", finding.why);
  return concat(finding.what, ": assumed ", finding.assumed, "; found ", finding.found,
                ", which is used: ", finding.why);
}

Estimate estimate_degradation(const PairParts& pair, const EstimateOptions& options) {
  CoarseSamples samples(pair);
  const Degradation& told = pair.degradation();
  Estimate estimate;
  Progress progress(2, "estimates");
  PsfProblem problem(samples, options.srf == Trust::found ? Tensor() : told.srf);
  PsfFit most = problem.find({options.psf != Trust::told, options.shift != Trust::told});
  const double left_by_one = mean_of(problem.unexplained(most.psf));
  if (options.shift != Trust::told) estimate.field = find_shift_field(samples, problem, most);
  const PsfFit fit = choose_psf(problem, most, options, samples);
  record_psf(problem, options, fit, left_by_one, told.psf, estimate);
  if (estimate.field) {
    const Cube seen = to_cube(samples.degraded(fit.psf), problem.kept());
    estimate.field_spread = regression_of(seen, kept_pixels(samples.hsi(), problem.kept()));
  }
  progress.tick();
  if (options.srf == Trust::told && options.gain == Trust::told) return estimate;
  ResponseSamples kept{kept_pixels(samples.hsi(), problem.kept()), to_cube(samples.degraded(fit.psf), problem.kept()),
                       told.srf};
  kept.msi.wavelength_nm = samples.msi_wavelength_nm();
  record_response(choose_response(kept, options.srf, options.gain), options, told.srf.defined(), estimate);
  progress.tick();
  return estimate;
}

Index estimate_halo(const Estimate& estimate, const Degradation& told) {
  if (!estimate.field) return 0;
  const Index reach = field_reach(*estimate.field);
  return degrade_margin(as_estimated(told, estimate)) + (reach + told.ratio - 1) / told.ratio;
}

Degradation as_estimated(const Degradation& told, const Estimate& estimate) {
  Degradation result = told;
  if (estimate.psf.defined()) result.psf = estimate.psf;
  if (estimate.srf.defined()) result.srf = estimate.srf;
  return result;
}

namespace {

/// The HSI as one shift for all would have it.
Cube under_one_shift(const Pair& pair, const Estimate& estimate, const Degradation& degradation,
                     const std::array<Index, 2>& begin) {
  const Index ratio = degradation.ratio;
  Cube msi = pair.msi, hsi = pair.hsi;
  msi.valid.clear();
  const Cube there = degrade_spatially(
      on_hsi(msi, *estimate.field, {begin[0] * ratio, begin[1] * ratio}, degradation.boundary), degradation);
  const Cube here = degrade_spatially(msi, degradation);
  hsi.values = hsi.values.clone();
  const Matrix& spread = estimate.field_spread;
  for (Index p = 0; p < hsi.pixels(); ++p) {
    for (Index b = 0; b < hsi.bands(); ++b) {
      double change = 0;
      for (Index m = 0; m < spread.rows; ++m)
        change += (double{here.values[p * spread.rows + m]} - double{there.values[p * spread.rows + m]}) * spread(m, b);
      hsi.values[p * hsi.bands() + b] += static_cast<float>(change);
    }
  }
  return hsi;
}

}  // namespace

Pair with_estimate(const Pair& pair, const Estimate& estimate, const std::array<Index, 2>& begin) {
  Pair result = pair;
  result.degradation = as_estimated(pair.degradation, estimate);
  if (estimate.field) result.hsi = under_one_shift(pair, estimate, result.degradation, begin);
  if (estimate.gain.empty()) return result;
  result.msi.values = result.msi.values.clone();
  const auto bands = static_cast<std::size_t>(pair.msi.bands());
  for (Index i = 0; i < result.msi.values.size(); ++i) {
    const std::size_t m = static_cast<std::size_t>(i) % bands;
    const double value = (double{result.msi.values[i]} - estimate.offset[m]) / estimate.gain[m];
    result.msi.values[i] = static_cast<float>(value);
  }
  return result;
}

}  // namespace specfuse
