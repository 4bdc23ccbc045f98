#include "gateway/relay/guest.h"

namespace frostgate::relay {

Guest::Guest(Descriptor client, Surface& surface, std::function<void()> left)
    : front_(make_vnc_front(client.release(), "Frostgate", {.identity = {}, .browser = true})),
      thread_([this, &surface, left = std::move(left)] {
        (void)front_->run(*this, surface).has_value();  // however it went, nobody looks any more
        gone_ = true;
        left();
      }) {}

Guest::~Guest() { show_out(); }

Result<std::array<std::byte, 16>> Guest::vnc_challenge() { return Error{ErrorKind::denied, "a guest comes in no such way"}; }

}  // namespace frostgate::relay
