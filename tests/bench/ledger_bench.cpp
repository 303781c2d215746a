// What a reservation and its settlement cost together: with one spender, with many threads on
// one, with a budget, and how much memory a million known clients take.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "limits/ledger.h"

namespace {

using gatehouse::core::LimitRule;
using gatehouse::core::Scope;
using gatehouse::limits::Ledger;
using gatehouse::limits::Subject;

constexpr std::int64_t kPlenty = 1'000'000'000'000;
constexpr Subject kWeb{"web", "key-1", "default-chat"};

void spend(benchmark::State& state, Ledger& ledger) {
  for (auto _ : state) {
    auto reservation = ledger.reserve(kWeb, {20, 100, 10, 100});
    if (!reservation.ok()) state.SkipWithError("refused");
    reservation->settle(60, 50);
  }
}

void OneRule(benchmark::State& state) {
  static Ledger ledger(std::vector<LimitRule>{
      {.per = Scope::client, .requests_per_minute = kPlenty, .tokens_per_minute = kPlenty, .concurrent = 1'000'000}});
  spend(state, ledger);
}
BENCHMARK(OneRule)->Threads(1)->Threads(16)->UseRealTime();

void EveryDimensionOfClientAndGlobal(benchmark::State& state) {
  constexpr std::int64_t kMoney = 4'000'000'000'000'000;
  static Ledger ledger(std::vector<LimitRule>{{.per = Scope::client,
                                               .requests_per_minute = kPlenty,
                                               .tokens_per_minute = kPlenty,
                                               .concurrent = 1'000'000,
                                               .tokens_per_day = kPlenty * 1000,
                                               .dollars_per_day = kMoney,
                                               .dollars_per_month = kMoney},
                                              {.per = Scope::global,
                                               .requests_per_minute = kPlenty,
                                               .tokens_per_minute = kPlenty,
                                               .concurrent = 1'000'000,
                                               .tokens_per_day = kPlenty * 1000,
                                               .dollars_per_day = kMoney,
                                               .dollars_per_month = kMoney}});
  spend(state, ledger);
}
BENCHMARK(EveryDimensionOfClientAndGlobal)->Threads(1)->Threads(16)->UseRealTime();

void AMillionClients(benchmark::State& state) {
  for (auto _ : state) {
    auto ledger = std::make_unique<Ledger>(std::vector<LimitRule>{
        {.per = Scope::client, .requests_per_minute = 60, .tokens_per_minute = 10'000, .concurrent = 8}});
    for (int i = 0; i < 1'000'000; ++i) {
      const std::string name = "client-" + std::to_string(i);
      auto reservation = ledger->reserve({name, "", ""}, {1, 1});
      if (!reservation.ok()) state.SkipWithError("refused");
      if (i % 1000 == 0) benchmark::DoNotOptimize(ledger->changes());
    }
  }
}
BENCHMARK(AMillionClients)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace

BENCHMARK_MAIN();
