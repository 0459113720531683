// The kinds of rows of a run, and their index types.
#pragma once

#include "sim/id.h"

namespace seatrial {

using JobId = Id<struct JobTag>;          // a row of Workload, in submit order (ties: row of the file)
using RequestId = Id<struct RequestTag>;  // a row of Workload::requests()
using TextId = Id<struct TextTag>;        // a row of a StringTable; 0 is the empty text
using PoolId = Id<struct PoolTag>;
using NodeId = Id<struct NodeTag>;  // in rank order within a pool: the lower index wins every tie

}  // namespace seatrial
