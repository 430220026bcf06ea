#include "services/rpc/acts/evidence_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "ledger/core/check.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kDomain = "tanhui-evidence/1\n";

const icu::Normalizer2& CaseFold() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  Check(U_SUCCESS(error) != 0 && normalizer != nullptr, "ICU offers NFKC_Casefold");
  return *normalizer;
}

// People put these in and leave them out as they like.
bool IsFiller(UChar32 c) {
  return c == '_' || u_isUWhiteSpace(c) != 0 || u_charType(c) == U_DASH_PUNCTUATION;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendField(std::string_view text, std::string& out) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(size >> shift));
  }
  out.append(text);
}

}  // namespace

std::string CanonicalText(std::string_view text) {
  const icu::UnicodeString given = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString folded = CaseFold().normalize(given, error);
  Check(U_SUCCESS(error) != 0, "ICU normalises a text");
  icu::UnicodeString kept;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    if (const UChar32 c = folded.char32At(at); !IsFiller(c)) {
      kept.append(c);
    }
  }
  std::string out;
  kept.toUTF8String(out);
  if (!out.empty() && std::all_of(out.begin(), out.end(), IsDigit)) {
    // The last digit stays: a zero is a number, too.
    out.erase(0, std::min(out.find_first_not_of('0'), out.size() - 1));
  }
  return out;
}

std::string CanonicalEvidence(const EvidenceText& evidence) {
  std::string kind = evidence.serial ? "serial" : "record";
  if (evidence.second_party) {
    kind += " 2";
  }
  std::string out(kDomain);
  AppendField(kind, out);
  AppendField(CanonicalText(evidence.source), out);
  AppendField(CanonicalText(evidence.subject), out);
  AppendField(CanonicalText(evidence.device), out);
  AppendField(evidence.seconds.has_value() ? std::to_string(*evidence.seconds) : std::string(),
              out);
  return out;
}

}  // namespace tanhui::rpc
