#include "ledger/rules/rules_book.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/rules/rulebook.h"

namespace tanhui::rules {
namespace {

namespace pb = entry::v1;

constexpr std::size_t kMaxVerifierKey = 500;  // bytes
constexpr std::size_t kSha256Size = 32;
constexpr std::string_view kPartsMissing = "the parts do not stand before it";

Refusal Invalid(std::string_view path, std::string_view problem) {
  return Refusal(Reason::kDocumentInvalid, "document").With("path", path).With("problem", problem);
}

// --- parts ---

// Whether the part can stand at `at`: it begins a document, or is the next of one.
bool IsNextPart(const Registry& registry, EntryIndex at, const pb::DocumentPart& part) {
  const PendingDocument& pending = registry.pending_document();
  const bool fits = !part.data().empty() && part.data().size() <= kMaxPartBytes;
  const bool follows =
      part.number() == pending.parts && part.number() < kMaxParts && pending.next == at;
  return fits && (part.number() == 0 || follows);
}

std::optional<Refusal> DecidePart(const State& state, const DecideInput&, Entry& entry) {
  if (!IsNextPart(state.registry(), EntryIndex(state.head().size), entry.document_part())) {
    return Invalid("", "a part is empty, too large or not the next one");
  }
  return std::nullopt;
}

void RegisterPart(Registry& registry, EntryIndex index, const Entry& entry) {
  registry.AddDocumentPart(index, entry.document_part().number(), entry.document_part().data());
}

Fault ApplyPart(State& state, EntryIndex index, const Entry& entry) {
  if (!IsNextPart(state.registry(), index, entry.document_part())) {
    return "a part of a document that is empty, too large or not the next one";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterPart(registry, index, entry); });
  return std::nullopt;
}

// --- publications ---

bool PartsStandBefore(const Registry& registry, EntryIndex at, const pb::Publication& publication) {
  const PendingDocument& pending = registry.pending_document();
  return pending.parts > 0 && pending.next == at && pending.parts == publication.parts() &&
         pending.bytes.size() == publication.size() && publication.sha256().size() == kSha256Size &&
         !publication.note().empty();
}

// Whether the publication says of the document what it says of itself.
Found SaysTheSame(const Registry& registry, const pb::Publication& publication) {
  const auto heading = HeadingOf(publication.kind(), registry.pending_document().bytes);
  if (!heading.has_value()) {
    return Problem{"first_date", "cannot be read"};
  }
  constexpr std::string_view kOther = "is another in the publication";
  return Collected(
      {Want(heading->code == publication.code(), "code", kOther),
       Want(heading->version == publication.version(), "version", kOther),
       Want(heading->first_date == BusinessDate(publication.first_date()), "first_date", kOther)});
}

// The first date that the version may have, published on a day of record; nullopt: any.
std::optional<BusinessDate> EarliestOf(const std::vector<const Document*>& versions,
                                       BusinessDate today) {
  return versions.empty() ? std::nullopt
                          : std::optional(BusinessDate(
                                std::max(today, versions.back()->first_date).value() + 1));
}

std::optional<Refusal> RefusedPublication(const Registry& registry, EntryIndex at,
                                          const Entry& entry) {
  const pb::Publication& publication = entry.publication();
  const Rulebook& book = RulebookOf(registry);
  if (!PartsStandBefore(registry, at, publication)) {
    return Invalid("", kPartsMissing);
  }
  Found found = book.Check(publication.kind(), registry.pending_document().bytes);
  if (!found.has_value()) {
    found = SaysTheSame(registry, publication);
  }
  if (found.has_value()) {
    return Invalid(found->path, found->problem);
  }
  const auto versions = book.VersionsOf(publication.kind(), publication.code());
  if (publication.version() != versions.size() + 1) {
    return Refusal(Reason::kVersionNotNext, "document")
        .With("expected", static_cast<std::int64_t>(versions.size() + 1));
  }
  const auto earliest = EarliestOf(versions, RecordDate(entry));
  if (earliest.has_value() && BusinessDate(publication.first_date()) < *earliest) {
    return Refusal(Reason::kDateNotAhead, "document").With("earliest", FormatDate(*earliest));
  }
  return std::nullopt;
}

std::optional<Refusal> DecidePublication(const State& state, const DecideInput&, Entry& entry) {
  entry.mutable_publication()->set_number(
      static_cast<std::uint32_t>(RulebookOf(state.registry()).documents().size() + 1));
  return RefusedPublication(state.registry(), EntryIndex(state.head().size), entry);
}

void RegisterPublication(Registry& registry, EntryIndex index, const Entry& entry) {
  const pb::Publication& publication = entry.publication();
  Document document;
  document.number = DocumentNo(publication.number());
  document.kind = publication.kind();
  document.code = publication.code();
  document.version = publication.version();
  document.first_date = BusinessDate(publication.first_date());
  document.publication = index;
  document.parts = publication.parts();
  document.size = publication.size();
  document.sha256 = publication.sha256();
  registry.ChangeRulebook(
      [&](Rulebook& book) { book.Publish(document, registry.pending_document().bytes); });
  registry.ClearPendingDocument();
}

Fault ApplyPublication(State& state, EntryIndex index, const Entry& entry) {
  if (entry.publication().number() != RulebookOf(state.registry()).documents().size() + 1) {
    return "a number that is not the next one";
  }
  if (const auto refused = RefusedPublication(state.registry(), index, entry)) {
    switch (refused->reason) {
      case Reason::kVersionNotNext:
        return "a document whose version is not the next one";
      case Reason::kDateNotAhead:
        return "a document that begins too early";
      default:
        return "a document that cannot be";
    }
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterPublication(registry, index, entry); });
  return std::nullopt;
}

// --- keys of publishers ---

bool CanBeKey(const pb::PublisherKey& key) {
  return !key.verifier_key().empty() && key.verifier_key().size() <= kMaxVerifierKey;
}

std::optional<Refusal> DecideKey(const State& state, const DecideInput&, Entry& entry) {
  Check(state.registry().Find(ParticipantNo(entry.publisher_key().participant())) != nullptr,
        "a participant's number was not resolved");
  return CanBeKey(entry.publisher_key())
             ? std::nullopt
             : std::optional(Refusal(Reason::kFieldInvalid, "verifier_key"));
}

void RegisterKey(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::PublisherKey& key = entry.publisher_key();
  registry.SetVerifierKey(ParticipantNo(key.participant()), key.verifier_key());
}

Fault ApplyKey(State& state, EntryIndex index, const Entry& entry) {
  const pb::PublisherKey& key = entry.publisher_key();
  if (state.registry().Find(ParticipantNo(key.participant())) == nullptr || !CanBeKey(key)) {
    return "a publisher's key that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterKey(registry, index, entry); });
  return std::nullopt;
}

// --- switches of scenarios ---

std::optional<Refusal> RefusedSwitch(const Rulebook& book, const pb::ScenarioSwitch& change) {
  if (!book.KnowsSet(change.rule_set())) {
    return Refusal(Reason::kUnknownDocument, "rule_set");
  }
  const ScenarioNo scenario(book.scenarios().Find(change.scenario()));
  if (!book.KnowsScenario(change.rule_set(), scenario)) {
    return Refusal(Reason::kUnknownScenario, "scenario");
  }
  if (book.SuspensionOf(change.rule_set(), scenario).suspended == change.suspended()) {
    return Refusal(Reason::kConditionNotMet, "scenario")
        .With("condition", change.suspended() ? "open" : "suspended");
  }
  return std::nullopt;
}

std::optional<Refusal> DecideSwitch(const State& state, const DecideInput&, Entry& entry) {
  return RefusedSwitch(RulebookOf(state.registry()), entry.scenario_switch());
}

void RegisterSwitch(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::ScenarioSwitch& change = entry.scenario_switch();
  registry.ChangeRulebook([&](Rulebook& book) {
    book.Switch(change.rule_set(), ScenarioNo(book.scenarios().Find(change.scenario())),
                change.suspended(), RecordDate(entry));
  });
}

Fault ApplySwitch(State& state, EntryIndex index, const Entry& entry) {
  if (RefusedSwitch(RulebookOf(state.registry()), entry.scenario_switch()).has_value()) {
    return "a switch of a scenario that is not there, or in that state already";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterSwitch(registry, index, entry); });
  return std::nullopt;
}

// --- certificates of venues ---

std::uint32_t VenueNumber(const Rulebook& book, const std::string& code) {
  const Venue* known = book.FindVenue(code);
  return known != nullptr ? known->number.value()
                          : static_cast<std::uint32_t>(book.venues().size() + 1);
}

std::optional<Refusal> RefusedVenue(const Rulebook& book, const pb::VenueCertificate& venue) {
  if (venue.code().empty()) {
    return Refusal(Reason::kFieldRequired, "code");
  }
  if (venue.first_date() < 0 || venue.last_date() < 0 ||
      (venue.last_date() != 0 && venue.last_date() < venue.first_date())) {
    return Refusal(Reason::kFieldInvalid, "last_date");
  }
  return book.KnowsDistrict(venue.district())
             ? std::nullopt
             : std::optional(Refusal(Reason::kUnknownDistrict, "district"));
}

std::optional<Refusal> DecideVenue(const State& state, const DecideInput&, Entry& entry) {
  const Rulebook& book = RulebookOf(state.registry());
  pb::VenueCertificate& venue = *entry.mutable_venue_certificate();
  venue.set_number(VenueNumber(book, venue.code()));
  return RefusedVenue(book, venue);
}

void RegisterVenue(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::VenueCertificate& certificate = entry.venue_certificate();
  Venue venue;
  venue.number = VenueNo(certificate.number());
  venue.code = certificate.code();
  venue.display_name = certificate.display_name();
  venue.kind = certificate.kind();
  venue.district = certificate.district();
  venue.first = BusinessDate(certificate.first_date());
  venue.last = BusinessDate(certificate.last_date());
  venue.withdrawn = certificate.withdrawn();
  registry.ChangeRulebook([&](Rulebook& book) { book.Certify(venue); });
}

Fault ApplyVenue(State& state, EntryIndex index, const Entry& entry) {
  const Rulebook& book = RulebookOf(state.registry());
  const pb::VenueCertificate& venue = entry.venue_certificate();
  if (venue.number() != VenueNumber(book, venue.code()) || RefusedVenue(book, venue).has_value()) {
    return "a venue's certificate that cannot be";
  }
  state.ChangeRegistry(index, [&](Registry& registry) { RegisterVenue(registry, index, entry); });
  return std::nullopt;
}

// --- delistings ---

bool CanBeDelisted(const Rulebook& book, const pb::Delisting& delisting) {
  return delisting.product() > 0 && delisting.product() <= book.products().size() &&
         delisting.kind() >= pb::DELISTING_KIND_DELISTED &&
         delisting.kind() <= pb::DELISTING_KIND_RELISTED;
}

std::optional<Refusal> DecideDelisting(const State& state, const DecideInput&, Entry& entry) {
  Check(CanBeDelisted(RulebookOf(state.registry()), entry.delisting()),
        "a product's number was not resolved");
  return std::nullopt;
}

void RegisterDelisting(Registry& registry, EntryIndex, const Entry& entry) {
  const pb::Delisting& delisting = entry.delisting();
  registry.ChangeRulebook(
      [&](Rulebook& book) { book.SetDelisted(ProductNo(delisting.product()), delisting.kind()); });
}

Fault ApplyDelisting(State& state, EntryIndex index, const Entry& entry) {
  if (!CanBeDelisted(RulebookOf(state.registry()), entry.delisting())) {
    return "a delisting of what is no product";
  }
  state.ChangeRegistry(index,
                       [&](Registry& registry) { RegisterDelisting(registry, index, entry); });
  return std::nullopt;
}

constexpr BookRow kRows[] = {
    {.body = Entry::kDocumentPart,
     .decide = DecidePart,
     .apply = ApplyPart,
     .registers = RegisterPart},
    {.body = Entry::kPublication,
     .decide = DecidePublication,
     .apply = ApplyPublication,
     .registers = RegisterPublication},
    {.body = Entry::kPublisherKey,
     .decide = DecideKey,
     .apply = ApplyKey,
     .registers = RegisterKey},
    {.body = Entry::kScenarioSwitch,
     .decide = DecideSwitch,
     .apply = ApplySwitch,
     .registers = RegisterSwitch},
    {.body = Entry::kVenueCertificate,
     .decide = DecideVenue,
     .apply = ApplyVenue,
     .registers = RegisterVenue},
    {.body = Entry::kDelisting,
     .decide = DecideDelisting,
     .apply = ApplyDelisting,
     .registers = RegisterDelisting},
};

}  // namespace

Book RulesBook() { return {"rules", kRows}; }

}  // namespace tanhui::rules
