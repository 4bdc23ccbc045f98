// What was masked, for people: which rule, when, where. Never the text.
#pragma once

#include <span>
#include <string>

#include "codec/base/time.h"
#include "redaction/plan.h"

namespace frostgate::redact {

// "0:01:02.345", rounded down to milliseconds.
std::string film_time(SessionTime time);

// A line for each mask, numbered from 1 in the plan's order.
std::string list_masks(std::span<const redaction::Mask> masks, SessionTime end);

}  // namespace frostgate::redact
