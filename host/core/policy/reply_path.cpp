#include "core/policy/reply_path.h"

#include <string>

namespace gatehouse::core {

ReplyPath::ReplyPath(Manner manner, PolicyRun& policies, AnswerWriter& answer, Cancellation& cancellation,
                     const int& upstream_status)
    : stream_(manner.stream),
      policies_(policies),
      answer_(answer),
      heartbeat_(cancellation, answer, stream_ ? manner.heartbeat : std::chrono::milliseconds(0), upstream_status),
      filter_(policies, stream_ ? static_cast<ReplySink&>(*this) : whole_),
      opening_(filter_),
      meter_(stream_ ? static_cast<ReplySink&>(opening_) : filter_, stream_ && policies.watches_responses(),
             manner.keep_unreported, manner.belief, stream_ ? manner.allowance : nullptr) {}

Status ReplyPath::on_chunk(const Chunk& chunk) {
  heartbeat_.spoke();
  return answer_.chunk(chunk);
}

Status ReplyPath::finish(const Usage& usage) {
  if (!stream_) return send_whole(usage);
  GH_TRY(opening_.end());
  GH_TRY(answer_.end(usage));
  std::string text = meter_.text();
  return policies_.on_response(text, true);
}

Status ReplyPath::send_whole(const Usage& usage) {
  Reply& reply = whole_.reply();
  reply.usage = usage;
  if (policies_.watches_responses()) {
    for (auto& [index, choice] : reply.choices) {
      const std::string before = choice.text;
      GH_TRY(policies_.on_response(choice.text, false));
      if (choice.text != before) reply.json.clear();
    }
  }
  return answer_.whole(reply);
}

}  // namespace gatehouse::core
