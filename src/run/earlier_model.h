#pragma once

#include <nlohmann/json_fwd.hpp>

namespace specfuse {

/// The model of a checkpoint as networks are described now. Checkpoints of version 0.1.0 give the sizes of the two
/// presets by fields of their own, such as "hsi_maps": these are put where they belong; any other model is returned as
/// it is. Throws nlohmann's `type_error` on anything but an object.
nlohmann::ordered_json described_model(const nlohmann::ordered_json& model);

}  // namespace specfuse
