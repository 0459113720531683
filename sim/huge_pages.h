// An allocator for columns with a row per job: large blocks start on a 2 MiB boundary and ask the kernel for huge
// pages, which spares most page faults and address-translation misses of runs with a million jobs. Small blocks are
// those of operator new. Where the kernel has no huge pages nothing changes but the alignment.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace seatrial {

template <class T>
struct HugePageAllocator {
  using value_type = T;
  static constexpr std::size_t kPage = std::size_t{2} << 20U;  // bytes of a huge page on x86-64 and arm64 (4 KiB base)
  static constexpr std::size_t kFrom = 2 * kPage;              // bytes from which a block is large

  HugePageAllocator() = default;
  template <class U>
  HugePageAllocator(const HugePageAllocator<U>& /*other*/) {
  }  // NOLINT(google-explicit-constructor): allocators convert

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    if (bytes < kFrom) return static_cast<T*>(::operator new(bytes));
    void* block = ::operator new (bytes, std::align_val_t{kPage});
    // Whole huge pages only: the tail of the last one keeps small pages, so no memory is taken that is not asked for.
    (void)::madvise(block, bytes / kPage * kPage, MADV_HUGEPAGE);
    return static_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t count) {
    if (count * sizeof(T) < kFrom) {
      ::operator delete(block);
    } else {
      ::operator delete (block, std::align_val_t{kPage});
    }
  }
  template <class U>
  bool operator==(const HugePageAllocator<U>& /*other*/) const {
    return true;
  }
};

}  // namespace seatrial
