// Turns a class with save and restore into the table of functions the gateway calls. Behind the
// GH_EXPORT_… macros; nothing here is for authors.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include <gatehouse/detail/guard.hpp>
#include <gatehouse/state.hpp>
#include <gatehouse/views.hpp>

namespace gatehouse::detail {

template <class T, class = void>
struct HandsOver : std::false_type {};
template <class T>
struct HandsOver<T, std::void_t<decltype(std::declval<const T&>().save()),
                                decltype(std::declval<T&>().restore(std::declval<StateView>()))>> : std::true_type {};

template <class T>
struct StateFace {
  static gh_status save(gh_instance* instance, gh_state_sink* sink, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      const State state = static_cast<const T&>(*reinterpret_cast<T*>(instance)).save();
      sink->put(sink, state.version, str(state.bytes));
      return GH_OK;
    });
  }
  static gh_status restore(gh_instance* instance, std::uint32_t version, gh_str bytes, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      reinterpret_cast<T*>(instance)->restore(StateView{version, view(bytes)});
      return GH_OK;
    });
  }

  static constexpr gh_state table = {sizeof(gh_state), 0, save, restore};
};

}  // namespace gatehouse::detail
