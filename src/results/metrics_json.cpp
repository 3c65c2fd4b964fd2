#include "specfuse/results/metrics_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/estimate_json.h"
#include "specfuse/config/json_fields.h"
#include "specfuse/core/error.h"
#include "specfuse/results/result_tables.h"

namespace specfuse {
namespace {

/// Infinite where two images are equal.
Json number_json(double value) { return std::isinf(value) ? Json(value > 0 ? "inf" : "-inf") : Json(value); }

Json scores_json(const Scores& scores) {
  Json json = Json::object();
  for (const Score& score : scores.values) json[score.key] = number_json(score.value);
  return json;
}

double read_number(const Json& json) {
  if (json.is_null()) return std::nan("");
  const std::optional<double> infinite = json.is_string() ? parsed_number(json.get<std::string>()) : std::nullopt;
  return infinite ? *infinite : json.get<double>();
}

Scores read_scores(const Json& json) {
  Scores scores;
  for (const auto& [key, value] : json.items()) {
    scores.values.push_back({key, read_number(value)});
  }
  return scores;
}

Json training_json(const std::vector<LossCurve>& curves) {
  Json json = Json::object();
  for (const LossCurve& curve : curves) {
    json[curve.label] = {{"step", curve.step}, {"loss", curve.loss}, {"validation_loss", curve.validation_loss}};
  }
  return json;
}

Json method_json(const MethodResult& method) {
  Json json = {{"name", method.name},
               {"label", method.label},
               {"seed", method.seed},
               {"fit_seconds", method.fit_seconds},
               {"fuse_seconds", method.fuse_seconds},
               {"peak_memory_mb", method.peak_memory_mb},
               {"metrics", method.scores ? scores_json(*method.scores) : Json(nullptr)},
               {"train_metrics", method.train_scores ? scores_json(*method.train_scores) : Json(nullptr)}};
  if (method.scores) json["left_out"] = method.scores->left_out;
  if (method.scores) {
    json[kLearnedShare] = method.learned_share ? Json(*method.learned_share) : Json(nullptr);
  }
  json["no_reference"] = scores_json(method.no_reference);
  if (!method.no_reference.left_out.empty()) json["no_reference_left_out"] = method.no_reference.left_out;
  for (const auto& [profile, scores] : method.profiles) json["profiles"][profile] = scores_json(scores);
  if (!method.band_psnr_db.empty()) json["per_band"] = {{"psnr_db", method.band_psnr_db}};
  for (const std::size_t input : {std::size_t{0}, std::size_t{1}}) {
    const std::vector<double>& psnr = method.input_psnr_db[input];
    if (!psnr.empty()) json["per_band"][input == 0 ? "hsi_psnr_db" : "msi_psnr_db"] = psnr;
  }
  if (const auto& errors = method.errors) {
    json["per_band"]["rmse"] = errors->band_rmse;
    json["errors"] = {{"share", kErrorShares},
                      {"size", errors->size},
                      {"histogram", {{"size", errors->bin}, {"per_cent_per_decade", errors->density}}},
                      {"angle_by_brightness", {{"brightness", errors->brightness}, {"deg", errors->angle_deg}}}};
  }
  if (method.mean_sigma) json["mean_sigma"] = *method.mean_sigma;
  if (method.relative_sigma) json["relative_sigma"] = *method.relative_sigma;
  if (method.width_95) json["width_95"] = *method.width_95;
  if (const auto& own = method.reliability) {
    json["reliability"] = {{"coverage_68", own->coverage_68},
                           {"coverage_95", own->coverage_95},
                           {"expected", own->expected},
                           {"observed", own->observed}};
  }
  if (!method.remarks.empty()) json["remarks"] = method.remarks;
  if (!method.training.empty()) json["training"] = training_json(method.training);
  return json;
}

MethodResult read_method(const Json& json) {
  MethodResult result;
  result.name = json.at("name").get<std::string>();
  result.label = json.at("label").get<std::string>();
  result.seed = json.at("seed").get<Index>();
  result.fit_seconds = json.at("fit_seconds").get<double>();
  result.fuse_seconds = json.at("fuse_seconds").get<double>();
  result.peak_memory_mb = json.at("peak_memory_mb").get<double>();
  if (!json.at("metrics").is_null()) result.scores = read_scores(json.at("metrics"));
  if (!json.at("train_metrics").is_null()) result.train_scores = read_scores(json.at("train_metrics"));
  result.no_reference = read_scores(json.at("no_reference"));
  const auto number = [&](const char* key) {
    return json.contains(key) ? std::optional(json.at(key).get<double>()) : std::nullopt;
  };
  result.mean_sigma = number("mean_sigma");
  result.relative_sigma = number("relative_sigma");
  result.width_95 = number("width_95");
  const Json share = json.value(kLearnedShare, Json());
  if (share.is_number()) result.learned_share = share.get<double>();
  return result;
}

/// The tables by name, label and metric: the mean over seeds, and with several seeds the standard deviation.
Json summary_json(const ResultTables& tables, bool several_seeds) {
  Json json = Json::object();
  for (const auto& [name, table] : tables.named()) {
    if (table == &tables.significance) continue;
    for (const Table::Row& row : table->rows) {
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        Json& cell = json[name][row.label][table->columns[i].file_name()];
        cell["mean"] = number_json(row.cells[i].value);
        if (several_seeds) cell["std"] = row.cells[i].spread;
      }
    }
  }
  return json;
}

/// The table of p-values by label and metric; null where there is none.
Json significance_json(const Table& table) {
  if (table.rows.empty()) return nullptr;
  Json p = Json::object();
  for (const Table::Row& row : table.rows) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      p[row.label][table.columns[i].file_name()] = row.cells[i].value;
  }
  return p;
}

/// Of each class its flag and its part of all pixels.
Json quality_json(const std::optional<QualitySummary>& quality) {
  if (!quality) return nullptr;
  Json json = Json::object();
  for (std::size_t i = 0; i < kQualityClasses.size(); ++i)
    json[kQualityClasses[i].key] = {{"flag", kQualityClasses[i].flag}, {"share", quality->shares[i]}};
  return json;
}

Json rectangle_json(const Rectangle& part) {
  return {{"rows", {part.row, part.row + part.rows - 1}}, {"cols", {part.col, part.col + part.cols - 1}}};
}

Json stretch_json(const std::optional<Stretch>& stretch, const std::vector<double>& wavelength_nm) {
  if (!stretch) return nullptr;
  Json json{{"low", stretch->low}, {"high", stretch->high}};
  for (const Index band : stretch->bands) {
    json["band"].push_back(band + 1);
    if (!wavelength_nm.empty()) json["wavelength_nm"].push_back(wavelength_nm[static_cast<std::size_t>(band)]);
  }
  return json;
}

Json figures_json(const FigureData& data, Index seed) {
  Json json{{"seed", seed},
            {"wavelength_nm", data.wavelength_nm},
            {"size", {{"hsi", data.hsi_size}, {"msi", data.msi_size}, {"reference", data.reference_size}}},
            {"natural_colour", stretch_json(data.natural, data.wavelength_nm)},
            {"natural_colour_msi", stretch_json(data.msi_natural, {})},
            {"false_colour", stretch_json(data.false_colour, data.wavelength_nm)},
            {"false_colour_msi", stretch_json(data.msi_false_colour, {})},
            {"detail", data.detail ? rectangle_json(*data.detail) : Json(nullptr)},
            {"error_map_end", data.error_end ? Json(*data.error_end) : Json(nullptr)},
            {"hsi_map_end", data.input_ends[0] ? Json(*data.input_ends[0]) : Json(nullptr)},
            {"msi_map_end", data.input_ends[1] ? Json(*data.input_ends[1]) : Json(nullptr)},
            {"difference_map_end", data.difference_end ? Json(*data.difference_end) : Json(nullptr)},
            {"least_error", data.best.empty() ? Json(nullptr) : Json(data.best)},
            {"scene", data.scene},
            {"sensor", data.sensor},
            {"unit", data.unit},
            {"msi_bands", data.msi_names},
            {"sam_map_end_deg", data.sam_end_deg ? Json(*data.sam_end_deg) : Json(nullptr)},
            {"psf", data.psf.defined() ? rows_json(data.psf) : Json(nullptr)},
            {"response", data.response.defined() ? rows_json(data.response) : Json(nullptr)}};
  for (const auto& [name, part] : data.parts) json["parts"][name] = rectangle_json(part);
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    const SamplePixel& sample = data.samples[i];
    Json one{{"number", i + 1}, {"name", sample.name}, {"row", sample.row}, {"col", sample.col}};
    for (const FigureData::Spectra& spectra : data.spectra) one["spectra"][spectra.label] = spectra.at[i];
    json["samples"].push_back(one);
  }
  return json;
}

/// Indented by twos. A list of numbers is on one line, as there are thousands of them.
void write_json(const Json& json, const std::string& indent, std::string& text) {
  const bool simple = !json.is_structured() || json.empty();
  const bool flat = json.is_array() && std::none_of(json.begin(), json.end(), [](const Json& item) {
                      return item.is_structured() || item.is_string();
                    });
  if (simple || flat) {
    text += json_text(json);
    return;
  }
  const char* separator = json.is_array() ? "[\n" : "{\n";
  for (const auto& [key, value] : json.items()) {
    text += concat(separator, indent, "  ");
    if (json.is_object()) text += concat(json_text(Json(key)), ": ");
    write_json(value, indent + "  ", text);
    separator = ",\n";
  }
  text += concat("\n", indent, json.is_array() ? "]" : "}");
}

}  // namespace

std::string metrics_json(const ExperimentResults& results, const std::vector<std::string>& files) {
  const ExperimentConfig& config = results.config;
  const ResultTables tables = result_tables(results);
  Json json{{"experiment", config.name},
            {"config_hash", config_hash(config)},
            {"degradation_hash", degradation_hash(config)},
            {"protocol", write_fields(config.protocol)},
            {"data_hash", results.data_hash},
            {"warnings", results.warnings},
            {"unseen_bands", results.unseen_bands.empty() ? Json(nullptr) : Json(results.unseen_bands)},
            {"grids", results.grids.empty() ? Json(nullptr) : Json(results.grids)},
            {"scored_on", results.scored() ? Json(results.scored_on) : Json(nullptr)},
            {"methods", Json::array()},
            {"summary", summary_json(tables, config.seeds.size() > 1)},
            {"paired_t_test_p", significance_json(tables.significance)}};
  for (const MethodResult& method : results.methods) json["methods"].push_back(method_json(method));
  for (const auto& [what, decided, why] : results.decisions)
    json["decisions"].push_back({{"what", what}, {"decided", decided}, {"why", why}});
  for (const auto& [seed, estimate] : results.estimates) json["estimates"].push_back(estimate_json(seed, estimate));
  json["quality"] = quality_json(results.quality);
  json["figures"] = figures_json(results.figures, config.seeds.front());
  json["config"] = json_of(config_text(config));
  json["environment"] = json_of(results.environment);
  json["files"] = files;
  std::string text;
  write_json(json, "", text);
  return text + "\n";
}

ExperimentResults read_metrics_json(const std::string& text, const std::string& file, const ExperimentConfig& config) {
  try {
    const Json json = parse_json(text, file);
    const std::string hash = config_hash(config);
    SPECFUSE_CHECK_AS(DataError, json.at("config_hash") == hash, file, ": expected the configuration ", hash, ", got ",
                      json_text(json.at("config_hash")));
    ExperimentResults results;
    results.config = config;
    results.data_hash = json.at("data_hash").get<std::string>();
    results.warnings = json.value("warnings", std::vector<std::string>());
    const auto said = [&](const char* key) {
      const auto found = json.find(key);
      return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    results.scored_on = said("scored_on");
    results.grids = said("grids");
    results.unseen_bands = said("unseen_bands");
    for (const Json& method : json.at("methods")) results.methods.push_back(read_method(method));
    for (const Json& one : json.value("decisions", Json::array()))
      results.decisions.push_back({one.at("what"), one.at("decided"), one.at("why")});
    if (json.contains("estimates")) {
      for (const Json& one : json.at("estimates")) results.estimates[one.at("seed").get<Index>()] = read_estimate(one);
    }
    return results;
  } catch (const ConfigError& problem) {
    throw DataError(problem.what());
  } catch (const nlohmann::json::exception& problem) {
    throw DataError(concat(file, ": expected the results of an experiment: ", problem.what()));
  }
}

}  // namespace specfuse
