// gatehouse key: creates, lists, revokes and rotates callers' keys. A running gateway knows of the change when the
// command ends.
#include <algorithm>
#include <array>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <map>
#include <thread>

#include "commands/command.h"
#include "commands/key/key_limits.h"
#include "commands/key/key_spending.h"
#include "commands/key/key_terms.h"
#include "config/load.h"
#include "core/text/utc.h"
#include "core/text/visible.h"
#include "store/bookkeeper.h"
#include "store/books/books.h"
#include "store/database/data_dir.h"
#include "store/keys/keys.h"
#include "store/state.h"

namespace gatehouse::commands {

using core::Status;

namespace {

constexpr auto kOptions = [] {
  std::array<Option, kLimitOptions.size() + 4> options{};
  auto next = options.begin();
  *next++ = {"client", "NAME", "whose key it is"};
  *next++ = {"team", "NAME", "whose budgets it shares, where `limits` have some per team"};
  *next++ = {"models", "A,B", "the only models it is for"};
  next = std::copy(kLimitOptions.begin(), kLimitOptions.end(), next);
  *next = {"expires", "30d|DATE", "when it stops being valid"};
  return options;
}();

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string terms_text(const core::KeyTerms& terms, std::int64_t now) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  if (terms.revoked) add("REVOKED");
  if (terms.expires != 0) add((terms.expires <= now ? "EXPIRED " : "expires ") + core::utc_text(terms.expires));
  if (!terms.team.empty()) add("team " + terms.team);
  for (std::size_t i = 0; i < terms.models.size(); ++i) add((i == 0 ? "models " : "and ") + terms.models[i]);
  if (const std::string limits = limits_text(terms.limits); !limits.empty()) add(limits);
  return text;
}

// Only looks: it makes nothing where there is nothing.
Status list(const config::Settings& settings) {
  GH_ASSIGN(const auto state, store::look_at_state(settings.data_dir));
  if (!state) return {};
  GH_ASSIGN(const auto all, store::Keys(*state->database, state->hash).list());
  const std::int64_t now = unix_now();
  std::map<std::string, std::vector<limits::Balance>> spending;  // by key
  for (limits::Balance& one : store::read_balances(*state->database, now * 1'000'000'000))
    if (one.scope == core::Scope::own) spending[one.name].push_back(std::move(one));
  std::cout << std::left;
  for (const store::StoredKey& key : all) {
    std::string text = terms_text(key.terms, now);
    if (const std::string spent = spending_text(key.terms.limits, spending[key.terms.id], now); !spent.empty())
      text += "; " + spent;
    std::cout << key.terms.id << "  " << core::utc_text(key.created) << "  " << std::setw(20)
              << core::visible(key.terms.client) << " " << core::visible(text) << "\n";
  }
  return {};
}

void show(const store::Keys::Created& created) {
  std::cerr << created.id << ": keep the key, it is not shown again\n";
  std::cout << created.key << "\n";
}

// The model may be about to enter the configuration; more often the name is a slip.
void note_unknown(const std::vector<std::string>& models, const config::Settings& settings) {
  for (const std::string& model : models) {
    const bool known = std::any_of(settings.models.begin(), settings.models.end(),
                                   [&](const config::ModelSettings& one) { return one.alias == model; });
    if (!known) std::cerr << "note: the configuration has no model '" << model << "'\n";
  }
}

Status act(store::Keys& keys, const Arguments& arguments, const config::Settings& settings) {
  const std::string& verb = arguments.words[0];
  if (verb == "revoke") return keys.revoke(arguments.words[1]);
  if (verb == "rotate") {
    GH_ASSIGN(const auto rotated, keys.rotate(arguments.words[1]));
    show(rotated);
    return {};
  }
  GH_ASSIGN(const auto terms, key_terms(arguments, unix_now()));
  GH_ASSIGN(const auto created, keys.create(terms));
  show(created);
  note_unknown(terms.models, settings);
  return {};
}

bool understood(const Arguments& arguments) {
  if (arguments.words.empty()) return false;
  const std::string& verb = arguments.words[0];
  if (verb == "create" || verb == "list") return arguments.words.size() == 1;
  return (verb == "revoke" || verb == "rotate") && arguments.words.size() == 2;
}

Status run(const Arguments& arguments) {
  GH_ASSIGN(const auto settings, config::load(arguments.config));
  if (arguments.words[0] == "list") return list(settings);
  GH_TRY(store::make_data_dir(settings.data_dir));
  GH_ASSIGN(const auto state, store::open_state(settings.data_dir));
  store::Keys keys(*state.database, state.hash);
  GH_TRY(act(keys, arguments, settings));
  std::cout.flush();
  std::this_thread::sleep_for(2 * store::Bookkeeper::kNotice);
  return {};
}

}  // namespace

const std::span<const Option> kKeyOptions = kOptions;

int key(const Arguments& arguments) {
  if (!understood(arguments)) return misused("key", "say create, list, revoke ID or rotate ID");
  const Status status = run(arguments);
  return status.ok() ? 0 : failed(status);
}

}  // namespace gatehouse::commands
