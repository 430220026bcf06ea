// Brings the balances of a file into a load, and credits them once it is sealed.
#ifndef TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_UPLOAD_H_
#define TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grpcpp/support/status.h"
#include "ledger/signing/keyed_hash.h"
#include "services/cli/import/balances/balance_file.h"
#include "services/cli/import/delivery.h"
#include "tanhui/v1/loads.pb.h"

namespace tanhui::cli {

// Request ids of one load's balances and of their credits: the same account gets the same id in
// every run and on every machine, and the id tells nothing about it.
//
//   load:{number}:{first 16 hexadecimal digits of HMAC-SHA256(key, domain || user or account)}
//   credit:{number}:{the same}
//
// Keyed with the caller's secret of RequestsService.GetRequestIdKey.
class BalanceIds {
 public:
  // Aborts unless `key` has 32 bytes.
  BalanceIds(std::string_view key, std::uint32_t load) : key_(key), load_(load) {}
  std::string Stating(const v1::StateBalanceRequest& balance) const;
  std::string Crediting(const v1::StateBalanceRequest& balance) const;

 private:
  std::string Digits(const v1::StateBalanceRequest& balance) const;
  signing::KeyedHash key_;
  std::uint32_t load_;
};

// Where balances go, and what must be known of the log before.
struct BalancePlan {
  std::string load;  // loads/{load}
  // The last entry of the log before this run: a replay with a later one is our own, whose answer
  // was lost.
  std::uint64_t last_entry_before = 0;
  DeliveryPolicy policy;
};

// What became of the balances.
struct BalanceOutcomes {
  std::uint64_t done = 0;     // by this run
  std::uint64_t already = 0;  // by an earlier one
  std::int64_t points = 0;    // of both
  struct Refused {
    std::uint64_t line = 0;  // the balance's first
    std::string reason;
    std::int64_t points = 0;  // that the file says
  };
  std::vector<Refused> refused;  // in order of lines, up to kMostProblems
  // How many accounts, and their points, by reason.
  struct Sum {
    std::uint64_t accounts = 0;
    std::int64_t points = 0;
  };
  std::map<std::string, Sum> by_reason;
  bool complete() const { return by_reason.empty(); }
};

using SendBalances = SendBatch<v1::StateBalanceRequest, v1::StateBalanceResult>;
using SendCredits = SendBatch<v1::CreditBalanceRequest, v1::CreditBalanceResult>;
// Called with how many balances have been answered.
using BalanceProgress = std::function<void(std::uint64_t)>;

// Each sends every balance of the file, which has no problems. Not OK: a stop, or a failure that
// concerns the whole run; running it again resumes and doubles nothing.
grpc::Status StateBalances(const BalanceFile& file, const BalanceIds& ids, const BalancePlan& plan,
                           const SendBalances& send, BalanceOutcomes* outcomes,
                           const BalanceProgress& progress, const StopFlag& stop);
grpc::Status CreditBalances(const BalanceFile& file, const BalanceIds& ids, const BalancePlan& plan,
                            const SendCredits& send, BalanceOutcomes* outcomes,
                            const BalanceProgress& progress, const StopFlag& stop);

}  // namespace tanhui::cli

#endif  // TANHUI_SERVICES_CLI_IMPORT_BALANCES_BALANCE_UPLOAD_H_
