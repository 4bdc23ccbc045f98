// The sealed film. Bytes go in as Segments and come back as Receipts; whoever has the film key reads them, whole or by
// range. Not thread-safe per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/segment.h"
#include "storage/object_store.h"
#include "storage/vault/receipt.h"

namespace frostgate::storage {

// Whether it may name a recording's objects: 1 to 64 of [A-Za-z0-9_-].
bool valid_recording(std::string_view id);

// Where a segment lies: film/RECORDING/gNNNNNN/pNNNNNN/NNNNNN.init or .media. `invalid` for an impossible address.
Result<std::string> film_object_key(const SegmentAddress& address);

class Vault {
 public:
  // `objects` outlives the vault.
  explicit Vault(ObjectStore& objects) : objects_(&objects) {}

  // On success the segment survives a power cut. Written once: the same bytes again give a Receipt for what is there,
  // others are refused (`exists`). `invalid` when the address is none or is not the segment's.
  Result<Receipt> put(const SegmentAddress& address, const Secret& film_key, const Segment& segment);

  // By the object's key, as its Receipt has it: a segment may belong to later generations than its own.
  Result<std::vector<std::byte>> read(std::string_view object_key, const Secret& film_key);
  // At most `size` bytes from `offset`, fewer at the end; reads and opens only the chunks that hold them.
  Result<std::vector<std::byte>> read(std::string_view object_key, const Secret& film_key, std::uint64_t offset,
                                      std::uint64_t size);

  // Removes the recording's objects that `kept` does not name, and says how many.
  Result<int> remove_others(std::string_view recording, const std::set<std::string>& kept);
  // Removes every generation of the recording, and says how many objects. Removing again what is gone is no error.
  Result<int> remove_recording(std::string_view recording) { return remove_others(recording, {}); }

 private:
  ObjectStore* objects_;
};

}  // namespace frostgate::storage
