// A window of so many exchanges from one city to another: both logs are read, the lists compared,
// the statement made, the items written to files and compared. Prints one line of JSON.
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "interop/books/terms.h"
#include "interop/books/windows/peer_windows.h"
#include "interop/settlement/comparison.h"
#include "interop/settlement/item_file.h"
#include "ledger/core/check.h"

namespace tanhui::bench {
namespace {

namespace pb = entry::v1;
using interop::PeerWindows;
using settlement::Item;

constexpr ParticipantNo kPeer(2);
constexpr std::uint64_t kFirst = 100;  // entry of the first preparation

double Seconds(const std::chrono::steady_clock::time_point& since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

pb::ExchangeTerms TermsOf(std::uint64_t n) {
  pb::ExchangeTerms terms;
  terms.set_exchange_id(std::string(
      interop::IdOf(EntryIndex(kFirst + n), LedgerTime(static_cast<std::int64_t>(n))).view()));
  terms.set_from_points(500);
  terms.set_grams(1'000);
  terms.set_fen(85);
  return terms;
}

Entry Step(pb::WindowAction action) {
  Entry entry;
  entry.mutable_window_step()->set_peer(kPeer.value());
  entry.mutable_window_step()->set_window(1);
  entry.mutable_window_step()->set_action(action);
  return entry;
}

// The log of the origin, with nothing in it but the exchanges.
void ReadOrigin(std::uint64_t items, PeerWindows& books) {
  for (std::uint64_t n = 0; n < items; ++n) {
    Entry prepared;
    prepared.mutable_exchange_preparation()->set_peer(kPeer.value());
    *prepared.mutable_exchange_preparation()->mutable_terms() = TermsOf(n);
    books.Add(EntryIndex(kFirst + n), prepared);
    Entry decided;
    decided.mutable_exchange_decision()->set_peer(kPeer.value());
    decided.mutable_exchange_decision()->set_preparation(kFirst + n);
    decided.mutable_exchange_decision()->set_outcome(pb::EXCHANGE_OUTCOME_COMMITTED);
    decided.mutable_exchange_decision()->set_window(1);
    books.Add(EntryIndex(kFirst + items + n), decided);
  }
}

// That of the destination.
void ReadDestination(std::uint64_t items, PeerWindows& books) {
  for (std::uint64_t n = 0; n < items; ++n) {
    Entry received;
    received.mutable_exchange_reception()->set_peer(kPeer.value());
    received.mutable_exchange_reception()->set_answer(pb::EXCHANGE_ANSWER_ACCEPTED);
    *received.mutable_exchange_reception()->mutable_terms() = TermsOf(n);
    books.Add(EntryIndex(kFirst + n), received);
    Entry concluded;
    concluded.mutable_exchange_conclusion()->set_reception(kFirst + n);
    concluded.mutable_exchange_conclusion()->set_end(pb::EXCHANGE_END_CONFIRMED);
    concluded.mutable_exchange_conclusion()->set_window(1);
    books.Add(EntryIndex(kFirst + items + n), concluded);
  }
}

// Closed, with the other city's list, and complete.
void Close(const settlement::Listed& theirs, PeerWindows& books) {
  Entry list = Step(pb::WINDOW_ACTION_THEIR_LIST);
  list.mutable_window_step()->set_items(theirs.items);
  list.mutable_window_step()->set_digest(std::string(theirs.digest.view()));
  books.Add(EntryIndex(1), list);
  Check(books.Compose(1).Covered(), "both have the same");
  books.Add(EntryIndex(2), Step(pb::WINDOW_ACTION_COMPLETE));
  books.Add(EntryIndex(3), Step(pb::WINDOW_ACTION_THEIR_MISSING));
}

std::string FileOf(std::uint64_t items, bool by_origin) {
  std::string text;
  settlement::ItemWriter writer({1, "a.example/log", "b.example/log", by_origin}, text);
  for (std::uint64_t n = 0; n < items; ++n) {
    Item item;
    item.id = interop::IdOf(EntryIndex(kFirst + n), LedgerTime(static_cast<std::int64_t>(n)));
    item.state = by_origin ? settlement::ItemState::kCommitted : settlement::ItemState::kConfirmed;
    item.points = 500;
    item.grams = 1'000;
    item.fen = 85;
    Check(writer.Add(item, text), "an item");
  }
  writer.End(text);
  return text;
}

settlement::ItemSource SourceOf(std::string_view text, settlement::ItemReader& reader) {
  return [text, &reader]() mutable -> std::optional<Item> {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      const settlement::ItemLine line = reader.Take(text.substr(0, end));
      text.remove_prefix(end + 1);
      if (const auto* item = std::get_if<Item>(&line)) {
        return *item;
      }
    }
    return std::nullopt;
  };
}

int Run(std::uint64_t items) {
  const auto begin = std::chrono::steady_clock::now();
  PeerWindows origin(kPeer);
  PeerWindows destination(kPeer);
  ReadOrigin(items, origin);
  ReadDestination(items, destination);
  const double read = Seconds(begin);
  const auto closing = std::chrono::steady_clock::now();
  const settlement::Listed none = settlement::ListOf({});
  const settlement::Listed listed = origin.Compose(1).list();
  Close(none, origin);
  Close(listed, destination);
  const interop::ClosedLog a{"a.example/log", 1, {}};
  const interop::ClosedLog b{"b.example/log", 1, {}};
  const auto here = origin.StatementOf(1, a, b);
  const auto there = destination.StatementOf(1, b, a);
  Check(here.has_value() && here == there, "both state the same");
  const double closed = Seconds(closing);
  const auto comparing = std::chrono::steady_clock::now();
  const std::string ours = FileOf(items, true);
  const std::string theirs = FileOf(items, false);
  const double written = Seconds(comparing);
  settlement::ItemReader first;
  settlement::ItemReader second;
  const auto compared = settlement::Compare(SourceOf(ours, first), SourceOf(theirs, second),
                                            {[](const settlement::ExchangeId&) { return false; }},
                                            [](const settlement::Difference&) {});
  Check(compared.has_value() && compared->AllAgreed(), "both files agree");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"items\":%llu,\"read_s\":%.2f,\"close_both_s\":%.2f,\"write_both_s\":%.2f,"
      "\"compare_s\":%.2f,\"file_mib\":%.1f,\"most_mib\":%ld}\n",
      static_cast<unsigned long long>(items), read, closed, written, Seconds(comparing) - written,
      static_cast<double>(ours.size()) / (1 << 20), usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace
}  // namespace tanhui::bench

int main(int count, char** arguments) {
  constexpr std::uint64_t kItems = 1'000'000;
  return tanhui::bench::Run(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : kItems);
}
