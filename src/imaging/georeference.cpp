#include "specfuse/imaging/georeference.h"

namespace specfuse {

void move_georeference(Cube& image, Index row, Index col, double size) {
  const auto found = image.attributes.find(kGeotransformAttribute);
  if (found == image.attributes.end()) return;
  auto* const numbers = std::get_if<std::vector<double>>(&found->second);
  if (numbers == nullptr || numbers->size() != 6) return;
  std::vector<double>& at = *numbers;
  const auto down = static_cast<double>(row), right = static_cast<double>(col);
  at[0] += right * at[1] + down * at[2];
  at[3] += right * at[4] + down * at[5];
  for (const std::size_t step : {1u, 2u, 4u, 5u}) at[step] *= size;
}

void keep_bands(Cube& image, Index first, Index count) {
  for (const std::string& name : {kFwhmAttribute, kGoodBandsAttribute}) {
    const auto found = image.attributes.find(name);
    if (found == image.attributes.end()) continue;
    auto* const numbers = std::get_if<std::vector<double>>(&found->second);
    if (count == 0 || numbers == nullptr || std::ssize(*numbers) < first + count) {
      image.attributes.erase(found);
    } else {
      *numbers = {numbers->begin() + first, numbers->begin() + first + count};
    }
  }
}

Cube without_bad_bands(const Cube& image) {
  const auto said = image.attributes.find(kGoodBandsAttribute);
  const auto* const good = said == image.attributes.end() ? nullptr : std::get_if<std::vector<double>>(&said->second);
  if (good == nullptr || std::ssize(*good) != image.bands()) return image;
  std::vector<std::size_t> kept;
  for (std::size_t band = 0; band < good->size(); ++band) {
    if ((*good)[band] != 0) kept.push_back(band);
  }
  if (kept.size() == good->size() || kept.empty()) return image;
  const auto chosen = [&](const std::vector<double>& all) {
    std::vector<double> some;
    for (const std::size_t band : kept) some.push_back(all[band]);
    return some;
  };
  Cube result(image.rows(), image.cols(), std::ssize(kept));
  result.valid = image.valid;
  if (!image.wavelength_nm.empty()) result.wavelength_nm = chosen(image.wavelength_nm);
  for (const auto& [name, value] : image.attributes) {
    const auto* const numbers = std::get_if<std::vector<double>>(&value);
    const bool of_bands = (name == kFwhmAttribute || name == kGoodBandsAttribute) && numbers != nullptr &&
                          numbers->size() == good->size();
    result.attributes[name] = of_bands ? AttributeValue(chosen(*numbers)) : value;
  }
  for (Index p = 0; p < image.pixels(); ++p) {
    const float* const from = image.values.data() + p * image.bands();
    float* to = result.values.data() + p * result.bands();
    for (const std::size_t band : kept) *to++ = from[band];
  }
  return result;
}

void copy_georeference(const Cube& from, Cube& to) {
  for (const std::string& name : {kGeotransformAttribute, kProjectionAttribute}) {
    const auto found = from.attributes.find(name);
    if (found == from.attributes.end()) {
      to.attributes.erase(name);
    } else {
      to.attributes[name] = found->second;
    }
  }
}

}  // namespace specfuse
