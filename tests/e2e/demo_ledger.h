// The world that the tests ask about, made through the API, and requests that fit it.
#ifndef TANHUI_TESTS_E2E_DEMO_LEDGER_H_
#define TANHUI_TESTS_E2E_DEMO_LEDGER_H_

#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/e2e/client.h"

namespace tanhui::e2e {

// points: up to 100,000 at once, may be transferred, days end at 18:00 (scheme green).
// stamps: up to 1,000,000,000,000, may not be transferred, days end at midnight (scheme stamps).
// Points of both are valid for a hundred years.
// Participants: operator, sponsor (sponsor), shop and stall (merchants with accounts in points),
// kiosk (a merchant without one), fund (a charity with an account in points), platform-a and
// platform-b (platforms).
// Budgets: demo (points, funded with 1,000,000), stamps (stamps, not funded).
[[nodiscard]] testing::AssertionResult MakeDemoLedger(const Client& admin);

// A citizen's account of the caller's own user; its name, or "" when it was refused.
std::string OpenCitizen(const Client& platform, const std::string& user,
                        const std::string& asset = "assets/points");

v1::AwardRequest AwardOf(const std::string& id, const std::string& account, std::int64_t points);
v1::RedeemRequest RedeemOf(const std::string& id, const std::string& account, std::int64_t points);
// Until an hour from now.
v1::HoldRequest HoldOf(const std::string& id, const std::string& account, std::int64_t points);
v1::TransferRequest TransferOf(const std::string& id, const std::string& from,
                               const std::string& to, std::int64_t points);
v1::CancelRequestRequest CancelOf(const std::string& id, const std::string& target);
v1::OpenAccountRequest OpeningOf(const std::string& id, const std::string& user);
v1::FundRequest FundOf(const std::string& id, std::int64_t points);
v1::RecordFileRequest FileOf(const std::string& file_id);

// 0 when the call failed, and the test with it.
std::uint64_t LogSize(const Client& admin);
std::int64_t BalanceOf(const Client& client, const std::string& account);

google::protobuf::Timestamp SecondsFromNow(std::int64_t seconds);
// A UUIDv7 of that time; `tail` makes it unique.
std::string UuidV7(std::chrono::system_clock::time_point time, std::uint64_t tail);

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_DEMO_LEDGER_H_
