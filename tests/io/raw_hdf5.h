#pragma once

// Files as other programs write them, through the C library: what the writer of the project would never make.
#include <hdf5.h>

#include <string>
#include <vector>

#include "specfuse/core/error.h"

namespace specfuse {

class RawFile {
 public:
  explicit RawFile(const std::string& path) : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
    SPECFUSE_CHECK(file_ >= 0, "cannot make ", path);
  }
  ~RawFile() { H5Fclose(file_); }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  hid_t id() const { return file_; }

  /// A dataset of any type from doubles.
  void dataset(const char* name, const std::vector<hsize_t>& extents, hid_t type, const std::vector<double>& values) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t dataset = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    SPECFUSE_CHECK(dataset >= 0, "cannot make ", name);
    if (!values.empty()) H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    H5Sclose(space);
  }

  /// A dataset with a property list of its own, no values written.
  void special_dataset(const char* name, const std::vector<hsize_t>& extents, hid_t properties) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t dataset = H5Dcreate2(file_, name, H5T_NATIVE_UINT16, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    SPECFUSE_CHECK(dataset >= 0, "cannot make ", name);
    H5Dclose(dataset);
    H5Sclose(space);
  }

  void number(const char* name, hid_t type, double value) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(attribute);
    H5Sclose(space);
  }

  /// One text of fixed length on an object, padded as told; or as many of equal length as told.
  void fixed_text(const char* object, const char* name, const std::string& bytes, H5T_str_t padding,
                  hsize_t count = 1) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, bytes.size() / count);
    H5Tset_strpad(type, padding);
    const hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr);
    const hid_t owner = H5Oopen(file_, object, H5P_DEFAULT);
    const hid_t attribute = H5Acreate2(owner, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, bytes.data());
    H5Aclose(attribute);
    H5Oclose(owner);
    H5Sclose(space);
    H5Tclose(type);
  }

 private:
  hid_t file_;
};

}  // namespace specfuse
