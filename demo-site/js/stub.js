// SPDX-License-Identifier: Apache-2.0
// The queue that takes calls before the runtime has loaded.
window.omotenashi = window.omotenashi || { q: [] };
