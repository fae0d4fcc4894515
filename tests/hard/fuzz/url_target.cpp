// Any bytes at all are a Url that is fit to be fetched, or are refused with a
// message that is fit to be shown.
#include "common/net/url.h"

#include <algorithm>

#include "common/http/body_file.h"
#include "tests/hard/fuzz/fuzz.h"
#include "tests/support/url_model.h"

namespace {

void check_request(const Url& url) {
  const std::string& request = url.request();
  const std::string start = "GET /";
  const std::string end = " HTTP/1.0\r\nHost: " + url.origin() +
                          "\r\nUser-Agent: how-do-cpp-coroutines-work/1.0"
                          "\r\nConnection: close\r\n\r\n";
  require(request.size() >= start.size() + end.size() - 1 &&
              request.starts_with(start) && request.ends_with(end),
          "the request is a line and two fields", request);
  const std::string_view target =
      std::string_view(request).substr(4, request.size() - 4 - end.size());
  for (const std::string_view part : {target, std::string_view(url.origin())}) {
    require(std::all_of(part.begin(), part.end(),
                        [](char c) { return c > ' ' && c < '\x7F'; }),
            "nothing in it is a space or a control character", request);
  }
  require(target.find('#') == target.npos, "a fragment isn't sent", request);
}

void check_file_name(const Url& url) {
  const std::string name = body_file_name(7, url);
  require(name.starts_with("00007-") && name.size() > 6 && name.size() <= 106 &&
              std::all_of(name.begin(), name.end(),
                          [](unsigned char c) {
                            return std::isalnum(c) != 0 || c == '.' ||
                                   c == '-' || c == '_';
                          }),
          "a file name is harmless", name);
}

void check_again(const Url& url) {
  const std::string& request = url.request();
  const std::size_t end = request.find(' ', 4);
  const Url again("http://" + url.origin() + request.substr(4, end - 4));
  require(again.request() == request && again.host() == url.host() &&
              again.port() == url.port() &&
              again.last_segment() == url.last_segment(),
          "what it was read as reads the same", url.text());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const bool modelled = size <= 600;
  const UrlReading model = modelled ? UrlReading::read(text) : UrlReading();
  try {
    const Url url(text);
    require(!modelled ||
                (model.good && model.host == url.host() &&
                 model.port == url.port() && model.request == url.request()),
            "the model reads it the same", text);
    require(url.text() == text && !url.host().empty() && url.port() != 0 &&
                size <= Url::kMaxLength,
            "it is a Url", text);
    check_request(url);
    check_file_name(url);
    if (url.origin().size() + url.request().size() < Url::kMaxLength) {
      check_again(url);
    }
  } catch (const UrlError& error) {
    const std::string what = error.what();
    require(!modelled || !model.good, "the model refuses it too", text);
    require(what.starts_with("bad URL '") && what.size() < 600 &&
                what == escape(what),
            "the message is fit to be shown", what);
  }
  return 0;
}
