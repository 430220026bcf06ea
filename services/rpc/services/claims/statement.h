// What the fen of a line of a settlement run are for.
#ifndef TANHUI_SERVICES_RPC_SERVICES_CLAIMS_STATEMENT_H_
#define TANHUI_SERVICES_RPC_SERVICES_CLAIMS_STATEMENT_H_

#include <chrono>
#include <compare>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "ledger/claims/terms.h"
#include "services/rpc/context.h"
#include "tanhui/v1/settlement.pb.h"

namespace tanhui::rpc {

// One line's entries, summed. A line takes what its claim had from earlier ledger days; so its
// entries are those on the claim since the claim's line before, without those of its own day and
// with those of the day of that line, which it left. Found by walking the claim's history
// backwards, an entry for each redemption.
class Statement {
 public:
  // `line` is the entry of a line and stands at `index` of the log. DeadlineExceeded when the
  // deadline comes first; DataLoss when the entries do not sum to the line; otherwise what the
  // store says.
  static absl::StatusOr<Statement> Make(const Context& context, const Registry& registry,
                                        const Entry& line, EntryIndex index,
                                        std::chrono::steady_clock::time_point deadline);

  // In the order in which they are told, the same whenever one asks.
  struct Key {
    v1::StatementRowKind kind = v1::STATEMENT_ROW_KIND_UNSPECIFIED;
    BusinessDate day;
    std::string unit;
    PriceNo price;
    CampaignNo campaign;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Sums {
    std::int64_t entries = 0;
    std::int64_t points = 0;
    std::int64_t fen = 0;
  };
  const std::map<Key, Sums>& rows() const { return rows_; }
  BusinessDate first_day() const { return first_day_; }
  BusinessDate last_day() const { return last_day_; }
  const Sums& total() const { return total_; }

 private:
  class Walk;

  void Add(const Key& key, std::int64_t points, std::int64_t fen);

  std::map<Key, Sums> rows_;
  BusinessDate first_day_;
  BusinessDate last_day_;
  Sums total_;
};

}  // namespace tanhui::rpc

#endif  // TANHUI_SERVICES_RPC_SERVICES_CLAIMS_STATEMENT_H_
