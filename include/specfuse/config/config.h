#pragma once

#include <array>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "specfuse/estimate/estimate.h"
#include "specfuse/imaging/cube.h"
#include "specfuse/imaging/degrade.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/psf.h"
#include "specfuse/imaging/srf.h"
#include "specfuse/imaging/synthetic.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/methods/registry.h"

namespace specfuse {

/// A part of an image as a configuration gives it.
struct Region : Rectangle {
  void describe(FieldVisitor& fields);
};

/// Centres of the bands of a file that does not have them: exactly one of these.
struct WavelengthConfig {
  std::vector<double> values;
  /// Of the first and the last band; those between lie evenly.
  std::optional<std::array<double, 2>> range;
  /// CSV; see `parse_wavelength_csv`.
  std::string file;
  void describe(FieldVisitor& fields);
};

/// One image of a pair whose images are files of their own.
struct ImageConfig {
  std::string file;
  /// Resolved to "/cube" and "rcb".
  std::optional<std::string> dataset, axes;
  std::optional<WavelengthConfig> wavelength_nm;
  std::optional<NoData> nodata;
  /// The first band to use, counted from 0, and how many.
  std::optional<std::array<Index, 2>> bands;
  /// Of a file without one; as `kGeotransformAttribute`.
  std::optional<std::array<double, 6>> geotransform;
  void describe(FieldVisitor& fields);
};

/// Where the images come from: exactly one of scene, pair, synthetic, and hsi with msi.
struct DataConfig {
  std::optional<std::string> scene;
  /// Of a scene only; resolved to "/cube".
  std::optional<std::string> dataset;
  std::optional<std::string> pair;
  /// Both or neither.
  std::optional<ImageConfig> hsi, msi;
  std::optional<SyntheticOptions> synthetic;
  /// In pixels of the reference, or of the MSI of a pair.
  std::optional<Region> crop;
  /// Of a scene only: the first band to use, counted from 0, and how many.
  std::optional<std::array<Index, 2>> bands;
  /// Of a scene only; resolved to "rcb".
  std::optional<std::string> axes;
  std::optional<WavelengthConfig> wavelength_nm;
  std::optional<NoData> nodata;
  /// Of a scene, or of the MSI of a measured pair; the name of an `Orientation`.
  std::optional<std::string> orientation;
  /// Of a measured pair only: "mask", as where there is none, or "keep".
  std::optional<std::string> outliers;
  void describe(FieldVisitor& fields);

  bool masks_outliers() const { return is_measured() && outliers != "keep"; }
  /// Whether both images were measured; otherwise they are simulated from a reference.
  bool is_measured() const { return pair || hsi; }
};

struct SnrConfig {
  std::optional<double> hsi, msi;
  void describe(FieldVisitor& fields);
};

/// What is tested against the pair or estimated from it; see estimate/estimate.h. Resolved to
/// `tested` for a measured pair, and to `told` for one that is simulated.
struct EstimateConfig {
  std::optional<Trust> srf, psf, gain, shift;
  void describe(FieldVisitor& fields);
  /// With PSF and response of `degrade` in words, for messages.
  EstimateOptions options(const PsfOptions& psf_told, const std::string& srf_told) const;
};

/// How the pair comes from the reference. A pair that is read in brings its own ratio and response.
struct DegradeConfig {
  Index ratio = 4;
  PsfOptions psf;
  Boundary boundary = Boundary::symmetric;
  SrfOptions srf;
  SnrConfig snr_db;
  std::array<double, 2> msi_shift{0, 0};
  EstimateConfig estimate;
  /// Resolved to whether the pair is measured.
  std::optional<bool> harmonise;
  void describe(FieldVisitor& fields);
};

/// How a method that is trained in steps goes on by `wald` on the scene to fuse.
struct FineTuneConfig {
  Index steps = 200;
  double learning_rate = 1e-4;
  void describe(FieldVisitor& fields);
};

/// What a method may learn from: one scale down of the pair itself, parts of its scene, other scenes, or nothing.
enum class Protocol { wald, split, transfer, apply };

/// As JSON spells it.
std::string name_of(Protocol protocol);

/// A protocol, and what belongs to it.
struct ProtocolConfig {
  Protocol type = Protocol::wald;
  /// `wald` and `transfer`: this part of the rows of each training image, at its end, is kept for validation.
  double validation_fraction = 0;
  /// `split`: all three, in pixels of the reference after `data.crop`.
  std::optional<Region> train, validation, test;
  /// `transfer`: other scenes, each degraded as the one to fuse is; validation instead of `validation_fraction`.
  std::vector<DataConfig> train_scenes, validation_scenes;
  /// `transfer`: how the other scenes are degraded, each under each; none: as the scene to fuse is.
  std::vector<DegradeConfig> degradations;
  /// `transfer`: none where the scene to fuse is not trained on.
  std::optional<FineTuneConfig> fine_tune;
  void describe(FieldVisitor& fields);
};

/// One entry of `methods`: name, label and the options of that method side by side.
struct MethodConfig {
  std::string name;
  /// Tells two entries of one method apart, and names their folder; resolved to `name`.
  std::string label;
  /// What people are shown for it, any text; none: the label.
  std::optional<std::string> title{};
  const std::string& shown_name() const { return title ? *title : label; }
  /// `apply`: the file that holds what it learned.
  std::optional<std::string> checkpoint;
  std::shared_ptr<MethodOptions> options;
  void describe(FieldVisitor& fields);
};

/// What the tables show; it changes no result.
struct ReportConfig {
  /// Metrics of the short table, in its order.
  std::vector<std::string> metrics{"psnr_db", "sam_deg", "ergas", "ssim"};
  void describe(FieldVisitor& fields);
};

/// Integers of 16 bits that fused images are packed in.
struct PackingConfig : Packing {
  void describe(FieldVisitor& fields);
};

/// What is written beside the report.
struct OutputConfig {
  /// Of the fused images, beside fused.h5; one of `image_formats`.
  std::string format = "hdf5";
  /// Of the fused images in that format; none: floats.
  std::optional<PackingConfig> int16;
  void describe(FieldVisitor& fields);

  /// Of the fused images, and of all others.
  ImageWriter fused_writer() const { return int16 ? writer().packed(*int16) : writer(); }
  const ImageWriter& writer() const { return image_writer(format, "output.format"); }
};

/// An experiment file, every default resolved.
struct ExperimentConfig {
  std::string name;
  DataConfig data;
  DegradeConfig degrade;
  ProtocolConfig protocol;
  std::vector<Index> seeds{0};
  std::vector<MethodConfig> methods;
  /// Conventions of other toolboxes to score by as well; see metrics/profiles.h.
  std::vector<std::string> metric_profiles;
  ReportConfig report;
  OutputConfig output;
  void describe(FieldVisitor& fields);

  /// The folder of one result inside the result folder: the label, and the seed where there are several.
  std::string folder_of(const MethodConfig& method, Index seed) const;
};

/// Reads an experiment from JSON, sets each `path=value` of `overrides` in it (value as JSON where it is, as text
/// otherwise) and checks all of it; `file` is for messages. Throws `ConfigError` where anything is wrong.
ExperimentConfig parse_config(const std::string& text, const std::string& file,
                              const std::vector<std::string>& overrides);

/// Reads and checks the same from JSON that is an object.
ExperimentConfig read_config(const nlohmann::ordered_json& json, const std::string& file);

/// The text of a configuration file. Throws `ConfigError` with path and reason where it is missing or unreadable.
std::string read_config_text(const std::string& file);

/// The resolved JSON, indented, with a newline at its end.
std::string config_text(const ExperimentConfig& config);

/// 64-bit FNV-1a of the resolved JSON except `name`, `report` and the `title` of methods, which change no result, and
/// `output` where it asks for nothing, as 16 hexadecimal digits; and the same of `degrade` alone.
std::string config_hash(const ExperimentConfig& config);
std::string degradation_hash(const ExperimentConfig& config);

}  // namespace specfuse
