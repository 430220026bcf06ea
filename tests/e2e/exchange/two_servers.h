// Two real servers, each the other's peer, with the demo ledger and a citizen each who travels.
#ifndef TANHUI_TESTS_E2E_EXCHANGE_TWO_SERVERS_H_
#define TANHUI_TESTS_E2E_EXCHANGE_TWO_SERVERS_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/e2e/client.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/server_process.h"
#include "tests/ledger/store/scratch_directory.h"

namespace tanhui::e2e {

// 2 points of the hill, or 3 of the river, stand for 20 g; 1,000 that leave cost 100 and 60 fen.
inline constexpr std::int64_t kHillPoints = 2;
inline constexpr std::int64_t kRiverPoints = 3;

// One of the two.
struct TestCity {
  std::string code;   // of its participant in the other city
  std::string other;  // of the other one here
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<Client> client;
  std::string citizen;     // account of her own citizen, as the operator names it
  std::string guest;       // account here of the other city's citizen, as the operator names it
  std::string guest_name;  // the same, as the other city calls it
};

class TwoServers : public testing::Test {
 protected:
  static constexpr std::size_t kHill = 0;
  static constexpr std::size_t kRiver = 1;

  void SetUp() override;

  // Kills it where it is, and starts it again in the same place.
  [[nodiscard]] testing::AssertionResult KillAndStart(std::size_t city);
  // Citizens have so many points each to send.
  [[nodiscard]] testing::AssertionResult Award(std::int64_t points);

  // Sends points of the city's citizen to her account in the other one.
  Answer<v1::PrepareExchangeResponse> Send(std::size_t city, const std::string& id,
                                           std::int64_t points, std::int64_t seconds = 600) const;
  Answer<v1::GetExchangeResponse> Look(std::size_t city, const std::string& name) const;
  // Looks until it has the state; bounded.
  [[nodiscard]] testing::AssertionResult AwaitState(std::size_t city, const std::string& name,
                                                    v1::ExchangeState state) const;
  // Until nothing is on its way in either city; bounded.
  [[nodiscard]] testing::AssertionResult AwaitQuiet() const;
  v1::Peer PeerOf(std::size_t city) const;
  std::int64_t Balance(std::size_t city, const std::string& account) const {
    return BalanceOf(*cities_[city].client, account);
  }
  // Stops both, and audits both logs; what an audit says when it finds something.
  [[nodiscard]] testing::AssertionResult Audit();

  std::array<TestCity, 2> cities_;

 private:
  [[nodiscard]] testing::AssertionResult Register(std::size_t city);
  [[nodiscard]] testing::AssertionResult AgreeOnRates();
  [[nodiscard]] testing::AssertionResult OpenAccounts(std::size_t city);

  ScratchDirectory certificates_;
};

}  // namespace tanhui::e2e

#endif  // TANHUI_TESTS_E2E_EXCHANGE_TWO_SERVERS_H_
