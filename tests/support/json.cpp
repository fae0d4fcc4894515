#include "tests/support/json.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "tests/support/patterns.h"

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Json read_all() {
    Json value = read_value();
    skip_blanks();
    if (at_ != text_.size()) {
      fail("something follows the end");
    }
    return value;
  }

 private:
  using Kind = Json::Kind;

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("byte " + std::to_string(at_) + ": " + what);
  }

  void skip_blanks() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  }

  // Whether `token` comes next, and then passes it.
  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!take(token)) {
      fail("no " + std::string(token));
    }
  }

  Json read_value() {
    Json value;
    for (const auto& [token, kind] :
         {std::pair("null", Kind::kNull), std::pair("true", Kind::kTrue),
          std::pair("false", Kind::kFalse)}) {
      if (take(token)) {
        value.kind = kind;
        return value;
      }
    }
    if (take("{")) {
      value.kind = Kind::kObject;
      read_members(value);
    } else if (take("[")) {
      value.kind = Kind::kArray;
      for (bool more = !take("]"); more; more = next("]")) {
        value.elements.push_back(read_value());
      }
    } else if (take("\"")) {
      value.kind = Kind::kString;
      value.text = read_string();
    } else {
      value.kind = Kind::kNumber;
      value.text = read_number();
    }
    return value;
  }

  // Whether another element follows, or else `end`.
  bool next(std::string_view end) {
    if (take(end)) {
      return false;
    }
    expect(",");
    return true;
  }

  void read_members(Json& object) {
    for (bool more = !take("}"); more; more = next("}")) {
      expect("\"");
      const std::string key = read_string();
      if (object.has(key)) {
        fail("the key " + key + " comes twice");
      }
      expect(":");
      object.keys.push_back(key);
      object.elements.push_back(read_value());
    }
  }

  // From after the quote.
  std::string read_string() {
    std::string string;
    for (;; ++at_) {
      if (at_ == text_.size() || static_cast<unsigned char>(text_[at_]) < 32) {
        fail("a string without an end");
      }
      if (text_[at_] == '"') {
        ++at_;
        return string;
      }
      if (text_[at_] == '\\') {
        string += read_escaped();
      } else {
        string += text_[at_];
      }
    }
  }

  // Only what our own programs escape.
  char read_escaped() {
    const std::string_view rest = text_.substr(++at_);
    if (rest.starts_with('"') || rest.starts_with('\\')) {
      return rest.front();
    }
    if (!rest.starts_with("u00") || rest.size() < 5) {
      fail("an escape that we never write");
    }
    at_ += 4;
    return static_cast<char>(
        std::stoi(std::string(rest.substr(1, 4)), nullptr, 16));
  }

  std::string read_number() {
    const std::string_view rest = text_.substr(at_);
    const std::string number(
        rest.substr(0, rest.find_first_not_of("+-.0123456789Ee")));
    if (!matches(number, "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) {
      fail("no value");
    }
    at_ += number.size();
    return number;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const Json& Json::operator[](const std::string& key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  if (found == keys.end()) {
    throw std::runtime_error("no key " + key);
  }
  return elements[static_cast<std::size_t>(found - keys.begin())];
}

bool Json::has(const std::string& key) const {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Json Json::parse(std::string_view text) {
  return Reader(text).read_all();
}
