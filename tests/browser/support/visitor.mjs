// SPDX-License-Identifier: Apache-2.0
// Playwright's test with a browser that does not say it is driven: what a program drives is marked as a bot, and the
// stats leave bots out. Chromium is told by its launch flags (playwright.config.mjs), Firefox before any script runs.
import { test as base } from '@playwright/test';

export const test = base.extend({
  context: async ({ context, browserName }, use) => {
    if (browserName === 'firefox')
      await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false }));
    // script/mutate: the mutant that this run looks at.
    const mutant = process.env.OMO_MUTANT;
    if (mutant) await context.addInitScript((number) => (window.omoMutant = number), Number(mutant));
    await use(context);
  },
});
export { expect } from '@playwright/test';
