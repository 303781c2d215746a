// A policy that works, and does one thing that a plugin must not. Built once per fault.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include <gatehouse/plugin.hpp>

namespace {

enum Fault {
  leaks = 1,
  starts_thread,
  opens_file,
  handles_signal,
  changes_folder,
  sets_umask,
  sets_environment,
  writes_stdout,
  reads_past,
  denies_mutely,
  replaces_badly,
  shares_state
};
constexpr Fault kFault = FAULT;

char* volatile kept = nullptr;

void must(bool done) {
  if (!done) throw gatehouse::Error(GH_EINTERNAL, "cannot even misbehave");
}

class Rude {
 public:
  Rude() {
    switch (kFault) {
      case leaks: kept = new char[100]; break;
      case starts_thread: std::thread([] { ::pause(); }).detach(); break;
      case opens_file: must(::open("/dev/null", O_RDONLY) >= 0); break;
      case handles_signal: must(::signal(SIGUSR2, SIG_IGN) != SIG_ERR); break;
      case changes_folder: must(::chdir("/") == 0); break;
      case sets_umask: ::umask(0123); break;
      case sets_environment: must(::setenv("RUDE", "1", 1) == 0); break;
      case writes_stdout: must(::write(STDOUT_FILENO, "hello\n", 6) == 6); break;
      case shares_state: kept = text_; break;
      default: break;
    }
  }
  Rude(const Rude&) = delete;
  ~Rude() {
    if (kFault == shares_state) kept = nullptr;
  }

  gatehouse::Verdict on_request(gatehouse::ChatRequest request) const {
    if (kFault == reads_past && std::strlen(request.json().data()) > request.json().size()) return gatehouse::allow();
    if (kFault == shares_state) *kept = 'x';
    if (kFault == denies_mutely) return gatehouse::deny("", "no");
    if (kFault == replaces_badly) return gatehouse::modify("no JSON");
    return gatehouse::allow();
  }

 private:
  char text_[8] = "";
};

}  // namespace

GH_EXPORT_POLICY(Rude, "rude", "1.0.0", "Does one thing that a plugin must not")
