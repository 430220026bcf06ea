#include "services/rpc/acts/evidence_text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <utility>

#include "ledger/core/check.h"
#include "ledger/core/octets/big_endian.h"

namespace tanhui::rpc {
namespace {

constexpr std::string_view kDomain = "tanhui-evidence/2\n";

const icu::Normalizer2& CaseFold() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  Check(U_SUCCESS(error) != 0 && normalizer != nullptr, "ICU offers NFKC_Casefold");
  return *normalizer;
}

// People put these in and leave them out as they like.
bool IsFiller(UChar32 c) {
  constexpr UChar32 kMinusSign = 0x2212;
  const int type = u_charType(c);
  return c == '_' || c == kMinusSign || u_isUWhiteSpace(c) != 0 || type == U_DASH_PUNCTUATION ||
         type == U_FORMAT_CHAR;
}

icu::UnicodeString WithoutFillers(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    if (const UChar32 c = text.char32At(at); !IsFiller(c)) {
      kept.append(c);
    }
  }
  return kept;
}

std::string_view KindWord(entry::v1::EvidenceKind kind) {
  switch (kind) {
    case entry::v1::EVIDENCE_KIND_RECORD:
      return "record";
    case entry::v1::EVIDENCE_KIND_SERIAL:
      return "serial";
    case entry::v1::EVIDENCE_KIND_MOMENT:
      return "moment";
    default:
      Check(false, "evidence of no kind");
      return {};
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendField(std::string_view text, std::string& out) {
  PutBigEndian(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

}  // namespace

std::string CanonicalText(std::string_view text) {
  icu::UnicodeString now = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  // What was apart may compose once fillers are gone, and folding may bring fillers.
  constexpr int kMostRounds = 8;
  for (int round = 0; round < kMostRounds; ++round) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::UnicodeString folded = CaseFold().normalize(WithoutFillers(now), error);
    Check(U_SUCCESS(error) != 0, "ICU normalises a text");
    icu::UnicodeString next = WithoutFillers(folded);
    const bool settled = next == now;
    now = std::move(next);
    if (settled) {
      break;
    }
  }
  std::string out;
  now.toUTF8String(out);
  if (!out.empty() && std::all_of(out.begin(), out.end(), IsDigit)) {
    // The last digit stays: a zero is a number, too.
    out.erase(0, std::min(out.find_first_not_of('0'), out.size() - 1));
  }
  return out;
}

std::string CanonicalEvidence(const EvidenceText& evidence) {
  std::string kind(KindWord(evidence.kind));
  if (evidence.second_party) {
    kind += " 2";
  }
  std::string out(kDomain);
  AppendField(kind, out);
  AppendField(evidence.registered ? std::string(evidence.source) : CanonicalText(evidence.source),
              out);
  AppendField(CanonicalText(evidence.subject), out);
  const bool moment = evidence.kind == entry::v1::EVIDENCE_KIND_MOMENT;
  AppendField(moment ? std::to_string(evidence.seconds) : std::string(), out);
  return out;
}

}  // namespace tanhui::rpc
