// `tanhui product reverse`: takes back all that a product earned.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/hash.h"
#include "services/cli/client/refusal_details.h"
#include "services/cli/commands/citizen_options.h"
#include "services/cli/commands/rules/rules_commands.h"
#include "services/cli/screen/table.h"
#include "tanhui/v1/catalogue.grpc.pb.h"
#include "tanhui/v1/points.grpc.pb.h"

namespace tanhui::cli {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::chrono::seconds kBatchTimeout{60};

struct ReversalOptions {
  std::string product;
  std::string reason;
  bool dry_run = false;

  // As AddReason wants.
  void set_reason(const std::string& code) { reason = code; }
};

struct ReversalTotals {
  std::uint64_t acts = 0;      // that earned by the product
  std::uint64_t undone = 0;    // of these, before this run
  std::uint64_t reversed = 0;  // by this run
  std::int64_t points = 0;     // that the reversed acts had earned, what was left of them
  std::map<std::string, std::uint64_t> refused;  // by reason
};

// The same for the same product and act in every run, so that none is taken back twice.
std::string ReversalId(const std::string& product, std::uint64_t entry_index) {
  const Hash256 hash = merkle::Sha256(product);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(hash.view().data(), hash.view().size()));
  return absl::StrCat("product-reversal-", hex.substr(0, 16), "-", entry_index);
}

class ProductReversal {
 public:
  ProductReversal(const Connection& connection, const ReversalOptions& options)
      : connection_(connection), options_(options) {}

  grpc::Status Run() {
    if (grpc::Status listed = ReadEarnings(); !listed.ok()) {
      return listed;
    }
    for (std::size_t at = 0; at < left_.size(); at += kBatch) {
      if (grpc::Status sent = Reverse(at, std::min(left_.size(), at + kBatch)); !sent.ok()) {
        return sent;
      }
    }
    return grpc::Status::OK;
  }
  const ReversalTotals& totals() const { return totals_; }

 private:
  grpc::Status ReadEarnings() {
    v1::ListProductEarningsRequest request;
    request.set_product(options_.product);
    request.set_page_size(1000);
    do {
      v1::ListProductEarningsResponse page;
      const grpc::Status status =
          connection_.Call(&v1::CatalogueService::Stub::ListProductEarnings, request, &page);
      if (!status.ok()) {
        return status;
      }
      for (const v1::ProductEarning& earning : page.earnings()) {
        ++totals_.acts;
        if (earning.quantity_left() == 0) {
          ++totals_.undone;
        } else {
          left_.push_back(earning);
        }
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return grpc::Status::OK;
  }

  grpc::Status Reverse(std::size_t first, std::size_t end) {
    v1::BatchReverseRequest batch;
    batch.set_validate_only(options_.dry_run);
    for (std::size_t i = first; i < end; ++i) {
      v1::ReverseRequest& request = *batch.add_requests();
      request.set_request_id(ReversalId(options_.product, left_[i].entry_index()));
      request.set_entry_index(left_[i].entry_index());
      request.set_quantity(left_[i].quantity_left());
      request.set_reason(options_.reason);
    }
    v1::BatchReverseResponse response;
    const grpc::Status status =
        connection_.Call(&v1::PointsService::Stub::BatchReverse, batch, &response);
    for (const v1::ReverseResult& result : response.results()) {
      if (result.has_error()) {
        ++totals_.refused[ReasonWord(DetailsOf(result.error()))];
      } else {
        ++totals_.reversed;
        totals_.points += result.reversal().points();
      }
    }
    return status;
  }

  const Connection& connection_;
  const ReversalOptions& options_;
  ReversalTotals totals_;
  std::vector<v1::ProductEarning> left_;
};

void PrintTotals(const Session& session, const ReversalOptions& options,
                 const ReversalTotals& totals) {
  if (session.json) {
    const nlohmann::ordered_json json = {
        {"acts", totals.acts},     {"undone_before", totals.undone}, {"reversed", totals.reversed},
        {"points", totals.points}, {"refused", totals.refused},      {"dry_run", options.dry_run}};
    return PrintOut(json.dump() + "\n");
  }
  const auto grouped = [](std::uint64_t count) {
    return Grouped(static_cast<std::int64_t>(count));
  };
  FactList facts;
  facts.Add("acts that earned", grouped(totals.acts));
  facts.Add("undone before", grouped(totals.undone));
  facts.Add(options.dry_run ? "would be reversed" : "reversed", grouped(totals.reversed));
  facts.Add("points", Grouped(totals.points));
  for (const auto& [reason, count] : totals.refused) {
    facts.Add("refused " + reason, grouped(count));
  }
  PrintOut(facts.Text());
}

void Reverse(Session* session, const ReversalOptions& options) {
  session->connection.timeout = std::max(session->connection.timeout, kBatchTimeout);
  const std::optional<Connection> connection = Connect(session);
  if (!connection) {
    return;
  }
  if (options.dry_run) {
    AnnounceDryRun();
  }
  ProductReversal reversal(*connection, options);
  const grpc::Status status = reversal.Run();
  PrintTotals(*session, options, reversal.totals());
  if (!status.ok()) {
    session->exit_code = ReportFailure(*session, status);
    PrintError("not all is reversed; the same command again goes on and doubles nothing");
  } else if (!reversal.totals().refused.empty()) {
    session->exit_code = kRefused;
  }
}

}  // namespace

void AddProductReverse(CLI::App* product, Session& session) {
  CLI::App* command = product->add_subcommand("reverse", "Take back all that a product earned");
  command->footer(
      "Running it again is safe. Look first: --dry-run.\nExample:\n"
      "  tanhui product reverse efficient-products/X-1 --reason false_label --dry-run");
  const auto options = std::make_shared<ReversalOptions>();
  command->add_option("PRODUCT", options->product, "{catalogue}/{code}")->required();
  AddReason(command, options, "false_label");
  command->add_flag("--dry-run", options->dry_run, "Show the totals; write nothing");
  command->callback([&session, options] { Reverse(&session, *options); });
}

}  // namespace tanhui::cli
