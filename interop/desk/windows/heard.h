// A message about a window that is worked off.
#ifndef TANHUI_INTEROP_DESK_WINDOWS_HEARD_H_
#define TANHUI_INTEROP_DESK_WINDOWS_HEARD_H_

#include "interop/desk/windows/window_clerk.h"

namespace tanhui::desk {

// The clerk's thread alone; refers to what outlives it.
struct WindowClerk::Heard {
  WindowName name;
  City& city;
  const interop::OpenedMessage& opened;
  const peer::v1::SignedMessage& sealed;

  const peer::v1::PeerMessage& message() const { return opened.message; }
};

}  // namespace tanhui::desk

#endif  // TANHUI_INTEROP_DESK_WINDOWS_HEARD_H_
