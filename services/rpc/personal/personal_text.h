// Tells phone and identity numbers in texts that must not hold them, such as references.
#ifndef TANHUI_SERVICES_RPC_PERSONAL_PERSONAL_TEXT_H_
#define TANHUI_SERVICES_RPC_PERSONAL_PERSONAL_TEXT_H_

#include <string_view>

namespace tanhui {

// Whether the text holds, after NFKC, digits bounded by neither letter nor digit, spaces and dashes
// between them not counted, that are a mobile number (1, then 3 to 9, then nine digits; also with
// 86 or +86 before it) or an identity number (17 digits with a date of birth in them, then the
// digit or X that GB 11643 computes). Chinese characters bound a number as marks do: they stand
// before it without a space. Not for request ids and UUIDs. Any thread.
bool HoldsPersonalNumber(std::string_view text);

}  // namespace tanhui

#endif  // TANHUI_SERVICES_RPC_PERSONAL_PERSONAL_TEXT_H_
