// SPDX-License-Identifier: Apache-2.0
// A TCF consent manager that says what a test wants, when the test wants it: for what no real one does on demand. The real
// ones are in tests/browser/consent/pages and cmp.

/** What TC data of an acceptance grant. */
export const accepted = ['storage', 'measurement', 'personalization', 'marketing'];

/**
 * On every page from now on, window.say('accept' | 'reject', event) answers every listener with TC data. What willSay() has
 * put aside is said as soon as somebody listens.
 * @param target a page, or a context
 */
export const installManager = (target) =>
  target.addInitScript(() => {
    const listeners = [];
    const dataOf = (word, eventStatus) => ({
      tcString: 'CQuFeUAQuFeUAAfABAENBkFgAKEAAAAAAAAAADgIAAAAAAAA.IAEgKAAA.cAAAAAAAASAA',
      gdprApplies: true,
      eventStatus,
      listenerId: 1,
      purpose: {
        consents: word === 'accept' ? { 1: true, 3: true, 4: true, 5: true, 6: true, 8: true } : {},
      },
    });
    window.say = (word, eventStatus = 'useractioncomplete') =>
      listeners.forEach((listener) => listener(dataOf(word, eventStatus), true));
    window.listeners = listeners;
    window.__tcfapi = (command, version, callback) => {
      listeners.push(callback);
      let word;
      try {
        word = sessionStorage.getItem('cmp');
      } catch {
        return; // about:blank has no storage
      }
      if (word) callback(dataOf(word, 'tcloaded'), true);
    };
  });

/** What the manager says of itself from the next page on; null = nothing. */
export const willSay = (page, word) =>
  page.evaluate((said) => (said ? sessionStorage.setItem('cmp', said) : sessionStorage.removeItem('cmp')), word);

export const listened = (page) => page.waitForFunction(() => window.listeners.length > 0);

/** Says it once somebody listens. */
export const say = async (page, word, eventStatus) => {
  await listened(page);
  await page.evaluate(([said, status]) => window.say(said, status), [word, eventStatus]);
};
