// `tanhui window compare`: the items of a window as the origin has them beside those of the
// destination, from two files; no server is asked.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "interop/books/terms.h"
#include "interop/settlement/comparison.h"
#include "interop/settlement/item_file.h"
#include "services/cli/client/whole_file.h"
#include "services/cli/commands/exchange/window_commands.h"
#include "services/cli/csv/mapped_file.h"
#include "services/cli/screen/progress.h"
#include "services/cli/screen/table.h"

namespace tanhui::cli {
namespace {

using settlement::Compared;
using settlement::Difference;
using settlement::DifferenceClass;
using settlement::DifferenceKind;
using settlement::Item;
using settlement::ItemSums;

constexpr std::size_t kShownDifferences = 20;  // on the screen

// Items of a file, line by line; what is wrong with it is told as it comes.
class ItemFile {
 public:
  ItemFile(std::string path, MappedFile file) : path_(std::move(path)), file_(std::move(file)) {}

  // Reads the title, and the first item, which Next answers again.
  void Begin() { first_ = Read(); }
  // nullopt after the last one.
  std::optional<Item> Next() {
    return first_.has_value() ? std::exchange(first_, std::nullopt) : Read();
  }

  const std::optional<settlement::ItemTitle>& title() const { return reader_.title(); }
  std::size_t position() const { return std::min(at_, file_.text().size()); }
  std::size_t size() const { return file_.text().size(); }
  bool whole() const { return problems_ == 0; }

 private:
  std::optional<Item> Read() {
    const std::string_view text = file_.text();
    while (at_ < text.size()) {
      const std::size_t end = std::min(text.find('\n', at_), text.size());
      const settlement::ItemLine line = reader_.Take(text.substr(at_, end - at_));
      at_ = end + 1;
      if (const auto* item = std::get_if<Item>(&line)) {
        return *item;
      }
      if (const auto* bad = std::get_if<settlement::BadLine>(&line)) {
        Tell(absl::StrCat("line ", bad->line, ": ", bad->problem));
      }
    }
    if (!ended_) {
      ended_ = true;
      if (const auto problem = reader_.AtEnd()) {
        Tell(*problem);
      }
    }
    return std::nullopt;
  }
  void Tell(const std::string& problem) {
    ++problems_;
    PrintError(absl::StrCat(path_, ": ", problem));
  }
  std::string path_;
  MappedFile file_;
  settlement::ItemReader reader_;
  std::optional<Item> first_;
  std::size_t at_ = 0;
  std::size_t problems_ = 0;
  bool ended_ = false;
};

struct CompareCommand {
  std::string origin;
  std::string destination;
  std::string open;  // ids that were open in the last statement
  std::string out;
};

std::string CellsOf(const std::optional<Item>& item) {
  return item.has_value() ? absl::StrCat(std::string(settlement::NameOf(item->state)), ",",
                                         item->points, ",", item->grams, ",", item->fen)
                          : ",,,";
}

std::string LineOf(const Difference& difference) {
  return absl::StrCat(interop::HexOf(difference.id.view()), ",",
                      std::string(settlement::NameOf(difference.kind)), ",",
                      std::string(settlement::NameOf(difference.difference_class)), ",",
                      CellsOf(difference.origin), ",", CellsOf(difference.destination), "\n");
}

constexpr char kHeadings[] =
    "exchange_id,kind,class,origin_state,origin_points,origin_grams,origin_fen,"
    "destination_state,destination_points,destination_grams,destination_fen\n";

// One id a line, such as `window show` tells them.
absl::StatusOr<std::set<settlement::ExchangeId>> ReadOpen(const std::string& path) {
  std::set<settlement::ExchangeId> ids;
  const auto file = MappedFile::Open(path);
  if (!file.ok()) {
    return file.status();
  }
  std::string_view text = file->text();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto id = interop::ParseExchangeId(text.substr(0, end));
    if (!id.has_value() && end > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": every line is an exchange id of 32 hexadecimal digits"));
    }
    if (id.has_value()) {
      ids.insert(*id);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ids;
}

void AddRow(const std::string& name, const std::string& what, const ItemSums& sums, Table* table) {
  table->Add({name, what, Grouped(static_cast<std::int64_t>(sums.items)), Grouped(sums.points),
              Grouped(sums.grams), Grouped(sums.fen)});
}

std::string TextOf(const settlement::ItemTitle& title, const Compared& compared,
                   const std::vector<Difference>& first) {
  Table table({"", "what", ">items", ">points", ">grams", ">fen"});
  AddRow("agreed", "", compared.agreed, &table);
  for (std::size_t i = 0; i < settlement::kDifferenceKinds; ++i) {
    const auto kind = static_cast<DifferenceKind>(i);
    AddRow("differs", std::string(settlement::NameOf(kind)), compared.of(kind), &table);
  }
  for (std::size_t i = 0; i < settlement::kDifferenceClasses; ++i) {
    const auto which = static_cast<DifferenceClass>(i);
    AddRow("of these", std::string(settlement::NameOf(which)), compared.of(which), &table);
  }
  std::string text = absl::StrCat("window ", title.window, ", from ", title.origin, " to ",
                                  title.destination, "\n", table.Text());
  if (!first.empty()) {
    Table items({"exchange", "what", "class"});
    for (const Difference& difference : first) {
      items.Add({interop::HexOf(difference.id.view()),
                 std::string(settlement::NameOf(difference.kind)),
                 std::string(settlement::NameOf(difference.difference_class))});
    }
    absl::StrAppend(
        &text, items.Text(),
        first.size() == kShownDifferences ? "and maybe more; --out FILE lists all\n" : "");
  }
  return absl::StrCat(text, compared.AllAgreed() ? "both agree\n" : "not the same\n");
}

nlohmann::ordered_json JsonOf(const ItemSums& sums) {
  return {{"items", sums.items}, {"points", sums.points}, {"grams", sums.grams}, {"fen", sums.fen}};
}

std::string JsonOf(const settlement::ItemTitle& title, const Compared& compared, bool whole) {
  nlohmann::ordered_json out = {
      {"window", title.window},           {"origin", title.origin},
      {"destination", title.destination}, {"whole", whole},
      {"same", compared.AllAgreed()},     {"agreed", JsonOf(compared.agreed)}};
  for (std::size_t i = 0; i < settlement::kDifferenceKinds; ++i) {
    const auto kind = static_cast<DifferenceKind>(i);
    out["kinds"][std::string(settlement::NameOf(kind))] = JsonOf(compared.of(kind));
  }
  for (std::size_t i = 0; i < settlement::kDifferenceClasses; ++i) {
    const auto which = static_cast<DifferenceClass>(i);
    out["classes"][std::string(settlement::NameOf(which))] = JsonOf(compared.of(which));
  }
  return out.dump() + "\n";
}

// The files must be of one window, and each of the side that it is given as.
absl::Status CheckTitles(const ItemFile& origin, const ItemFile& destination) {
  if (!origin.title().has_value() || !destination.title().has_value()) {
    return absl::InvalidArgumentError(
        "a file has no title; make it with: tanhui window items WINDOW --out FILE");
  }
  const auto& ours = *origin.title();
  const auto& theirs = *destination.title();
  if (!ours.by_origin || theirs.by_origin) {
    return absl::InvalidArgumentError(
        "give the file by the origin as --origin and the one by the destination as --destination");
  }
  return ours.window == theirs.window && ours.origin == theirs.origin &&
                 ours.destination == theirs.destination
             ? absl::OkStatus()
             : absl::InvalidArgumentError("the files are not of the same window");
}

// The exit status; InvalidArgument when the files cannot be compared.
absl::StatusOr<int> Run(const CompareCommand& command, bool json) {
  auto origin_file = MappedFile::Open(command.origin);
  auto destination_file = MappedFile::Open(command.destination);
  auto open =
      command.open.empty()
          ? absl::StatusOr<std::set<settlement::ExchangeId>>(std::set<settlement::ExchangeId>())
          : ReadOpen(command.open);
  for (const absl::Status& status :
       {origin_file.status(), destination_file.status(), open.status()}) {
    if (!status.ok()) {
      return status;
    }
  }
  ItemFile origin(command.origin, *std::move(origin_file));
  ItemFile destination(command.destination, *std::move(destination_file));
  origin.Begin();
  destination.Begin();
  if (const absl::Status titles = CheckTitles(origin, destination); !titles.ok()) {
    return titles;
  }
  Progress progress = Progress::OnStderr("compare", origin.size());
  std::vector<Difference> first;
  std::string lines = kHeadings;
  const auto compared = settlement::Compare(
      [&] {
        progress.Update(origin.position());
        return origin.Next();
      },
      [&] { return destination.Next(); },
      {[&open](const settlement::ExchangeId& id) { return open->contains(id); }},
      [&](const Difference& difference) {
        if (first.size() < kShownDifferences) {
          first.push_back(difference);
        }
        if (!command.out.empty()) {
          lines += LineOf(difference);
        }
      });
  progress.Update(origin.position());
  progress.Finish();
  if (!compared.has_value()) {
    return absl::InvalidArgumentError("the items are out of order, or their sums too large");
  }
  if (!command.out.empty()) {
    const absl::Status written = ReplaceFile(command.out, lines);
    if (!written.ok()) {
      return written;
    }
  }
  const bool whole = origin.whole() && destination.whole();
  PrintOut(json ? JsonOf(*origin.title(), *compared, whole)
                : TextOf(*origin.title(), *compared, first));
  return compared->AllAgreed() && whole ? kDone : kRefused;
}

}  // namespace

void AddCompareWindows(CLI::App* window, Session& session) {
  CLI::App* command = window->add_subcommand(
      "compare", "Compare the items of a window as both cities have them, from two files");
  command->footer(
      "Bad lines are told, and spoil no others. Exit status: 0 when both agree on every item, 1 "
      "otherwise.\nExample:\n"
      "  tanhui window compare --origin cq-7.csv --destination cd-7.csv --out differences.csv");
  const auto options = std::make_shared<CompareCommand>();
  command->add_option("--origin", options->origin, "File of the city that committed the exchanges")
      ->required();
  command->add_option("--destination", options->destination, "File of the other city")->required();
  command->add_option("--open", options->open,
                      "Ids that the last statement listed as open, one a line: such an item that "
                      "is still missing is contested");
  command->add_option("--out", options->out, "CSV file of the differences");
  command->callback([&session, options] {
    const auto code = Run(*options, session.json);
    session.exit_code = code.ok() ? *code : ReportFault(code.status(), kUsage);
  });
}

}  // namespace tanhui::cli
