#pragma once

// The calls whose form has changed since keep their 1.10 form under later libraries.
#define H5_USE_110_API
#include <hdf5.h>

#include <string>
#include <utility>

#include "specfuse/core/error.h"

namespace specfuse {

class Hdf5Reader;

/// An HDF5 identifier with the call that releases it.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle(hid_t id, Close release) : id_(id), close_(release) {}
  ~Handle() { close(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;

  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }
  /// Data may be written as late as here, so a writer asks whether it went well.
  bool close() {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 || close_(id) >= 0;
  }

 private:
  hid_t id_;
  Close close_;
};

/// Keeps the library from printing its error stack; `hdf5_reason` reads it instead.
void silence_hdf5();

/// The library's reason for the failure of the last call, innermost cause, on one line.
std::string hdf5_reason();

/// A dataset or a group. Throws `DataError` where there is none, or a link leads into another file.
Handle open_object(const Hdf5Reader& reader, hid_t file, const std::string& name);

/// Whether numbers lie in the bytes of a type as a CPU has them. Others exist on paper, and in broken files.
bool is_plain_number(const Handle& type);

}  // namespace specfuse
