#include "imaging/landscape.h"

#include <algorithm>
#include <cmath>

#include "specfuse/core/rng.h"

namespace specfuse {
namespace {

Rng placement(std::uint64_t seed, const char* what) { return Rng(seed, stream_of(what)); }

double angle_of(std::uint64_t seed, const char* what) { return double{placement(seed, what).uniform(0.15f, 1.4f)}; }

/// One of the materials, each as likely as often it stands in the list.
template <std::size_t count>
Material pick(const std::array<Material, count>& materials, float lot) {
  return materials[static_cast<std::size_t>(lot * static_cast<float>(count))];
}

/// The variations that a plot's lots stand for, of about unit variance.
std::array<double, kVariations> state_of(const Parcels::Plot& plot) {
  std::array<double, kVariations> state;
  for (std::size_t v = 0; v < kVariations; ++v) state[v] = 3.4 * (double{plot.lots[v + 4]} - 0.5);
  return state;
}

}  // namespace

Landscape::Landscape(Index rows, Index cols, std::uint64_t seed)
    : height_(rows, cols, {80, 5, 0.42}, seed, "synthetic.height"),
      settlement_(rows, cols, {55, 2, 0.5}, seed, "synthetic.settlement"),
      bend_(rows, cols, {60, 2, 0.4}, seed, "synthetic.bend"),
      woods_(rows, cols, {22, 4, 0.5}, seed, "synthetic.woods"),
      rock_(rows, cols, {24, 4, 0.5}, seed, "synthetic.rock"), ore_(rows, cols, {30, 3, 0.5}, seed, "synthetic.ore"),
      growth_(rows, cols, {14, 3, 0.6}, seed, "synthetic.growth"),
      fields_({30, 21, angle_of(seed, "synthetic.fields")}, seed, "synthetic.fields"),
      blocks_({26, 20, angle_of(seed, "synthetic.town")}, seed, "synthetic.blocks"),
      houses_({8, 6.5, angle_of(seed, "synthetic.town")}, seed, "synthetic.houses") {
  Rng rng = placement(seed, "synthetic.lines");
  const auto along = [&](Index extent) { return double{rng.uniform(0.2f, 0.8f)} * static_cast<double>(extent); };
  river_ = along(cols);
  road_ = along(rows);
  lane_ = along(cols);
}

double Landscape::light(double row, double col) const {
  const double east = height_.at(row, col + 1) - height_.at(row, std::max(col - 1, 0.0));
  const double south = height_.at(row + 1, col) - height_.at(std::max(row - 1, 0.0), col);
  return std::exp(std::clamp(0.5 * (east + south), -0.5, 0.25));
}

Cover Landscape::at(double row, double col) const {
  const double bend = bend_.at(row, col);
  const double road = std::abs(row - road_ - 0.18 * col - 9 * bend);
  const double lane = std::abs(col - lane_ + 0.3 * row + 6 * bend);
  if (road < 1.3 || lane < 0.9) return {Material::asphalt, Material::concrete, 0.9, {}};
  if (road < 2.1) return {Material::dry_grass, Material::grass, 0.6, {}};
  const double height = height_.at(row, col);
  if (height < -1.1) return {Material::water, Material::turbid_water, 0.9, {}};
  const double river = std::abs(col - river_ - 14 * bend) - 2.6 - 0.8 * settlement_.at(row, col);
  if (river < 0) return {Material::turbid_water, Material::water, 0.7, {}};
  if (river < 1 || height < -1.05) return {Material::shrub, Material::sand, 0.7, {}};
  if (settlement_.at(row, col) > 1.0) return town(row, col);
  return height > 0.35 ? hill(row, col) : field(row, col);
}

Cover Landscape::town(double row, double col) const {
  if (blocks_.at(row, col).border < 1.1) return {Material::asphalt, Material::concrete, 0.85, {}};
  const Parcels::Plot house = houses_.at(row, col);
  if (house.border < 0.6 || house.lots[0] < 0.3f) {
    constexpr std::array kGarden{Material::grass, Material::deciduous, Material::concrete, Material::shrub};
    return {pick(kGarden, house.lots[1]), Material::loam, 0.75, state_of(house)};
  }
  constexpr std::array kRoofs{Material::tile,     Material::tile,     Material::tile,    Material::tile,
                              Material::concrete, Material::concrete, Material::asphalt, Material::asphalt,
                              Material::asphalt,  Material::membrane, Material::metal,   Material::blue_roof};
  return {pick(kRoofs, house.lots[1]), Material::concrete, 0.97, state_of(house)};
}

Cover Landscape::field(double row, double col) const {
  const Parcels::Plot plot = fields_.at(row, col);
  if (plot.border < 0.5) return {Material::dry_grass, Material::sand, 0.6, {}};
  if (plot.border < 1.3 && plot.lots[2] < 0.2f) return {Material::shrub, Material::deciduous, 0.6, {}};
  constexpr std::array kCrops{Material::crop, Material::crop, Material::grass, Material::dry_grass,
                              Material::loam, Material::clay, Material::sand,  Material::crop};
  constexpr std::array kGrounds{Material::loam, Material::clay, Material::loam, Material::dry_grass};
  const double grown = 0.35 + 0.65 * double{plot.lots[3]} + 0.15 * growth_.at(row, col);
  return {pick(kCrops, plot.lots[0]), pick(kGrounds, plot.lots[1]), std::clamp(grown, 0.05, 1.0), state_of(plot)};
}

Cover Landscape::hill(double row, double col) const {
  const double rock = rock_.at(row, col), ore = ore_.at(row, col);
  const double cover = std::clamp(0.65 + 0.25 * growth_.at(row, col), 0.1, 1.0);
  if (rock > 0.8) {
    // Alteration zones around the hottest core, as hydrothermal systems have them.
    const Material stone = ore > 1.0    ? Material::alunite
                           : ore > 0.45 ? Material::kaolinite
                           : ore > 0.0  ? Material::hematite
                           : ore > -0.6 ? Material::goethite
                                        : Material::limestone;
    return {stone, Material::dry_grass, cover, {}};
  }
  const double woods = woods_.at(row, col);
  if (woods > 0.2) return {ore > 0 ? Material::deciduous : Material::conifer, Material::shrub, cover, {}};
  if (woods > -0.4) return {Material::shrub, Material::dry_grass, cover, {}};
  return {Material::dry_grass, rock > -0.3 ? Material::clay : Material::grass, cover, {}};
}

}  // namespace specfuse
