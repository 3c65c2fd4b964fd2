#pragma once

#include <string>

#include "specfuse/networks/plan.h"

namespace specfuse {

/// The layers of a network with the shape of what they make, their parameters and MFLOP a pixel, aligned for the
/// terminal; of several networks for groups of bands the first.
std::string layer_table(const NetworkPlan& plan);
/// The same of layers on cubes, with MFLOP for one pixel and band.
std::string layer_table(const std::vector<LayerPlan>& layers);

}  // namespace specfuse
