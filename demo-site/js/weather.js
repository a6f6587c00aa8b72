// SPDX-License-Identifier: Apache-2.0
// The weather at the visitor's door, as the visitor chose it: context of the page, kept until the tab closes.

import { context } from './shop.js';

const key = 'hanaichi.weather';

function remembered() {
  try {
    return sessionStorage.getItem(key) ?? 'sunny';
  } catch {
    return 'sunny'; // no storage, no memory of it: fair weather is what the form shows
  }
}

export function startWeather() {
  const radios = [...document.querySelectorAll('#weather input')];
  const now = remembered();
  for (const radio of radios) {
    radio.checked = radio.value === now;
    radio.addEventListener('change', () => {
      try {
        sessionStorage.setItem(key, radio.value);
      } catch (error) {
        console.warn('Hanaichi could not store the weather', error);
      }
      context({ weather: radio.value });
    });
  }
  context({ weather: now });
}
