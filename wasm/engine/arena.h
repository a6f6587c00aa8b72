// SPDX-License-Identifier: Apache-2.0
// Memory of the engine: taken once while a program is loaded, never given back.
#pragma once
#include <cstddef>
#include <cstdint>

#include "wire/bytes.h"

namespace omo {

/// Hands out 8-byte aligned arrays. With empty memory it only counts: the same code measures and places.
class Arena {
 public:
  explicit Arena(MutableBytes memory) : memory_(memory) {}

  template <class T>
  T* take(std::size_t count) {
    const std::size_t begin = used_;
    used_ += (count * sizeof(T) + 7) & ~std::size_t{7};
    if (used_ > memory_.size()) return nullptr;
    return reinterpret_cast<T*>(memory_.data() + begin);
  }
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] bool fits() const { return used_ <= memory_.size(); }

 private:
  MutableBytes memory_;
  std::size_t used_ = 0;
};

}  // namespace omo
