#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace specfuse {

/// A copy of `bytes` in a file of `folder` that has no name and goes with its last owner, as memory that can be read
/// and written: the system holds what is in use and leaves the rest on the disk. Throws `Error` with the folder and the
/// reason, such as a full disk.
std::shared_ptr<void> copy_on_disk(const void* bytes, std::size_t count, const std::string& folder);

}  // namespace specfuse
