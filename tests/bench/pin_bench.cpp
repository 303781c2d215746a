// What it costs an exchange to pin its generation and to let go of it again, alone and with many threads that do
// nothing else.
#include <benchmark/benchmark.h>

#include <memory>

#include "modules/swap/registry.h"

namespace {

using gatehouse::modules::Generation;
using gatehouse::modules::Registry;

void Pin(benchmark::State& state) {
  static Registry registry(std::make_shared<const Generation>(1, gatehouse::modules::GenerationParts{}));
  for (auto _ : state) {
    const std::shared_ptr<const Generation> pinned = registry.current();
    benchmark::DoNotOptimize(pinned->number());
  }
}
BENCHMARK(Pin)->Threads(1)->Threads(2)->Threads(16)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
