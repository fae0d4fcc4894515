#include "common/demo/slow_plan.h"

#include <algorithm>
#include <stdexcept>

#include "common/base/escape.h"
#include "common/base/parse.h"

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 40;
constexpr std::uint64_t kMaxChunks = std::uint64_t{1} << 20;
constexpr std::chrono::nanoseconds kMaxSeconds = std::chrono::hours(1);

// The greeting of the original, 26 characters, as often as fits into 64 KiB.
// Never destroyed: a server that is, as a sketch ends, may still be sending it.
const std::string& greetings() {
  static const std::string* const text = [] {
    auto* const all = new std::string;
    for (int i = 0; i < 2520; ++i) {
      *all += "Hello, I am a slow server ";
    }
    return all;
  }();
  return *text;
}

constexpr std::uint64_t kGreeting = 26;

// How much of a body goes with the head, or is the end, at most.
constexpr std::uint64_t kInOneSend = 2048;

template <typename Number>
Number checked(std::string_view name, std::optional<Number> number,
               Number least, Number most) {
  if (!number || *number < least || *number > most) {
    throw std::invalid_argument("bad " + std::string(name));
  }
  return *number;
}

// A small site to crawl: what each page links to, or where it has moved to.
struct Page {
  std::string_view path;
  std::string_view status;
  std::string_view links;
};
constexpr Page kSite[] = {
    {"/site/", "200 OK", "/site/a /site/bb /site/ccc /site/"},
    {"/site/a", "200 OK", "/site/ /site/moved"},
    {"/site/moved", "301 Moved Permanently", "/site/a/new"},
    {"/site/a/new", "200 OK", "/site/a /site/bb"},
    {"/site/bb", "200 OK", "/site/bb/one /site/bb/two"},
    {"/site/bb/one", "200 OK", "/site/bb"},
    {"/site/bb/two", "200 OK", "/site/ccc /site/gone"},  // a link to nothing
    {"/site/ccc", "200 OK", "/site/deep/deeper"},
    {"/site/deep/deeper", "200 OK", "/site/"}};

std::uint64_t parse_count(std::string_view name, std::string_view value,
                          std::uint64_t least, std::uint64_t most) {
  return checked(name, parse_number<std::uint64_t>(value), least, most);
}

}  // namespace

SlowPlan SlowPlan::of(std::string_view request) try {
  SlowPlan plan;
  std::string_view line = take_past(request, '\n');
  const std::string_view method = take_past(line, ' ');
  std::string_view query = take_past(line, ' ');
  if (method != "GET") {
    throw std::invalid_argument("only GET is served");
  }
  const std::string_view path = take_past(query, '?');
  constexpr std::string_view kTogether = "/together/";
  if (path.starts_with(kTogether)) {
    plan.together_ = parse_count("number to wait for",
                                 path.substr(kTogether.size()), 1, 1000000);
    plan.time_ = std::chrono::seconds(1);
  } else if (path.starts_with("/site/")) {
    plan.visit(path);
  }
  while (!query.empty()) {
    std::string_view value = take_past(query, '&');
    const std::string_view name = take_past(value, '=');
    plan.set(name, value);
  }
  if (plan.chunks_ == 0) {
    plan.chunks_ = (plan.bytes_ + plan.chunk_size_ - 1) / plan.chunk_size_;
    plan.chunks_ = std::max<std::uint64_t>(plan.chunks_, 1);
  }
  plan.make_head();
  return plan;
} catch (const std::invalid_argument& error) {
  return answer("400 Bad Request", error.what());
}

SlowPlan SlowPlan::answer(std::string status, std::string text) {
  SlowPlan plan;
  plan.text_ = std::move(text) + '\n';
  plan.bytes_ = plan.text_.size();
  plan.time_ = std::chrono::nanoseconds(0);
  plan.chunks_ = 1;
  plan.status_ = std::move(status);
  plan.make_head();
  return plan;
}

void SlowPlan::visit(std::string_view path) {
  const Page* const page = std::ranges::find(kSite, path, &Page::path);
  const Page found =
      page == std::end(kSite) ? Page{path, "404 Not Found", ""} : *page;
  status_ = found.status;
  time_ = std::chrono::milliseconds(50);
  type_ = "text/html";
  text_ = "<title>" + status_ + "</title>\n";
  for (std::string_view links = found.links; !links.empty();) {
    const std::string link(take_past(links, ' '));
    text_ += "<a href=\"" + link + "\">" + link + "</a>\n";
    type_ += status_.starts_with("301") ? "\r\nLocation: " + link : "";
  }
  bytes_ = text_.size();
}

void SlowPlan::set(std::string_view name, std::string_view value) {
  const bool greets = together_ == 0 && text_.empty();
  if (name == "bytes" && greets) {
    bytes_ = parse_count(name, value, 0, kMaxBytes);
  } else if (name == "chunks" && greets) {
    chunks_ = parse_count(name, value, 1, kMaxChunks);
    chunk_size_ = 0;
  } else if (name == (together_ == 0 ? "seconds" : "wait")) {
    time_ = checked(name, parse_seconds(value), std::chrono::nanoseconds(0),
                    kMaxSeconds);
  } else {
    throw std::invalid_argument("unknown parameter " + escape(name));
  }
}

namespace {

// Of `text`, what there is of the `count` bytes from `position` on. (On 32
// bits, string_view::substr would take the lower half of a large count.)
std::string_view part_of(std::string_view text, std::uint64_t position,
                         std::uint64_t count) {
  text.remove_prefix(static_cast<std::size_t>(position));
  return text.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(count, text.size())));
}

}  // namespace

void SlowPlan::make_head() {
  head_ = "HTTP/1.0 " + status_ + "\r\nContent-Type: " + type_ +
          "\r\nContent-Length: " + std::to_string(bytes_) +
          "\r\nConnection: close\r\n\r\n";
  if (text_.empty() && bytes_ > 0) {
    const std::uint64_t size = std::min(bytes_, kInOneSend);
    ending_ = part_of(greetings(), (bytes_ - size) % kGreeting, size - 1);
    ending_ += '\n';
  }
  beginning_ = head_;
  beginning_ += piece(head_.size(), 1).substr(0, kInOneSend);
}

Clock::duration SlowPlan::time(std::uint64_t k) const {
  // At most 3.6e12 nanoseconds times 2^20 chunks: it fits.
  const std::uint64_t all = static_cast<std::uint64_t>(time_.count());
  return std::chrono::nanoseconds(all * k / chunks_);
}

std::uint64_t SlowPlan::bytes_until(std::uint64_t k) const {
  return head_.size() + (chunk_size_ == 0 ? bytes_ * k / chunks_
                                          : std::min(bytes_, chunk_size_ * k));
}

std::string_view SlowPlan::piece(std::uint64_t position,
                                 std::uint64_t k) const {
  if (position < head_.size()) {
    return part_of(beginning_, position, beginning_.size());
  }
  const std::uint64_t offset = position - head_.size();
  const std::uint64_t due = bytes_until(k) - position;
  if (!text_.empty()) {
    return part_of(text_, offset, due);
  }
  const std::uint64_t ending = bytes_ - ending_.size();
  if (offset >= ending) {
    return part_of(ending_, offset - ending, due);
  }
  return part_of(greetings(), offset % kGreeting,
                 std::min(due, ending - offset));
}
