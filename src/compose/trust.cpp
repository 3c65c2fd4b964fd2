#include "compose/trust.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/text.h"
#include "specfuse/report/text_format.h"

namespace specfuse {
namespace {

/// In dB; noise of the inputs is of the order of the first two.
constexpr double kClose = 40, kWell = 30, kRough = 20;

const char* agreement_word(double psnr_db) {
  if (psnr_db >= kClose) return "closely";
  if (psnr_db >= kWell) return "well";
  return psnr_db >= kRough ? "only roughly" : "badly";
}

std::optional<double> score_of(const Scores& scores, const std::string& key) {
  for (const Score& score : scores.values) {
    if (score.key == key) return score.value;
  }
  return {};
}

std::string consistency_sentence(const Scores& scores) {
  const std::optional<double> hsi = score_of(scores, "hsi_psnr_db"), msi = score_of(scores, "msi_psnr_db");
  if (!hsi || !msi) return "Whether the image agrees with both inputs is not known.";
  const std::string text =
      concat("Degraded to the inputs again, the image agrees ", agreement_word(*hsi), " with the HSI (",
             number_text(*hsi, 0), " dB) and ", agreement_word(*msi), " with the MSI (", number_text(*msi, 0), " dB)");
  if (std::min(*hsi, *msi) >= kWell) return text + ".";
  return text + ": look at the figures of the report before you use it.";
}

std::string warning_sentence(int warnings) {
  if (warnings == 0) return "There was no warning.";
  return warnings == 1 ? "There was one warning: read it above or in the report."
                       : concat("There were ", warnings, " warnings: read them above or in the report.");
}

std::string error_sentence(const MethodResult& result, const TrustFacts& facts) {
  if (!result.mean_sigma || facts.sigma_file.empty()) {
    return concat("How large its errors are, ", result.name, " does not say; two_cnn_fu_plus does.");
  }
  const double share = facts.mean > 0 ? 100 * *result.mean_sigma / facts.mean : 0;
  return concat("About 68 % of the values are expected within ", facts.sigma_file, " of the truth, and 95 % within ",
                number_text(facts.width_95, 1), " times that: it is ", number_text(*result.mean_sigma), " on average",
                share > 0 ? concat(", ", number_text(share, 1), " % of the mean of the HSI") : "", ".");
}

}  // namespace

std::string trust_text(const MethodResult& result, const TrustFacts& facts) {
  return concat(consistency_sentence(result.no_reference), "\n", warning_sentence(facts.warnings), "\n",
                error_sentence(result, facts), "\n");
}

}  // namespace specfuse
