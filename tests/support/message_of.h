#pragma once

#include <string>

namespace specfuse {

/// The message of the `Type` that `action` throws; a note that says so where it throws none.
template <class Type, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Type& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace specfuse
