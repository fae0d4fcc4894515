// Any bytes, however they are split, are judged as the model judges them, and
// leave a file only when they are a complete response.
//
// The input: how it is to be split and what is allowed, one byte each, then
// the response. In it a byte 0xFE stands for 20,000 times the one before, so
// that the limits on lines and heads are within reach.
#include "common/http/response.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>

#include "tests/hard/fuzz/fuzz.h"
#include "tests/support/response_model.h"

namespace {

constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();

struct Verdict {
  std::string error;
  bool complete = false;
  int status = 0;
  std::string reason;
  std::uint64_t bytes = 0;
  bool operator==(const Verdict&) const = default;
};

// Feeds `response` with pieces of as many bytes as `size` says, and then with
// the end of the stream.
template <typename Size>
Verdict feed(Response& response, std::string_view text, Size size) {
  std::string error;
  try {
    while (!text.empty()) {
      const std::string_view piece = text.substr(0, size());
      text.remove_prefix(piece.size());
      response.feed(piece);
    }
    response.feed("");
    require(response.complete(), "it is complete or has failed");
  } catch (const FetchError& failed) {
    const std::string_view phase = "receive: ";
    error = failed.what();
    require(error.starts_with(phase) && error == escape(error) &&
                error.size() < 300,
            "the error is fit to be shown", error);
    error.erase(0, phase.size());
    require(!response.complete(), "what has failed is not complete", error);
  }
  return {error, response.complete(), response.status(), response.reason(),
          response.bytes()};
}

// One folder for the life of the process.
struct Folder {
  Folder() {
    require(mkdtemp(path) != nullptr, "there is room for a folder");
    descriptor =
        Descriptor(open(path, O_RDONLY | O_DIRECTORY), Phase::kReceive);
  }
  ~Folder() { rmdir(path); }

  // Takes the file away. Returns whether it was there.
  bool take(const char* name, std::string& content) const {
    const std::string file = std::string(path) + "/" + name;
    std::ifstream stream(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(stream), {});
    return unlink(file.c_str()) == 0;
  }

  char path[24] = "/tmp/fuzz-XXXXXX";
  Descriptor descriptor;
};

std::string stretched(std::string_view text) {
  std::string result;
  int left = 30;  // 600,000 bytes are more than is allowed anywhere
  for (const char c : text) {
    if (c == '\xFE' && !result.empty() && left-- > 0) {
      result.append(20000, result.back());
    } else {
      result += c;
    }
  }
  return result;
}

void check_file(const std::string& text, std::uint64_t max_size,
                const Reading& model, const Verdict& whole) {
  static const Folder folder;
  std::string content;
  {
    Response response(max_size,
                      std::make_unique<BodyFile>(folder.descriptor, "body"));
    require(feed(response, text, [] { return 1000; }) == whole,
            "a file makes no difference", text);
  }
  require(folder.take("body", content) == whole.complete,
          "there is a file if it is complete", text);
  require(!whole.complete || content == model.body, "the body is right", text);
  require(!folder.take("body.part", content), "no part is left", text);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  std::minstd_rand random(input.byte() + 1U);
  const unsigned options = input.byte();
  const std::uint64_t max_size = (options & 1U) != 0 ? 5 : kNoLimit;
  const std::string text = stretched(input.rest());
  const Reading model = ResponseModel::read(text, max_size);

  Response at_once(max_size);
  const Verdict whole = feed(at_once, text, [&] { return text.size(); });
  require(model.agrees(at_once, whole.error), "the model agrees", text);
  const std::size_t few = 1 + text.size() / 4000;  // 1 in most inputs
  Response slowly(max_size);
  require(feed(slowly, text, [few] { return few; }) == whole,
          "byte by byte it is the same", text);
  Response split(max_size);
  const std::size_t most = (options & 2U) != 0 ? 9 * few : 1 + random() % 70000;
  require(feed(split, text, [&] { return 1 + random() % most; }) == whole,
          "split anywhere it is the same", text);
  if ((options & 4U) != 0) {
    check_file(text, max_size, model, whole);
  }
  return 0;
}
