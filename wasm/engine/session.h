// SPDX-License-Identifier: Apache-2.0
// Sessions: one over all tabs of the visitor. The first begins with a page view, each further one with the first page
// view or event after idleness, after the cap, and by the playbook's rules after midnight or with a new campaign. The
// tab in which it begins makes a session_start; a journal replays it, in the order of time, where one is due then too.
#pragma once
#include "engine/state.h"

namespace omo {

/// A session is a measurement: without that purpose, and what else the playbook says of session_start, there is none.
/// What needs more than that begins none and is no activity, so that it leaves no trace when it is withdrawn.
inline constexpr std::uint8_t kSessionLabel = purpose::kMeasurement;

/// Is a session due now for a page view with these campaign tags (a hash; 0 = none)?
[[nodiscard]] bool is_session_due(const State& state, double campaign);

/// May a page view begin one while none has ended? The first one, or one of other campaign tags, which begin_session()
/// compares: false spares the attempt.
[[nodiscard]] bool may_view_begin_session(const State& state);
/// Begins a session with the session_start at hand. False where none is due.
[[nodiscard]] bool begin_session(State& state);
/// The visitor is active now. Activity counts at the resolution of a thirtieth of the idle time (of 30 minutes, one
/// minute), so that all tabs can know of it: answers whether this one counts.
[[nodiscard]] bool note_activity(State& state);

}  // namespace omo
