// SPDX-License-Identifier: Apache-2.0
// Do Not Track (W3C Tracking Preference Expression), which a site may take as a refusal; that it is off is no consent.
import type { Watch } from './adapter';

export const watch: Watch = ({ purposes, say }) =>
  say(navigator.doNotTrack === '1' ? Object.fromEntries(purposes.map((purpose) => [purpose, 'denied'])) : {});
