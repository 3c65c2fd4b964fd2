#pragma once

#include <string>
#include <vector>

namespace specfuse {

/// The one of `known` that was most likely meant by `text`: few edits away, case and underscores not counted; empty
/// where none.
std::string nearest(const std::string& text, const std::vector<std::string>& known);

/// " (did you mean X?)" with the nearest; empty where none is near.
std::string did_you_mean(const std::string& text, const std::vector<std::string>& known);

}  // namespace specfuse
