#include "specfuse/io/held_image.h"

#include <map>
#include <mutex>
#include <utility>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

constexpr std::string_view kHeldPrefix = "array:";

struct HeldImages {
  std::mutex access;
  std::map<std::string, ImagePtr> images;
};

HeldImages& held() {
  static HeldImages all;
  return all;
}

}  // namespace

HeldImage::HeldImage(const std::string& label, Cube image) {
  const std::lock_guard lock(held().access);
  name_ = concat(kHeldPrefix, label);
  for (int number = 2; held().images.contains(name_); ++number) name_ = concat(kHeldPrefix, label, "-", number);
  held().images.emplace(name_, in_memory(std::move(image)));
}

HeldImage::~HeldImage() {
  const std::lock_guard lock(held().access);
  held().images.erase(name_);
}

bool names_held_image(const std::string& name) { return name.starts_with(kHeldPrefix); }

ImagePtr held_image(const std::string& name) {
  const std::lock_guard lock(held().access);
  const auto found = held().images.find(name);
  SPECFUSE_CHECK_AS(DataError, found != held().images.end(), name, ": expected an image that is in memory, got none");
  return found->second;
}

}  // namespace specfuse
