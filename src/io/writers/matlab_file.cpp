#include "specfuse/io/image_writer.h"

#ifdef SPECFUSE_MATIO
#include <matio.h>

#include <algorithm>
#include <array>

#include "io/folder_beside.h"
#include "specfuse/core/error.h"
#include "specfuse/core/threads.h"
#endif

namespace specfuse {

#ifdef SPECFUSE_MATIO
namespace {

/// Of one variable in a file of version 5, in bytes.
constexpr Index kMostBytes = (Index{1} << 31) - 1;

template <std::size_t rank>
void write_variable(mat_t* file, const std::string& name, matio_classes kind, matio_types type,
                    std::array<std::size_t, rank> extents, const void* values) {
  const std::unique_ptr<matvar_t, decltype(&Mat_VarFree)> variable(
      Mat_VarCreate(name.c_str(), kind, type, static_cast<int>(rank), extents.data(), const_cast<void*>(values),
                    MAT_F_DONT_COPY_DATA),
      Mat_VarFree);
  SPECFUSE_CHECK(variable != nullptr && Mat_VarWrite(file, variable.get(), MAT_COMPRESSION_ZLIB) == 0, "variable ",
                 name);
}

void write_numbers(mat_t* file, const std::string& name, const std::vector<double>& numbers) {
  write_variable<2>(file, name, MAT_C_DOUBLE, MAT_T_DOUBLE, {1, numbers.size()}, numbers.data());
}

/// Whether MATLAB takes it for the name of a variable.
bool is_name(const std::string& name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && name.size() < 64 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

void write_attribute(mat_t* file, const std::string& name, const AttributeValue& value) {
  if (!is_name(name)) return;
  if (const auto* const numbers = std::get_if<std::vector<double> >(&value)) return write_numbers(file, name, *numbers);
  const std::string& text = std::get<std::string>(value);
  if (!text.empty()) write_variable<2>(file, name, MAT_C_CHAR, MAT_T_UTF8, {1, text.size()}, text.data());
}

/// Collects the values, since a variable is written at once.
class MatlabWriter : public PartWriter {
 public:
  MatlabWriter(const std::string& path, const Cube& like, Index rows, Index cols)
      : path_(path), like_(like), values_(room(like.bands(), rows, cols)), folder_(path) {}

  void write(Index row, Index col, const Tensor& part) override {
    parallel_for(part.dim(2), [&](Index band) {
      for (Index i = 0; i < part.dim(1); ++i) {
        float* const to = values_.data() + (band * values_.dim(1) + col + i) * values_.dim(2) + row;
        for (Index j = 0; j < part.dim(0); ++j) to[j] = part[(j * part.dim(1) + i) * part.dim(2) + band];
      }
    });
  }

  void finish() override {
    Mat_LogInit("specfuse");
    Mat_LogInitFunc("specfuse", [](int, char*) {});
    std::unique_ptr<mat_t, decltype(&Mat_Close)> file(Mat_CreateVer(folder_.file().c_str(), nullptr, MAT_FT_MAT5),
                                                      Mat_Close);
    SPECFUSE_CHECK(file != nullptr, "cannot write ", path_);
    try {
      write_all(file.get());
    } catch (const Error& problem) {
      throw Error(concat("cannot write ", path_, ": ", problem.what()));
    }
    file.reset();
    folder_.move_out();
  }

 private:
  Tensor room(Index bands, Index rows, Index cols) const {
    SPECFUSE_CHECK(bands * rows * cols <= kMostBytes / static_cast<Index>(sizeof(float)), "cannot write ", path_,
                   ": a variable of MATLAB 7 holds at most 2 GB");
    return Tensor::uninitialized({bands, cols, rows});
  }

  void write_all(mat_t* file) const {
    write_variable<3>(file, "cube", MAT_C_SINGLE, MAT_T_SINGLE,
                      {static_cast<std::size_t>(values_.dim(2)), static_cast<std::size_t>(values_.dim(1)),
                       static_cast<std::size_t>(values_.dim(0))},
                      values_.data());
    if (!like_.wavelength_nm.empty()) write_numbers(file, "wavelength_nm", like_.wavelength_nm);
    for (const auto& [name, value] : like_.attributes) write_attribute(file, name, value);
  }

  std::string path_;
  Cube like_;
  /// [bands, cols, rows]: the first dimension of MATLAB is the fastest.
  Tensor values_;
  FolderBeside folder_;
};

}  // namespace
#endif

ImageWriter matlab_file() {
  ImageWriter format{"matlab", ".mat", nullptr, "matio (Debian: libmatio-dev)", true};
#ifdef SPECFUSE_MATIO
  format.begin = [](const std::string& path, const Cube& like, Index rows, Index cols) {
    return std::make_unique<MatlabWriter>(path, like, rows, cols);
  };
#endif
  return format;
}

}  // namespace specfuse
