#include "net/http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

#include "core/text/hex.h"
#include "net/http/head_rules.h"

namespace gatehouse::net {

namespace http = boost::beast::http;
using boost::beast::error_code;
using core::Code;

namespace {

constexpr std::size_t kFirstReserve = 256u << 10;  // a claimed length alone must not cost more memory than this
constexpr std::uint64_t kLargestChunk = 0xFFFF'FFFF;

// Beast asserts that a chunked body's next piece has at least as many bytes as the last chunk of
// all; a body always has that many left, so shorter pieces wait.
constexpr std::size_t kShortestChunkPiece = 5;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// Beast's parser, with the fields as views into the head and the body into its final place.
class RequestReader::Parser {
 public:
  struct Machine final : http::basic_parser<true> {
    explicit Machine(RequestReader& owner) : reader(owner) {
      eager(true);
      header_limit(std::numeric_limits<std::uint32_t>::max());  // both limits are kept by the reader,
      body_limit(std::numeric_limits<std::uint64_t>::max());    // which knows what to answer
    }

    void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                         error_code&) override {
      reader.method_ = view(method);
      reader.target_ = view(target);
      reader.version_ = version;
    }
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& ec) override {
      if (!in_trailer)
        reader.fields_.push_back({view(name), view(value)});
      else if (++trailers > reader.limits_.fields)
        ec = http::error::header_limit;
    }
    void on_header_impl(error_code&) override { in_trailer = true; }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
      if (length) reader.body_.reserve(std::min<std::size_t>(*length, kFirstReserve));
    }
    std::size_t on_body_impl(boost::beast::string_view bytes, error_code&) override {
      // Who has sent that much may have the whole of it, and no more.
      if (reader.body_.size() + bytes.size() > reader.body_.capacity()) reader.body_.reserve(reader.body_declared());
      reader.body_.append(view(bytes));
      return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view extension, error_code& ec) override {
      chunk_left = size;
      behind_chunk = false;
      extensions += extension.size();
      if (size > kLargestChunk)
        ec = http::error::bad_chunk;
      else if (size > reader.limits_.body - reader.body_.size())
        ec = http::error::body_limit;
      else if (extensions > reader.limits_.head)
        ec = http::error::header_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes, error_code& ec) override {
      chunk_left -= bytes.size();
      behind_chunk = chunk_left == 0;
      return on_body_impl(bytes, ec);
    }
    void on_finish_impl(error_code&) override {}

    // Whether the beginning of a chunk's line or of the trailers can no longer become right: the parser would wait for
    // the CR LF that ends it.
    bool is_malformed(std::string_view part) const {
      if (chunk_left > 0) return false;
      if (behind_chunk && !part.empty() && !std::string_view("\r\n").starts_with(part.substr(0, 2))) return true;
      const std::size_t begin = behind_chunk ? 2 : 0;
      for (std::size_t at = part.find_first_of("\r\n", begin); at != part.npos;
           at = part.find_first_of("\r\n", at + 2)) {
        if (part[at] == '\n' || (at + 1 < part.size() && part[at + 1] != '\n')) return true;
        const std::size_t size = part.find_first_not_of('0', begin);
        if (core::is_hex(part[size])) return false;  // behind this line comes data
      }
      return false;
    }

    RequestReader& reader;
    bool in_trailer = false;
    std::size_t trailers = 0;
    std::size_t extensions = 0;
    std::uint64_t chunk_left = 0;  // of the chunk being read
    bool behind_chunk = false;     // its data is there, the line's end behind it is not
  };

  std::optional<Machine> machine;  // one per request
};

RequestReader::RequestReader(const RequestLimits& limits)
    : limits_(limits), parser_(std::make_unique<Parser>()), head_(limits_) {}
RequestReader::~RequestReader() = default;

void RequestReader::refuse(Code code, std::string_view message, int http_status) {
  core::Status refusal(code, std::string(message));
  refusal.failure().http_status = http_status;
  refuse(std::move(refusal));
}

void RequestReader::refuse(core::Status refusal) {
  refusal_ = std::move(refusal);
  state_ = State::refused;
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
  if (state_ == State::head) bytes.remove_prefix(take_head(bytes));
  if (state_ == State::body)
    take_body(bytes);
  else if (state_ == State::complete)
    held_.append(bytes);
  return state_;
}

RequestReader::State RequestReader::finish() {
  if (started() && (state_ == State::head || state_ == State::body))
    refuse(Code::invalid_request, "The connection ended before the request was complete.");
  return state_;
}

RequestReader::State RequestReader::next() {
  const std::string rest = std::exchange(held_, {});
  state_ = State::head;
  head_.clear();
  fields_.clear();
  body_ = {};
  return rest.empty() ? state_ : feed(rest);
}

// Returns how many bytes belonged to the head.
std::size_t RequestReader::take_head(std::string_view bytes) {
  const std::size_t taken = head_.take(bytes);
  if (!head_.refusal().ok())
    refuse(head_.refusal());
  else if (head_.ended())
    parse_head();
  return taken;
}

void RequestReader::parse_head() {
  auto& machine = parser_->machine.emplace(*this);
  error_code ec;
  const std::string_view head = head_.text();
  const std::string_view line = head.substr(0, head.find('\r'));
  core::Status checked = check_request_line(line);
  if (!checked.ok()) return refuse(std::move(checked));
  const bool versioned = names_http_version(line);
  // Later versions of 1 are answered as 1.1 (RFC 9110, section 6.2), which is the last that the parser takes.
  if (versioned && line[line.size() - 3] == '1' && line.back() > '1') head_.set_minor_version_to_1();
  machine.put({head.data(), head.size()}, ec);
  if (ec == http::error::bad_version && versioned)
    return refuse(Code::unsupported_protocol, "Only HTTP/1.1 and HTTP/1.0 are spoken here.", 505);
  if (ec) return refuse(Code::invalid_request, "The request's head is malformed: " + ec.message() + ".");
  checked = check_head({method_, target_, version_, fields_});
  if (!checked.ok()) return refuse(std::move(checked));
  path_ = path_of(target_);
  if (const auto length = machine.content_length(); length && *length > limits_.body) return refuse_body_size();
  state_ = machine.is_done() ? State::complete : State::body;
}

void RequestReader::refuse_body_size() {
  refuse(Code::too_large, "The request's body is larger than the " + std::to_string(limits_.body) + " bytes allowed.");
}

// A chunk's line, or the last one with the trailers, must end within limits_.head bytes. Beast's parser
// is never shown more at a time, so what it says of them does not depend on what came along with them.
void RequestReader::take_body(std::string_view bytes) {
  auto& machine = *parser_->machine;
  const std::size_t least = machine.chunked() ? kShortestChunkPiece : 1;
  const bool holding = !held_.empty();
  if (holding) bytes = held_.append(bytes);
  error_code ec;
  while (!machine.is_done() && bytes.size() >= least) {
    const std::string_view shown = bytes.substr(0, machine.chunked() ? limits_.head : bytes.npos);
    const std::size_t taken = machine.put({shown.data(), shown.size()}, ec);
    bytes.remove_prefix(taken);
    if (ec == http::error::need_more) {
      const bool too_long = taken == 0 && shown.size() >= limits_.head && !machine.is_malformed(shown);
      ec = too_long ? http::error::header_limit : error_code();
    }
    if (ec || taken == 0) break;
  }
  if (!ec && machine.chunked() && !machine.is_done() && machine.is_malformed(bytes)) ec = http::error::bad_chunk;
  if (ec == http::error::body_limit) return refuse_body_size();
  if (ec == http::error::header_limit)
    return refuse(Code::too_large, "The chunk extensions or trailers of the request are too large.", 431);
  if (ec)
    return refuse(Code::invalid_request, "The chunked body is malformed; every size, piece and trailer ends in CR LF.");
  if (holding)
    held_.erase(0, held_.size() - bytes.size());
  else
    held_ = bytes;
  if (machine.is_done()) state_ = State::complete;
}

bool RequestReader::wants_continue() const {
  return state_ == State::body && body_.size() == 0 && held_.empty() && version_ >= 11 && !field("expect").empty();
}

std::uint64_t RequestReader::body_declared() const { return parser_->machine->content_length().value_or(0); }

bool RequestReader::keep_alive() const { return parser_->machine->keep_alive(); }

std::string_view RequestReader::field(std::string_view name) const {
  for (const Field& field : fields_)
    if (iequals(field.name, name)) return field.value;
  return {};
}

}  // namespace gatehouse::net
