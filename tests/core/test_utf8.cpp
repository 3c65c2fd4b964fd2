#include <doctest/doctest.h>

#include "specfuse/core/utf8.h"

using namespace specfuse;

TEST_CASE("utf8: what is UTF-8 stays, of one to four bytes") {
  for (const char* text : {"", "plain", "Caf\xc3\xa9", "\xc2\xb5m", "\xe2\x82\xac 30", "\xf0\x9f\x9b\xb0 x",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(as_utf8(text) == text);
}

TEST_CASE("utf8: another text is taken for Latin-1") {
  CHECK(as_utf8("Caf\xe9") == "Caf\xc3\xa9");
  CHECK(as_utf8("\xb5m, 30\xb0") == "\xc2\xb5m, 30\xc2\xb0");
  CHECK(as_utf8("\xff") == "\xc3\xbf");
  // Cut off, longer than it has to be, a surrogate, beyond the last character: none of these is UTF-8.
  for (const char* text : {"\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf0\x8f\xbf\xbf", "\x80", "\xc3", "\xc3x"}) {
    CAPTURE(text);
    CHECK(as_utf8(text) != text);
    CHECK(as_utf8(as_utf8(text)) == as_utf8(text));
  }
}
