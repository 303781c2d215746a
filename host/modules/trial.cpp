// The process that a plugin's trial runs in.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "modules/instance.h"
#include "modules/trial_wire.h"

namespace gatehouse::modules {

namespace {

std::string read_all(int fd) {
  std::string all;
  std::array<char, 4096> block;
  while (true) {
    const ssize_t n = ::read(fd, block.data(), block.size());
    if (n > 0) all.append(block.data(), static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return all;
  }
}

void say(std::string_view words) {
  // Who should have read it is gone when this fails, and this process soon will be.
  (void)!::write(kTrialAnswer, words.data(), words.size());
}

core::Status attempt(const Trial& trial) {
  say("loading\n");
  auto module = Module::load(trial.file, trial.shown);
  if (!module.ok()) return module.status();
  const std::vector<std::string_view> interfaces(trial.interfaces.begin(), trial.interfaces.end());
  auto component = Component::find(*module, interfaces, trial.component);
  if (!component.ok()) return component.status();
  say("creating\n");
  // What it logs will be said again when it is created for good.
  const auto no_log = [](std::string_view, std::uint32_t, std::string_view) {};
  auto instance = Instance::create(*std::move(component), trial.component, trial.config, no_log);
  if (!instance.ok()) return instance.status();
  if (trial.state && (*instance)->takes(*trial.state)) {
    say("taking over state\n");
    GH_TRY((*instance)->restore(*trial.state));
  }
  say("destroying\n");
  *instance = nullptr;
  say("unloading\n");
  *module = nullptr;
  return {};
}

}  // namespace

void run_trial() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const core::Status status = attempt(from_wire(read_all(STDIN_FILENO)));
  if (status.ok())
    say(kTrialFine);
  else
    say(std::string(kTrialRefused) + std::string(status.message()));
  ::_exit(status.ok() ? 0 : 1);
}

}  // namespace gatehouse::modules
