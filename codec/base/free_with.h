// The deleter of a C library's handle: std::unique_ptr<Handle, FreeWith<handle_free>>.
#pragma once

namespace frostgate {

template <auto function>
struct FreeWith {
  template <class T>
  void operator()(T* handle) const {
    function(handle);
  }
};

}  // namespace frostgate
