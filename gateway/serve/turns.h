// Who may compute: so many workers at a time, first come, first served. A worker that only waits for its session holds no turn.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>

namespace frostgate::serve {

class Turns {
 public:
  explicit Turns(int at_a_time) : free_(at_a_time) {}

  // One holder's claim; gives the turn back when destroyed. Used by one thread; `turns` outlives it.
  class Holder {
   public:
    explicit Holder(Turns& turns) : turns_(turns) {}
    ~Holder() { release(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    bool has() const { return has_; }
    void release();
    // Waits up to `patience` and keeps its place in the queue when that is over. True when the turn is held.
    bool acquire(std::chrono::milliseconds patience);
    // To the end of the queue, when somebody waits.
    void yield();

   private:
    Turns& turns_;
    bool has_ = false;
    std::uint64_t place_ = 0;  // in the queue; 0: none
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  std::uint64_t last_place_ = 0;
  std::set<std::uint64_t> waiting_;
};

}  // namespace frostgate::serve
