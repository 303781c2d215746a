// What every kind of plugin has in common: how its configured instance is made and destroyed, and the
// module that exports it. Behind the GH_EXPORT_… macros; nothing here is for authors.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

#include <gatehouse/config.hpp>
#include <gatehouse/detail/guard.hpp>
#include <gatehouse/detail/state_face.hpp>
#include <gatehouse/host.hpp>
#include <gatehouse/views.hpp>

namespace gatehouse::detail {

// An instance is made by T(Config&, Host), T(Config&) or T(), whichever there is. What it throws
// refuses the configuration; so does a key it has not asked for.
template <class T>
struct Instance {
  static gh_status create(const gh_host* host, gh_str config_json, gh_instance** out, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      Config config(view(config_json));
      T* made = nullptr;
      if constexpr (std::is_constructible_v<T, Config&, Host>) {
        made = new T(config, Host(*host));
      } else if constexpr (std::is_constructible_v<T, Config&>) {
        made = new T(config);
      } else {
        static_assert(std::is_default_constructible_v<T>, "needs a constructor (gatehouse::Config&) or ()");
        made = new T();
      }
      std::unique_ptr<T> owner(made);
      config.refuse_unknown();
      *out = reinterpret_cast<gh_instance*>(owner.release());
      return GH_OK;
    });
  }
  static void destroy(gh_instance* instance) noexcept { delete &of(instance); }
  static const void* extension(const char* interface_id) noexcept {
    if constexpr (HandsOver<T>::value) {
      if (std::string_view(interface_id) == GH_STATE_1) return &StateFace<T>::table;
    }
    (void)interface_id;
    return nullptr;
  }
  static T& of(gh_instance* instance) { return *reinterpret_cast<T*>(instance); }
};

#if defined(__clang__)
inline constexpr const char* kBuild = __VERSION__ ", C++";
#else
inline constexpr const char* kBuild = "gcc " __VERSION__ ", C++";
#endif

}  // namespace gatehouse::detail

// Exports the one component that Face<T> describes: interface_id, vtable, create, destroy, extension.
#define GH_EXPORT_COMPONENT(Face, Id, Version, Summary)                                                                \
  extern "C" GH_EXPORT const gh_module* gatehouse_plugin(void) noexcept {                                              \
    static constexpr gh_component component = {                                                                        \
        sizeof(gh_component), 0, Id, Face::interface_id, Version, Summary, &Face::vtable, Face::create, Face::destroy, \
        Face::extension};                                                                                              \
    static constexpr gh_module module = {                                                                              \
        GH_ABI_MAGIC,                                                                                                  \
        GH_ABI_MAJOR,                                                                                                  \
        GH_ABI_MINOR,                                                                                                  \
        sizeof(gh_module),                                                                                             \
        0,                                                                                                             \
        0,                                                                                                             \
        gatehouse::detail::kBuild,                                                                                     \
        +[](std::uint32_t index) noexcept -> const gh_component* { return index == 0 ? &component : nullptr; }};       \
    return &module;                                                                                                    \
  }
