#pragma once

#include <string>
#include <vector>

#include "specfuse/config/config.h"
#include "specfuse/core/error.h"
#include "specfuse/sweep/field_label.h"

namespace specfuse {

/// A field that a sweep varies, by its path as `--set` takes it.
struct SweepField {
  std::string path;
  /// Varied by an entry of `list`, together with the other fields of the entry; otherwise by `grid`, by itself.
  bool listed = false;
  FieldLabel label = {};
};

/// One experiment of a sweep.
struct SweepRun {
  /// Runs that differ in their seed alone share a point; points count from 0 in the order of the runs.
  std::size_t point = 0;
  /// One for each field, as JSON text; empty where this run leaves the field to the base experiment.
  std::vector<std::string> values;
  ExperimentConfig config;
  /// `config_hash` of `config`; no two runs have the same.
  std::string hash;

  /// In the sweep's output folder: the folder of the run, and the file of its configuration.
  std::string folder() const { return "runs/" + hash; }
  std::string config_file() const { return "configs/" + hash + ".json"; }
};

/// How a text names fields: as `--set` takes them, or in words.
enum class Wording { paths, labels };

/// A sweep file, all of its runs spelt out: each entry of `list` with each point of `grid` (the last field fastest)
/// with each of `seeds`.
struct Sweep {
  std::string name;
  /// Where it was read from, for messages.
  std::string file;
  std::vector<SweepField> fields;
  /// Whether `seeds` is given, so that each run has one seed.
  bool seeded = false;
  std::vector<SweepRun> runs;

  /// What distinguishes a run, such as "degrade.ratio=4, degrade.psf.type=box, seed 1" or "ratio 4, PSF box, seed 1".
  std::string text_of(const SweepRun& run, Wording wording = Wording::paths) const;
  /// The same of some of the runs, by their places: "degrade.ratio=4 (6 runs)" where these are all that have in common
  /// what they have in common, otherwise the first of them "(and 5 more)".
  std::string text_of(const std::vector<std::size_t>& some, Wording wording = Wording::paths) const;
};

/// All that is wrong with the runs of a sweep, so that none of them was started.
struct BadSweep : ConfigError {
  BadSweep(const std::vector<std::string>& lines_given, bool data_alone);
  /// One for each mistake.
  std::vector<std::string> lines;
  /// Whether it is missing or unreadable data, and nothing else.
  bool of_data_alone;
};

/// The value of a field as people read it: a text without its quotes, everything else as JSON.
std::string field_text(const std::string& value);

/// Whether a text is a JSON object with the key "sweep": a sweep file, right or wrong, and no experiment.
bool is_sweep(const std::string& text);

/// Reads a sweep. `file` is for messages, and the base experiment lies beside it; each `path=value` of `overrides` is
/// set in the base experiment before the fields are varied. Every run is checked as `parse_config` checks it. Throws
/// `ConfigError` where the file is unreadable or wrong, an override would be varied away, or two runs are the same, and
/// `BadSweep` where runs are wrong.
Sweep parse_sweep(const std::string& text, const std::string& file, const std::vector<std::string>& overrides);

}  // namespace specfuse
