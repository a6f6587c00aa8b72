// SPDX-License-Identifier: Apache-2.0
// Who is signed in at this browser. A login runs out some days after it was last used, and goes with all that it brought: the
// next person at this browser is somebody else.

import { forget, keep, recall } from './keep.js';
import { identify } from './shop.js';

const loginMs = 30 * 86_400_000;

export function signIn(account) {
  keep('account', account);
  keep('login', Date.now() + loginMs);
}

export function signOut() {
  for (const name of ['account', 'orders', 'login']) forget(name);
  identify(null);
}

/** The account that is signed in, or null. */
export function signedIn() {
  const account = recall('account', null);
  if (account && Date.now() >= recall('login', 0)) signOut();
  else if (account) signIn(account);
  return recall('account', null);
}
