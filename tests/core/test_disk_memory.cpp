#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "specfuse/core/disk_memory.h"
#include "specfuse/core/error.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

using namespace specfuse;

namespace {

/// KiB of this process that no file holds.
long anonymous_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long amount = 0;
    if (word == "RssAnon:" && status >> amount) return amount;
  }
  return 0;
}

}  // namespace

TEST_CASE("disk memory: holds a copy, can be written to, and leaves nothing in the folder") {
  const TemporaryFolder folder;
  const std::vector<int> numbers{1, 2, 3};
  const auto copy = std::static_pointer_cast<int[]>(copy_on_disk(numbers.data(), 3 * sizeof(int), folder.file("")));
  CHECK(std::equal(numbers.begin(), numbers.end(), copy.get()));
  copy[1] = 7;
  CHECK(copy[1] == 7);
  CHECK(numbers[1] == 2);
  CHECK(copy_on_disk(nullptr, 0, folder.file("")) != nullptr);
  CHECK(std::filesystem::is_empty(folder.file("")));
}

TEST_CASE("disk memory: is not held in memory that only this process has") {
  const TemporaryFolder folder;
  const std::vector<char> bytes(1 << 20, 'x');
  const long before = anonymous_memory();
  std::vector<std::shared_ptr<void>> copies;
  for (int i = 0; i < 100; ++i) copies.push_back(copy_on_disk(bytes.data(), bytes.size(), folder.file("")));
  CHECK(static_cast<const char*>(copies.back().get())[bytes.size() - 1] == 'x');
  CHECK(anonymous_memory() - before < 20 << 10);
}

TEST_CASE("disk memory: a folder that cannot be written to is named with the reason") {
  CHECK(message_of<Error>([] { copy_on_disk("a", 1, "/nowhere/at all"); }) ==
        "/nowhere/at all: cannot keep 0 MB there: No such file or directory");
}
