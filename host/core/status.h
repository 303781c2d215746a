// How a step ended: fine, or a failure with a code from a closed set and a sentence that tells
// its reader what to do. Success costs a null pointer. Values; not for use by two threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gatehouse::core {

enum class Code : std::uint8_t {
  ok,
  invalid_request,       // the caller must change the request
  unauthenticated,       // no credential, or one we don't know
  denied,                // a policy said no
  not_found,             // no such route or model
  method_not_allowed,    // the route exists, not with this method
  too_large,             // the body or head is over its limit
  request_timeout,       // the caller did not send its request in time
  unsupported_protocol,  // not HTTP/1.0 or 1.1, or an encoding we don't take
  rate_limited,          // a limit of ours, or the provider's
  client_gone,           // nobody is left to answer
  upstream_failed,       // the provider answered with an error, nonsense, or half an answer
  upstream_unreachable,  // the provider could not be reached
  upstream_timeout,      // the provider did not answer in time
  overloaded,            // we are full or draining; try again
  config,                // the operator must change the configuration
  internal,              // our own fault
};

// Why a provider refused a request that another one may take.
enum class Refusal : std::uint8_t {
  none,
  context_length,  // it does not fit into the model's context
  content_filter,  // the provider's filter kept it, or all of its answer, back
};

// What the outside sees of a code.
struct CodeInfo {
  int http_status;
  std::string_view type;  // error.type in the gateway's envelope
};
CodeInfo info(Code code);

// Everything a failure can say. All but code and message may be empty.
struct Failure {
  Code code = Code::internal;
  std::string message;                       // for the person who reads the answer
  std::string reason;                        // machine-readable: "model_disabled"
  std::string policy;                        // which policy denied
  std::string param;                         // which field is at fault
  int http_status = 0;                       // overrides the code's; 0: it doesn't
  std::chrono::milliseconds retry_after{0};  // 0: unknown
  bool spread = false;                       // many may be told the same: let them come back one by one
  bool retry_useless = false;                // waiting cannot help
  bool half_answered = false;                // the provider lost an answer midway: another would be paid for twice
  bool refused = false;                      // the provider said that it failed, in the place of an answer
  Refusal refusal = Refusal::none;
  std::string detail{};                      // for the operator alone: addresses and the like
};

// Failures are rare: what makes, copies and drops one is kept out of the code that succeeds.
class [[nodiscard]] Status {
 public:
  Status() = default;
  [[gnu::cold]] Status(Code code, std::string message);
  [[gnu::cold]] explicit Status(Failure failure);
  Status(const Status& other) : failure_(other.failure_ ? copy(*other.failure_) : nullptr) {}
  Status(Status&&) noexcept = default;
  Status& operator=(const Status& other) { return *this = Status(other); }
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  bool ok() const { return !failure_; }
  Code code() const { return failure_ ? failure_->code : Code::ok; }
  int http_status() const;                              // 200 when ok
  const Failure& failure() const { return *failure_; }  // REQUIRES: !ok()
  Failure& failure() { return *failure_; }              // REQUIRES: !ok()
  std::string_view message() const { return failure_ ? std::string_view(failure_->message) : std::string_view(); }

  // The same failure with "where: " before its message; a no-op when ok.
  Status within(std::string_view where) &&;

 private:
  struct Drop {
    [[gnu::cold]] void operator()(Failure* failure) const noexcept;
  };
  [[gnu::cold]] static Failure* copy(const Failure& failure);

  std::unique_ptr<Failure, Drop> failure_;
};

// A value, or the failure that kept us from having one.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: a value is a result
  Result(Status status) : value_(std::move(status)) {}  // NOLINT; REQUIRES: !status.ok()
  bool ok() const { return std::holds_alternative<T>(value_); }
  T& operator*() & { return std::get<T>(value_); }
  const T& operator*() const& { return std::get<T>(value_); }
  T&& operator*() && { return std::get<T>(std::move(value_)); }
  T* operator->() { return &std::get<T>(value_); }
  const T* operator->() const { return &std::get<T>(value_); }
  Status status() const& { return ok() ? Status() : std::get<Status>(value_); }
  Status status() && { return ok() ? Status() : std::get<Status>(std::move(value_)); }

 private:
  std::variant<Status, T> value_;
};

}  // namespace gatehouse::core

// Returns from the enclosing function when `step` failed.
#define GH_TRY(step)                                                               \
  do {                                                                             \
    if (::gatehouse::core::Status gh_try_ = (step); !gh_try_.ok()) return gh_try_; \
  } while (false)

// GH_ASSIGN(auto url, parse_url(text)): declares `url` with the value of the Result, or returns from
// the enclosing function with its failure. Left of the comma may stand whatever can stand left of "=":
// a declaration, `auto&&` for a value that is not even moved, a variable that is there already, and in
// parentheses a declaration with a comma in it: GH_ASSIGN((auto [head, body]), split(text)).
#define GH_ASSIGN(declaration, ...) GH_ASSIGN_1(GH_ASSIGN_NAME(gh_result_, __LINE__), declaration, __VA_ARGS__)
#define GH_ASSIGN_1(result, declaration, ...)        \
  auto result = (__VA_ARGS__);                         \
  if (!result.ok()) return std::move(result).status(); \
  GH_ASSIGN_BARE(GH_ASSIGN_BARE_ declaration) = *std::move(result)
#define GH_ASSIGN_NAME(word, line) GH_ASSIGN_JOIN(word, line)
#define GH_ASSIGN_JOIN(word, line) word##line
// Takes off the parentheses: BARE_ (auto x) becomes BARE_ auto x, as BARE_ auto x is; NO_ removes BARE_.
#define GH_ASSIGN_BARE_(...) GH_ASSIGN_BARE_ __VA_ARGS__
#define GH_ASSIGN_BARE(...) GH_ASSIGN_DROP(__VA_ARGS__)
#define GH_ASSIGN_DROP(...) GH_ASSIGN_NO_##__VA_ARGS__
#define GH_ASSIGN_NO_GH_ASSIGN_BARE_
