// How a document becomes a part of the rulebook: its checks against what is published, and its
// compilation.
#include <algorithm>

#include "ledger/core/check.h"
#include "ledger/rules/codes/account_codes.h"
#include "ledger/rules/rule_set_document.h"
#include "ledger/rules/rulebook.h"
#include "ledger/rules/table_documents.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

std::string InSet(std::string_view set, std::string_view code) {
  return std::string(set) + "/" + std::string(code);
}

Limit CapLimit(const pb::RuleSet& set, const pb::Cap& cap) {
  Limit limit;
  limit.set = set.code();
  limit.code = cap.code();
  limit.period = cap.period();
  limit.counted = cap.counted();
  if (cap.counted() == pb::COUNTED_QUANTITY) {
    limit.unit = UnitOf(set, cap.scenarios());
  }
  limit.per_category = cap.per_category();
  limit.keep_days = set.max_age_days();
  return limit;
}

Limit BonusLimit(const pb::RuleSet& set, const pb::Bonus& bonus) {
  Limit limit;
  limit.set = set.code();
  limit.code = bonus.code();
  limit.first = CheckedDate(bonus.first_date());
  limit.last = CheckedDate(bonus.last_date());
  limit.keep_days = set.max_age_days();
  return limit;
}

Limit GoalLimit(const pb::RuleSet& set, const pb::Goal& goal) {
  Limit limit;
  limit.set = set.code();
  limit.code = goal.code();
  limit.counted = goal.counted();
  if (goal.counted() == pb::COUNTED_QUANTITY) {
    limit.unit = UnitOf(set, goal.scenarios());
  }
  limit.first = CheckedDate(goal.first_date());
  limit.last = CheckedDate(goal.last_date());
  limit.keep_days = std::max(goal.claim_days(), set.max_age_days());
  limit.goal = true;
  return limit;
}

// What is counted already under the code would mean something else.
Found WantSame(const Limit* before, const Limit& now) {
  constexpr std::string_view kAdvice = "; take another code";
  const auto want = [&](bool same, std::string_view path, std::string_view problem) {
    return Want(same, path, std::string(problem) + std::string(kAdvice));
  };
  if (before == nullptr) {
    return std::nullopt;
  }
  const bool cap = before->period != pb::PERIOD_UNSPECIFIED;
  const bool same_kind = cap == (now.period != pb::PERIOD_UNSPECIFIED) && before->goal == now.goal;
  if (!same_kind) {
    return want(false, "code", "was the code of a cap, bonus or goal of another kind");
  }
  return Collected(
      {want(before->period == now.period, "period", "was another in an earlier version"),
       want(before->counted == now.counted, "counted", "was another in an earlier version"),
       want(before->unit == now.unit, "scenarios", "were measured in another unit"),
       want(before->per_category == now.per_category, "per_category",
            "was another in an earlier version"),
       want(before->first == now.first, "first_date", "was another in an earlier version")});
}

// Reads the document and hands it to `use`; a problem when it cannot be read.
template <typename Use>
Found WithDocument(pb::DocumentKind kind, std::string_view bytes, Use use) {
  const auto read = [&]<typename Message>(std::optional<Message> message) -> Found {
    return message.has_value() ? use(*message)
                               : Found(Problem{"", "is not a document of this kind and format"});
  };
  switch (kind) {
    case pb::DOCUMENT_KIND_RULE_SET:
      return read(ReadDocument<pb::RuleSet>(bytes));
    case pb::DOCUMENT_KIND_CATALOGUE:
      return read(ReadDocument<pb::Catalogue>(bytes));
    case pb::DOCUMENT_KIND_STATION_TABLE:
      return read(ReadDocument<pb::StationTable>(bytes));
    case pb::DOCUMENT_KIND_MATERIAL_TABLE:
      return read(ReadDocument<pb::MaterialTable>(bytes));
    case pb::DOCUMENT_KIND_ACCOUNT_CODES:
      return read(ReadDocument<pb::AccountCodes>(bytes));
    default:
      return Problem{"", "is of no known kind"};
  }
}

template <typename Codes>
Found WantOnlyCode(const Codes& versions, const std::string& code) {
  return versions.empty() || versions.contains(code)
             ? std::nullopt
             : Found(Problem{"code", "must be " + versions.begin()->first +
                                         ": there is one table of this kind"});
}

}  // namespace

std::optional<Heading> HeadingOf(pb::DocumentKind kind, std::string_view bytes) {
  std::optional<Heading> heading;
  WithDocument(kind, bytes, [&heading](const auto& document) {
    if (const auto date = ReadDate(document.first_date())) {
      heading = Heading{document.code(), document.version(), *date};
    }
    return Found();
  });
  return heading;
}

Found Rulebook::CheckAgainstPublished(const pb::RuleSet& set) const {
  const auto free = [&](const pb::District& district) -> Found {
    const auto taken = districts_.find(district.code());
    return taken == districts_.end() || taken->second == set.code()
               ? std::nullopt
               : Found(Problem{"code", "belongs to rule set " + taken->second});
  };
  const auto same_source = [&](const pb::EvidenceSource& source) {
    const auto known = sources_.find(source.code());
    return Want(known == sources_.end() || known->second == source.kind(), "kind",
                "was another in a version or set before");
  };
  const auto before = [&](const std::string& code) { return Find(FindLimit(set.code(), code)); };
  return Collected(
      {Each("districts", set.districts(), free),
       Each("evidence_sources", set.evidence_sources(), same_source),
       Each("caps", set.caps(),
            [&](const pb::Cap& cap) { return WantSame(before(cap.code()), CapLimit(set, cap)); }),
       Each("bonuses", set.bonuses(),
            [&](const pb::Bonus& bonus) {
              return WantSame(before(bonus.code()), BonusLimit(set, bonus));
            }),
       Each("goals", set.goals(), [&](const pb::Goal& goal) {
         return WantSame(before(goal.code()), GoalLimit(set, goal));
       })});
}

Found Rulebook::CheckAgainstPublished(const pb::AccountCodes& codes) const {
  for (const auto& [scheme, versions] : account_codes_) {
    const std::string& code = versions.front()->code;
    if ((scheme == codes.scheme()) != (code == codes.code())) {
      return scheme == codes.scheme()
                 ? Problem{"code", "must be " + code + ": a scheme has one table of this kind"}
                 : Problem{"scheme", "must be " + scheme + ", as in the versions before"};
    }
  }
  return std::nullopt;
}

Found Rulebook::Check(pb::DocumentKind kind, std::string_view bytes) const {
  return WithDocument(kind, bytes, [this]<typename Message>(const Message& message) -> Found {
    if constexpr (std::is_same_v<Message, pb::RuleSet>) {
      Found found = CheckRuleSet(message);
      return found.has_value() ? found : CheckAgainstPublished(message);
    } else if constexpr (std::is_same_v<Message, pb::Catalogue>) {
      return CheckCatalogue(message);
    } else if constexpr (std::is_same_v<Message, pb::StationTable>) {
      return Collected({CheckStationTable(message), WantOnlyCode(stations_, message.code())});
    } else if constexpr (std::is_same_v<Message, pb::AccountCodes>) {
      Found found = CheckAccountCodes(message);
      return found.has_value() ? found : CheckAgainstPublished(message);
    } else {
      return Collected(
          {CheckMaterialTable(message), WantOnlyCode(materials_tables_, message.code())});
    }
  });
}

void Rulebook::Publish(const Document& document, std::string_view bytes) {
  tanhui::Check(document.number.value() == documents_.size() + 1, "document numbers are dense");
  documents_.push_back(document);
  const Found unread =
      WithDocument(document.kind, bytes, [&]<typename Message>(const Message& message) {
        if constexpr (std::is_same_v<Message, pb::RuleSet>) {
          PublishRules(document, message);
        } else if constexpr (std::is_same_v<Message, pb::Catalogue>) {
          PublishCatalogue(document, message);
        } else if constexpr (std::is_same_v<Message, pb::StationTable>) {
          PublishStations(document, message);
        } else if constexpr (std::is_same_v<Message, pb::AccountCodes>) {
          PublishAccountCodes(document, message);
        } else {
          PublishMaterials(document, message);
        }
        return Found();
      });
  tanhui::Check(!unread.has_value(), "a document was not checked");
}

LimitNo Rulebook::FindLimit(std::string_view set, std::string_view code) const {
  return LimitNo(limit_numbers_.Find(InSet(set, code)));
}

void Rulebook::PutLimit(const Limit& limit) {
  const std::uint32_t number = limit_numbers_.Add(InSet(limit.set, limit.code));
  if (number > limits_.size()) {
    limits_.push_back(limit);
    return;
  }
  Limit& known = limits_[number - 1];
  known.last = std::max(known.last, limit.last);
  known.keep_days = std::max(known.keep_days, limit.keep_days);
}

void Rulebook::PublishRules(const Document& document, const pb::RuleSet& set) {
  for (const pb::Cap& cap : set.caps()) {
    PutLimit(CapLimit(set, cap));
  }
  for (const pb::Bonus& bonus : set.bonuses()) {
    PutLimit(BonusLimit(set, bonus));
  }
  for (const pb::Goal& goal : set.goals()) {
    PutLimit(GoalLimit(set, goal));
  }
  for (const pb::District& district : set.districts()) {
    districts_.emplace(district.code(), set.code());
  }
  for (const pb::EvidenceSource& source : set.evidence_sources()) {
    sources_.emplace(source.code(), source.kind());
  }
  auto& versions = rule_sets_[set.code()];
  versions.push_back(std::make_shared<const RuleSet>(
      ReadRuleSet(set, document.number,
                  Numbering{scenarios_, materials_, categories_,
                            [&](std::string_view code) { return FindLimit(set.code(), code); }})));
  // The longest of all versions holds for all limits of the set: acts of a version that has passed
  // can still come.
  std::uint32_t keep_days = 0;
  for (const auto& version : versions) {
    keep_days = std::max(keep_days, version->max_age_days);
  }
  for (Limit& limit : limits_) {
    if (limit.set == set.code()) {
      limit.keep_days = std::max(limit.keep_days, keep_days);
    }
  }
}

void Rulebook::PublishCatalogue(const Document& document, const pb::Catalogue& catalogue) {
  auto version = std::make_shared<CatalogueVersion>();
  version->document = document.number;
  version->code = catalogue.code();
  version->version = catalogue.version();
  version->first_date = CheckedDate(catalogue.first_date());
  for (const pb::Product& product : catalogue.products()) {
    Listing listing;
    listing.category = CategoryNo(categories_.Add(product.category()));
    listing.brand = product.brand();
    listing.saving_watt_hours = product.saving_watt_hours();
    listing.energy_grade = product.energy_grade();
    listing.first = CheckedDate(product.valid_from());
    listing.last = CheckedDate(product.valid_to());
    version->listings.emplace(ProductNo(products_.Add(InSet(catalogue.code(), product.code()))),
                              listing);
  }
  catalogues_[catalogue.code()].push_back(std::move(version));
}

void Rulebook::PublishStations(const Document& document, const pb::StationTable& table) {
  auto version = std::make_shared<StationVersion>();
  version->document = document.number;
  version->version = table.version();
  version->first_date = CheckedDate(table.first_date());
  version->stations = StationMap(table);
  stations_[table.code()].push_back(std::move(version));
}

void Rulebook::PublishMaterials(const Document& document, const pb::MaterialTable& table) {
  auto version = std::make_shared<MaterialVersion>();
  version->document = document.number;
  version->version = table.version();
  version->first_date = CheckedDate(table.first_date());
  for (const pb::Material& material : table.items()) {
    version->materials.emplace(material.item(), material.material());
  }
  materials_tables_[table.code()].push_back(std::move(version));
}

void Rulebook::PublishAccountCodes(const Document& document, const pb::AccountCodes& codes) {
  auto version = std::make_shared<AccountCodesVersion>();
  version->code = codes.code();
  version->version = codes.version();
  version->first_date = CheckedDate(codes.first_date());
  version->publication = document.publication;
  version->scheme = codes.scheme();
  for (const pb::AccountCodeRow& row : codes.rows()) {
    version->rows.push_back({*AccountKindOf(row.account_kind()), *EntryKindOf(row.entry_kind()),
                             row.debit_code(), row.credit_code(), row.summary()});
  }
  account_codes_[codes.scheme()].push_back(std::move(version));
}

}  // namespace tanhui::rules
