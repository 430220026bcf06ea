// What a name costs: awards that name a citizen by the account's own id, by a platform's pseudonym
// of it, and by the platform's user; and redemptions at a merchant with and without a claim. A real
// server in a process of its own; the ways take turns, so that whatever else the machine does meets
// all of them. Prints one line of JSON for each way: its median turn, and the ratio to the first
// way of its group. TANHUI_BIN_DIR is the folder of tanhuid; TMPDIR says on which disk.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/core/business_time.h"
#include "ledger/core/check.h"
#include "tests/e2e/demo_ledger.h"
#include "tests/e2e/server_process.h"

namespace tanhui::bench {
namespace {

using e2e::Client;
using std::chrono::steady_clock;

constexpr int kCitizens = 4'000;
constexpr int kBatch = 500;
constexpr std::int64_t kMuch = 1'000'000'000;
constexpr char kToken[] = "token of a";

// User and system time of a process, in microseconds; counted in ticks of the kernel.
double CpuMicros(pid_t pid) {
  const std::string stat = e2e::ReadWholeFile(absl::StrCat("/proc/", pid, "/stat"));
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  constexpr int kBeforeUserTime = 11;
  std::string skipped;
  for (int i = 0; i < kBeforeUserTime; ++i) {
    fields >> skipped;
  }
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// One kind of request, and what its turns took for each request.
struct Way {
  std::string group;
  std::string name;
  std::function<void(std::uint64_t first, std::uint64_t count)> send;
  std::vector<double> wall_micros = {};
  std::vector<double> cpu_micros = {};  // of the server
};

e2e::ServerOptions WithPlatform() {
  e2e::ServerOptions options;
  options.callers = {{"platform-a", kToken, {"platform", "grantor"}}};
  return options;
}

class NamedCalls {
 public:
  explicit NamedCalls(int threads) : server_(WithPlatform()), threads_(threads) {
    Check(server_.Start(), "the server does not start; set TANHUI_BIN_DIR");
    operator_ = std::make_unique<Client>(server_.NewChannel());
    platform_ = std::make_unique<Client>(operator_->WithToken(kToken));
    Check(e2e::MakeDemoLedger(*operator_), "the ledger cannot be made");
    Done(operator_->Call(&e2e::BudgetsStub::Fund, e2e::FundOf("more", kMuch)).status);
    ids_ = Open(*operator_, "o");
    names_ = Open(*platform_, "p");
    MakeClaim();
    for (int i = 0; i < kCitizens; ++i) {
      Done(operator_
               ->Call(&e2e::PointsStub::Award,
                      e2e::AwardOf(absl::StrCat("first-", i), ids_[i], 100'000))
               .status);
    }
  }

  void Turn(Way& way, std::uint64_t count) {
    const double cpu = CpuMicros(server_.pid());
    const auto begin = steady_clock::now();
    way.send(sent_, count);
    const std::chrono::duration<double, std::micro> wall = steady_clock::now() - begin;
    sent_ += count;
    const auto requests = static_cast<double>(count);
    way.wall_micros.push_back(wall.count() / requests);
    way.cpu_micros.push_back((CpuMicros(server_.pid()) - cpu) / requests);
  }

  std::vector<Way> Ways() {
    const auto id = [this](v1::AwardRequest& award, std::uint64_t n) {
      award.set_account(ids_[n % kCitizens]);
    };
    const auto name = [this](v1::AwardRequest& award, std::uint64_t n) {
      award.set_account(names_[n % kCitizens]);
    };
    const auto user = [](v1::AwardRequest& award, std::uint64_t n) {
      award.clear_account();
      award.set_platform_user_id(absl::StrCat("p-", n % kCitizens));
    };
    return {
        {"award", "by id", Single(*operator_, id)},
        {"award", "by a platform's name", Single(*platform_, name)},
        {"award", "by a platform's user", Single(*platform_, user)},
        {"award in a batch", "by id", Batches(*operator_, id)},
        {"award in a batch", "by a platform's name", Batches(*platform_, name)},
        {"award in a batch", "by a platform's user", Batches(*platform_, user)},
        {"redemption", "without a claim", Redemptions("stall")},
        {"redemption", "with a claim", Redemptions("shop")},
    };
  }

 private:
  using Naming = std::function<void(v1::AwardRequest&, std::uint64_t)>;
  using Sending = std::function<void(std::uint64_t, std::uint64_t)>;

  static void Done(const grpc::Status& status) { Check(status.ok(), status.error_message()); }

  std::vector<std::string> Open(const Client& caller, const std::string& who) const {
    std::vector<std::string> names;
    v1::BatchOpenAccountsRequest batch;
    for (int i = 0; i < kCitizens; ++i) {
      const std::string user = absl::StrCat(who, "-", i);
      *batch.add_requests() = e2e::OpeningOf(absl::StrCat("open ", user), user);
    }
    const auto opened = caller.Call(&e2e::AccountsStub::BatchOpenAccounts, batch);
    Done(opened.status);
    for (const v1::OpenAccountResult& result : opened.response.results()) {
      names.push_back(result.opened().account().name());
    }
    return names;
  }

  // The shop settles, the stall does not.
  void MakeClaim() const {
    v1::CreateAssetRequest fen;
    fen.set_request_id("fen");
    fen.set_asset_id("fen");
    fen.set_display_name("fen");
    fen.set_scheme("schemes/green");
    fen.set_max_amount(1'000'000'000'000);
    fen.set_money(true);
    Done(operator_->Call(&e2e::AdminStub::CreateAsset, fen).status);
    v1::OpenClaimRequest claim;
    claim.set_request_id("claim");
    claim.set_merchant("participants/shop");
    claim.set_money("assets/fen");
    Done(operator_->Call(&e2e::SettlementStub::OpenClaim, claim).status);
    v1::PublishPriceRequest price;
    price.set_request_id("price");
    price.set_asset("assets/points");
    price.set_money("assets/fen");
    const auto today = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    price.set_first_date(FormatDate(AccountingDate(LedgerTime(today.count()), 18 * 60)));
    price.set_fen(7);
    price.set_per_points(2);
    price.set_reason("bench");
    Done(operator_->Call(&e2e::SettlementStub::PublishPrice, price).status);
  }

  // Each thread sends one request after the other.
  void Spread(std::uint64_t count, const std::function<void(std::uint64_t)>& one) const {
    std::atomic<std::uint64_t> next = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < threads_; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t at = next++; at < count; at = next++) {
          one(at);
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  Sending Single(const Client& caller, const Naming& naming) const {
    return [this, &caller, naming](std::uint64_t first, std::uint64_t count) {
      Spread(count, [&](std::uint64_t at) {
        v1::AwardRequest award = e2e::AwardOf(absl::StrCat("n-", first + at), "", 1);
        naming(award, first + at);
        Done(caller.Call(&e2e::PointsStub::Award, award).status);
      });
    };
  }

  Sending Batches(const Client& caller, const Naming& naming) const {
    return [this, &caller, naming](std::uint64_t first, std::uint64_t count) {
      Spread(count / kBatch, [&](std::uint64_t batch) {
        v1::BatchAwardRequest request;
        for (int i = 0; i < kBatch; ++i) {
          const std::uint64_t at = first + batch * kBatch + static_cast<std::uint64_t>(i);
          v1::AwardRequest& award = *request.add_requests();
          award = e2e::AwardOf(absl::StrCat("n-", at), "", 1);
          naming(award, at);
        }
        const auto answer = caller.Call(&e2e::PointsStub::BatchAward, request);
        Done(answer.status);
        Check(answer.response.results(0).has_award(), "an award of a batch is refused");
      });
    };
  }

  Sending Redemptions(const std::string& merchant) const {
    return [this, merchant](std::uint64_t first, std::uint64_t count) {
      Spread(count, [&](std::uint64_t at) {
        v1::RedeemRequest redeem =
            e2e::RedeemOf(absl::StrCat("n-", first + at), ids_[(first + at) % kCitizens], 1);
        redeem.set_merchant(absl::StrCat("participants/", merchant));
        Done(operator_->Call(&e2e::PointsStub::Redeem, redeem).status);
      });
    };
  }

  e2e::ServerProcess server_;
  const int threads_;
  std::unique_ptr<Client> operator_;
  std::unique_ptr<Client> platform_;
  std::vector<std::string> ids_;
  std::vector<std::string> names_;
  std::uint64_t sent_ = 0;
};

void Run(int turns, std::uint64_t count, int threads) {
  NamedCalls calls(threads);
  std::vector<Way> ways = calls.Ways();
  for (int turn = 0; turn < turns; ++turn) {
    for (Way& way : ways) {
      // A batch's awards cost so much less that more of them are needed.
      calls.Turn(way, way.group == "award in a batch" ? 10 * count : count);
    }
  }
  const Way* first = nullptr;
  for (const Way& way : ways) {
    first = first != nullptr && first->group == way.group ? first : &way;
    const double cpu = Median(way.cpu_micros);
    const double wall = Median(way.wall_micros);
    nlohmann::ordered_json line = {{"group", way.group},
                                   {"way", way.name},
                                   {"server_cpu_micros", cpu},
                                   {"wall_micros", wall},
                                   {"cpu_ratio", cpu / Median(first->cpu_micros)},
                                   {"wall_ratio", wall / Median(first->wall_micros)}};
    std::printf("%s\n", line.dump().c_str());
  }
}

}  // namespace
}  // namespace tanhui::bench

int main(int argc, char** argv) {
  CLI::App app("What names of citizens and claims of merchants cost.", "named_calls");
  int turns = 7;
  std::uint64_t count = 4'000;
  int threads = 16;
  app.add_option("--turns", turns, "How often each way has its turn")->capture_default_str();
  app.add_option("--requests", count, "Single requests of a turn; ten times as many in batches")
      ->capture_default_str();
  app.add_option("--threads", threads, "Requests under way")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  tanhui::bench::Run(turns, count, threads);
  return 0;
}
