// The barrier every exported function goes through: runs C++ that may throw and answers in the ABI's
// terms. Functions without state; any thread.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <string_view>
#include <type_traits>

#include <gatehouse/abi.h>
#include <gatehouse/error.hpp>

namespace gatehouse::detail {

// Copies text and a NUL into to, cut between UTF-8 characters where it does not fit.
template <std::size_t N>
void copy_text(char (&to)[N], std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), N - 1);
  if (length < text.size()) {
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  }
  if (length != 0) std::memcpy(to, text.data(), length);
  to[length] = '\0';
}

inline void report(gh_error* out, std::string_view message) noexcept {
  if (out != nullptr) copy_text(out->message, message);
}

inline void report(gh_error* out, const Error& error) noexcept {
  if (out == nullptr) return;
  constexpr std::int64_t longest = std::numeric_limits<std::uint32_t>::max();
  out->http_status = error.http_status();
  out->retry_after_ms = static_cast<std::uint32_t>(std::clamp<std::int64_t>(error.retry_after().count(), 0, longest));
  out->flags = error.flags();
  copy_text(out->code, error.code());
  copy_text(out->message, error.message());
  if (GH_HAS(gh_error, out, param)) copy_text(out->param, error.param());
}

// It is nobody's fault, and passes: what the gateway itself says where it is short of memory.
inline void report_short_of_memory(gh_error* out) noexcept {
  report(out, "out of memory");
  if (out == nullptr) return;
  copy_text(out->code, "gateway_short_of_resources");
  out->http_status = 503;
  out->retry_after_ms = 1000;
}

// Runs body and returns what it returns. When it throws: the Error's status where the result is a
// gh_status, otherwise `failed`.
template <class Result, class Body>
Result guard(gh_error* out, Result failed, Body&& body) noexcept {
  try {
    return body();
  } catch (const Error& error) {
    report(out, error);
    if constexpr (std::is_same_v<Result, gh_status>) {
      return error.status() == GH_OK ? static_cast<gh_status>(GH_EINTERNAL) : error.status();
    }
  } catch (const std::bad_alloc&) {
    report_short_of_memory(out);
  } catch (const std::exception& error) {
    report(out, error.what());
  } catch (...) {
    report(out, "the plugin threw something that is not a std::exception");
  }
  return failed;
}

}  // namespace gatehouse::detail
