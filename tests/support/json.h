// A reader of JSON (RFC 8259), strict, for tests of what we write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct Json {
  enum class Kind { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  std::string text;            // of a string, unescaped; of a number, as it is
  std::vector<Json> elements;  // of an array, or an object's values
  std::vector<std::string> keys;  // of an object, in their order

  // The value of `key`, which must be there.
  const Json& operator[](const std::string& key) const;
  bool has(const std::string& key) const;
  double number() const { return std::stod(text); }

  // Throws std::runtime_error for anything but one JSON value, and for an
  // object that has a key twice.
  static Json parse(std::string_view text);
};
