// What happens from create to unload, and what is left afterwards.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <optional>
#include <thread>

#include "conformance/check.h"
#include "conformance/checks/unloading.h"
#include "conformance/exchange.h"
#include "conformance/odd_configs.h"
#include "conformance/plugin.h"
#include "conformance/process_state.h"

namespace gatehouse::conformance {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void refuses_with_a_reason(const CheckedPlugin& checked) {
  for (const modules::Component& component : components(load(checked))) {
    for (const std::string& config : odd_configs(checked.config)) {
      Memory memory;
      Instance::create(component, config, memory);
    }
  }
}

void live_round(const modules::Component& component, const CheckedPlugin& checked) {
  Memory memory;
  exercise(*create(component, checked, memory), memory);
}

// As many rounds as there is time for, so that a slow plugin is checked too.
void does_not_grow(const CheckedPlugin& checked) {
  constexpr std::size_t kRounds = 1000, kWarmUp = 20, kSlack = 16 << 10;
  const auto until = Clock::now() + milliseconds(5'000);
  for (const modules::Component& component : components(load(checked))) {
    for (std::size_t i = 0; i < kWarmUp; ++i) live_round(component, checked);
    const std::size_t before = heap_in_use();
    std::size_t rounds = 0;
    while (rounds < kWarmUp || (rounds < kRounds && Clock::now() < until)) {
      live_round(component, checked);
      ++rounds;
    }
    const std::size_t after = heap_in_use();
    if (after > before + kSlack && (after - before) / rounds >= 16)
      fail("each of " + std::to_string(rounds) + " rounds of create, one exchange and destroy left " +
           std::to_string((after - before) / rounds) + " bytes");
  }
}

void leaves_nothing_behind(const CheckedPlugin& checked) {
  const auto all = components(load(checked));
  std::thread([] {}).join();  // a sanitizer starts a thread of its own with the first one
  const ProcessState before = ProcessState::now();
  for (const modules::Component& component : all) live_round(component, checked);
  // A thread that was joined may be seen for a moment longer.
  std::string change = ProcessState::now().change_since(before);
  for (int i = 0; i < 100 && !change.empty(); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    change = ProcessState::now().change_since(before);
  }
  if (!change.empty()) fail("it left " + change);
}

void writes_nothing_unasked(const CheckedPlugin& checked) {
  const int file = ::memfd_create("stdout", 0);
  const int real = ::dup(STDOUT_FILENO);
  if (file < 0 || real < 0 || ::dup2(file, STDOUT_FILENO) < 0) skip("standard output cannot be watched");
  for (const modules::Component& component : components(load(checked))) {
    Memory memory;
    const auto instance = create(component, checked, memory);
    if (component.interface_id != GH_LOG_SINK_1) exercise(*instance, memory);  // a sink may have been told to
  }
  std::fflush(nullptr);
  ::dup2(real, STDOUT_FILENO);
  if (::lseek(file, 0, SEEK_END) > 0) fail("it wrote to standard output");
}

void has_independent_instances(const CheckedPlugin& checked) {
  for (const modules::Component& component : components(load(checked))) {
    Memory memory;
    auto first = create(component, checked, memory);
    auto second = create(component, checked, memory);
    exercise(*first, memory);
    exercise(*second, memory);
    first.reset();
    exercise(*second, memory);
    first = create(component, checked, memory);
    second.reset();
    exercise(*first, memory);
  }
}

void serves_many_threads(const CheckedPlugin& checked) {
  each_instance(checked, {GH_PROVIDER_CODEC_1, GH_PROVIDER_LOCAL_1, GH_POLICY_1}, [](const Instance& instance) {
    std::vector<std::future<void>> threads;
    for (int i = 0; i < 8; ++i) {
      threads.push_back(std::async(std::launch::async, [&] {
        Memory memory;
        const auto until = Clock::now() + milliseconds(2'000);
        for (int round = 0; round < 50 && Clock::now() < until; ++round) exercise(instance, memory);
      }));
    }
    for (auto& thread : threads) thread.get();
  });
}

struct Saved {
  std::optional<std::string> bytes;
  std::uint32_t version = 0;
};

Saved save(const Instance& instance, Memory& memory) {
  Saved saved;
  const auto put = [](gh_state_sink* sink, std::uint32_t version, gh_str bytes) noexcept {
    *static_cast<Saved*>(sink->ctx) = {std::string(bytes.data == nullptr ? "" : bytes.data, bytes.len), version};
  };
  gh_state_sink* sink = memory.place(gh_state_sink{sizeof(gh_state_sink), 0, &saved, put});
  const Outcome outcome = call(memory, "saving its state", [&](gh_error* error) {
    return instance.component().state.save(instance.raw(), sink, error);
  });
  if (!outcome.ok()) fail("it cannot save its state: " + outcome.message);
  return saved;
}

Outcome restore(const Instance& instance, std::uint32_t version, std::string_view bytes, Memory& memory) {
  return call(memory, "restoring state", [&](gh_error* error) {
    return instance.component().state.restore(instance.raw(), version, memory.text(bytes), error);
  });
}

void hands_over_its_state(const CheckedPlugin& checked) {
  bool any = false;
  for (const modules::Component& component : components(load(checked))) {
    if (component.state.save == nullptr) continue;
    any = true;
    Memory memory;
    const auto old = create(component, checked, memory);
    exercise(*old, memory);
    const Saved saved = save(*old, memory);
    if (saved.bytes) {
      const auto successor = create(component, checked, memory);
      const Outcome outcome = restore(*successor, saved.version, *saved.bytes, memory);
      if (!outcome.ok()) fail("it cannot restore what it saved itself: " + outcome.message);
      exercise(*successor, memory);
    }
    // Any status will do: another version may have saved this state.
    for (const std::string_view bytes :
         {std::string_view(), std::string_view("{}"), std::string_view("\0\xFF nonsense", 11)}) {
      restore(*create(component, checked, memory), saved.version, bytes, memory);
      restore(*create(component, checked, memory), saved.version + 1, bytes, memory);
    }
  }
  if (!any) nothing_to_check();
}

}  // namespace

std::vector<Check> life_checks() {
  return {
      {"life.configs", "Empty, broken and random configurations are taken, or refused with a reason.",
       refuses_with_a_reason},
      {"life.memory", "A thousand times created, used and destroyed, it holds no more memory than before.",
       does_not_grow},
      {"life.traces", "It leaves no thread, file, signal handler, folder, locale, umask or environment of its own.",
       leaves_nothing_behind},
      {"life.silent", "It writes nothing to standard output unasked.", writes_nothing_unasked},
      {"life.instances", "Two instances do not know of each other.", has_independent_instances},
      {"life.threads", "Eight threads at once may use one instance.", serves_many_threads},
      {"life.state", "It restores the state it saves, and takes or refuses any other with a reason.",
       hands_over_its_state},
      {"life.unloads", "It is gone once unloaded, also while a thread that called it lives on.", is_gone_once_unloaded},
      {"life.again", "It can be loaded again.", can_be_loaded_again},
      {"life.versions", "Two copies of the file are two plugins, and one outlives the other.", lives_beside_a_copy},
  };
}

}  // namespace gatehouse::conformance
