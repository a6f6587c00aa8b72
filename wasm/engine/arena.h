// SPDX-License-Identifier: Apache-2.0
// Memory of the engine: taken once while a program is loaded, never given back.
#pragma once
#include <cstddef>
#include <cstdint>

#include "wire/bytes.h"

namespace omo {

/// Hands out 8-byte aligned arrays. Without memory it only counts, and what it hands out must not be touched.
class Arena {
 public:
  OMO_INLINE explicit Arena(std::uint8_t* memory) : begin_(memory), next_(reinterpret_cast<std::uintptr_t>(memory)) {}

  template <class T>
  OMO_INLINE T* take(std::size_t count) {
    return reinterpret_cast<T*>(take_bytes(count * sizeof(T)));
  }
  [[nodiscard]] OMO_INLINE bool counts_only() const { return begin_ == nullptr; }
  [[nodiscard]] OMO_INLINE std::size_t used() const { return next_ - reinterpret_cast<std::uintptr_t>(begin_); }

 private:
  [[gnu::noinline]] std::uint8_t* take_bytes(std::size_t bytes) {
    const std::uintptr_t begin = next_;
    next_ += (bytes + 7) & ~std::size_t{7};
    return reinterpret_cast<std::uint8_t*>(begin);
  }

  std::uint8_t* begin_;
  std::uintptr_t next_;
};

}  // namespace omo
