#include "common/http/response.h"

#include <algorithm>

#include "common/http/http_syntax.h"

void Response::chunk_size(std::string_view line) {
  const std::size_t end = line.find_first_of("; \t");
  const std::string_view extension =
      trim(line.substr(std::min(end, line.size())));
  const auto size = parse_size(line.substr(0, end), 16);
  if (!size || !(extension.empty() || extension.front() == ';')) {
    fail("bad chunk size " + quoted(line));
  }
  length_ = bytes_ + *size;
  state_ = *size == 0 ? State::kTrailers : State::kChunkData;
}

// Takes what belongs to the body, or to this chunk of it, off `bytes`.
void Response::feed_body(std::string_view& bytes) {
  const std::uint64_t size =
      std::min<std::uint64_t>(length_ - bytes_, bytes.size());
  const std::string_view part = bytes.substr(0, static_cast<std::size_t>(size));
  bytes.remove_prefix(part.size());
  if (part.size() > max_size_ - bytes_) {
    bytes_ = max_size_;
    fail("the body is larger than " + std::to_string(max_size_) + " bytes");
  }
  if (file_ != nullptr) {
    file_->write(part);
  }
  bytes_ += part.size();
  if (bytes_ == length_) {
    if (chunked_) {
      state_ = State::kChunkEnd;
    } else {
      finish();
    }
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
      fail(head_bytes_ == 0 && cut_ == nullptr
               ? "incomplete: no response"
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
