// SPDX-License-Identifier: Apache-2.0
// What a page does before the runtime is there: the queue stub, and GTM's.
window.omotenashi = window.omotenashi || { q: [] };
window.dataLayer = window.dataLayer || [];
window.gtag = function gtag() {
  window.dataLayer.push(arguments);
};
