// Generated histories of a terminal: typing, deleting, scrolling, windows across it, updates in halves, resizes. The same
// seed makes the same events, whatever the secrets are.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/redaction/tracking/terminal.h"

namespace frostgate::redaction {

struct History {
  std::vector<Frame> states;
  std::vector<std::string> events;  // what made each state
};

class Generator {
 public:
  Generator(std::uint32_t seed, char alphabet) : random_(seed), secrets_(seed * 2 + static_cast<std::uint32_t>(alphabet)) {
    emit("start");
  }

  History history(int events) {
    for (int i = 0; i < events; ++i) event();
    return std::move(history_);
  }

 private:
  int upto(int most) { return static_cast<int>(random_() % static_cast<std::uint32_t>(most + 1)); }
  bool chance(int percent) { return upto(99) < percent; }

  // Letters of one shape class would make the twins' boxes alike by luck; these are any.
  std::string secret(int length) {
    static constexpr char kAlphabet[] = "abcdefghkmnopqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789";
    std::string out;
    for (int i = 0; i < length; ++i) out.push_back(kAlphabet[secrets_() % (sizeof kAlphabet - 1)]);
    return out;
  }

  void event() {
    switch (upto(11)) {
      case 0: case 1: type(kLabels[upto(3)] + secret(8 + upto(10)), "a secret"); break;
      case 2: type("export API_TOKEN=ghp_" + secret(36), "a token"); break;
      case 3: type("ls -la /var/log/nginx", "a command"); break;
      case 4: output(); break;
      case 5: erase(); break;
      case 6: case 7: window(); break;
      case 8: scroll_back(); break;
      case 9: emit("the same again"); break;
      case 10: clear(); break;
      default: resize(); break;
    }
  }

  void type(const std::string& text, const char* what) {
    const std::size_t step = static_cast<std::size_t>(1 + upto(5));
    for (std::size_t i = 0; i < text.size(); i += step) {
      terminal_.lines.back() += text.substr(i, step);
      emit(what);
    }
    if (chance(30)) erase();
    if (chance(80)) terminal_.lines.emplace_back(), emit("Enter");
  }

  void erase() {
    for (int i = upto(6); i > 0 && !terminal_.lines.back().empty(); --i) {
      terminal_.lines.back().resize(terminal_.lines.back().size() - std::min<std::size_t>(terminal_.lines.back().size(), 1 + static_cast<std::size_t>(upto(3))));
      emit("erase");
    }
  }

  void output() {
    for (int i = 1 + upto(6); i > 0; --i) {
      terminal_.lines.back() = kPlain[upto(4)];
      terminal_.lines.emplace_back();
      if (chance(40)) emit("output");
    }
    emit("output");
  }

  void window() {
    Rect rect{upto(400), upto(terminal_.size.height - 40), 40 + upto(300), 20 + upto(100)};
    const int dx = upto(60) - 30, dy = upto(30) - 15;
    for (int i = 1 + upto(6); i > 0; --i) {
      terminal_.window = rect;
      emit("a window moves");
      rect.x = std::clamp(rect.x + dx, 0, 500), rect.y = std::clamp(rect.y + dy, 0, terminal_.size.height - 30);
    }
    terminal_.window.reset();
    emit("a window goes");
  }

  void scroll_back() {
    const int most = std::max(0, static_cast<int>(terminal_.lines.size()) - terminal_.rows());
    for (int i = 1 + upto(3); i > 0; --i) {
      terminal_.scrolled = std::min(most, terminal_.scrolled + 1 + upto(3));
      emit("scroll back");
    }
    terminal_.scrolled = 0;
    emit("scroll forward");
  }

  void clear() {
    terminal_.lines.assign(1, "");
    emit("clear");
  }

  void resize() {
    terminal_.size = chance(50) ? Size{560, 240} : Size{600, 274};
    emit("resize");
  }

  // Now and then an update comes in two halves.
  void emit(const char* what) {
    Frame next = terminal_.picture();
    const bool cut = !history_.states.empty() && history_.states.back().size() == next.size() && chance(35);
    if (cut) {
      Frame half = history_.states.back();
      const bool upright = chance(50), last_first = chance(50);
      const int at = upright ? upto(next.size().width) : upto(next.size().height);
      const Rect first = upright ? Rect{0, 0, at, next.size().height} : Rect{0, 0, next.size().width, at};
      const Rect rest = upright ? Rect{at, 0, next.size().width - at, next.size().height} : Rect{0, at, next.size().width, next.size().height - at};
      half.copy_from(next.view(), last_first ? rest : first);
      history_.states.push_back(std::move(half));
      history_.events.push_back(std::string("half of ") + what);
    }
    history_.states.push_back(std::move(next));
    history_.events.emplace_back(what);
  }

  static constexpr const char* kLabels[] = {"password: ", "DB_PASSWORD=", "$ echo secret: ", "passphrase: "};
  static constexpr const char* kPlain[] = {"the build finished without errors", "total 48", "drwxr-xr-x root root 4096 backups",
                                           "nothing to commit, working tree clean", "listening on port 8080"};

  std::mt19937 random_, secrets_;
  Terminal terminal_;
  History history_;
};

}  // namespace frostgate::redaction
