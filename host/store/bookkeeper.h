// The one thread that talks to the database while the gateway serves. It writes the spending in batches and notices
// what `gatehouse key` changed; no request ever waits for it.
//
// While a gateway replaces another one, both write to one database. The old one, the predecessor, has written its
// balances; from then on it writes only by how much they change, and the new one charges that to its own and alone
// writes balances. See late_books.h.
//
// Reservations that a killed process had not settled stay charged, as far as they were written: the spending of the
// last kBatch before the kill may be forgiven. start() and stop() belong to one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

#include "limits/late_spending.h"
#include "limits/ledger.h"
#include "store/books/corrections.h"
#include "store/clock_watch.h"
#include "store/database/database.h"
#include "store/keys/key_ring.h"

namespace gatehouse::store {

class Bookkeeper {
 public:
  static constexpr std::chrono::milliseconds kNotice{50};  // until a changed key is known
  static constexpr std::chrono::minutes kTidy{60};         // until what is over is put away
  static constexpr std::chrono::milliseconds kLastWait{1'000};  // at the end, for another process's transaction
  static constexpr std::chrono::milliseconds kBatch{200};  // until a balance is on disk, where the disk keeps up

  // REQUIRES: ring and ledger outlive the bookkeeper.
  // keep_usage: for how many days.
  Bookkeeper(std::unique_ptr<Database> database, KeyRing& ring, limits::Ledger& ledger,
             std::chrono::days keep_usage = std::chrono::days(400))
      : database_(std::move(database)), ring_(ring), ledger_(ledger), keep_usage_(keep_usage) {}
  ~Bookkeeper() { stop(); }

  // Is shown the balances that load() restores, and then, by the bookkeeper's thread, those that have changed. Before
  // load().
  using Look = std::function<void(std::span<const limits::Balance>)>;
  void show(Look restored, Look changed) {
    show_restored_ = std::move(restored);
    show_changed_ = std::move(changed);
  }

  // Whether a gateway that this one takes over from still has exchanges under way.
  enum class Predecessor : std::uint8_t { none, running };

  // Reads keys and balances from the database; before start().
  core::Status load(Predecessor predecessor = Predecessor::none);
  void start();
  // Writes all balances down for another gateway to read, and only differences from now on. Any thread, after start().
  core::Status hand_over();
  void take_back();  // the other gateway did not come up: the balances are this one's again
  // It has ended: slots that it still had, because it was killed, are free.
  void predecessor_ended();
  bool has_predecessor() const;
  // Writes down with the next batch what an operator has given back. Any thread.
  void note(CorrectionLine correction);
  // The last batch is written; health() says whether it could be, and the log what could not. Takes a few seconds at
  // most, whoever keeps the database locked.
  void stop();
  core::Status health() const;  // of the database, when it was last used. Any thread

 private:
  using Clock = std::chrono::steady_clock;
  enum class Role : std::uint8_t { owner, predecessor };

  void run();
  core::Status look();
  core::Status load_keys();
  core::Status write();
  void write_last();
  void keep_books(Clock::time_point& written, Clock::time_point& tidied);
  void answer(core::Status changed);
  void write_corrections();
  void write_balances();
  void write_differences();
  core::Status play(Role role);
  core::Status change_role(Role role);
  core::Status charge_late();
  core::Status reopen();
  bool tidy();
  void watch_clock();
  void tell_unwritten();
  void tell(const core::Status& status);

  std::unique_ptr<Database> database_;
  KeyRing& ring_;
  limits::Ledger& ledger_;
  const std::chrono::days keep_usage_;
  Look show_restored_ = [](auto) {}, show_changed_ = [](auto) {};
  std::int64_t seen_ = 0;                      // the data_version last read
  std::vector<limits::Balance> changed_;                      // of the batch that is being written
  std::vector<limits::UsageLine> usage_;                      // the same; after a failure, what the next one begins with
  std::map<limits::BalanceName, limits::Balance> unwritten_;  // balances that could not be written yet
  limits::LateSpending late_;                                 // of a predecessor
  bool has_stale_rows_ = false;                               // of a successor that did not come up
  std::map<limits::BalanceName, limits::Balance> slots_;      // of this one's predecessor; `most` says how many
  Role role_ = Role::owner;
  ClockWatch clock_;
  core::Status written_;       // how the last batch went
  mutable std::mutex mutex_;   // of what follows
  std::vector<CorrectionLine> corrections_;  // that are not written yet
  core::Status health_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Role wanted_ = Role::owner;
  std::optional<core::Status> played_;  // how the change of roles went
  Predecessor predecessor_ = Predecessor::none;
  bool predecessor_ended_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::store
