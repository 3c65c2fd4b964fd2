#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string_view>

#include "io/micrometres.h"
#include "io/reorder.h"
#include "io/stored_numbers.h"
#include "io/stored_values.h"
#include "specfuse/core/error.h"
#include "specfuse/core/utf8.h"
#include "specfuse/imaging/georeference.h"
#include "specfuse/imaging/no_data.h"
#include "specfuse/io/file.h"
#include "specfuse/io/scene.h"

#ifdef SPECFUSE_MATIO
#include <matio.h>
#endif

namespace specfuse {
namespace {

/// What the text at the beginning of a file of version 5 starts with; files of version 7.3 are HDF5.
constexpr std::string_view kMatlabMagic = "MATLAB 5.0 MAT-file";

bool is_matlab(const std::string& path) { return begins_with(path, kMatlabMagic); }

#ifndef SPECFUSE_MATIO

constexpr decltype(SceneFormat::open) open_matlab = nullptr;

#else

using Variable = std::unique_ptr<matvar_t, decltype(&Mat_VarFree)>;

/// Numbers that are neither complex nor sparse.
bool is_numeric(const matvar_t& variable) {
  return variable.isComplex == 0 && variable.class_type >= MAT_C_DOUBLE && variable.class_type <= MAT_C_UINT64;
}

/// The values in the order of the file, first dimension fastest.
void copy_values(const matvar_t& variable, float* to, std::size_t count) {
  const bool integer = variable.class_type >= MAT_C_INT8, sign = (variable.class_type - MAT_C_INT8) % 2 == 0;
  read_numbers(variable.data, {integer ? sign ? 'i' : 'u' : 'f', static_cast<std::size_t>(variable.data_size)}, to,
               static_cast<Index>(count));
}

/// Throws where the last element of a file goes beyond its end: the library reads what is missing as it pleases. Each
/// has a tag of eight bytes, its type and how many more bytes it has.
void check_whole(const std::string& path) {
  constexpr std::streamoff kHead = 128, kTag = 8;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file.tellg();
  std::array<char, 2> order{};
  file.seekg(kHead - 2).read(order.data(), order.size());
  const bool big = order[0] == 'M';
  for (std::streamoff at = kHead; at < size;) {
    std::array<unsigned char, kTag> tag{};
    const bool read = bool(file.seekg(at).read(reinterpret_cast<char*>(tag.data()), tag.size()));
    std::streamoff bytes = 0;
    for (std::size_t i = 0; i < 4; ++i) bytes = bytes * 256 + tag[big ? 4 + i : 7 - i];
    at += kTag + bytes;
    SPECFUSE_CHECK_AS(DataError, read && at <= size, path, ": expected at least ", at,
                      " bytes by what it says of them, got ", size, ": it is cut off");
  }
}

class MatlabScene {
 public:
  explicit MatlabScene(const std::string& path)
      : path_(path), file_(Mat_Open(path.c_str(), MAT_ACC_RDONLY), Mat_Close) {
    Mat_LogInit("specfuse");
    Mat_LogInitFunc("specfuse", [](int, char*) {});
    SPECFUSE_CHECK_AS(DataError, file_ != nullptr, path_, ": expected a MATLAB file, got another");
    check_whole(path_);
    while (const Variable variable{Mat_VarReadNextInfo(file_.get()), Mat_VarFree}) {
      if (variable->class_type == MAT_C_CHAR && variable->rank == 2 && variable->dims[0] == 1)
        texts_.emplace_back(variable->name);
      if (!is_numeric(*variable)) continue;
      known_.push_back({variable->name, {variable->dims, variable->dims + variable->rank}});
    }
    rows_ = numbers("nRow");
    cols_ = numbers("nCol");
  }

  Cube read(const std::string& dataset) {
    const std::string name = dataset.substr(dataset.find_first_not_of('/'));
    const Known& known = choose(name);
    Cube cube;
    if (known.extents.size() == 3 || !sized()) {
      const std::size_t bands = known.extents.size() == 3 ? known.extents[2] : 1;
      cube.values = in_order(values(known, {bands, known.extents[1], known.extents[0]}), "bcr");
    } else {
      // Bands by pixels, down the columns.
      cube.values = in_order(
          values(known, {static_cast<std::size_t>(cols_[0]), static_cast<std::size_t>(rows_[0]), known.extents[0]}),
          "crb");
    }
    for (const char* wavelengths : {"wavelength_nm", "wavelengths", "wavelength"}) {
      std::vector<double> found = numbers(wavelengths);
      if (found.empty() || count_bands(found)) continue;
      const bool micrometres = are_micrometres(found);
      for (double& value : found) value *= micrometres ? 1000 : 1;
      if (std::ssize(found) == cube.bands() && are_nanometres(found)) {
        cube.wavelength_nm = found;
        break;
      }
      cube.notes.warnings.push_back(concat(path_, ": its ", wavelengths, " of ", found.size(),
                                           " numbers are no wavelengths of the ", cube.bands(), " bands of ",
                                           known.name, ", and are not used"));
    }
    read_attributes(cube);
    return cube;
  }

 private:
  struct Known {
    std::string name;
    std::vector<std::size_t> extents;
  };

  /// Whether it says how many rows and columns the pixels of a matrix have.
  bool sized() const { return rows_.size() == 1 && cols_.size() == 1; }

  /// What is said of the image, by the names that a scene has for it.
  void read_attributes(Cube& cube) {
    for (const std::string& name : {kNoDataAttribute, kGeotransformAttribute, kFwhmAttribute, kGoodBandsAttribute,
                                    kScaleAttribute, kOffsetAttribute}) {
      const std::vector<double> found = numbers(name);
      if (!found.empty()) cube.attributes[name] = found;
    }
    const std::vector<double> good = numbers("bbl");
    if (!good.empty()) cube.attributes[kGoodBandsAttribute] = good;
    for (const std::string& name : texts_) {
      const Variable variable{Mat_VarRead(file_.get(), name.c_str()), Mat_VarFree};
      if (variable == nullptr || variable->data == nullptr || variable->data_size != 1) continue;
      cube.attributes[name] = as_utf8({static_cast<const char*>(variable->data), variable->nbytes});
    }
  }

  std::string list() const {
    std::string text;
    for (const Known& known : known_) {
      text += concat(text.empty() ? "" : ", ", known.name, " [");
      for (std::size_t i = 0; i < known.extents.size(); ++i) text += concat(i == 0 ? "" : " x ", known.extents[i]);
      text += "]";
    }
    return text.empty() ? "none" : text;
  }

  /// The variable of this name; or else the only cube, or the largest matrix of bands by pixels of nRow x nCol, or the
  /// only image of one band.
  const Known& choose(const std::string& name) {
    const auto matrix = [&](const Known& known) {
      return sized() && known.extents.size() == 2 && known.extents[1] > 1 &&
             static_cast<double>(known.extents[1]) == rows_[0] * cols_[0];
    };
    const auto flat = [&](const Known& known) {
      return !sized() && known.extents.size() == 2 && known.extents[0] > 1 && known.extents[1] > 1;
    };
    const Known *only = nullptr, *largest = nullptr, *image = nullptr;
    int cubes = 0, images = 0;
    for (const Known& known : known_) {
      const bool cube = known.extents.size() == 3;
      if (known.name == name && (cube || matrix(known) || flat(known))) return known;
      images += flat(known);
      if (flat(known)) image = &known;
      if (cube) {
        ++cubes;
        only = &known;
      } else if (matrix(known) && (largest == nullptr || known.extents[0] > largest->extents[0])) {
        largest = &known;
      }
    }
    const bool any = name == "cube";  // nobody asked for one
    if (any && cubes == 1) return *only;
    if (any && cubes == 0 && largest != nullptr) return *largest;
    if (any && cubes == 0 && images == 1) return *image;
    throw DataError(concat(path_, ": expected ", any ? "one variable of three dimensions" : "the variable " + name,
                           ", named in data.dataset, got ", list()));
  }

  Tensor values(const Known& known, const std::array<std::size_t, 3>& extents) {
    const Variable variable{Mat_VarRead(file_.get(), known.name.c_str()), Mat_VarFree};
    SPECFUSE_CHECK_AS(DataError, variable != nullptr && variable->data != nullptr, "cannot read ", known.name, " of ",
                      path_);
    Tensor result = Tensor::uninitialized(
        {static_cast<Index>(extents[0]), static_cast<Index>(extents[1]), static_cast<Index>(extents[2])});
    copy_values(*variable, result.data(), static_cast<std::size_t>(result.size()));
    return result;
  }

  /// Of a variable; none where it is not there.
  std::vector<double> numbers(const std::string& name) {
    const auto found =
        std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.name == name; });
    if (found == known_.end()) return {};
    std::size_t count = 1;
    for (const std::size_t extent : found->extents) count *= extent;
    const Variable variable{Mat_VarRead(file_.get(), name.c_str()), Mat_VarFree};
    if (variable == nullptr || variable->data == nullptr) return {};
    if (variable->class_type == MAT_C_DOUBLE) {
      const auto* const all = static_cast<const double*>(variable->data);
      return {all, all + count};
    }
    std::vector<float> few(count);
    copy_values(*variable, few.data(), count);
    return {few.begin(), few.end()};
  }

  std::string path_;
  std::unique_ptr<mat_t, decltype(&Mat_Close)> file_;
  std::vector<Known> known_;
  std::vector<double> rows_, cols_;
  /// Names of variables that hold a line of text.
  std::vector<std::string> texts_;
};

ImagePtr open_matlab(const std::string& path, const std::string& dataset) {
  return in_memory(MatlabScene(path).read(dataset));
}

#endif

}  // namespace

SceneFormat matlab_scene_format() {
  return {"matlab",  "MATLAB up to version 7: the only variable of three dimensions, or two, or the one that is named",
          is_matlab, open_matlab,
          "matio",   "libmatio-dev"};
}

}  // namespace specfuse
