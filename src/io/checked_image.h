#pragma once

#include <memory>
#include <string>

#include "specfuse/imaging/no_data.h"
#include "specfuse/io/image_on_disk.h"

namespace specfuse {

/// An image whose parts are looked at as `read_scene` looks at a whole one, except that pixels without data may be all
/// there is.
std::unique_ptr<ImageOnDisk> checked_image(std::unique_ptr<ImageOnDisk> image, const std::string& path,
                                           const std::string& dataset, const NoData& no_data);

}  // namespace specfuse
