// Writes into the folder given the scenes and pairs that tests/cli feeds to the program; with a second argument, a
// checkpoint of two_cnn_fu, also what can be wrong with one.
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <numeric>

#include "cli/good_pairs.h"
#include "specfuse/io/checkpoint.h"

using namespace specfuse;
using namespace specfuse::testing;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const std::vector<hsize_t> kSize{16, 16, 40};

/// A file whose /cube is a good scene, and what else is put into it.
void write_scene(const std::string& path, const std::function<void(RawFile&)>& more = {}) {
  RawFile file(path);
  file.dataset("cube", kSize, H5T_NATIVE_FLOAT, some_values(kSize));
  if (more) more(file);
}

void write_cube_of(const std::string& path, const std::vector<hsize_t>& extents, hid_t type = H5T_NATIVE_FLOAT) {
  RawFile(path).dataset("cube", extents, type, some_values(extents));
}

/// Spectra along the first axis.
void write_turned(const std::string& path) {
  const std::vector<hsize_t> extents{40, 16, 16};
  std::vector<double> values = some_values(extents);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 1000 + 300 * std::sin(0.3 * static_cast<double>(i / 256)) + 0.05 * values[i];
  }
  RawFile(path).dataset("cube", extents, H5T_NATIVE_FLOAT, values);
}

/// A scene of spectra with a corner and a pixel without data: -9999, NaN or values that a mask covers, 100 to 500.
void write_with_gaps(const std::string& path, double gap) {
  const std::vector<hsize_t> extents{24, 24, 40};
  std::vector<double> values = some_values(extents), mask(24 * 24, 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t pixel = i / 40, row = pixel / 24, col = pixel % 24;
    const double ground = 1 + 0.3 * std::sin(0.5 * static_cast<double>(row)) * std::cos(0.4 * static_cast<double>(col));
    values[i] = ground * (1000 + 300 * std::sin(0.2 * static_cast<double>(i % 40))) + 0.01 * values[i];
    if (row + col >= 12 && pixel != 300) continue;
    values[i] = gap > 0 ? gap + static_cast<double>(i % 400) : gap;
    mask[pixel] = 0;
  }
  RawFile file(path);
  file.dataset("cube", extents, H5T_NATIVE_FLOAT, values);
  file.dataset("mask", {24, 24}, H5T_STD_U8LE, mask);
}

void write_with_value(const std::string& path, double value) {
  std::vector<double> values = some_values(kSize);
  values[values.size() / 2] = value;
  RawFile(path).dataset("cube", kSize, H5T_NATIVE_FLOAT, values);
}

/// /cube of a type that holds no numbers.
void write_typed(const std::string& path, hid_t type) {
  RawFile(path).dataset("cube", kSize, type, {});
  H5Tclose(type);
}

hid_t text_type() {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, 4);
  return type;
}

hid_t compound_type() {
  const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
  H5Tinsert(type, "red", 0, H5T_NATIVE_FLOAT);
  H5Tinsert(type, "green", 4, H5T_NATIVE_FLOAT);
  return type;
}

/// /cube with a property list that `prepare` fills in, without values.
void write_layout(const std::string& path, const std::vector<hsize_t>& extents,
                  const std::function<void(hid_t properties)>& prepare) {
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  prepare(properties);
  RawFile(path).special_dataset("cube", extents, properties);
  H5Pclose(properties);
}

void in_chunks(hid_t properties) {
  const hsize_t chunk[] = {1, 16, 40};
  H5Pset_chunk(properties, 3, chunk);
}

void write_packed(const std::string& path, void (*add_filters)(hid_t properties)) {
  RawFile file(path);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, kSize.data(), nullptr);
  in_chunks(properties);
  add_filters(properties);
  const hid_t dataset = H5Dcreate2(file.id(), "cube", H5T_STD_U16LE, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, some_values(kSize).data());
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(properties);
}

void write_layouts(const std::string& folder) {
  write_layout(folder + "no_values.h5", {400, 400, 400}, in_chunks);
  write_layout(folder + "huge.h5", {1000000, 1000000, 1000}, in_chunks);
  write_layout(folder + "overflow.h5", {hsize_t{1} << 40, hsize_t{1} << 13, 1000}, in_chunks);
  write_layout(folder + "outside.h5", kSize,
               [](hid_t properties) { H5Pset_external(properties, "/etc/passwd", 0, H5F_UNLIMITED); });
  write_layout(folder + "virtual.h5", kSize, [](hid_t properties) {
    const hid_t space = H5Screate_simple(3, kSize.data(), nullptr);
    H5Pset_virtual(properties, space, "good.h5", "/cube", space);
    H5Sclose(space);
  });
  write_layout(folder + "filter.h5", kSize, [](hid_t properties) {
    in_chunks(properties);
    H5Pset_filter(properties, 32008, H5Z_FLAG_OPTIONAL, 0, nullptr);
  });
  write_packed(folder + "packed.h5", [](hid_t properties) { H5Pset_deflate(properties, 4); });
  write_packed(folder + "summed.h5", [](hid_t properties) { H5Pset_fletcher32(properties); });
}

void write_links(const std::string& folder) {
  RawFile round(folder + "round.h5");
  H5Lcreate_soft("/other", round.id(), "cube", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/cube", round.id(), "other", H5P_DEFAULT, H5P_DEFAULT);
  RawFile nowhere(folder + "nowhere.h5");
  H5Lcreate_soft("/absent", nowhere.id(), "cube", H5P_DEFAULT, H5P_DEFAULT);
  RawFile linked(folder + "linked.h5");
  H5Lcreate_external("good.h5", "/cube", linked.id(), "cube", H5P_DEFAULT, H5P_DEFAULT);
  RawFile group(folder + "group.h5");
  H5Gclose(H5Gcreate2(group.id(), "cube", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  RawFile deep(folder + "deep.h5");
  hid_t at = H5Gopen2(deep.id(), "/", H5P_DEFAULT);
  for (int i = 0; i < 100; ++i) {
    const hid_t next = H5Gcreate2(at, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(at);
    at = next;
  }
  H5Gclose(at);
}

void write_wavelengths(const std::string& folder) {
  const auto write = [&](const std::string& name, const std::vector<double>& values) {
    write_scene(folder + "wavelengths_" + name + ".h5",
                [&](RawFile& file) { file.dataset("wavelength_nm", {values.size()}, H5T_NATIVE_DOUBLE, values); });
  };
  std::vector<double> good(40);
  std::iota(good.begin(), good.end(), 400);
  const auto with = [&](double value) {
    std::vector<double> values = good;
    values[7] = value;
    return values;
  };
  write("few", {400, 500});
  write("nan", with(kNan));
  write("negative", with(-500));
  write("micrometres", with(0.5));
  write_scene(folder + "wavelengths_square.h5", [&](RawFile& file) {
    file.dataset("wavelength_nm", {8, 5}, H5T_NATIVE_DOUBLE, good);
  });
  write_scene(folder + "wavelengths_text.h5", [&](RawFile& file) {
    const hid_t type = text_type();
    file.dataset("wavelength_nm", {40}, type, {});
    H5Tclose(type);
  });
}

void write_scenes(const std::string& folder) {
  write_scene(folder + "good.h5");
  write_stream_pair(folder + "stream.h5");
  write_field_pairs(folder);
  write_cube_of(folder + "rank2.h5", {16, 16});
  write_cube_of(folder + "rank4.h5", {2, 8, 8, 40});
  write_cube_of(folder + "odd.h5", {15, 16, 40});
  write_turned(folder + "turned.h5");
  write_with_gaps(folder + "gaps_value.h5", -9999);
  write_with_gaps(folder + "gaps_nan.h5", kNan);
  write_with_gaps(folder + "gaps_mask.h5", 100);
  write_cube_of(folder + "empty.h5", {16, 0, 40});
  write_cube_of(folder + "one_pixel.h5", {1, 1, 40});
  write_with_value(folder + "nan.h5", kNan);
  write_with_value(folder + "infinite.h5", -std::numeric_limits<double>::infinity());
  RawFile(folder + "beyond_float.h5").dataset("cube", {1, 1, 2}, H5T_NATIVE_DOUBLE, {1, 1e300});
  write_typed(folder + "text_values.h5", text_type());
  write_typed(folder + "compound.h5", compound_type());
  write_typed(folder + "opaque.h5", H5Tcreate(H5T_OPAQUE, 4));
  const hid_t twelve_bits = H5Tcopy(H5T_STD_U16LE);
  H5Tset_precision(twelve_bits, 12);
  write_typed(folder + "twelve_bits.h5", twelve_bits);
}

/// What a pair file is made of; a test changes one of these.
struct RawPair {
  std::vector<hsize_t> hsi{8, 8, 40}, msi{16, 16, 3}, reference{16, 16, 40}, srf{3, 40};
  std::vector<double> srf_values = std::vector<double>(120, 1.0), ratio{2};
};

void write_pair(const std::string& path, const RawPair& pair) {
  RawFile file(path);
  const auto add = [&](const char* name, const std::vector<hsize_t>& extents) {
    if (!extents.empty()) file.dataset(name, extents, H5T_NATIVE_FLOAT, some_values(extents));
  };
  add("hsi", pair.hsi);
  add("msi", pair.msi);
  add("reference", pair.reference);
  if (!pair.srf.empty()) file.dataset("srf", pair.srf, H5T_NATIVE_FLOAT, pair.srf_values);
  if (!pair.ratio.empty()) file.number("ratio", H5T_NATIVE_DOUBLE, pair.ratio[0]);
}

void write_pairs(const std::string& folder) {
  const auto write = [&](const std::string& name, const std::function<void(RawPair&)>& change) {
    RawPair pair;
    change(pair);
    write_pair(folder + "pair_" + name + ".h5", pair);
  };
  write("good", [](RawPair&) {});
  write("no_reference", [](RawPair& pair) {
    pair.hsi = {24, 24, 40};
    pair.msi = {48, 48, 3};
    pair.reference.clear();
  });
  write("no_srf", [](RawPair& pair) { pair.srf.clear(); });
  write("no_hsi", [](RawPair& pair) { pair.hsi.clear(); });
  write("no_msi", [](RawPair& pair) { pair.msi.clear(); });
  write("swapped", [](RawPair& pair) { std::swap(pair.hsi, pair.msi); });
  write("uneven", [](RawPair& pair) { pair.msi = {17, 16, 3}; });
  write("two_ratios", [](RawPair& pair) { pair.msi = {16, 32, 3}; });
  write("reference", [](RawPair& pair) { pair.reference = {16, 16, 39}; });
  write("flat_msi", [](RawPair& pair) { pair.msi = {16, 16}; });
  for (const double ratio : {0.0, -2.0, 2.5, 1e300, kNan}) {
    write(concat("ratio_", ratio), [&](RawPair& pair) { pair.ratio = {ratio}; });
  }
  write("ratio_text", [](RawPair& pair) { pair.ratio.clear(); });
  const hid_t file = H5Fopen((folder + "pair_ratio_text.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
  const hid_t attribute = H5Acreate2(file, "ratio", type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, "two");
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  H5Fclose(file);
  write("srf_shape", [](RawPair& pair) { pair.srf = {40, 3}; });
  write("srf_flat", [](RawPair& pair) { pair.srf = {120}; });
  write("srf_negative", [](RawPair& pair) { pair.srf_values[50] = -0.1; });
  write("srf_zero", [](RawPair& pair) { std::fill_n(pair.srf_values.begin() + 40, 40, 0.0); });
  write("srf_nan", [](RawPair& pair) { pair.srf_values[3] = kNan; });
}

void write_checkpoints(const std::string& folder, const std::string& good) {
  const auto write = [&](const std::string& name, const std::function<void(Checkpoint&)>& change) {
    Checkpoint checkpoint = read_checkpoint(good);
    change(checkpoint);
    write_checkpoint(folder + "checkpoint_" + name + ".h5", checkpoint);
  };
  const std::string weight = "model/hsi.conv1.weight", span = "normalization/msi.span";
  const float nan = std::numeric_limits<float>::quiet_NaN();
  write("missing", [&](Checkpoint& checkpoint) { checkpoint.tensors.erase(weight); });
  write("shape", [&](Checkpoint& checkpoint) { checkpoint.tensors[weight] = Tensor({3, 5}); });
  write("nan", [&](Checkpoint& checkpoint) { checkpoint.tensors[weight][4] = nan; });
  write("unscaled", [&](Checkpoint& checkpoint) { checkpoint.tensors.erase(span); });
  write("zero_span", [&](Checkpoint& checkpoint) { checkpoint.tensors[span] = Tensor({6}); });
  write("short_span", [&](Checkpoint& checkpoint) { checkpoint.tensors[span] = Tensor::from({1}, {1}); });
  write("nan_span", [&](Checkpoint& checkpoint) { checkpoint.tensors[span][0] = nan; });
  write("bands", [&](Checkpoint& checkpoint) {
    for (const char* name : {"low", "span"}) {
      checkpoint.tensors[concat("normalization/target.", name)] = Tensor::from({2}, {1, 1});
    }
  });
  const auto write_config = [&](const std::string& name, const std::string& text) {
    write("config_" + name, [&](Checkpoint& checkpoint) { checkpoint.attributes["config"] = text; });
  };
  write("no_config", [&](Checkpoint& checkpoint) { checkpoint.attributes.erase("config"); });
  write_config("cut", "{\"name\": ");
  write_config("list", "[1, 2]");
  write_config("text", "\"two_cnn_fu\"");
  write_config("no_methods", R"({"degrade": {"ratio": 2}, "methods": []})");
  write_config("number", R"({"degrade": {"ratio": 2}, "methods": [7]})");
  write_config("ratio", R"({"degrade": {"ratio": 1e300}, "methods": [{"name": "two_cnn_fu"}]})");
  write_config("method", R"({"degrade": {"ratio": 2}, "methods": [{"name": "linear_injection"}]})");
  std::string config = read_checkpoint(good).attributes.at("config");
  const std::string maps = "\"maps\": 3";
  config.replace(config.find(maps), maps.size(), "\"maps\": 4");
  write_config("sizes", config);
  config.replace(config.find("\"maps\": 4"), maps.size(), "\"maps\": -4");
  write_config("negative", config);
  const auto write_version = [&](const char* name, double version) {
    RawFile file(folder + "checkpoint_" + name + ".h5");
    H5Gclose(H5Gcreate2(file.id(), "state", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    file.number("format_version", H5T_NATIVE_DOUBLE, version);
  };
  write_version("version_2", 2);
  write_version("version_nan", kNan);
}

}  // namespace

int main(int count, char** texts) {
  if (count != 2 && count != 3) return std::fprintf(stderr, "usage: make_bad_files FOLDER [CHECKPOINT]\n"), 2;
  const std::string folder = std::string(texts[1]) + "/";
  if (count == 3) return write_checkpoints(folder, texts[2]), 0;
  write_scenes(folder);
  write_layouts(folder);
  write_links(folder);
  write_wavelengths(folder);
  write_pairs(folder);
}
