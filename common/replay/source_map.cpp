#include "common/replay/source_map.h"

#include <cctype>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace {

bool is_name_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The word after `keyword` at the start of `line`, "" if it doesn't begin so.
std::string word_after(const std::string& line, std::string_view keyword) {
  if (!line.starts_with(keyword)) {
    return "";
  }
  std::size_t end = keyword.size();
  while (end < line.size() && is_name_byte(line[end])) {
    ++end;
  }
  return line.substr(keyword.size(), end - keyword.size());
}

// The name in front of the first parenthesis, with what qualifies it.
std::string called_name(const std::string& header) {
  const std::size_t parenthesis = header.find('(');
  std::size_t begin = parenthesis == header.npos ? 0 : parenthesis;
  while (begin > 0 && (is_name_byte(header[begin - 1]) ||
                       header[begin - 1] == ':' || header[begin - 1] == '~')) {
    --begin;
  }
  return parenthesis == header.npos ? ""
                                    : header.substr(begin, parenthesis - begin);
}

bool may_begin_function(const std::string& text) {
  for (const std::string_view other :
       {"//", "#", "}", "if ", "for ", "while ", "switch ", "return ", "case ",
        "enum ", "namespace ", "using ", "public:", "private:", "friend ",
        "class ", "struct ", "template"}) {
    if (text.starts_with(other)) {
      return false;
    }
  }
  return !text.empty() && text.find('(') != text.npos && text[0] != ' ';
}

}  // namespace

std::vector<SourceFunction> functions_of(
    const std::vector<std::string>& lines) {
  std::vector<SourceFunction> functions;
  std::string inside;  // of a class
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.ends_with('{')) {
      for (const std::string_view keyword : {"class ", "struct "}) {
        const std::string name = word_after(line, keyword);
        inside = name.empty() ? inside : name;
      }
      const std::string attributed = word_after(line, "class [[nodiscard]] ");
      inside = attributed.empty() ? inside : attributed;
    }
    if (line == "};") {
      inside.clear();
    }
    const std::size_t indent = inside.empty() ? 0 : 2;
    if (line.size() <= indent || line.find_first_not_of(' ') != indent ||
        !may_begin_function(line.substr(indent))) {
      continue;
    }
    std::string header = line.substr(indent);
    std::size_t last = i;  // of the header
    while (last + 1 < lines.size() && !header.ends_with('{') &&
           !header.ends_with('}') && !header.ends_with(';')) {
      header += lines[++last];
    }
    if (header.ends_with(';')) {
      continue;
    }
    std::size_t end = last;
    const std::string closing = std::string(indent, ' ') + "}";
    while (header.ends_with('{') && end + 1 < lines.size() &&
           lines[end] != closing) {
      ++end;
    }
    const std::string name = called_name(header);
    functions.push_back(
        {inside.empty() ? name : inside + "::" + name, i + 1, end + 1,
         header.find("const FetchError* error") != header.npos});
    i = end;
  }
  return functions;
}

std::string snake_case(const std::string& camel_case) {
  std::string snake;
  for (const char c : camel_case) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isupper(byte) != 0 && !snake.empty()) {
      snake += '_';
    }
    snake += static_cast<char>(std::tolower(byte));
  }
  return snake;
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream in(path);
  if (!in) {
    throw std::runtime_error("cannot read '" + path + "'");
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}
