#include "io/hdf5_handle.h"

namespace specfuse {

namespace {

/// The first entry of an upward walk is the innermost cause.
herr_t keep_first(unsigned position, const H5E_error2_t* entry, void* result) {
  if (position == 0 && entry->desc != nullptr) *static_cast<std::string*>(result) = entry->desc;
  return 0;
}

/// Failed system calls come with times, addresses and sizes around the operating system's own words.
std::string system_message_in(const std::string& text) {
  const std::string mark = "error message = '";
  const std::size_t begin = text.find(mark);
  if (begin == std::string::npos) return text;
  const std::size_t end = text.find('\'', begin + mark.size());
  return text.substr(begin + mark.size(), end - begin - mark.size());
}

}  // namespace

void silence_hdf5() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string hdf5_reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  if (text.empty()) return "the HDF5 library gives no reason";
  for (char& character : text) {
    if (static_cast<unsigned char>(character) < ' ') character = ' ';
  }
  return system_message_in(text);
}

}  // namespace specfuse
