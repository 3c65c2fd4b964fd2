#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "specfuse/imaging/image.h"

namespace specfuse {

/// Images that were read into memory, for many experiments on the same ones.
class ImageCache {
 public:
  /// The image of this key: that which was read before, or all of what `open` gives.
  ImagePtr get(const std::string& key, const std::function<ImagePtr()>& open);
  /// Forgets what nobody asked for since the last call.
  void forget_unused();

 private:
  struct Kept {
    ImagePtr image;
    bool used = true;
  };
  std::map<std::string, Kept> images_;
};

/// The image of a key in the cache; null: what `open` gives, which is not read.
ImagePtr image_of(ImageCache* cache, const std::string& key, const std::function<ImagePtr()>& open);

}  // namespace specfuse
