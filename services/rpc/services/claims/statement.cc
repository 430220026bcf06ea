#include "services/rpc/services/claims/statement.h"

#include <optional>

#include "services/rpc/outcome.h"

namespace tanhui::rpc {
namespace {

// Between two looks at the call's deadline.
constexpr std::int64_t kEntriesPerLook = 1'024;
// A cancellation of a refund of a capture: no entry is further from its spending.
constexpr int kFarthest = 4;

std::optional<EntryIndex> UndoneBy(const Entry& entry) {
  switch (entry.body_case()) {
    case Entry::kRefund:
      return EntryIndex(entry.refund().target());
    case Entry::kCancellation:
      return EntryIndex(entry.cancellation().target_index());
    case Entry::kCouponRefund:
      return EntryIndex(entry.coupon_refund().target());
    case Entry::kCouponReview:
      return EntryIndex(entry.coupon_review().target());
    default:
      return std::nullopt;
  }
}

// What claimed that the entry claims, gives back or approves: itself, or an earlier one.
absl::StatusOr<Entry> SpendingOf(const Context& context, const Entry& entry) {
  Entry about = entry;
  for (int step = 0; step < kFarthest; ++step) {
    if (about.has_redemption() || about.has_capture() || about.has_coupon_redemption()) {
      return about;
    }
    const auto target = UndoneBy(about);
    if (!target.has_value()) {
      break;
    }
    auto read = ReadEntry(context, *target);
    if (!read.ok()) {
      return read.status();
    }
    about = *std::move(read);
  }
  return absl::DataLossError("an entry moves a claim without a spending");
}

// The posting of the merchant's unit at which points were taken or given back.
const entry::v1::Posting* PostingOfUnit(const Registry& registry, const Entry& entry,
                                        std::string& unit) {
  for (const entry::v1::Posting& posting : entry.postings()) {
    const AccountNo account(posting.account());
    const auto ladder = claims::LadderOf(registry, account);
    const Asset* asset = ladder.has_value() ? registry.Find(ladder->asset) : nullptr;
    if (asset != nullptr && !asset->money) {
      unit = claims::UnitName(registry, ladder->merchant, ladder->begin()->unit);
      return &posting;
    }
  }
  return nullptr;
}

}  // namespace

class Statement::Walk {
 public:
  Walk(const Context& context, const Registry& registry, const entry::v1::SettlementLine& line)
      : context_(context),
        registry_(registry),
        claim_(line.claim()),
        money_(claims::TermsOf(registry).Find(RunNo(line.run()))->money) {}

  // Adds all entries that the line is for; `own` is the line's own posting on the claim.
  absl::Status Run(const entry::v1::Posting& own, std::chrono::steady_clock::time_point deadline,
                   Statement& out) {
    out.first_day_ = out.last_day_;
    std::int64_t seen = 0;
    for (std::uint64_t next = own.previous(); next != 0;) {
      if (seen++ % kEntriesPerLook == 0 && std::chrono::steady_clock::now() > deadline) {
        return absl::DeadlineExceededError("the statement took longer than the call may");
      }
      const auto entry = ReadEntry(context_, EntryIndex(next - 1));
      if (!entry.ok()) {
        return entry.status();
      }
      const entry::v1::Posting* posting = FindPosting(*entry, claim_);
      if (posting == nullptr) {
        return absl::DataLossError("an entry of a claim's history does not move it");
      }
      const BusinessDate day =
          claims::LedgerDay(registry_, money_, LedgerTime(entry->recorded_micros()));
      if (line_before_.has_value() && day < *line_before_) {
        break;
      }
      out.first_day_ = std::min(out.first_day_, day);
      if (absl::Status added = AddOne(*entry, posting->amount(), day, out); !added.ok()) {
        return added;
      }
      next = posting->previous();
    }
    return absl::OkStatus();
  }

 private:
  absl::Status AddOne(const Entry& entry, std::int64_t fen, BusinessDate day, Statement& out) {
    if (entry.has_settlement_line()) {
      line_before_ = day;
    } else if (entry.has_settlement_step()) {
      // What came back before the line before went with that one.
      if (!line_before_.has_value()) {
        out.Add({v1::STATEMENT_ROW_KIND_RETURNED, day, {}, {}, {}}, 0, fen);
      }
    } else if (day <= out.last_day_) {
      return AddSpending(entry, fen, day, out);
    }
    return absl::OkStatus();
  }

  absl::Status AddSpending(const Entry& entry, std::int64_t fen, BusinessDate day,
                           Statement& out) const {
    Key key{v1::STATEMENT_ROW_KIND_TAKEN, day, {}, {}, {}};
    const auto spending = SpendingOf(context_, entry);
    if (!spending.ok()) {
      return spending.status();
    }
    if (spending->has_coupon_redemption()) {
      return AddCoupon(entry, spending->coupon_redemption(), fen, key, out);
    }
    if (!entry.has_redemption() && !entry.has_capture()) {
      key.kind = v1::STATEMENT_ROW_KIND_GIVEN_BACK;
    }
    const entry::v1::Posting* points = PostingOfUnit(registry_, entry, key.unit);
    if (points == nullptr) {
      return absl::DataLossError("an entry moves a claim and no unit's points");
    }
    key.price = PriceNo(spending->has_redemption() ? spending->redemption().price()
                                                   : spending->capture().price());
    out.Add(key, points->amount(), fen);
    return absl::OkStatus();
  }

  absl::Status AddCoupon(const Entry& entry, const entry::v1::CouponRedemption& use,
                         std::int64_t fen, Key key, Statement& out) const {
    key.kind = entry.has_coupon_redemption() || entry.has_coupon_review()
                   ? v1::STATEMENT_ROW_KIND_COUPON_USED
                   : v1::STATEMENT_ROW_KIND_COUPON_BACK;
    const auto ladder = claims::LadderOf(registry_, AccountNo(use.order().merchant()));
    if (!ladder.has_value()) {
      return absl::DataLossError("a coupon was used at no merchant's account");
    }
    key.unit = claims::UnitName(registry_, ladder->merchant, ladder->begin()->unit);
    key.campaign = CampaignNo(use.campaign());
    out.Add(key, 0, fen);
    return absl::OkStatus();
  }

  const Context& context_;
  const Registry& registry_;
  AccountNo claim_;
  AssetNo money_;
  std::optional<BusinessDate> line_before_;  // its ledger day, once it was seen
};

void Statement::Add(const Key& key, std::int64_t points, std::int64_t fen) {
  for (Sums* sums : {&rows_[key], &total_}) {
    ++sums->entries;
    sums->points += points;
    sums->fen += fen;
  }
}

absl::StatusOr<Statement> Statement::Make(const Context& context, const Registry& registry,
                                          const Entry& line, EntryIndex index,
                                          std::chrono::steady_clock::time_point deadline) {
  const entry::v1::SettlementLine& body = line.settlement_line();
  const claims::Run* run = claims::TermsOf(registry).Find(RunNo(body.run()));
  const entry::v1::Posting* own = FindPosting(line, AccountNo(body.claim()));
  if (run == nullptr || own == nullptr) {
    return absl::DataLossError("a line of a settlement run without a run or a claim");
  }
  Statement statement;
  statement.last_day_ = run->until;
  const absl::Status walked = Walk(context, registry, body).Run(*own, deadline, statement);
  if (!walked.ok()) {
    return walked;
  }
  if (statement.total_.fen != body.fen()) {
    return absl::DataLossError("the entries of line " + std::to_string(index.value()) +
                               " do not sum to its fen");
  }
  return statement;
}

}  // namespace tanhui::rpc
