#include "ledger/signing/note.h"

#include <gtest/gtest.h>

#include "ledger/signing/encoding.h"
#include "tests/ledger/signing/demo_keys.h"

namespace tanhui::signing {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";

class NoteTest : public ::testing::Test {
 protected:
  std::string Sign(std::string_view text, std::vector<const NamedSigner*> signers) {
    auto note = SignNote(text, signers);
    EXPECT_TRUE(note.ok()) << note.status();
    return note.ok() ? *note : std::string();
  }
  absl::StatusCode CodeOf(std::string_view note) { return OpenNote(note, keys_).status().code(); }
  std::string Line(const NamedSigner& signer, std::string_view text) {
    return FormatSignatureLine(
        {signer.name(), signer.key_id(), signer.signer().Sign(text).value()});
  }

  const NamedSigner log_ = DemoSigner();
  const NamedSigner witness_ = DemoSigner("witness.example/w1", 1);
  const NamedSigner stranger_ = DemoSigner("stranger.example", 2);
  const std::vector<NamedVerifier> keys_ = {VerifierOf(log_), VerifierOf(witness_)};
};

TEST_F(NoteTest, RoundTrip) {
  for (const std::string text : {"one line\n", "\n", "two\nlines\n", "an empty line\n\nin it\n",
                                 "ends in one\n\n", "\xE7\xA2\xB3\xE6\x83\xA0\n"}) {
    const std::string note = Sign(text, {&log_, &stranger_, &witness_});
    const auto opened = OpenNote(note, keys_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->text, text);
    ASSERT_EQ(opened->verified.size(), 2u);
    EXPECT_EQ(opened->verified[0].line.name, log_.name());
    EXPECT_EQ(opened->verified[0].line.key_id, log_.key_id());
    EXPECT_EQ(opened->verified[0].type, kEd25519Type);
    EXPECT_EQ(opened->verified[1].line.name, witness_.name());
    ASSERT_EQ(opened->unknown.size(), 1u);
    EXPECT_EQ(opened->unknown[0].name, stranger_.name());
    const std::string rebuilt = text + "\n" + FormatSignatureLine(opened->verified[0].line) +
                                FormatSignatureLine(opened->unknown[0]) +
                                FormatSignatureLine(opened->verified[1].line);
    EXPECT_EQ(rebuilt, note);
  }
}

// The example of C2SP signed-note (its key is not published, so nobody here knows it).
TEST_F(NoteTest, ReadsTheExampleOfTheSpecification) {
  const std::string note =
      "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n"
      "ed \xC3\xA8 subito sera.\n\n\xE2\x80\x94 quasimodo.example/salvatore "
      "NnugSzTjtVAewIS+Z/iJhUPe"
      "FDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
  EXPECT_EQ(CodeOf(note), absl::StatusCode::kNotFound);
}

TEST_F(NoteTest, MalformedShapesAreInvalid) {
  const std::string text = "text\n";
  const std::string line = Line(log_, text);
  const std::string good = text + "\n" + line;
  ASSERT_TRUE(OpenNote(good, keys_).ok());
  const std::string base64 = line.substr(line.rfind(' ') + 1);
  const std::string start = text + "\n" + std::string(kDash) + log_.name();
  const std::pair<const char*, std::string> rows[] = {
      {"empty", ""},
      {"text alone", text},
      {"no signature", text + "\n"},
      {"signature alone", line},
      {"empty line alone", "\n" + line},
      {"no empty line", text + line},
      {"empty line at the end", good + "\n"},
      {"no newline at the end", good.substr(0, good.size() - 1)},
      {"garbage after the signature", good + "x"},
      {"garbage line after the signature", good + "garbage\n"},
      {"carriage returns", "text\r\n\r\n" + line},
      {"tab in the text", "te\txt\n\n" + line},
      {"nul in the text", std::string("te\0xt\n\n", 7) + line},
      {"broken UTF-8 in the text", "te\xC3xt\n\n" + line},
      {"broken UTF-8 in a name", text + "\n" + std::string(kDash) + "a\xff " + base64},
      {"hyphen for a dash", text + "\n- " + log_.name() + " " + base64},
      {"no space after the dash", text + "\n\xE2\x80\x94" + log_.name() + " " + base64},
      {"two spaces after the dash",
       text + "\n" + std::string(kDash) + " " + log_.name() + " " + base64},
      {"no name", text + "\n" + std::string(kDash) + base64},
      {"plus in a name", text + "\n" + std::string(kDash) + "a+b " + base64},
      {"wide space in a name", text + "\n" + std::string(kDash) +
                                   "a\xE3\x80\x80"
                                   "b " +
                                   base64},
      {"two spaces before the signature", start + "  " + base64},
      {"space after the signature", start + " " + base64.substr(0, base64.size() - 1) + " \n"},
      {"no signature bytes", start + " " + EncodeBase64("1234") + "\n"},
      {"no key id", start + " " + EncodeBase64("123") + "\n"},
      {"empty signature", start + " \n"},
      {"no padding", start + " " + EncodeBase64("123456").substr(0, 8) + "=\n"},
      {"base64 of the URL alphabet", start + " ____\n"},
  };
  for (const auto& [what, note] : rows) {
    EXPECT_EQ(CodeOf(note), absl::StatusCode::kInvalidArgument) << what;
  }
}

TEST_F(NoteTest, NonCanonicalBase64IsRefused) {
  // 68 bytes end in one '=': the last digit before it has two bits that must be zero.
  std::string note = "text\n\n" + Line(log_, "text\n");
  const std::size_t digit = note.size() - 3;
  ASSERT_EQ(note.substr(digit + 1), "=\n");
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t value = kDigits.find(note[digit]);
  ASSERT_EQ(value % 4, 0u);
  for (std::size_t stray = 1; stray < 4; ++stray) {
    note[digit] = kDigits[value + stray];
    EXPECT_EQ(CodeOf(note), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(NoteTest, AKnownKeyThatFailsCondemnsTheNote) {
  const std::string text = "text\n";
  const std::string wrong = Line(witness_, "other text\n");
  EXPECT_EQ(CodeOf(text + "\n" + Line(log_, text) + wrong), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(text + "\n" + wrong + Line(log_, text)), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOf(text + "\n" + wrong), absl::StatusCode::kUnauthenticated);
  // Also when the same key has signed well one line before.
  EXPECT_EQ(CodeOf(text + "\n" + Line(witness_, text) + wrong), absl::StatusCode::kUnauthenticated);
}

TEST_F(NoteTest, UnknownKeysAreLeftAlone) {
  const std::string text = "text\n";
  const std::string signature = log_.signer().Sign(text).value();
  const std::string other_id = FormatSignatureLine({log_.name(), log_.key_id() + 1, signature});
  const std::string other_name = FormatSignatureLine({"other", log_.key_id(), signature});
  EXPECT_EQ(CodeOf(text + "\n" + other_id + other_name), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenNote(Sign(text, {&log_}), {}).status().code(), absl::StatusCode::kNotFound);
  const auto opened = OpenNote(text + "\n" + other_id + Line(log_, text) + other_name, keys_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->verified.size(), 1u);
  EXPECT_EQ(opened->unknown.size(), 2u);
}

TEST_F(NoteTest, AKeyCountsOnce) {
  const std::string text = "text\n";
  const auto opened = OpenNote(text + "\n" + Line(log_, text) + Line(log_, text), keys_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->verified.size(), 1u);
}

TEST_F(NoteTest, AnyBitOfTheNoteMatters) {
  const std::string text = "text of a note\n";
  const std::string note = Sign(text, {&log_});
  for (std::size_t bit = 0; bit < 8 * note.size(); ++bit) {
    std::string other = note;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(OpenNote(other, keys_).ok()) << "bit " << bit;
  }
}

TEST_F(NoteTest, NumberOfSignatures) {
  const std::string text = "text\n";
  std::string note = text + "\n" + Line(log_, text);
  for (std::size_t i = 1; i < kMaxNoteSignatures; ++i) {
    note += Line(stranger_, text);
  }
  EXPECT_TRUE(OpenNote(note, keys_).ok());
  EXPECT_EQ(CodeOf(note + Line(stranger_, text)), absl::StatusCode::kInvalidArgument);
}

TEST_F(NoteTest, LongTexts) {
  std::string text(kMaxNoteBytes - 200, 'x');
  text.back() = '\n';
  EXPECT_TRUE(OpenNote(Sign(text, {&log_}), keys_).ok());
  text.insert(0, 300, 'x');
  EXPECT_EQ(SignNote(text, std::vector<const NamedSigner*>{&log_}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(text + "\n" + Line(log_, text)), absl::StatusCode::kInvalidArgument);
}

TEST_F(NoteTest, TextsThatCannotBeSigned) {
  const std::vector<const NamedSigner*> signers = {&log_};
  for (const std::string text : {"", "no newline", "tab\t\n", "\xff\n", "\r\n"}) {
    EXPECT_EQ(SignNote(text, signers).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(SignNote("text\n", {}).status().code(), absl::StatusCode::kInvalidArgument);
}

class BrokenSigner final : public Signer {
 public:
  std::uint8_t type() const override { return kEd25519Type; }
  std::string public_key() const override { return std::string(32, 'p'); }
  absl::StatusOr<std::string> Sign(std::string_view) const override {
    return absl::UnavailableError("the token is not plugged in");
  }
};

TEST_F(NoteTest, ASignersErrorComesBack) {
  const NamedSigner broken = NamedSigner::Create("b", std::make_shared<BrokenSigner>()).value();
  EXPECT_EQ(SignNote("text\n", std::vector<const NamedSigner*>{&broken}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace tanhui::signing
