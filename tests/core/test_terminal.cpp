#include <doctest/doctest.h>

#include "specfuse/core/terminal.h"

using namespace specfuse;

TEST_CASE("terminal: a text is broken between words, and a word that is too long has a line to itself") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("a toolongword b", 5) == std::vector<std::string>{"a", "toolongword", "b"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
  CHECK_FALSE(terminal_columns(-1));
}
