// Now, in UTC, as a part of a file name that sorts by time: 20261123T164502.123456Z.
// Function without state; any thread.
#pragma once

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

inline std::string utc_stamp() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm calendar{};
  gmtime_r(&seconds, &calendar);
  char day[32];
  char whole[48];
  std::strftime(day, sizeof day, "%Y%m%dT%H%M%S", &calendar);
  std::snprintf(whole, sizeof whole, "%s.%06dZ", day, static_cast<int>(micros % 1'000'000));
  return whole;
}
