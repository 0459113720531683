// 128-bit integers, for sums and products of nanoseconds that 64 bits do not hold.
#pragma once

namespace seatrial {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

}  // namespace seatrial
