// Usage that is not written down yet: requests, tokens and money by day, client, key and model. Only admitted requests
// are counted, so that the traffic bounds its size. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace gatehouse::limits {

struct UsageLine {
  std::int32_t day = 0;  // since 1970, UTC
  std::string client;
  std::string key;
  std::string model;
  std::int64_t requests = 0;
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cached = 0;
  std::int64_t reasoning = 0;
  std::int64_t nanodollars = 0;

  UsageLine& operator+=(const UsageLine& other);
};

class UsageBook {
 public:
  void add(const UsageLine& line);
  std::vector<UsageLine> take();  // the lines since the last call; where there is no memory for all of them, none

 private:
  static constexpr std::size_t kPages = 16;
  using Key = std::tuple<std::int32_t, std::string, std::string, std::string>;
  using Lines = std::map<Key, UsageLine, std::less<>>;
  struct Page {
    std::mutex mutex;
    Lines lines;
  };

  static void put_back(Lines& taken, Page& page);

  std::array<Page, kPages> pages_;  // by client
};

}  // namespace gatehouse::limits
