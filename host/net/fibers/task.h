// A fiber that runs one job after the other, and those of a loop that have nothing to run, kept for
// their stacks. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/fibers/fiber.h"
#include "net/fibers/job.h"

namespace gatehouse::net {

class Task;

// Who is told that a task's job is to be run.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  virtual void work(Task& task) = 0;
};

class Task final : public Fiber {
 public:
  Task(TaskRunner& runner, std::size_t stack) : Fiber(stack), runner_(runner) {}

  std::unique_ptr<Job> job;  // nullptr: it is done
  std::uint64_t turn = 0;    // its last one
  bool taken_over = false;   // it ended on a thread that had lost the loop

 private:
  void work() override { runner_.work(*this); }

  TaskRunner& runner_;
};

class IdleTasks {
 public:
  IdleTasks(TaskRunner& runner, std::size_t stack) : runner_(runner), stack_(stack) {}

  // One of those at hand, or a new one. Throws std::bad_alloc where there is no memory for its stack.
  std::unique_ptr<Task> take() {
    if (tasks_.empty()) return std::make_unique<Task>(runner_, stack_);
    std::unique_ptr<Task> task = std::move(tasks_.back());
    tasks_.pop_back();
    fewest_ = std::min(fewest_, tasks_.size());
    return task;
  }
  void put(std::unique_ptr<Task> task) {
    if (tasks_.size() < kMost) tasks_.push_back(std::move(task));
  }
  // Lets half of those go that nobody has needed since the last time.
  void shrink() {
    tasks_.resize(tasks_.size() - fewest_ / 2);
    fewest_ = tasks_.size();
  }

 private:
  static constexpr std::size_t kMost = 1024;

  TaskRunner& runner_;
  const std::size_t stack_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::size_t fewest_ = 0;
};

}  // namespace gatehouse::net
