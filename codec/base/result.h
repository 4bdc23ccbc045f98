// Result<T>: what every function returns that a peer, a disk, a user or a library can make fail.
// Our own bugs abort instead. Values only: no thread, no global.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace frostgate {

enum class ErrorKind {
  invalid,      // the caller's or the user's input does not make sense
  corrupt,      // stored or received bytes are not what they claim to be
  not_found,
  exists,
  denied,
  unavailable,  // a peer or a service is not there now
  timeout,
  cancelled,
  unsupported,
  no_space,
  io,
};

const char* to_string(ErrorKind kind);

// `message` is one sentence for the person who can do something about it; it never carries a secret.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;

  // The same error with "context: " in front of the message.
  Error within(const std::string& context) const { return {kind, context + ": " + message}; }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }

  const Error& error() const& {
    if (has_value()) std::abort();
    return std::get<1>(state_);
  }
  Error error() && {
    if (has_value()) std::abort();
    return std::get<1>(std::move(state_));
  }

 private:
  T& checked() {
    if (!has_value()) std::abort();
    return std::get<0>(state_);
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  void value() const {
    if (error_) std::abort();
  }
  const Error& error() const& {
    if (!error_) std::abort();
    return *error_;
  }
  Error error() && {
    if (!error_) std::abort();
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace frostgate

// The value of a Result, or return its error from the enclosing function.
#define TRY(expression)                                          \
  __extension__({                                                \
    auto try_result = (expression);                              \
    if (!try_result.has_value()) return std::move(try_result).error(); \
    std::move(try_result).value();                               \
  })
