#include "specfuse/estimate/estimate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "estimate/psf_fit.h"
#include "estimate/response_choice.h"
#include "specfuse/core/error.h"
#include "specfuse/core/progress.h"

namespace specfuse {
namespace {

/// More than this part of the variance of an MSI band left by the response that is used is worth a warning.
constexpr double kUnexplained = 0.2;

std::string rounded(double value, int digits) {
  const double unit = std::pow(10.0, -digits);
  return concat(std::round(value / unit) * unit + 0.0);
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

PsfFit choose_psf(PsfProblem& problem, const EstimateOptions& options, Index msi_bands) {
  const PsfFit most = problem.find({options.psf != Trust::told, options.shift != Trust::told});
  const auto samples = static_cast<double>(problem.kept_count() * msi_bands);
  PsfFit best = most;
  for (const bool width : tried(options.psf)) {
    for (const bool shift : tried(options.shift)) {
      if (width == most.freedom.width && shift == most.freedom.shift) continue;
      const PsfFit less = problem.refine(most, {width, shift});
      if (less.cost + price(less.freedom, samples) < best.cost + price(best.freedom, samples)) best = less;
    }
  }
  if (options.psf == Trust::told) return best;
  constexpr double kWorth = 10, kAllowance = 0.01;
  const PsfFit free = problem.free_form(best);
  const bool better = free.worth_of_form > kWorth + kAllowance * samples && free.cost < best.cost;
  return better ? free : best;
}

/// What choosing the PSF found, in words. `told` has the part in question as told, all else as the best fit.
Finding finding_of(const char* what, const std::string& told, const std::string& found, bool uses_found, double left,
                   double left_by_told) {
  const std::string why = uses_found ? concat("the HSI leaves ", per_cent(left), " of the variance of the MSI, ",
                                              per_cent(left_by_told), " as told")
                                     : concat("agrees with the pair: the HSI leaves ", per_cent(left_by_told),
                                              " of the variance of the MSI");
  return {what, told, found, uses_found, why};
}

void record_psf(const PsfProblem& problem, const EstimateOptions& options, const PsfFit& fit, const Tensor& told,
                Estimate& estimate) {
  const double left = mean_of(problem.unexplained(fit.psf));
  const auto left_without = [&](bool width, bool shift) {
    return mean_of(
        problem.unexplained(problem.refine(fit, {fit.freedom.width && width, fit.freedom.shift && shift}).psf));
  };
  if (options.psf != Trust::told) {
    const bool formed = fit.worth_of_form > 0, finds = fit.freedom.width || formed;
    const std::string form = formed ? ", and a form of its own" : "";
    const std::string found = fit.freedom.width ? concat("Gaussian, FWHM ", rounded(fit.fwhm[0], 2), " x ",
                                                         rounded(fit.fwhm[1], 2), " fine pixels", form)
                                                : concat("as told", form);
    estimate.findings.push_back(finding_of("psf", options.psf_told, found, finds, left, left_without(false, true)));
    if (fit.freedom.width) estimate.psf_fwhm = fit.fwhm;
  }
  if (options.shift != Trust::told) {
    // The MSI samples the scene that far from where the PSF points on its grid.
    const std::array<double, 2> shift{-fit.shift[0], -fit.shift[1]};
    const std::string found = fit.freedom.shift
                                  ? concat(rounded(shift[0], 3), " fine pixels down, ", rounded(shift[1], 3), " right")
                                  : "none";
    estimate.findings.push_back(finding_of("shift", "none", found, fit.freedom.shift, left, left_without(true, false)));
    if (fit.freedom.shift) {
      estimate.shift = shift;
      estimate.shift_error = fit.shift_error;
    }
  }
  const bool same =
      fit.psf.shape() == told.shape() && std::equal(told.data(), told.data() + told.size(), fit.psf.data());
  if (!same) estimate.psf = fit.psf;
}

/// "0.93 to 1.07"
std::string range_text(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return concat(static_cast<float>(*least), " to ", static_cast<float>(*most));
}

void record_response(const std::vector<ResponseChoice>& choices, const EstimateOptions& options, bool tells,
                     Estimate& estimate) {
  const ResponseChoice& best = choices.front();
  const double left = mean_of(best.unexplained);
  const double left_by_told = choices.size() > 1 ? mean_of(choices.back().unexplained) : 1;
  if (options.srf != Trust::told || !tells) {
    const bool found = best.shape != kTold;
    estimate.findings.push_back(finding_of("srf", tells ? options.srf_told : "nothing", found ? best.shape : "as told",
                                           found, left, left_by_told));
    if (found) estimate.srf = best.srf, estimate.srf_shape = best.shape;
  }
  if (options.gain != Trust::told) {
    const bool found = !best.gain.empty();
    const std::string text =
        found ? concat("gains ", range_text(best.gain), ", offsets ", range_text(best.offset)) : "as told";
    Finding finding = finding_of("gain", "gain 1, offset 0", text, found, left, left);
    if (found) finding.why = "both images agree under these";
    estimate.findings.push_back(finding);
    estimate.gain = best.gain;
    estimate.offset = best.offset;
  }
  for (std::size_t m = 0; m < best.unexplained.size(); ++m) {
    if (best.unexplained[m] < kUnexplained) continue;
    std::string text = concat("the HSI under the response that is used leaves ", per_cent(best.unexplained[m]),
                              " of the variance of MSI band ", m + 1);
    if (choices.size() > 1 && best.shape != kTold)
      text += concat(", under the one that was told ", per_cent(choices.back().unexplained[m]));
    estimate.warnings.push_back(text + ": are both images of the same place, date and units?");
  }
}

}  // namespace

std::string text_of(const Finding& finding) {
  if (!finding.uses_found) return concat(finding.what, ": ", finding.told, ", as told; it ", finding.why);
  return concat(finding.what, ": told ", finding.told, "; found ", finding.found, ", which is used: ", finding.why);
}

Estimate estimate_degradation(const PairParts& pair, const EstimateOptions& options) {
  const CoarseSamples samples(pair);
  const Degradation& told = pair.degradation();
  Estimate estimate;
  Progress progress(2, "estimates");
  PsfProblem problem(samples, options.srf == Trust::found ? Tensor() : told.srf);
  const PsfFit fit = choose_psf(problem, options, pair.msi_bands());
  record_psf(problem, options, fit, told.psf, estimate);
  progress.tick();
  if (options.srf == Trust::told && options.gain == Trust::told) return estimate;
  ResponseSamples kept{kept_pixels(samples.hsi(), problem.kept()), to_cube(samples.degraded(fit.psf), problem.kept()),
                       told.srf};
  kept.msi.wavelength_nm = samples.msi_wavelength_nm();
  record_response(choose_response(kept, options.srf, options.gain), options, told.srf.defined(), estimate);
  progress.tick();
  return estimate;
}

EstimatedPair::EstimatedPair(const PairParts& pair, const Estimate& estimate)
    : pair_(pair), estimate_(estimate), degradation_(as_estimated(pair.degradation(), estimate)) {}

Pair EstimatedPair::read(const Rectangle& coarse) const { return with_estimate(pair_.read(coarse), estimate_); }

Degradation as_estimated(const Degradation& told, const Estimate& estimate) {
  Degradation result = told;
  if (estimate.psf.defined()) result.psf = estimate.psf;
  if (estimate.srf.defined()) result.srf = estimate.srf;
  return result;
}

Pair with_estimate(const Pair& pair, const Estimate& estimate) {
  Pair result = pair;
  result.degradation = as_estimated(pair.degradation, estimate);
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
