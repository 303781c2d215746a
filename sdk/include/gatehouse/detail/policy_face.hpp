// Turns a policy class into the table of functions the gateway calls; slots without a method stay
// NULL. Behind GH_EXPORT_POLICY; included by policy.hpp.
#pragma once

#include <type_traits>

#include <gatehouse/detail/instance.hpp>
#include <gatehouse/policy.hpp>

namespace gatehouse::detail {

struct NoExchange {};

template <class T, class = void>
struct ExchangeOf {
  using type = NoExchange;
};
template <class T>
struct ExchangeOf<T, std::void_t<typename T::Exchange>> {
  using type = typename T::Exchange;
};

template <class T, class = void>
struct HasOnChunk : std::false_type {};
template <class T>
struct HasOnChunk<T, std::void_t<decltype(&T::on_chunk)>> : std::true_type {};

template <class T, class = void>
struct HasOnResponse : std::false_type {};
template <class T>
struct HasOnResponse<T, std::void_t<decltype(&T::on_response)>> : std::true_type {};

template <class T, class = void>
struct StreamModeOf {
  static constexpr StreamMode value = HasOnChunk<T>::value ? StreamMode::window : StreamMode::none;
};
template <class T>
struct StreamModeOf<T, std::void_t<decltype(T::kStreamMode)>> {
  static constexpr StreamMode value = T::kStreamMode;
  static_assert(HasOnChunk<T>::value == (value != StreamMode::none), "kStreamMode and on_chunk go together");
};

template <class T>
struct PolicyFace : Instance<T> {
  using Exchange = typename ExchangeOf<T>::type;
  static constexpr bool kKeepsState = !std::is_same_v<Exchange, NoExchange>;

  static gh_verdict tell(const Verdict& verdict, gh_edit* edit) {
    if (!verdict.code.empty() || !verdict.text.empty()) edit->reason(edit, str(verdict.code), str(verdict.text));
    if (verdict.value == GH_MODIFY && verdict.edits.empty()) edit->replace(edit, str(verdict.content));
    for (const TextEdit& one : verdict.edits) {
      if (!GH_HAS(gh_edit, edit, text)) throw Error(GH_EINTERNAL, "the gateway is too old for edits of texts");
      edit->text(edit, one.index, str(one.text));
    }
    return verdict.value;
  }
  // Calls decide(policy, exchange…) behind the barrier; exchange only where the policy has one.
  template <class Decide>
  static gh_verdict ask(gh_instance* instance, gh_call* call, gh_edit* edit, gh_error* error, Decide decide) noexcept {
    return guard<gh_verdict>(error, GH_FAILED, [&]() -> gh_verdict {
      const T& policy = Instance<T>::of(instance);
      if constexpr (kKeepsState) {
        return tell(decide(policy, *reinterpret_cast<Exchange*>(call)), edit);
      } else {
        (void)call;
        return tell(decide(policy), edit);
      }
    });
  }

  static gh_status begin(gh_instance* instance, const gh_chat_request* request, gh_call** out,
                         gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      const T& policy = Instance<T>::of(instance);
      if constexpr (std::is_constructible_v<Exchange, const T&, ChatRequest>) {
        *out = reinterpret_cast<gh_call*>(new Exchange(policy, ChatRequest(*request)));
      } else {
        (void)policy, (void)request;
        *out = reinterpret_cast<gh_call*>(new Exchange());
      }
      return GH_OK;
    });
  }
  static gh_verdict on_request(gh_instance* instance, gh_call* call, const gh_chat_request* request, gh_edit* edit,
                               gh_error* error) noexcept {
    return ask(instance, call, edit, error, [&](const T& policy, auto&... exchange) {
      return policy.on_request(ChatRequest(*request), exchange...);
    });
  }
  // Templates, so that they come into being only where T has the method.
  template <class P>
  static gh_verdict on_chunk(gh_instance* instance, gh_call* call, gh_str text, gh_edit* edit,
                             gh_error* error) noexcept {
    return ask(instance, call, edit, error,
               [&](const P& policy, auto&... exchange) { return policy.on_chunk(view(text), exchange...); });
  }
  template <class P>
  static gh_verdict on_response(gh_instance* instance, gh_call* call, gh_str text, gh_edit* edit,
                                gh_error* error) noexcept {
    return ask(instance, call, edit, error,
               [&](const P& policy, auto&... exchange) { return policy.on_response(view(text), exchange...); });
  }
  static void end(gh_call* call) noexcept { delete reinterpret_cast<Exchange*>(call); }

  static constexpr gh_policy make_vtable() {
    gh_policy table = {sizeof(gh_policy),
                       static_cast<std::uint32_t>(StreamModeOf<T>::value),
                       nullptr,
                       on_request,
                       nullptr,
                       nullptr,
                       nullptr};
    if constexpr (kKeepsState) {
      table.begin = begin;
      table.end = end;
    }
    if constexpr (HasOnChunk<T>::value) table.on_chunk = on_chunk<T>;
    if constexpr (HasOnResponse<T>::value) table.on_response = on_response<T>;
    return table;
  }
  static constexpr gh_policy vtable = make_vtable();
  static constexpr const char* interface_id = GH_POLICY_1;
};

}  // namespace gatehouse::detail
