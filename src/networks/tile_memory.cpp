#include "specfuse/networks/tile_memory.h"

#include <algorithm>

#include "specfuse/core/error.h"

namespace specfuse {
namespace {

double bytes_of(const Flow& flow, const Tiles& tiles) {
  const bool image = flow.kind == Flow::Kind::image;
  const Index side = image ? tiles.side + flow.length - 1 : tiles.side;
  const double values = static_cast<double>(image ? flow.channels : flow.size());
  return sizeof(float) * values * static_cast<double>(side * side * tiles.count);
}

const LayerPlan& largest(const NetworkPlan& plan, const Tiles& tiles) {
  const auto less = [&](const LayerPlan* a, const LayerPlan* b) {
    return bytes_of(a->out, tiles) < bytes_of(b->out, tiles);
  };
  const std::vector<const LayerPlan*> layers = plan.layers();
  return **std::max_element(layers.begin(), layers.end(), less);
}

void check(double bytes, const NetworkPlan& plan, const Tiles& tiles, const std::string& field) {
  if (bytes <= memory_bytes()) return;
  const LayerPlan& most = largest(plan, tiles);
  throw ConfigError(concat(field, ": ", tiles.count, tiles.count == 1 ? " tile" : " tiles", " of ", tiles.side, " x ",
                           tiles.side, " pixels take ", bytes / 1e9, " GB, of which what ", most.name, " makes (",
                           most.out.text(), " a pixel) takes most, more than the ", memory_bytes() / 1e9,
                           " GB of memory here"));
}

}  // namespace

double training_bytes(const NetworkPlan& plan, const Tiles& tiles) {
  double bytes = 0;
  for (const LayerPlan* layer : plan.layers()) bytes += 2 * bytes_of(layer->out, tiles);
  return bytes;
}

double fusing_bytes(const NetworkPlan& plan, const Tiles& tiles) {
  double most = 0;
  for (const LayerPlan* layer : plan.layers()) {
    most = std::max(most, bytes_of(layer->in, tiles) + bytes_of(layer->out, tiles));
  }
  return most;
}

void check_tile_memory(const NetworkPlan& plan, const Tiles& training, Index fuse_tile) {
  check(training_bytes(plan, training), plan, training, "train.tiles");
  const Tiles one{fuse_tile, 1};
  check(fusing_bytes(plan, one), plan, one, "fuse_tile");
}

}  // namespace specfuse
