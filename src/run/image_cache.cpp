#include "run/image_cache.h"

namespace specfuse {

ImagePtr ImageCache::get(const std::string& key, const std::function<ImagePtr()>& open) {
  const auto found = images_.find(key);
  if (found == images_.end()) return images_.emplace(key, Kept{in_memory(open()->read_all())}).first->second.image;
  found->second.used = true;
  return found->second.image;
}

void ImageCache::forget_unused() {
  std::erase_if(images_, [](const auto& kept) { return !kept.second.used; });
  for (auto& [key, kept] : images_) kept.used = false;
}

ImagePtr image_of(ImageCache* cache, const std::string& key, const std::function<ImagePtr()>& open) {
  return cache == nullptr ? open() : cache->get(key, open);
}

}  // namespace specfuse
