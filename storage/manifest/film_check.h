// Compares what lies in the store with what a manifest says of it.
#pragma once

#include <string>
#include <vector>

#include "codec/base/secret.h"
#include "storage/manifest/manifest.h"
#include "storage/object_store.h"

namespace frostgate::storage {

// A sentence for each problem. Without `film_key` the sealed objects are compared, with it also what is in them.
std::vector<std::string> check_segments(ObjectStore& objects, const Manifest& manifest, const Secret* film_key);
// The same, and whether anything else lies there in the recording's name.
std::vector<std::string> check_film(ObjectStore& objects, const Manifest& manifest, const Secret* film_key);

}  // namespace frostgate::storage
