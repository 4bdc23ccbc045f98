// What has just changed, for those who look on (the API's event stream). Keeps the last few hundred; who misses some reads the state
// again. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace frostgate::serve {

enum class EventKind { session, recording, request, alert };
const char* to_string(EventKind kind);

struct Event {
  EventKind kind = EventKind::session;
  std::string id;      // of what changed
  std::string state;   // what it is by now; of an alert its severity
  std::string user;    // whose it is; empty: nobody's
  std::string target;  // on which; empty: on none
  std::map<std::string, std::string> tags{};  // of the target, by which roles are scoped
};

class EventHub {
 public:
  void post(Event event);
  // The number of the last event.
  std::uint64_t last();
  struct News {
    std::vector<Event> events;
    bool missed = false;  // there were more
    std::uint64_t last = 0;
  };
  News after(std::uint64_t number);

 private:
  std::mutex mutex_;
  std::deque<Event> events_;  // the last one has the number `last_`
  std::uint64_t last_ = 0;
};

}  // namespace frostgate::serve
