// How a Response reads a head: in one go if it can, else line by line.
#include <algorithm>

#include "common/http/http_syntax.h"
#include "common/http/quick_head.h"
#include "common/http/response.h"

// Takes the head off `bytes` if it is an easy one.
void Response::quick_head(std::string_view& bytes) {
  const QuickHead head(bytes);
  if (head.size > 0) {
    bytes.remove_prefix(head.size);
    head_bytes_ = static_cast<std::uint32_t>(head.size);
    status_ = head.status;
    reason_ = head.reason;
    length_ = head.length;
    end_of_head();
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
    if (unfinished_->field != Field::kOther) {
      unfinished_->value += ' ';
      unfinished_->value += trim(line);
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
    unfinished_->field = Field::kContentLength;
  } else if (equal_ignoring_case(name, "transfer-encoding")) {
    unfinished_->field = Field::kTransferEncoding;
  } else {
    return;
  }
  unfinished_->value = trim(line.substr(colon + 1));
}

// The field that was being read goes on no further.
void Response::end_of_field() {
  if (unfinished_->field == Field::kContentLength) {
    content_length(trim(unfinished_->value));
  } else if (unfinished_->field == Field::kTransferEncoding) {
    const std::string_view value = trim(unfinished_->value);
    if (unfinished_->chunked || !equal_ignoring_case(value, "chunked")) {
      fail("unsupported Transfer-Encoding " + quoted(value));
    }
    unfinished_->chunked = true;
  }
  unfinished_->field = Field::kOther;
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
    if (++unfinished_->interim > kMaxInterim) {
      fail("more than 20 interim responses");
    }
    status_ = 0;
    reason_.clear();
    length_ = kUnknown;
    unfinished_->chunked = false;
    state_ = State::kStatusLine;
  } else if (status_ == 204 || status_ == 304) {
    finish();
  } else if (unfinished_ != nullptr && unfinished_->chunked) {
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
