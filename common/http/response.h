// A Response reads what an HTTP server says and decides when it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/body_file.h"

// Fed the bytes as they arrive, split anywhere; the verdict is the same for
// every split. The body is counted, and written to a file if there is one, but
// never held. Anything malformed, cut short or too large throws FetchError
// (kReceive) as soon as that is certain (a chunk that is too large: at the byte
// that exceeds max_size), and the Response is of no further use.
//
// The rules are RFC 9112's: section 4 (status line), 5 (fields), 6.3 (where a
// body ends) and 7.1 (chunked).
class Response {
 public:
  static constexpr std::size_t kMaxLine = 64 * 1024;  // bytes, with its end
  // Bytes, interim responses included; and the same again for the trailers.
  static constexpr std::size_t kMaxHead = 256 * 1024;

  // A body of more than `max_size` bytes is refused. `file` may be null.
  explicit Response(std::uint64_t max_size,
                    std::unique_ptr<BodyFile> file = nullptr)
      : max_size_(max_size), file_(std::move(file)) {}

  // Takes the next bytes. No bytes at all means end of stream, as with
  // recv(2). What comes after a complete response is ignored.
  void feed(std::string_view bytes);

  // Removes what there is of the file: the response will never be complete.
  void abandon() { file_.reset(); }

  // Whether the response is whole, and its file in place.
  bool complete() const { return state_ == State::kComplete; }

  int status() const { return status_; }  // 0 before the status line
  const std::string& reason() const { return reason_; }  // raw bytes
  std::uint64_t bytes() const { return bytes_; }         // of body, so far

 private:
  enum class State : std::uint8_t {
    kStatusLine,
    kFirstField,
    kFields,
    kBody,  // until length_, or the end of the stream if that is unknown
    kChunkSize,
    kChunkData,
    kChunkEnd,
    kTrailers,
    kComplete
  };
  enum class Field : std::uint8_t { kOther, kContentLength, kTransferEncoding };

  // What is kept of a line, or of a field of several lines, that was cut
  // between two reads.
  struct Cut {
    std::string line;
    std::string value;  // of `field`, if it is one that matters
    Field field = Field::kOther;
  };

  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  // How large the next line may be, in bytes, its end included.
  std::size_t line_limit() const {
    return head_bytes_ > kMaxHead - kMaxLine ? kMaxHead - head_bytes_
                                             : kMaxLine;
  }
  void feed_line(std::string_view& bytes);
  void feed_body(std::string_view& bytes);
  void end_of_stream();

  void feed_odd_line(std::string_view& bytes, std::size_t control);
  void line(std::string_view line, std::size_t size, std::string_view next);
  static void judge_status_line(std::string_view text, std::size_t judged);
  void status_line(std::string_view line, std::size_t size);
  void field_line(std::string_view line, std::string_view next);
  void end_of_field();
  void whole_field(Field field, std::string_view value);
  void content_length(std::string_view value);
  void transfer_encoding(std::string_view value);
  bool has_no_body() const;
  void end_of_head();
  void chunk_size(std::string_view line);
  void finish();
  [[noreturn]] static void fail(const std::string& cause);

  std::uint64_t max_size_;
  std::unique_ptr<BodyFile> file_;
  std::unique_ptr<Cut> cut_;  // null: nothing is cut
  std::string reason_;
  std::uint64_t bytes_ = 0;
  // Of the body, as Content-Length has it; of a chunked one, to the end of this
  // chunk.
  std::uint64_t length_ = kUnknown;
  std::uint32_t head_bytes_ = 0;
  std::uint16_t status_ = 0;
  State state_ = State::kStatusLine;
  bool chunked_ = false;
};
