#pragma once

#include <optional>
#include <string>

namespace specfuse {

/// The time in UTC as `strftime` writes it, at most 31 characters.
std::string now_text(const char* format);

/// What a result was computed with: JSON with version, compiler, CPU, SIMD, BLAS, threads and system, and the memory in
/// bytes that the run was told to keep to, on which its parts depend.
std::string environment_text(const std::optional<double>& memory = {});

}  // namespace specfuse
