#include "common/http/response.h"

#include <algorithm>

#include "common/http/http_syntax.h"

void Response::feed(std::string_view bytes) {
  if (bytes.empty()) {
    end_of_stream();
  }
  if (state_ == State::kStatusLine && unfinished_ == nullptr) {
    quick_head(bytes);
  }
  while (!bytes.empty() && !complete()) {
    if (state_ == State::kBody || state_ == State::kChunkData) {
      feed_body(bytes);
    } else {
      feed_line(bytes);
    }
  }
}

// Takes a line, or what there is of one, off `bytes`.
void Response::feed_line(std::string_view& bytes) {
  if (unfinished_ == nullptr) {
    unfinished_ = std::make_unique<Unfinished>();
  }
  std::string& partial = unfinished_->line;
  const std::size_t newline = bytes.find('\n');
  const bool whole = newline != std::string_view::npos;
  std::string_view text = bytes.substr(0, whole ? newline + 1 : newline);
  bytes.remove_prefix(text.size());
  const std::size_t judged = partial.size();
  if (!whole || judged > 0) {
    partial += text.substr(0, kMaxLine + 1 - judged);
    text = partial;
  }
  const std::size_t limit = std::min(kMaxLine, kMaxHead - head_bytes_);
  if (state_ == State::kStatusLine) {
    const std::size_t right = status_line_length(text.substr(0, limit), judged);
    if (right < std::min(text.size(), limit)) {
      fail("not an HTTP/1.x response: " + quoted(text.substr(0, right + 1)));
    }
  }
  if (text.size() > limit) {
    fail(limit == kMaxLine ? "a line is longer than 64 KiB"
                           : "the head is larger than 256 KiB");
  }
  if (whole) {
    line(text);
    partial.clear();
  }
}

void Response::line(std::string_view line) {
  const auto size = static_cast<std::uint32_t>(line.size());
  line.remove_suffix(1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (has_forbidden_byte(line)) {
    fail("a NUL or a bare CR in the line " + quoted(line));
  }
  switch (state_) {
    case State::kChunkSize:
      return chunk_size(line);
    case State::kChunkEnd:
      if (!line.empty()) {
        fail("a chunk is longer than its size says");
      }
      state_ = State::kChunkSize;
      return;
    case State::kTrailers:
      head_bytes_ += size;
      return line.empty() ? finish() : void();
    case State::kStatusLine:
      head_bytes_ += size;
      return status_line(line);
    default:
      head_bytes_ += size;
      return field_line(line);
  }
}

void Response::chunk_size(std::string_view line) {
  const std::size_t end = line.find_first_of("; \t");
  const std::string_view extension =
      trim(line.substr(std::min(end, line.size())));
  if (!parse_number(line.substr(0, end), 16, left_) ||
      !(extension.empty() || extension.front() == ';')) {
    fail("bad chunk size " + quoted(line));
  }
  state_ = left_ == 0 ? State::kTrailers : State::kChunkData;
}

// Takes what belongs to the body, or to this chunk of it, off `bytes`.
void Response::feed_body(std::string_view& bytes) {
  const bool in_chunk = state_ == State::kChunkData;
  const std::uint64_t wanted = in_chunk ? left_ : length_ - bytes_;
  const std::string_view part = bytes.substr(0, wanted);
  bytes.remove_prefix(part.size());
  if (part.size() > max_size_ - bytes_) {
    bytes_ = max_size_;
    fail("the body is larger than " + std::to_string(max_size_) + " bytes");
  }
  if (file_ != nullptr) {
    file_->write(part);
  }
  bytes_ += part.size();
  if (in_chunk) {
    left_ -= part.size();
    state_ = left_ == 0 ? State::kChunkEnd : State::kChunkData;
  } else if (bytes_ == length_) {
    finish();
  }
}

void Response::end_of_stream() {
  switch (state_) {
    case State::kComplete:
      return;
    case State::kBody:
      if (length_ == kUnknown) {
        return finish();
      }
      fail("incomplete: " + std::to_string(bytes_) + " of " +
           std::to_string(length_) + " bytes");
    case State::kChunkSize:
    case State::kChunkData:
    case State::kChunkEnd:
    case State::kTrailers:
      fail("incomplete: " + std::to_string(bytes_) +
           " bytes, and no last chunk");
    default:
      fail(unfinished_ == nullptr ? "incomplete: no response"
                                  : "incomplete: the head ends early");
  }
}

void Response::fail(const std::string& cause) {
  throw FetchError(Phase::kReceive, cause);
}

void Response::finish() {
  if (file_ != nullptr) {
    file_->keep();
  }
  state_ = State::kComplete;
}
