// What the gateway says to a user on a screen of its own, and asks: words and state, no pixels, no time. One thread at a
// time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/geometry.h"
#include "gateway/relay/input.h"
#include "gateway/relay/keyboard.h"

namespace frostgate::relay::screens {

enum class Mood { calm, waiting, warning, refused };

struct Field {
  std::string label;
  std::string text;     // UTF-8
  bool hidden = false;  // shown as dots
};

struct Dialog {
  Mood mood = Mood::calm;
  std::string title;
  std::string text;                  // wrapped; a line break starts a paragraph. May be longer than the screen
  std::vector<Field> fields;
  std::vector<std::string> choices;  // one is always chosen
  std::vector<std::string> buttons;  // Return presses the first, but of who waits; Escape the last, when there are several
  std::string footnote;
  bool any_input_answers = false;    // as the first button
  bool goes_when_answered = false;   // nobody waits for it
};

// Where things were painted, for the mouse. An empty rectangle is not on the screen.
struct Layout {
  std::vector<Rect> fields, choices, buttons;
  std::size_t choices_shown = 0;  // at a time
  int text_overflow = 0;          // pixels of the text that do not fit
  int line_height = 1;
};

class DialogState {
 public:
  explicit DialogState(Dialog dialog);
  ~DialogState();  // wipes what was typed
  DialogState(const DialogState&) = delete;
  DialogState& operator=(const DialogState&) = delete;

  // The button that the event presses. Both mean the layout that was painted last.
  std::optional<std::size_t> key(const KeysymStroke& stroke);
  std::optional<std::size_t> pointer(const PointerEvent& event);
  void painted(Layout layout) { layout_ = std::move(layout); }

  Dialog dialog;  // with what was typed
  std::size_t choice = 0;
  std::size_t first_choice = 0;  // the uppermost that shows
  std::size_t focus = 0;         // fields first, then the list of choices if there is one, then buttons, then nowhere
  int scrolled = 0;              // pixels of the text

  std::size_t button_focus(std::size_t button) const { return dialog.fields.size() + (dialog.choices.empty() ? 0 : 1) + button; }

 private:
  std::size_t places() const { return button_focus(dialog.buttons.size()); }
  bool in_choices() const { return !dialog.choices.empty() && focus == dialog.fields.size(); }
  void type(char32_t character);
  void choose(std::ptrdiff_t steps);
  void scroll(int pixels);

  Layout layout_;
  bool shift_ = false;
  std::uint8_t last_buttons_ = 0;
  std::optional<Point> last_position_;
};

}  // namespace frostgate::relay::screens
