#include "compose/compose_fusion.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "compose/msi_sensor.h"
#include "compose/opened_inputs.h"
#include "specfuse/config/override.h"
#include "specfuse/core/error.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/imaging/pair_parts.h"
#include "specfuse/imaging/sensors.h"
#include "specfuse/io/image_writer.h"
#include "specfuse/io/scene.h"
#include "specfuse/report/text_format.h"
#include "specfuse/run/find_data.h"
#include "specfuse/run/open_images.h"

namespace specfuse {
namespace {

constexpr const char* kWho = "--fuse";
constexpr const char* kDefaultMethod = "two_cnn_fu_plus";
constexpr const char* kGiven = "as given";

class Composer {
 public:
  Composer(const FuseRequest& request, Json experiment)
      : request_(request), json_(std::move(experiment)), inputs_(open_inputs(request, json_)),
        sensor_(msi_sensor(inputs_.msi.corner, names_of_bands(), inputs_.msi.name)) {}

  ComposedFusion compose() {
    add_all(inputs_.decisions);
    describe("HSI", inputs_.hsi);
    describe("MSI", inputs_.msi);
    decide_method();
    decide_ratio();
    decide_response();
    for (const char* const role : {"hsi", "msi"}) decide_no_data(role);
    decide_bands();
    decide_output();
    return {json_text(json_, 2) + "\n", read_config(json_, kWho), decisions_, assumed_bands_};
  }

 private:
  void add(const std::string& what, const std::string& decided, const std::string& why) {
    decisions_.push_back({what, decided, why});
  }
  void add_all(const std::vector<Decision>& decisions) {
    decisions_.insert(decisions_.end(), decisions.begin(), decisions.end());
  }
  bool given(const std::string& path) const { return field_at(json_, path) != nullptr; }
  void set(const std::string& path, const Json& value) { set_field(json_, path, value, kWho); }
  const OpenedInput& input(const std::string& role) const { return role == "hsi" ? inputs_.hsi : inputs_.msi; }

  /// Of the bands of the MSI's file that are used.
  std::vector<std::string> names_of_bands() const {
    const std::vector<std::string>& all = inputs_.msi.stored.band_names;
    const FileNotes& notes = inputs_.msi.corner.notes;
    const auto first = read_config(json_, kWho).data.msi->bands.value_or(std::array<Index, 2>{})[0];
    std::vector<std::string> names;
    for (Index i = 0; i < inputs_.msi.corner.bands() && !all.empty(); ++i) {
      const Index band = first + (notes.remaining.empty() ? i : notes.remaining[static_cast<std::size_t>(i)]);
      names.push_back(all.at(static_cast<std::size_t>(band)));
    }
    return names;
  }

  void describe(const char* what, const OpenedInput& input) {
    const std::vector<double> place = input.geotransform();
    std::string said =
        place.size() == 6 ? concat("pixels of ", std::abs(place[1]), map_unit(input.corner)) : "no georeference";
    const auto& nm = input.corner.wavelength_nm;
    if (nm.empty()) {
      said += ", no wavelengths";
    } else {
      const auto [least, most] = std::minmax_element(nm.begin(), nm.end());
      said += concat(", ", std::lround(*least), " to ", std::lround(*most), " nm");
    }
    if (!input.stored.type.empty()) {
      said += concat(", ", input.stored.type, packed_text(input.stored));
    }
    add(what, input.name,
        concat(input.image->rows(), " x ", input.image->cols(), " pixels of ", input.image->bands(),
               input.image->bands() == 1 ? " band; " : " bands; ", said));
  }

  static std::string packed_text(const StoredAs& stored) {
    if (stored.scale == 1 && stored.offset == 0) return "; its file names no scale or offset";
    return concat(", scale ", number_text(stored.scale), ", offset ", number_text(stored.offset));
  }

  void decide_method() {
    const std::string name = field_at(json_, "methods")->at(0).at("name");
    if (!request_.method.empty()) return add("method", request_.method, kGiven);
    if (name != kDefaultMethod || field_at(json_, "methods")->size() > 1) return add("method", name, kGiven);
    add("method", name,
        "best on the bench on average, needs no training, and says how large its error is; --method names another, "
        "--list all of them");
  }

  void decide_ratio() {
    const Index ratio = inputs_.pair.ratio;
    const std::vector<double> coarse = inputs_.hsi.geotransform(), fine = inputs_.msi.geotransform();
    std::string why = concat("HSI of ", inputs_.hsi.image->cols(), " and MSI of ", inputs_.msi.image->cols(),
                             " pixels across, of the same ground");
    if (coarse.size() == 6 && fine.size() == 6) {
      const std::string unit = map_unit(inputs_.hsi.corner);
      why = concat("HSI pixels of ", std::abs(coarse[1]), unit, " over MSI pixels of ", std::abs(fine[1]), unit);
      const double width = std::abs(coarse[1] / fine[1]);
      if (std::abs(width - std::round(width)) > 1e-3) why += concat(" are ", number_text(width), ": the nearest");
    } else if (given("degrade.ratio")) {
      why = kGiven;
    }
    if (!given("degrade.ratio")) set("degrade.ratio", ratio);
    add("ratio", concat(ratio), why);
    const std::string& grids = inputs_.pair.grids;
    const bool resampled = !inputs_.warped.empty() || grids.starts_with("MSI resampled");
    add("grid", resampled ? "MSI resampled once" : "MSI as it is",
        grids.empty() ? "its pixels divide those of the HSI" : grids);
    const Image &part = *inputs_.pair.hsi, &all = *inputs_.hsi.image;
    const bool whole = part.rows() == all.rows() && part.cols() == all.cols();
    add("common part", concat(part.rows(), " x ", part.cols(), " of ", all.rows(), " x ", all.cols(), " HSI pixels"),
        whole ? "the MSI covers all of the HSI" : "those that the MSI covers wholly");
    const MethodConfig method = read_config(json_, kWho).methods.front();
    if (method.options->traits().learns) {
      require_lower_scale(concat(kWho, ": ", method.name, " on what both images cover"), part.rows(), part.cols(),
                          ratio);
    }
  }

  /// Whether the HSI has a band inside the edges of each of a sensor's.
  bool covers(const MsiSensor& sensor) const {
    const std::vector<double>& nm = inputs_.hsi.corner.wavelength_nm;
    return std::all_of(sensor.bands.begin(), sensor.bands.end(), [&](const std::string& name) {
      const std::vector<SensorBand>& all = sensor_bands(sensor.name);
      const auto band = std::find_if(all.begin(), all.end(), [&](const SensorBand& one) { return one.name == name; });
      return std::any_of(nm.begin(), nm.end(), [&](double at) { return at >= band->low_nm && at <= band->high_nm; });
    });
  }

  void decide_response() {
    if (given("degrade.srf")) return add("MSI bands", "response given", "--set degrade.srf");
    const std::string open = "its response is estimated from the pair";
    if (!sensor_) return add("MSI bands", "of no sensor that is known", concat("neither bands nor name tell: ", open));
    const std::string decided = concat(sensor_->name, " ", joined(sensor_->bands));
    if (!covers(*sensor_)) {
      const bool blind = inputs_.hsi.corner.wavelength_nm.empty();
      return add("MSI bands", decided,
                 concat(sensor_->why, "; ",
                        blind ? "the HSI has no wavelengths" : "the HSI has no band in some of them", ": ", open));
    }
    set("degrade.srf.sensor", sensor_->name);
    if (sensor_->bands != sensor_list().at(sensor_->name)) set("degrade.srf.bands", sensor_->bands);
    if (sensor_->order_assumed) assumed_bands_ = decided;
    add("MSI bands", decided,
        concat(sensor_->why, sensor_->order_assumed ? ", taken to be in this order" : "",
               "; published band edges, tested against the pair"));
  }

  void decide_no_data(const std::string& role) {
    const std::string what = role == "hsi" ? "no data, HSI" : "no data, MSI", path = concat("data.", role, ".nodata");
    if (const Json* const told = field_at(json_, path)) return add(what, json_text(*told), kGiven);
    const StoredAs& stored = input(role).stored;
    if (stored.no_data) return add(what, exact_number_text(*stored.no_data), "as its file says");
    if (input(role).corner.attributes.contains(kNoDataAttribute)) {
      return add(what, "by mask or value", "as its file says");
    }
    Index gaps = 0;
    UndeclaredNoData seen;
    const Index pixels = look_for_gaps(role, seen, gaps);
    Json found = Json::object();
    std::string why;
    if (gaps > 0) {
      found["nan"] = true;
      why = concat(gaps, " of ", pixels, " pixels are NaN");
    }
    std::optional<UndeclaredNoData::Suspect> suspect = seen.suspect();
    // Products of these sensors have 0 there.
    if (!suspect && role == "msi" && sensor_ && seen.zeros() > 0) suspect = {0, seen.zeros()};
    if (suspect) {
      const double value = suspect->value;
      found["value"] = value;
      why += concat(why.empty() ? "" : ", ", exact_number_text(value), " stands in ",
                    suspect->band ? concat("band ", *suspect->band + 1) : "all bands", " of ", suspect->pixels, " of ",
                    pixels, " pixels");
    }
    if (found.empty()) return add(what, "none", "its file names none, and no value looks like it");
    set(path, found.size() == 1 && found.contains("value") ? found["value"] : found);
    add(what, found.contains("value") ? exact_number_text(found["value"].get<double>()) : "NaN",
        concat("its file names none, and ", why));
  }

  /// Makes values those that their file stores.
  static void unpack(const StoredAs& stored, Cube& cube) {
    if (stored.scale == 1 && stored.offset == 0) return;
    const bool whole = stored.type.find("int") != std::string::npos;
    cube.values = cube.values.clone();
    for (Index i = 0; i < cube.values.size(); ++i) {
      const double exact = (double{cube.values[i]} - stored.offset) / stored.scale;
      cube.values[i] = static_cast<float>(whole ? std::round(exact) : exact);
    }
  }

  /// Reads all of an image, once, and looks at what is stored. Returns its pixels.
  Index look_for_gaps(const std::string& role, UndeclaredNoData& seen, Index& gaps) const {
    constexpr Index kSide = 256;
    const DataConfig data = read_config(json_, kWho).data;
    ImageConfig image = role == "hsi" ? *data.hsi : *data.msi;
    image.nodata = NoData{{}, true, ""};
    const ImagePtr whole =
        open_image(input(role).path, source_in(image, "data." + role, data_directories(request_.data_directories)));
    for (const Rectangle& part : parts_of(whole->rows(), whole->cols(), kSide, 1)) {
      Cube cube = whole->read(part);
      unpack(input(role).stored, cube);
      gaps += std::count(cube.valid.begin(), cube.valid.end(), std::uint8_t{0});
      seen.add(cube);
    }
    return whole->rows() * whole->cols();
  }

  void decide_bands() {
    std::vector<std::string> left = inputs_.hsi.corner.notes.left_out;
    const std::vector<std::string>& more = inputs_.msi.corner.notes.left_out;
    left.insert(left.end(), more.begin(), more.end());
    const auto kept = [](const OpenedInput& input) { return concat(input.image->bands()); };
    add("bad bands",
        left.empty() ? "none" : concat("left out; ", kept(inputs_.hsi), " and ", kept(inputs_.msi), " stay"),
        left.empty() ? "no list of a file names one, and all have data" : joined(left));
  }

  void decide_output() {
    const std::string format = field_at(json_, "output.format")->get<std::string>();
    const StoredAs& stored = inputs_.hsi.stored;
    const bool packs = image_writer(format, "output.format").begin_packed != nullptr;
    if (given("output.int16") || !packing_of(stored) || !packs) {
      const bool told = given("output.int16"), floats = !told || field_at(json_, "output.int16")->is_null();
      return add("output", format + (floats ? ", float32" : ", int16"),
                 told ? kGiven : "the HSI is not of int16 with a scale, or the format packs none");
    }
    set("output.int16", Json{{"scale", stored.scale}, {"offset", stored.offset}});
    add("output", format + ", int16" + packed_text(stored), "as the HSI; --set output.int16=null gives floats");
  }

  const FuseRequest& request_;
  Json json_;
  OpenedInputs inputs_;
  std::optional<MsiSensor> sensor_;
  std::string assumed_bands_;
  std::vector<Decision> decisions_;
};

}  // namespace

ComposedFusion compose_fusion(const FuseRequest& request, const std::string& name, const std::string& format) {
  const std::string method = request.method.empty() ? kDefaultMethod : request.method;
  Json json{{"name", name},
            {"data", {{"hsi", {{"file", request.hsi}}}, {"msi", {{"file", request.msi}}}}},
            {"degrade", Json::object()},
            {"methods", Json::array({{{"name", method}}})},
            {"output", {{"format", format}}}};
  for (const std::string& setting : request.settings) apply_override(json, setting);
  return Composer(request, std::move(json)).compose();
}

}  // namespace specfuse
