#pragma once

#include <stdexcept>
#include <string>

#include "specfuse/core/text.h"

namespace specfuse {

/// Something failed while running. The program exits with 1.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The command line or a configuration is wrong. The program exits with 2.
struct ConfigError : Error {
  using Error::Error;
};

/// Data is missing or unreadable. The program exits with 3.
struct DataError : Error {
  using Error::Error;
};

/// The user asked the program to stop. The program exits with 130.
struct Interrupted : Error {
  using Error::Error;
};

}  // namespace specfuse

/// Throws `Type` with the concatenated message unless `condition` holds. Say function, expected, got.
#define SPECFUSE_CHECK_AS(Type, condition, ...)                    \
  do {                                                             \
    if (!(condition)) throw Type(::specfuse::concat(__VA_ARGS__)); \
  } while (false)

#define SPECFUSE_CHECK(condition, ...) SPECFUSE_CHECK_AS(::specfuse::Error, condition, __VA_ARGS__)
