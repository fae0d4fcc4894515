#include "common/view/wrap.h"

#include <algorithm>

std::string shortened(const std::string& text, std::size_t columns) {
  if (text.size() <= columns) {
    return text;
  }
  const std::size_t kept = columns - 2;
  return text.substr(0, kept / 2) + ".." +
         text.substr(text.size() - (kept - kept / 2));
}

std::string wrapped(const std::vector<std::string>& words, std::string_view gap,
                    std::size_t indent, std::size_t columns) {
  std::string lines;
  std::size_t width = 0;  // of the last line
  for (const std::string& word : words) {
    // Every byte but those that continue a character (RFC 3629 section 3).
    const auto characters = static_cast<std::size_t>(
        std::count_if(word.begin(), word.end(), [](char byte) {
          return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
        }));
    if (width > 0 && width + gap.size() + characters <= columns) {
      lines += gap;
      width += gap.size();
    } else {
      lines += (width > 0 ? "\n" : "") + std::string(indent, ' ');
      width = indent;
    }
    lines += word;
    width += characters;
  }
  return lines + "\n";
}
