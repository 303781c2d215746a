// What the host adds to a call across the plugin boundary. Each plugin is called twice: straight through its table, as
// if there were no host, and as the host calls it: counted and timed, its answer copied. The difference is the
// overhead.
#include <benchmark/benchmark.h>
#include <gatehouse/views.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "core/request/chat_request.h"
#include "modules/adapters/plugin_codec.h"
#include "modules/adapters/policy.h"
#include "modules/adapters/request_abi.h"

namespace {

using namespace gatehouse;

constexpr std::string_view kRequest =
    R"({"model":"default-chat","messages":[{"role":"user","content":"Which animal jumps over the lazy dog?"}]})";
constexpr std::string_view kChunk =
    R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"fox"},"finish_reason":null}]})";

template <class T>
T must(core::Result<T> result) {
  if (result.ok()) return *std::move(result);
  std::cerr << result.status().message() << '\n';
  std::exit(1);
}

std::shared_ptr<modules::Instance> plugin(const std::string& name, std::string_view interface_id) {
  const auto module = must(modules::Module::load(std::string(GATEHOUSE_PLUGINS "/") + name + ".so"));
  return must(modules::Instance::create(must(modules::Component::find(module, {interface_id}, name)), name, "{}",
                                        [](std::string_view, std::uint32_t, std::string_view) {}));
}

struct Asked {
  core::ChatRequest request = must(core::ChatRequest::parse(core::PaddedBytes(kRequest)));
  core::RequestView view{request, "gw-req-1", "client-1", "default-chat", "m", request.json(), 5};
};

void PolicyStraight(benchmark::State& state, const std::string& name) {
  const auto instance = plugin(name, GH_POLICY_1);
  const auto& table = instance->table<gh_policy>();
  const Asked asked;
  const modules::RequestAbi request(asked.view);
  gh_edit edit = {sizeof edit,
                  0,
                  nullptr,
                  [](gh_edit*, gh_str) noexcept {},
                  [](gh_edit*, gh_str, gh_str) noexcept {},
                  [](gh_edit*, std::size_t, gh_str) noexcept {}};
  gh_error error{};
  error.size = sizeof error;
  for (auto _ : state)
    benchmark::DoNotOptimize(table.on_request(instance->raw(), nullptr, request.raw(), &edit, &error));
}

void PolicyByTheHost(benchmark::State& state, const std::string& name) {
  modules::PluginPolicy policy(plugin(name, GH_POLICY_1), core::OnError::deny);
  const Asked asked;
  for (auto _ : state) benchmark::DoNotOptimize(policy.on_request(nullptr, asked.view));
}

void EventStraight(benchmark::State& state) {
  const auto instance = plugin("openai", GH_PROVIDER_CODEC_1);
  const auto& table = instance->table<gh_codec>();
  const Asked asked;
  const modules::RequestAbi request(asked.view);
  gh_call* call = nullptr;
  gh_error error{};
  error.size = sizeof error;
  if (table.open(instance->raw(), request.raw(), &call, &error) != GH_OK) state.SkipWithError("open");
  gh_event_sink sink = {sizeof sink, 0, nullptr, [](gh_event_sink*, const gh_event*) noexcept { return gh_status{GH_OK}; }};
  const gh_frame frame = {sizeof frame, 200, {}, str(kChunk), true, 0};
  for (auto _ : state) benchmark::DoNotOptimize(table.decode(call, &frame, &sink, &error));
  table.close(call);
}

void EventByTheHost(benchmark::State& state) {
  struct Nowhere final : core::ReplySink {
    core::Status on_chunk(const core::Chunk&) override { return {}; }
  } nowhere;
  const auto instance = plugin("openai", GH_PROVIDER_CODEC_1);
  const modules::Upstream upstream;
  const Asked asked;
  modules::PluginCodec codec(*instance, upstream);
  if (!codec.open(asked.view).ok()) state.SkipWithError("open");
  for (auto _ : state) benchmark::DoNotOptimize(codec.decode(200, {{}, kChunk, true}, nowhere).ok());
}

BENCHMARK_CAPTURE(PolicyStraight, require_client, "require_client");
BENCHMARK_CAPTURE(PolicyByTheHost, require_client, "require_client");
BENCHMARK_CAPTURE(PolicyStraight, model_access, "model_access");
BENCHMARK_CAPTURE(PolicyByTheHost, model_access, "model_access");
BENCHMARK(EventStraight);
BENCHMARK(EventByTheHost);

}  // namespace

BENCHMARK_MAIN();
