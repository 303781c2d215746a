// Turns a codec class or an engine class into the table of functions the gateway calls.
// Behind GH_EXPORT_CODEC and GH_EXPORT_LOCAL; included by provider.hpp.
#pragma once

#include <type_traits>

#include <gatehouse/detail/instance.hpp>
#include <gatehouse/provider.hpp>

namespace gatehouse::detail {

template <class T>
struct CodecFace : Instance<typename T::Settings> {
  using Base = Instance<typename T::Settings>;
  static T& codec(gh_call* call) { return *reinterpret_cast<T*>(call); }

  template <class Request>
  static gh_status open(gh_instance* instance, const gh_chat_request* request, gh_call** out,
                        gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      const typename T::Settings& settings = Base::of(instance);
      *out = reinterpret_cast<gh_call*>(new T(settings, Request(*request)));
      return GH_OK;
    });
  }
  static constexpr decltype(gh_codec::open_embeddings) open_embeddings() {
    if constexpr (std::is_constructible_v<T, const typename T::Settings&, EmbeddingsRequest>) {
      return open<EmbeddingsRequest>;
    } else {
      return nullptr;
    }
  }
  static gh_status encode(gh_call* call, const gh_attempt* attempt, gh_upstream* upstream, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      codec(call).encode(Attempt(*attempt), Upstream(*upstream));
      return GH_OK;
    });
  }
  static gh_status decode(gh_call* call, const gh_frame* frame, gh_event_sink* sink, gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      Events events(*sink);
      codec(call).decode(Frame(*frame), events);
      events.flush();
      return events.status();
    });
  }
  static void close(gh_call* call) noexcept { delete &codec(call); }

  static constexpr gh_codec vtable = {sizeof(gh_codec), 0, open<ChatRequest>, encode, decode, close, open_embeddings()};
  static constexpr const char* interface_id = GH_PROVIDER_CODEC_1;
};

template <class T>
struct LocalFace : Instance<T> {
  static gh_status run(gh_instance* instance, const gh_chat_request* request, gh_event_sink* sink,
                       gh_error* error) noexcept {
    return guard<gh_status>(error, GH_EINTERNAL, [&]() -> gh_status {
      const T& engine = Instance<T>::of(instance);
      Events events(*sink);
      engine.run(ChatRequest(*request), events);
      events.flush();
      return events.status();
    });
  }

  static constexpr gh_local vtable = {sizeof(gh_local), 0, run};
  static constexpr const char* interface_id = GH_PROVIDER_LOCAL_1;
};

}  // namespace gatehouse::detail
