// models/sharing_fit.h: fits find the parameters that made the data.
#include "models/sharing_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace seatrial {
namespace {

using What = MigMeasurement::What;

TEST(MigFit, FindsTheParametersThatMadeTheData) {
  const MigCoupling truth{.coupling = 0.2, .efficiency = 0.93};
  std::vector<MigMeasurement> data;
  for (const double power : {0.5, 1.0, 1.7}) {
    for (const What what : {What::OneSlice, What::AllSlices, What::BusyLoss}) {
      MigMeasurement of{.what = what, .slices = 4, .power = power};
      of.measured = predicted(truth, of);
      data.push_back(of);
    }
  }
  const MigCoupling fit = fit_mig_coupling(data);
  EXPECT_NEAR(fit.coupling, 0.2, 1e-6);
  EXPECT_NEAR(fit.efficiency, 0.93, 1e-6);
}

TEST(MigFit, PredictionsByHand) {
  const MigCoupling mig{.coupling = 0.2, .efficiency = 0.9};
  EXPECT_NEAR(predicted(mig, {.what = What::OneSlice}), 0.9 * 0.25 * 1.2 / 1.05, 1e-12);
  EXPECT_NEAR(predicted(mig, {.what = What::AllSlices}), 0.9, 1e-12);
  EXPECT_NEAR(predicted(mig, {.what = What::BusyLoss}), 1 - 1.05 / 1.2, 1e-12);
  EXPECT_NEAR(predicted(mig, {.what = What::BusyLoss, .power = 0}), 1 - 1 / 1.15, 1e-12);
}

TEST(MigFit, CouplingIsNeverNegative) {
  const std::vector<MigMeasurement> data{{.what = What::BusyLoss, .measured = -0.1},
                                         {.what = What::AllSlices, .measured = 0.9}};
  EXPECT_EQ(fit_mig_coupling(data).coupling, 0);
  EXPECT_NEAR(fit_mig_coupling(data).efficiency, 0.9, 1e-6);
}

TEST(MigFit, WithoutDataTheDefaultStands) { EXPECT_EQ(fit_mig_coupling({}).coupling, MigCoupling{}.coupling); }

ContentionMeasurement client(double compute_asked, double bandwidth_asked, double bandwidth_bound) {
  ContentionMeasurement of;
  of.compute_asked = compute_asked;
  of.bandwidth_asked = bandwidth_asked;
  of.profile.bandwidth_bound = bandwidth_bound;
  return of;
}

TEST(ContentionFit, FindsTheParametersThatMadeTheData) {
  std::vector<ContentionMeasurement> data;
  for (const double compute : {0.8, 1.3, 1.9}) {
    for (const double bandwidth : {0.5, 1.2, 1.6}) {
      ContentionMeasurement of = client(compute, bandwidth, 0.5);
      of.slowdown = 1 + 0.7 * std::max(0.0, compute - 1) + 1.4 * std::max(0.0, bandwidth - 1) * 0.5 + 0.05;
      data.push_back(of);
    }
  }
  const ContentionFit fit = fit_contention(data);
  EXPECT_NEAR(fit.k_compute, 0.7, 1e-9);
  EXPECT_NEAR(fit.k_bandwidth, 1.4, 1e-9);
  EXPECT_NEAR(fit.k_other, 0.05, 1e-9);
  EXPECT_NEAR(fit.rms_error, 0, 1e-9);
}

TEST(ContentionFit, NeverFindsAGainFromContention) {
  std::vector<ContentionMeasurement> data{client(1.5, 0, 0), client(1.2, 1.5, 1)};
  data[0].slowdown = 1.4;
  data[1].slowdown = 0.9;
  const ContentionFit fit = fit_contention(data);
  EXPECT_GE(fit.k_compute, 0);
  EXPECT_EQ(fit.k_bandwidth, 0);
  EXPECT_GT(fit.rms_error, 0);
  EXPECT_EQ(fit_contention({}).k_compute, 0);
}

TEST(SmCurveFit, FindsSaturationAndExponent) {
  std::vector<SmPoint> points;
  for (const double share : {0.06, 0.12, 0.24, 0.36, 0.48, 0.61, 0.73, 0.85, 1.0}) {
    points.push_back({share, std::pow(std::min(1.0, share / 0.7), 0.8)});
  }
  const SmCurve curve = fit_sm_curve(points);
  EXPECT_NEAR(curve.saturation, 0.7, 0.005);
  EXPECT_NEAR(curve.exponent, 0.8, 0.01);
  EXPECT_LT(curve.rms_error, 0.002);
}

TEST(SmCurveFit, ALineDoesNotSaturate) {
  const SmCurve curve = fit_sm_curve(std::vector<SmPoint>{{0.25, 0.25}, {0.5, 0.5}, {1, 1}});
  EXPECT_DOUBLE_EQ(curve.saturation, 1);
  EXPECT_NEAR(curve.exponent, 1, 1e-9);
}

}  // namespace
}  // namespace seatrial
