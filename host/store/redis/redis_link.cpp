#include "store/redis/redis_link.h"

#include <sys/time.h>

#include <charconv>
#include <cstring>

namespace gatehouse::store {

using core::Code;
using core::Result;
using core::Status;

namespace {

constexpr std::string_view kUnknownScript = "NOSCRIPT";

Status lost(const redisContext* context) {
  return {Code::upstream_unreachable,
          std::string("Redis: ") + (context != nullptr && context->err != 0 ? context->errstr : "out of memory")};
}

Status unexpected() { return {Code::upstream_failed, "Redis: an answer that is none of ours"}; }

Result<std::int64_t> integer(const redisReply& reply) {
  std::int64_t value = reply.integer;
  if (reply.type == REDIS_REPLY_INTEGER) return value;
  if (reply.type != REDIS_REPLY_STRING) return unexpected();
  const auto [end, error] = std::from_chars(reply.str, reply.str + reply.len, value);
  if (error != std::errc() || end != reply.str + reply.len) return unexpected();
  return value;
}

Result<std::vector<std::int64_t>> integers(const redisReply& reply) {
  std::vector<std::int64_t> values;
  if (reply.type == REDIS_REPLY_NIL || reply.type == REDIS_REPLY_STATUS) return values;
  const bool many = reply.type == REDIS_REPLY_ARRAY;
  for (std::size_t i = 0; i < (many ? reply.elements : 1); ++i) {
    GH_ASSIGN(const std::int64_t value, integer(many ? *reply.element[i] : reply));
    values.push_back(value);
  }
  return values;
}

}  // namespace

Result<std::unique_ptr<RedisLink>> RedisLink::connect(const RedisOptions& options) {
  const auto microseconds = std::chrono::microseconds(options.timeout).count();
  const timeval timeout{microseconds / 1'000'000, microseconds % 1'000'000};
  redisContext* const context = redisConnectWithTimeout(options.host.c_str(), options.port, timeout);
  if (context == nullptr) return lost(nullptr);
  std::unique_ptr<RedisLink> link(new RedisLink(context));
  if (context->err != 0 || redisSetTimeout(context, timeout) != REDIS_OK) return lost(context);
  if (!options.password.empty()) {
    GH_TRY(link->command({"AUTH", options.password}).status());
  }
  return link;
}

Result<RedisLink::Reply> RedisLink::ask(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  Reply reply(static_cast<redisReply*>(
      redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data())));
  if (reply == nullptr) return lost(context_.get());
  if (reply->type == REDIS_REPLY_ERROR) {
    return Status(Code::upstream_failed, "Redis: " + std::string(reply->str, reply->len));
  }
  return reply;
}

Result<std::vector<std::int64_t>> RedisLink::command(const std::vector<std::string>& words) {
  GH_ASSIGN(const Reply reply, ask(words));
  return integers(*reply);
}

Result<std::vector<std::int64_t>> RedisLink::script(const char* text, const std::string& hash,
                                                    const std::vector<std::string>& keys,
                                                    const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"EVALSHA", hash, std::to_string(keys.size())};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  Result<std::vector<std::int64_t>> answer = command(words);
  if (answer.ok() || answer.status().message().find(kUnknownScript) == std::string::npos) return answer;
  words[0] = "EVAL";
  words[1] = text;
  return command(words);
}

}  // namespace gatehouse::store
