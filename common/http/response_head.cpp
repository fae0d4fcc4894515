// How a Response reads lines, those of a head above all.
#include <algorithm>

#include "common/base/parse.h"
#include "common/http/http_syntax.h"
#include "common/http/response.h"

void Response::status_line(std::string_view line, std::size_t size) {
  judge_status_line(std::string_view(line.data(), size), 0);
  for (const char digit : line.substr(9, 3)) {
    status_ = static_cast<std::uint16_t>(status_ * 10 + (digit - '0'));
  }
  reason_ = line.substr(std::min<std::size_t>(line.size(), 13));
  state_ = State::kFirstField;
}

// A field may go on in the next line, if that begins with a blank (section
// 5.2). So it is judged when that line is known, most often at once.
void Response::field_line(std::string_view line, std::string_view next) {
  if (!line.empty() && is_blank(line.front())) {
    if (state_ == State::kFirstField) {
      fail("white space before the first header field");
    }
    if (cut_ != nullptr && cut_->field != Field::kOther) {
      cut_->value += ' ';
      cut_->value += trim(line);
    }
    return;
  }
  if (line.empty()) {
    return end_of_head();
  }
  state_ = State::kFields;
  const std::size_t colon = token_length(line);
  const std::string_view name = line.substr(0, colon);
  if (name.empty() || colon == line.size() || line[colon] != ':') {
    fail("bad header field " + quoted(line));
  }
  const Field field = name == "Content-Length" ||  // as nearly all have it
                              equal_ignoring_case(name, "content-length")
                          ? Field::kContentLength
                      : equal_ignoring_case(name, "transfer-encoding")
                          ? Field::kTransferEncoding
                          : Field::kOther;
  const std::string_view value = line.substr(colon + 1);
  if (field == Field::kOther || has_no_body()) {
    return;
  }
  if (!next.empty() && !is_blank(next.front())) {
    whole_field(field, trim(value));
  } else {
    if (cut_ == nullptr) {
      cut_ = std::make_unique<Cut>();
    }
    cut_->field = field;
    cut_->value = value;
  }
}

// The field that was cut goes on no further.
void Response::end_of_field() {
  if (cut_->field != Field::kOther) {
    whole_field(std::exchange(cut_->field, Field::kOther), trim(cut_->value));
  }
}

void Response::whole_field(Field field, std::string_view value) {
  if (field == Field::kContentLength) {
    content_length(value);
  } else {
    transfer_encoding(value);
  }
}

// Whatever its fields say (section 6.3, rule 1).
bool Response::has_no_body() const {
  return status_ / 100 == 1 || status_ == 204 || status_ == 304;
}

// A list of equal values is what a proxy makes of equal fields (section 6.3).
void Response::content_length(std::string_view value) {
  for (bool more = true; more;) {
    const std::string_view item = trim(take_until(value, ","));
    const auto length = parse_size(item, 10);
    if (!length) {
      fail("bad Content-Length " + quoted(item));
    }
    if (length_ != kUnknown && length_ != *length) {
      fail("two Content-Lengths, " + std::to_string(length_) + " and " +
           std::to_string(*length));
    }
    length_ = *length;
    more = !value.empty();
    value.remove_prefix(more ? 1 : 0);
  }
}

// A list of codings, of which we know one. Empty members of a list count for
// nothing (RFC 9110 section 5.6.1.2), and so does identity, which was a name
// for no coding (RFC 9112 appendix C.3).
void Response::transfer_encoding(std::string_view value) {
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::string_view coding = trim(take_past(rest, ','));
    if (coding.empty() || equal_ignoring_case(coding, "identity")) {
      continue;
    }
    if (chunked_ || !equal_ignoring_case(coding, "chunked")) {
      fail("unsupported Transfer-Encoding " + quoted(value));
    }
    chunked_ = true;
  }
}

void Response::end_of_head() {
  if (status_ == 101) {
    fail("status 101, switching protocols, which nobody asked for");
  }
  if (status_ / 100 == 1) {  // interim: the real one follows
    status_ = 0;
    reason_.clear();
    state_ = State::kStatusLine;
  } else if (has_no_body()) {
    finish();
  } else if (chunked_) {
    // Whatever Content-Length says (section 6.3).
    head_bytes_ = 0;  // the trailers may be as large again
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

// Takes a line, or what there is of one, off `bytes`. It is read where it lies;
// only one that is cut between two reads is copied.
void Response::feed_line(std::string_view& bytes) {
  const std::size_t size = first_control(bytes);
  if (cut_ == nullptr && size + 2 <= bytes.size() && bytes[size] == '\r' &&
      bytes[size + 1] == '\n' && size + 2 <= line_limit()) {
    const std::string_view text = bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
    line(text, size + 2, bytes);  // as nearly always
  } else {
    feed_odd_line(bytes, size);
  }
}

// The same for a line that is cut, or has a control character, or is too long.
void Response::feed_odd_line(std::string_view& bytes, std::size_t control) {
  if (cut_ == nullptr) {
    cut_ = std::make_unique<Cut>();
  }
  std::string& text = cut_->line;
  const std::size_t judged = text.size();
  if (judged == 0 && !is_blank(bytes.front())) {
    end_of_field();
  }
  const std::size_t newline = bytes.find('\n', control);
  const bool whole = newline != std::string_view::npos;
  const std::size_t size = whole ? newline + 1 : bytes.size();
  text += bytes.substr(0, std::min(size, kMaxLine + 1 - judged));
  bytes.remove_prefix(size);
  const std::size_t limit = line_limit();
  if (state_ == State::kStatusLine) {
    judge_status_line(std::string_view(text).substr(0, limit), judged);
  }
  if (text.size() > limit) {
    fail(limit == kMaxLine ? "a line is longer than 64 KiB"
                           : "the head is larger than 256 KiB");
  }
  if (whole) {
    const std::string whole_line = std::exchange(text, {});
    std::string_view line(whole_line);
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    if (forbidden_byte(whole_line) < whole_line.size()) {
      fail("a NUL or a bare CR in the line " + quoted(line));
    }
    this->line(line, whole_line.size(), bytes);
    if (cut_->field == Field::kOther) {
      cut_.reset();
    }
  }
}

void Response::judge_status_line(std::string_view text, std::size_t judged) {
  const std::size_t good = status_line_length(text, judged);
  if (good < text.size()) {
    fail("not an HTTP/1.x response: " + quoted(text.substr(0, good + 1)));
  }
}

// `line` is whole, and without its end, with which it has `size` bytes. What
// has come of the lines after it is `next`.
void Response::line(std::string_view line, std::size_t size,
                    std::string_view next) {
  if (state_ == State::kChunkSize) {
    return chunk_size(line);
  }
  if (state_ == State::kChunkEnd) {
    if (!line.empty()) {
      fail("a chunk is longer than its size says");
    }
    state_ = State::kChunkSize;
    return;
  }
  head_bytes_ += static_cast<std::uint32_t>(size);
  if (state_ == State::kStatusLine) {
    status_line(line, size);
  } else if (state_ != State::kTrailers) {
    field_line(line, next);
  } else if (line.empty()) {
    finish();
  }
}

// Flat, since a call or two for each line would cost as much as reading it.
[[gnu::flatten]] void Response::feed(std::string_view bytes) {
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
