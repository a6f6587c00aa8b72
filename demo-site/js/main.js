// SPDX-License-Identifier: Apache-2.0
// What every page does.

import { readCart } from './cart.js';
import { startConsent } from './consent.js';
import { day, earliestDelivery } from './locale.js';
import { signedIn } from './login.js';
import { byId } from './show.js';
import { startWeather } from './weather.js';

function showCount() {
  const { count } = readCart();
  for (const badge of document.querySelectorAll('[data-cart-count]')) {
    badge.textContent = count;
    badge.hidden = count === 0;
  }
}

signedIn();
showCount();
document.addEventListener('hanaichi:cart', showCount);
addEventListener('storage', (event) => event.key === 'hanaichi.cart' && showCount());
addEventListener('pageshow', (event) => event.persisted && showCount());

for (const place of document.querySelectorAll('[data-earliest]')) place.textContent = day(earliestDelivery());

const signal = byId('gpc');
if (signal && navigator.globalPrivacyControl) signal.textContent = signal.dataset.on;

startWeather();
startConsent();
