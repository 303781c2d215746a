// One connection to a Redis or Valkey server. After a failure it cannot be used again. One thread at a time.
#pragma once

#include <hiredis/hiredis.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/status.h"

namespace gatehouse::store {

struct RedisOptions {
  std::string host;
  std::uint16_t port = 6379;
  std::string password;  // empty: none is asked for
  std::string prefix = "gatehouse";
  std::chrono::milliseconds timeout{50};  // for connecting, and for each answer
};

class RedisLink {
 public:
  // upstream_unreachable: the server could not be reached. Another failure is its answer to AUTH.
  static core::Result<std::unique_ptr<RedisLink>> connect(const RedisOptions& options);

  // Sends one command. Its answer must consist of integers, or be "OK" or nil.
  core::Result<std::vector<std::int64_t>> command(const std::vector<std::string>& words);
  // Runs a script by its hash; sends its text only to a server that does not have it.
  core::Result<std::vector<std::int64_t>> script(const char* text, const std::string& hash,
                                                 const std::vector<std::string>& keys,
                                                 const std::vector<std::string>& arguments);

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, Free>;

  explicit RedisLink(redisContext* context) : context_(context) {}
  core::Result<Reply> ask(const std::vector<std::string>& words);

  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace gatehouse::store
