#include "ledger/coupons/discount.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "ledger/core/check.h"
#include "ledger/rules/ratio.h"

namespace tanhui::coupons {
namespace {

std::int64_t Permille(Amount fen, std::uint32_t permille) {
  return rules::Portion(fen.units(), permille, kWholePermille);
}

Amount BackOf(std::span<const Amount> back, std::size_t line) {
  return line < back.size() ? back[line] : Amount(0);
}

// Each line's part of the discount: what the lines up to it get, less what those before it get.
std::vector<std::int64_t> Apportioned(std::span<const Line> lines, Amount discount) {
  std::vector<std::int64_t> parts(lines.size(), 0);
  const std::int64_t eligible = Eligible(lines).units();
  std::int64_t so_far = 0;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].eligible && lines[i].fen > Amount(0)) {
      so_far += lines[i].fen.units();
      const std::int64_t upto = rules::Portion(discount.units(), so_far, eligible);
      parts[i] = upto - given;
      given = upto;
    }
  }
  return parts;
}

// What is left of the lines that count.
Amount EligibleLeft(std::span<const Line> lines, std::span<const Amount> back) {
  std::int64_t left = Eligible(lines).units();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    left -= lines[i].eligible ? back[i].units() : 0;
  }
  return Amount(left);
}

// What of the discount has come back when so much of each line has.
Amount DiscountBack(const Value& value, ReturnPolicy policy, std::span<const Line> lines,
                    Amount discount, std::span<const Amount> back) {
  const std::vector<std::int64_t> parts = Apportioned(lines, discount);
  std::int64_t apportioned = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].eligible && lines[i].fen > Amount(0)) {
      apportioned += rules::Portion(parts[i], back[i].units(), lines[i].fen.units());
    }
  }
  const Amount left = EligibleLeft(lines, back);
  const bool below = left < value.threshold && policy != ReturnPolicy::kApportion;
  return left == Amount(0) || below ? discount : Amount(apportioned);
}

}  // namespace

Amount Eligible(std::span<const Line> lines) {
  Check(lines.size() <= kMaxLines, "more lines than an order has");
  std::int64_t sum = 0;
  for (const Line& line : lines) {
    sum += line.eligible ? line.fen.units() : 0;
  }
  return Amount(sum);
}

Amount MaxDiscount(const Value& value) {
  return value.face > Amount(0) ? value.face : value.ceiling;
}

Amount DiscountFor(const Value& value, Amount eligible) {
  return value.face > Amount(0)
             ? std::min(value.face, eligible)
             : std::min(value.ceiling, Amount(Permille(eligible, value.percent)));
}

Amount Funded(const Value& value, Amount discount) {
  const Amount funded(discount.units() - Permille(discount, value.own_permille));
  return value.funded_ceiling > Amount(0) ? std::min(funded, value.funded_ceiling) : funded;
}

Amount FundedAfter(const Value& value, Amount discount, const std::optional<Approval>& approval,
                   Amount back) {
  const Amount left(std::max<std::int64_t>(discount.units() - back.units(), 0));
  if (!approval.has_value()) {
    return Funded(value, left);
  }
  const std::int64_t reviewed = discount.units() - approval->back.units();
  return reviewed <= 0 ? Amount(0)
                       : Amount(rules::Portion(approval->fen.units(), left.units(), reviewed));
}

std::variant<GivenBack, NotBack> GiveBack(const Value& value, ReturnPolicy policy,
                                          std::span<const Line> lines, Amount discount,
                                          std::span<const Amount> before, Amount discount_before,
                                          std::span<const Back> parts) {
  GivenBack out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.lines.push_back(std::min(BackOf(before, i), lines[i].fen));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [line, fen] = parts[i];
    if (line >= lines.size() || fen <= Amount(0) || (i > 0 && line <= parts[i - 1].line)) {
      return NotBack{NotBack::Why::kNoSuchLine, line, {}};
    }
    const Amount left(lines[line].fen.units() - out.lines[line].units());
    if (fen > left) {
      return NotBack{NotBack::Why::kMoreThanLeft, line, left};
    }
    out.lines[line] = Amount(out.lines[line].units() + fen.units());
    out.goods = Amount(out.goods.units() + fen.units());
  }
  const Amount left = EligibleLeft(lines, out.lines);
  if (policy == ReturnPolicy::kWholeOrder && left > Amount(0) && left < value.threshold) {
    return NotBack{NotBack::Why::kBelowThreshold, 0, left};
  }
  const Amount target = DiscountBack(value, policy, lines, discount, out.lines);
  const Amount more(std::max<std::int64_t>(target.units() - discount_before.units(), 0));
  out.discount = std::min(more, out.goods);
  out.whole = out.discount.units() + discount_before.units() == discount.units();
  return out;
}

std::vector<Amount> SplitAmong(std::span<const Funder> funders, Amount fen) {
  std::int64_t whole = 0;
  for (const Funder& funder : funders) {
    whole += funder.permille;
  }
  std::vector<Amount> parts(funders.size());
  if (whole == 0) {
    return parts;
  }
  std::int64_t left = fen.units();
  std::vector<std::int64_t> rests;  // of the exact share, in parts of `whole`
  for (std::size_t i = 0; i < funders.size(); ++i) {
    const __int128 exact = static_cast<__int128>(fen.units()) * funders[i].permille;
    parts[i] = Amount(static_cast<std::int64_t>(exact / whole));
    rests.push_back(static_cast<std::int64_t>(exact % whole));
    left -= parts[i].units();
  }
  std::vector<std::size_t> order(funders.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return rests[a] != rests[b] ? rests[a] > rests[b] : funders[a].budget < funders[b].budget;
  });
  for (std::int64_t i = 0; i < left; ++i) {
    Amount& part = parts[order[static_cast<std::size_t>(i)]];
    part = Amount(part.units() + 1);
  }
  return parts;
}

}  // namespace tanhui::coupons
