// The command line's connection to a running serve.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "gateway/ipc/channel.h"

namespace frostgate::cli {

class Control {
 public:
  // Finds the socket through the configuration file. Error: unavailable with what to do when no serve answers.
  static Result<std::unique_ptr<Control>> connect(const std::filesystem::path& config_file);

  // By a connection that is there.
  explicit Control(Descriptor socket) : channel_(std::move(socket)) {}

  // serve's answer, or the error it sent.
  Result<ipc::Message> ask(nlohmann::json request);

  ipc::Channel& channel() { return channel_; }

 private:
  ipc::Channel channel_;
};

}  // namespace frostgate::cli
