#include <doctest/doctest.h>

#include "specfuse/io/file.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"
#include "support/text.h"

using namespace specfuse;

TEST_CASE("file: a text comes back byte for byte and replaces what was there") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.txt");
  std::string text = "first\n";
  write_text_atomically(path, text);
  CHECK(read_text(path) == text);
  text = std::string(200001, 'x') + '\0' + "\r\n\xff";
  write_text_atomically(path, text);
  CHECK(read_text(path) == text);
  write_text_atomically(path, "");
  CHECK(read_text(path).empty());
  CHECK(folder.entries() == 1);
}

TEST_CASE("file: a name that cannot be written gives an error with path and reason and leaves nothing") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("no/such/a.txt");
  const std::string message = message_of<Error>([&] { write_text_atomically(missing, "x"); });
  CHECK(contains(message, missing));
  CHECK(contains(message, "No such file or directory"));
  std::filesystem::create_directory(folder.file("taken"));
  CHECK(contains(message_of<Error>([&] { write_text_atomically(folder.file("taken"), "x"); }), "not a regular file"));
  write_text_atomically(folder.file("plain"), "x");
  CHECK(
      contains(message_of<Error>([&] { write_text_atomically(folder.file("plain/a.txt"), "x"); }), "Not a directory"));
  CHECK(folder.entries() == 2);
}

TEST_CASE("file: without a commit the old file stays and the temporary goes") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.txt");
  write_text_atomically(path, "old");
  {
    AtomicFile file(path);
    file.write("new", 3);
    CHECK(folder.entries() == 2);
  }
  CHECK(read_text(path) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("file: a missing file and a folder are data errors with path and reason") {
  const TemporaryFolder folder;
  const std::string message = message_of<DataError>([&] { read_text(folder.file("none")); });
  CHECK(contains(message, folder.file("none")));
  CHECK(contains(message, "No such file or directory"));
  CHECK(contains(message_of<DataError>([&] { read_text(folder.file("")); }), "Is a directory"));
}
