#pragma once

#include "io/hdf5_handle.h"
#include "specfuse/io/hdf5.h"

namespace specfuse {

/// A dataset or a group. Throws `DataError` where there is none, or a link leads into another file.
Handle open_object(const Hdf5Reader& reader, hid_t file, const std::string& name);

/// Whether numbers lie in the bytes of a type as a CPU has them. Others exist on paper, and in broken files.
bool is_plain_number(const Handle& type);

}  // namespace specfuse
