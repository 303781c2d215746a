// echo - a model in this process that repeats the last user message word by word. For first steps,
// demonstrations and tests: no key, no network, and the same answer every time.
//   local: { plugin: echo, config: { delay: 50ms } }       delay: the time each word takes, none by default
// Tokens are counted as one for every four bytes or part of them: over the whole prompt for what goes
// in, word by word for what comes out. An answer with more tokens than the request's
// max_completion_tokens (or max_tokens) is cut between words and finished as "length".
#include <gatehouse/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGlance{20};  // how often a delay looks whether the caller is still there

std::uint64_t tokens(std::uint64_t bytes) { return (bytes + 3) / 4; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Takes one word off the front of text: the space before it, the word, and at the end what is left.
std::string_view take_word(std::string_view& text) {
  const auto word = std::find_if_not(text.begin(), text.end(), is_space);
  auto end = std::find_if(word, text.end(), is_space);
  if (std::all_of(end, text.end(), is_space)) end = text.end();
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

// Waits, and returns false as soon as nobody waits for the answer any more.
bool pause(milliseconds delay, gatehouse::Events& out) {
  const auto until = std::chrono::steady_clock::now() + delay;
  while (std::chrono::steady_clock::now() < until) {
    if (!out.text({})) return false;  // says nothing; asks whether to go on
    std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + kGlance));
  }
  return true;
}

std::uint64_t most_tokens(std::string_view request) {
  gatehouse::JsonReader reader;
  const auto root = reader.parse(request, "the request");
  for (const std::string_view key : {"/max_completion_tokens", "/max_tokens"}) {
    if (const auto limit = gatehouse::number_at(root, key)) return *limit;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

class Echo {
 public:
  explicit Echo(gatehouse::Config& config) : delay_(config.duration_or("delay", milliseconds(0))) {}

  void run(gatehouse::ChatRequest request, gatehouse::Events& out) const {
    std::string_view rest;
    std::uint64_t bytes_in = 0;
    for (const gatehouse::Message message : request.messages()) {
      bytes_in += message.text().size();
      if (message.role() == "user") rest = message.text();
    }

    const std::uint64_t most = most_tokens(request.json());
    std::uint64_t tokens_out = 0;
    while (!rest.empty()) {
      std::string_view after = rest;
      const std::string_view word = take_word(after);
      if (tokens(word.size()) > most - tokens_out) break;
      if (!pause(delay_, out) || !out.text(word)) return;
      tokens_out += tokens(word.size());
      rest = after;
    }
    out.usage({tokens(bytes_in), tokens_out});
    out.finish(rest.empty() ? "stop" : "length");
  }

 private:
  milliseconds delay_;
};

}  // namespace

GH_EXPORT_LOCAL(Echo, "echo", "1.0.0", "Repeats the last user message word by word")
