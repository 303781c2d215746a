// Task: a fiber that runs one job after the other. IdleTasks: a loop's tasks without a job, kept for
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

// Runs a task's job, within the task's fiber.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  virtual void work(Task& task) = 0;
};

class Task final : public Fiber {
 public:
  Task(TaskRunner& runner, std::size_t stack) : Fiber(stack), runner_(runner) {}

  std::unique_ptr<Job> job;  // nullptr: it is done
  std::uint64_t turn = 0;    // its latest, see Loop
  bool taken_over = false;   // its job ended on a thread that had lost the loop
  bool comes_back = false;   // it is on such a thread, and waits for the loop to go on with it

 private:
  void work() override { runner_.work(*this); }

  TaskRunner& runner_;
};

class IdleTasks {
 public:
  IdleTasks(TaskRunner& runner, std::size_t stack) : runner_(runner), stack_(stack) {}

  // An idle one, or a new one. Throws std::bad_alloc where there is no memory for its stack.
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
  // Frees half of the tasks that were not needed since the last call.
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
