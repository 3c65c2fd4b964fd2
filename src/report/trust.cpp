#include "specfuse/report/trust.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "specfuse/report/text_format.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {
namespace {

/// In dB; noise of the inputs is of the order of the first two.
constexpr double kClose = 40, kWell = 30, kRough = 20;

const char* agreement_word(double psnr_db) {
  if (psnr_db >= kClose) return "closely";
  if (psnr_db >= kWell) return "well";
  return psnr_db >= kRough ? "only roughly" : "badly";
}

/// "well with the HSI (35 dB)"
std::string agreement(double psnr_db, const char* input) {
  if (std::isinf(psnr_db)) return concat("exactly with the ", input);
  return concat(agreement_word(psnr_db), " with the ", input, " (", number_text(psnr_db, 0), " dB)");
}

/// The mean over seeds in a table; NaN where there is none.
double value_in(const Table& table, const Table::Row& row, const std::string& key) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].file_name() == key) return row.cells[i].value;
  }
  return std::nan("");
}

/// What the best result is chosen by: the higher, the better.
double merit(const Table& table, const Table::Row& row) {
  const double psnr = value_in(table, row, "psnr_db");
  if (!std::isnan(psnr)) return psnr;
  return std::min(value_in(table, row, "hsi_psnr_db"), value_in(table, row, "msi_psnr_db"));
}

const Table::Row& best_row(const Table& table) {
  const auto order = [&](const Table::Row& row) {
    const double value = merit(table, row);
    return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
  };
  return *std::max_element(table.rows.begin(), table.rows.end(),
                           [&](const Table::Row& a, const Table::Row& b) { return order(a) < order(b); });
}

std::string closest(const Table& table, const Table::Row& best, const char* what) {
  return concat("Closest to ", what, " of ", table.rows.size(), " methods is ", best.shown());
}

std::string accuracy_sentence(const Table& scores, const Table::Row& best) {
  const double psnr = value_in(scores, best, "psnr_db"), angle = value_in(scores, best, "sam_deg");
  return concat(scores.rows.size() > 1 ? closest(scores, best, "the reference") : best.shown() + " and the reference",
                ": PSNR ", number_text(psnr, 1), " dB",
                std::isnan(angle) ? "" : concat(", mean spectral angle ", number_text(angle, 2), " degrees"), ".");
}

std::string consistency_sentence(const Table& scores, const Table::Row& best) {
  const double hsi = value_in(scores, best, "hsi_psnr_db"), msi = value_in(scores, best, "msi_psnr_db");
  if (std::isnan(hsi) || std::isnan(msi)) return "Whether the image agrees with both inputs is not known.";
  const std::string who = scores.rows.size() > 1 ? closest(scores, best, "both inputs") + ". " : "";
  const std::string text = concat(who, "Degraded to the inputs again, the image agrees ", agreement(hsi, "HSI"),
                                  " and ", agreement(msi, "MSI"));
  return text + (std::min(hsi, msi) >= kWell ? "." : ": look at the maps of the report before you use it.");
}

std::string warning_sentence(std::size_t warnings) {
  if (warnings == 0) return "There was no warning.";
  return warnings == 1 ? "There was one warning: read it first."
                       : concat("There were ", warnings, " warnings: read them first.");
}

std::string error_sentence(const MethodResult& best) {
  if (!best.mean_sigma) return concat("How large its errors are, ", best.name, " does not say; two_cnn_fu_plus does.");
  const std::string share =
      best.relative_sigma ? concat(", ", number_text(100 * *best.relative_sigma, 1), " % of the mean of the HSI") : "";
  const std::string wide = best.width_95 ? concat(", 95 % within ", number_text(*best.width_95, 1), " sigma") : "";
  const std::string held =
      best.reliability
          ? concat(" Of its true errors ", number_text(100 * best.reliability->coverage_68, 0), " % are within sigma.")
          : "";
  return concat("The method expects errors (sigma) of ", number_text(*best.mean_sigma), " on average", share,
                ": about 68 % of the values lie within sigma of the truth", wide, ".", held);
}

}  // namespace

std::vector<std::string> trust_sentences(const ExperimentResults& results, std::size_t warnings) {
  const Table scores = score_table(results);
  const Table::Row& best = best_row(scores);
  const auto first = std::find_if(results.methods.begin(), results.methods.end(),
                                  [&](const MethodResult& result) { return result.label == best.label; });
  std::vector<std::string> sentences = {
      results.scored() ? accuracy_sentence(scores, best) : consistency_sentence(scores, best),
      warning_sentence(warnings), error_sentence(*first)};
  if (!results.unseen_bands.empty())
    sentences.push_back(concat("Not seen by the MSI are ", results.unseen_bands, ": trust their fine detail least."));
  return sentences;
}

}  // namespace specfuse
