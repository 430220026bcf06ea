#include "ledger/signing/document_note.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "ledger/merkle/hash.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::signing {
namespace {

namespace pb = entry::v1;

pb::Publication DemoPublication() {
  pb::Publication publication;
  publication.set_kind(pb::DOCUMENT_KIND_RULE_SET);
  publication.set_code("demo");
  publication.set_version(1);
  publication.set_first_date(20'819);  // 2027-01-01
  publication.set_sha256(std::string(merkle::Sha256({"abc"}).view()));
  return publication;
}

const std::string kKey = FormatVerifierKey(DemoSigner());

std::string Signed(const DocumentTitle& title) {
  return SignDocumentNote(title, DemoSigner()).value();
}
absl::StatusCode CodeOf(std::string_view note, const DocumentTitle& title) {
  return VerifyDocumentNote(note, kKey, title).code();
}

// The worked example of FORMAT.md, whose lines are indented by four.
TEST(DocumentNote, IsThatOfThePage) {
  const DocumentTitle title = TitleOf(DemoPublication()).value();
  EXPECT_EQ(title.first_date, "2027-01-01");
  EXPECT_EQ(DocumentNoteText(title),
            "tanhui document v1\nrule_set\ndemo\n1\n2027-01-01\n"
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\n");
  const char* source = std::getenv("TANHUI_SOURCE_DIR");
  const std::string here = __FILE__;
  const std::string root =
      source != nullptr ? source : here.substr(0, here.find("/tests/ledger/signing/"));
  std::ifstream file(root + "/ledger/signing/FORMAT.md");
  std::stringstream page;
  for (std::string line; std::getline(file, line);) {
    page << (line.starts_with("    ") ? line.substr(4) : line) << '\n';
  }
  EXPECT_NE(page.str().find(Signed(title)), std::string::npos) << Signed(title);
}

TEST(DocumentNote, HoldsForThisTitleAlone) {
  const DocumentTitle title = TitleOf(DemoPublication()).value();
  const std::string note = Signed(title);
  EXPECT_TRUE(VerifyDocumentNote(note, kKey, title).ok());
  const auto other = [&](auto change) {
    DocumentTitle changed = title;
    change(changed);
    return CodeOf(note, changed);
  };
  const auto kOther = absl::StatusCode::kUnauthenticated;
  EXPECT_EQ(other([](DocumentTitle& changed) { changed.kind = "catalogue"; }), kOther);
  EXPECT_EQ(other([](DocumentTitle& changed) { changed.code = "demo2"; }), kOther);
  EXPECT_EQ(other([](DocumentTitle& changed) { changed.version = 2; }), kOther);
  EXPECT_EQ(other([](DocumentTitle& changed) { changed.first_date = "2027-01-02"; }), kOther);
  EXPECT_EQ(other([](DocumentTitle& changed) { changed.sha256.bytes[0] ^= 1; }), kOther);
}

TEST(DocumentNote, HoldsForThisKeyAlone) {
  const DocumentTitle title = TitleOf(DemoPublication()).value();
  const NamedSigner other = DemoSigner("other.example/key", 1);
  EXPECT_TRUE(absl::IsNotFound(VerifyDocumentNote(Signed(title), FormatVerifierKey(other), title)));
  EXPECT_TRUE(absl::IsInvalidArgument(VerifyDocumentNote(Signed(title), "", title)));
  std::string changed = Signed(title);
  changed[changed.size() - 10] ^= 1;
  EXPECT_FALSE(VerifyDocumentNote(changed, kKey, title).ok());
  EXPECT_EQ(CodeOf("no note", title), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("", title), absl::StatusCode::kInvalidArgument);
}

// One text must not be the note of two titles.
TEST(DocumentNote, ALineIsOneLine) {
  DocumentTitle title = TitleOf(DemoPublication()).value();
  for (const char* code : {"", "demo\n1", "\n"}) {
    title.code = code;
    EXPECT_TRUE(absl::IsInvalidArgument(SignDocumentNote(title, DemoSigner()).status()));
    EXPECT_EQ(CodeOf("note", title), absl::StatusCode::kInvalidArgument);
  }
}

TEST(DocumentNote, PublicationsThatHaveNoTitle) {
  const auto refused = [](auto change) {
    pb::Publication publication = DemoPublication();
    change(publication);
    return absl::IsInvalidArgument(TitleOf(publication).status());
  };
  EXPECT_TRUE(refused([](pb::Publication& publication) { publication.clear_kind(); }));
  EXPECT_TRUE(refused([](pb::Publication& publication) { publication.set_sha256("short"); }));
  EXPECT_TRUE(refused([](pb::Publication& publication) { publication.set_first_date(1 << 30); }));
  EXPECT_TRUE(refused([](pb::Publication& publication) { publication.set_first_date(-1 << 30); }));
}

TEST(DocumentNote, EveryKindHasAWord) {
  for (int kind = 1; pb::DocumentKind_IsValid(kind); ++kind) {
    EXPECT_FALSE(DocumentKindWord(static_cast<pb::DocumentKind>(kind)).empty()) << kind;
  }
  EXPECT_EQ(DocumentKindWord(pb::DOCUMENT_KIND_UNSPECIFIED), "");
}

}  // namespace
}  // namespace tanhui::signing
