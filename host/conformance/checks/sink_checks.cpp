// What a log sink does with batches of any size. The records are written for good: they go where the
// configuration says.
#include <chrono>

#include "conformance/check.h"
#include "conformance/exchange.h"

namespace gatehouse::conformance {

namespace {

void each_sink(const CheckedPlugin& checked, const std::function<void(const Instance&, Memory&)>& visit) {
  each_instance(checked, {GH_LOG_SINK_1}, [&](const Instance& instance) {
    Memory memory;
    visit(instance, memory);
  });
}

void expect_taken(const Outcome& outcome, const std::string& what) {
  if (!outcome.ok()) fail("it does not take " + what + ": " + outcome.message);
}

void takes_any_batch(const CheckedPlugin& checked) {
  each_sink(checked, [](const Instance& instance, Memory& memory) {
    expect_taken(write_records(instance, 1, memory, "one"), "one record");
    expect_taken(write_records(instance, 0, memory), "an empty batch");
    expect_taken(write_records(instance, 1000, memory, "thousand"), "a thousand records");
  });
}

void takes_a_batch_again(const CheckedPlugin& checked) {
  each_sink(checked, [](const Instance& instance, Memory& memory) {
    expect_taken(write_records(instance, 10, memory, "again"), "ten records");
    expect_taken(write_records(instance, 10, memory, "again"), "the same ten records again");
  });
}

void takes_any_record(const CheckedPlugin& checked) {
  each_sink(checked, [](const Instance& instance, Memory& memory) {
    const std::string big = ",\"text\":\"" + std::string(1 << 20, 'x') + "\"";
    expect_taken(write_records(instance, 1, memory, "big", big), "a record of a megabyte");
    expect_taken(write_records(instance, 1, memory, "scripts", ",\"text\":\"Grüße 你好 \\u0000 \\n\""),
                 "a record in many scripts");
  });
}

void flushes_in_time(const CheckedPlugin& checked) {
  constexpr std::chrono::milliseconds kDeadline{2'000};
  each_sink(checked, [&](const Instance& instance, Memory& memory) {
    const auto limit = static_cast<std::uint32_t>(kDeadline.count());
    expect_taken(flush(instance, limit, memory), "a flush with nothing written");
    expect_taken(write_records(instance, 100, memory, "flush"), "a hundred records");
    const auto began = std::chrono::steady_clock::now();
    expect_taken(flush(instance, limit, memory), "a flush");
    if (std::chrono::steady_clock::now() - began > 2 * kDeadline)  // it might have been kept waiting for the processor
      fail("a flush with a deadline of " + std::to_string(limit) + " ms took twice that");
    expect_taken(flush(instance, limit, memory), "a second flush");
  });
}

}  // namespace

std::vector<Check> sink_checks() {
  return {
      {"sink.batches", "It takes batches of none, of one and of a thousand records.", takes_any_batch},
      {"sink.again", "It takes a batch that comes a second time.", takes_a_batch_again},
      {"sink.records", "It takes records of any length and script.", takes_any_record},
      {"sink.flush", "It flushes within the deadline, also when there is nothing to flush.", flushes_in_time},
  };
}

}  // namespace gatehouse::conformance
