#include "common/response.h"

#include <algorithm>

#include "common/http_syntax.h"

namespace {

[[noreturn]] void fail(const std::string& cause) {
  throw FetchError(Phase::kReceive, cause);
}

}  // namespace

void Response::feed(std::string_view bytes) {
  if (bytes.empty()) {
    end_of_stream();
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
  const std::size_t newline = bytes.find('\n');
  const bool whole = newline != std::string_view::npos;
  std::string_view text = bytes.substr(0, whole ? newline + 1 : newline);
  bytes.remove_prefix(text.size());
  const std::size_t judged = partial_line_.size();
  if (!whole || judged > 0) {
    partial_line_ += text.substr(0, kMaxLine + 1 - judged);
    text = partial_line_;
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
    partial_line_.clear();
  }
}

void Response::line(std::string_view line) {
  const auto size = static_cast<std::uint32_t>(line.size());
  line.remove_suffix(1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (state_ == State::kStatusLine) {
    head_bytes_ += size;
    return status_line(line);
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
    default:
      head_bytes_ += size;
      return field_line(line);
  }
}

void Response::status_line(std::string_view line) {
  for (const char digit : line.substr(9, 3)) {
    status_ = static_cast<std::uint16_t>(status_ * 10 + (digit - '0'));
  }
  reason_ = line.substr(std::min<std::size_t>(line.size(), 13));
  state_ = State::kFirstField;
}

void Response::field_line(std::string_view line) {
  if (line.empty()) {
    end_of_field();
    return end_of_head();
  }
  if (is_blank(line.front())) {  // goes on with the field before (section 5.2)
    if (state_ == State::kFirstField) {
      fail("white space before the first header field");
    }
    if (field_ != Field::kOther) {
      value_ += ' ';
      value_ += trim(line);
    }
    return;
  }
  end_of_field();
  state_ = State::kFields;
  const std::size_t colon = token_length(line);
  const std::string_view name = line.substr(0, colon);
  if (name.empty() || colon == line.size() || line[colon] != ':') {
    fail("bad header field " + quoted(line));
  }
  if (equal_ignoring_case(name, "content-length")) {
    field_ = Field::kContentLength;
  } else if (equal_ignoring_case(name, "transfer-encoding")) {
    field_ = Field::kTransferEncoding;
  } else {
    return;
  }
  value_ = trim(line.substr(colon + 1));
}

// The field that was being read goes on no further.
void Response::end_of_field() {
  if (field_ == Field::kContentLength) {
    content_length(trim(value_));
  } else if (field_ == Field::kTransferEncoding) {
    const std::string_view value = trim(value_);
    if (chunked_ || !equal_ignoring_case(value, "chunked")) {
      fail("unsupported Transfer-Encoding " + quoted(value));
    }
    chunked_ = true;
  }
  field_ = Field::kOther;
}

// A list of equal values is what a proxy makes of equal fields (section 6.3).
void Response::content_length(std::string_view value) {
  for (bool more = true; more;) {
    const std::size_t comma = value.find(',');
    const std::string_view item = trim(value.substr(0, comma));
    std::uint64_t length = 0;
    if (!parse_number(item, 10, length)) {
      fail("bad Content-Length " + quoted(item));
    }
    if (length_ != kUnknown && length_ != length) {
      fail("two Content-Lengths, " + std::to_string(length_) + " and " +
           std::to_string(length));
    }
    length_ = length;
    more = comma != value.npos;
    value.remove_prefix(more ? comma + 1 : 0);
  }
}

void Response::end_of_head() {
  if (status_ == 101) {
    fail("status 101, switching protocols, which nobody asked for");
  }
  if (status_ / 100 == 1) {  // interim: the real one follows
    if (++interim_ > kMaxInterim) {
      fail("more than 20 interim responses");
    }
    status_ = 0;
    reason_.clear();
    length_ = kUnknown;
    chunked_ = false;
    state_ = State::kStatusLine;
  } else if (status_ == 204 || status_ == 304) {
    finish();
  } else if (chunked_) {  // whatever Content-Length says (section 6.3)
    head_bytes_ = 0;      // the trailers may be as large again
    state_ = State::kChunkSize;
  } else if (length_ == 0) {
    finish();
  } else {
    state_ = State::kBody;
    if (length_ != kUnknown && length_ > max_size_) {
      fail("the body of " + std::to_string(length_) + " bytes is larger than " +
           std::to_string(max_size_));
    }
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
      fail(head_bytes_ == 0 && partial_line_.empty()
               ? "incomplete: no response"
               : "incomplete: the head ends early");
  }
}

void Response::finish() {
  if (file_ != nullptr) {
    file_->keep();
  }
  state_ = State::kComplete;
}
