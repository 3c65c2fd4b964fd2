#include "specfuse/imaging/georeference.h"

#include "specfuse/core/text.h"

namespace specfuse {

std::vector<double> numbers_of(const Cube& image, const std::string& attribute) {
  const auto found = image.attributes.find(attribute);
  const auto* const numbers =
      found == image.attributes.end() ? nullptr : std::get_if<std::vector<double>>(&found->second);
  return numbers == nullptr ? std::vector<double>{} : *numbers;
}

std::string text_of(const Cube& image, const std::string& attribute) {
  const auto found = image.attributes.find(attribute);
  const auto* const text = found == image.attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

std::vector<std::string> band_names_of(const Cube& image) {
  const std::string text = text_of(image, kBandNamesAttribute);
  std::vector<std::string> names;
  if (text.empty()) return names;
  for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 2) {
    end = text.find(", ", begin);
    names.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
  }
  return std::ssize(names) == image.bands() ? names : std::vector<std::string>{};
}

std::string map_unit(const Cube& image) {
  const std::string text = text_of(image, kProjectionAttribute);
  const std::size_t at = text.rfind("UNIT[\"");
  if (at == std::string::npos) return {};
  const std::string unit = text.substr(at + 6, text.find('"', at + 6) - at - 6);
  return unit == "metre" || unit == "Meter" || unit == "meter" ? " m" : concat(" ", unit);
}

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

Cube select_bands(const Cube& image, const std::vector<Index>& bands) {
  const auto selected = [&](const std::vector<double>& all) {
    std::vector<double> some;
    for (const Index band : bands) some.push_back(all[static_cast<std::size_t>(band)]);
    return some;
  };
  Cube result;
  result.values = Tensor::uninitialized({image.rows(), image.cols(), std::ssize(bands)});
  result.valid = image.valid;
  result.attributes = image.attributes;
  if (!image.wavelength_nm.empty()) result.wavelength_nm = selected(image.wavelength_nm);
  for (const std::string& name : {kFwhmAttribute, kGoodBandsAttribute}) {
    const auto found = result.attributes.find(name);
    auto* const numbers = found == result.attributes.end() ? nullptr : std::get_if<std::vector<double>>(&found->second);
    if (numbers != nullptr && std::ssize(*numbers) == image.bands()) *numbers = selected(*numbers);
  }
  const std::vector<std::string> names = band_names_of(image);
  if (!names.empty()) {
    result.attributes[kBandNamesAttribute] =
        joined(bands, [&](Index band) { return names[static_cast<std::size_t>(band)]; });
  }
  for (Index p = 0; p < image.pixels(); ++p) {
    const float* const from = image.values.data() + p * image.bands();
    float* to = result.values.data() + p * result.bands();
    for (const Index band : bands) *to++ = from[band];
  }
  return result;
}

void forget_bands(Cube& image) {
  for (const std::string& name : {kFwhmAttribute, kGoodBandsAttribute, kBandNamesAttribute})
    image.attributes.erase(name);
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
