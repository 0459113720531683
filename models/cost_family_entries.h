// The families of cost models, one maker per file family_*.cpp; the table that holds them is in cost_family.cpp.
#pragma once

#include <memory>

#include "models/cost_family.h"

namespace seatrial {

std::unique_ptr<const CostFamily> gemm_family();
std::unique_ptr<const CostFamily> collective_family();
std::unique_ptr<const CostFamily> placement_family();
std::unique_ptr<const CostFamily> pair_family();
std::unique_ptr<const CostFamily> llm_family();
std::unique_ptr<const CostFamily> operator_family();
std::unique_ptr<const CostFamily> power_family();
std::unique_ptr<const CostFamily> serving_family();
std::unique_ptr<const CostFamily> sm_curve_family();
std::unique_ptr<const CostFamily> step_family();
std::unique_ptr<const CostFamily> transfer_family();

}  // namespace seatrial
