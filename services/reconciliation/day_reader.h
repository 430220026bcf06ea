// Reads a day file and refuses it when it is not, to the octet, what the ledger exported. Every
// error is one sentence: which file, which line, what is wrong, what to do.
#ifndef TANHUI_SERVICES_RECONCILIATION_DAY_READER_H_
#define TANHUI_SERVICES_RECONCILIATION_DAY_READER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/signing/key.h"
#include "services/reconciliation/day_file.h"

namespace tanhui::reconciliation {

// What a file must be of; empty and nullopt: anything.
struct WantedDay {
  std::string participant;
  std::string scheme;
  std::optional<BusinessDate> day;
  std::string origin;
};

struct DayFile {
  DayTitle title;
  DayTotals totals;
};

using RowVisitor = std::function<absl::Status(const DayRow&)>;
// Bytes read so far, and of the file.
using ReadingProgress = std::function<void(std::uint64_t, std::uint64_t)>;

// Visits the rows in order. What was visited holds only when the answer is OK, and who wrote it is
// known only when CheckNote answers OK, too. InvalidArgument for a file that is refused, otherwise
// what the system or `visit` says.
absl::StatusOr<DayFile> ReadDayFile(const std::string& path, const WantedDay& wanted,
                                    const RowVisitor& visit, const ReadingProgress& progress = {});

// OK when `note`, read from `path`, is signed by the key and is about this very file.
// InvalidArgument otherwise.
absl::Status CheckNote(const std::string& path, std::string_view note, const DayFile& file,
                       const signing::NamedVerifier& key);

}  // namespace tanhui::reconciliation

#endif  // TANHUI_SERVICES_RECONCILIATION_DAY_READER_H_
