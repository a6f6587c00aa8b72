// SPDX-License-Identifier: Apache-2.0
// Global Privacy Control (https://www.w3.org/TR/gpc/), as it was when the page was loaded. No chunk of its own: it must be
// known before anything else is.
import { PurposeBit } from '../vocabulary';

/**
 * Purposes that it denies, whatever was granted (CCPA regulations, section 7025(c)(1)); 0 where the visitor does not send it.
 * @param also what the site denies besides
 */
export const gpcDenies = (also = 0): number =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
    ? PurposeBit.Marketing | PurposeBit.Sharing | also
    : 0;
