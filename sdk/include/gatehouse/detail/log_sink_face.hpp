// Turns a sink class into the table of functions the gateway calls.
// Behind GH_EXPORT_LOG_SINK; included by log_sink.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gatehouse/detail/instance.hpp>
#include <gatehouse/log_sink.hpp>

namespace gatehouse::detail {

template <class T, class = void>
struct HasFlush : std::false_type {};
template <class T>
struct HasFlush<T, std::void_t<decltype(&T::flush)>> : std::true_type {};

template <class T>
struct LogSinkFace : Instance<T> {
  static gh_status write(gh_instance* instance, const gh_log_record* const* records, std::size_t count,
                         gh_error* error) noexcept {
    return guard<gh_status>(error, GH_ERETRY, [&]() -> gh_status {
      Instance<T>::of(instance).write(Records(records, count));
      return GH_OK;
    });
  }
  static gh_status flush(gh_instance* instance, std::uint32_t deadline_ms, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      if constexpr (HasFlush<T>::value) {
        Instance<T>::of(instance).flush(std::chrono::milliseconds(deadline_ms));
      } else {
        (void)instance, (void)deadline_ms;
      }
      return GH_OK;
    });
  }

  static constexpr gh_log_sink vtable = {sizeof(gh_log_sink), 0, write, flush};
  static constexpr const char* interface_id = GH_LOG_SINK_1;
};

}  // namespace gatehouse::detail
