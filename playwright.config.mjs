// SPDX-License-Identifier: Apache-2.0
// Two real engines: Debian's Chromium, and Debian's Firefox ESR over WebDriver BiDi (which takes no emulated media).
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests/browser',
  testMatch: '*.spec.mjs',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  workers: 3,
  // Real browsers on two busy processors: what fails is tried once more, in a new browser, and told as flaky.
  retries: 1,
  fullyParallel: false,
  reporter: [['list']],
  outputDir: 'test-results',
  use: { locale: 'ja-JP', timezoneId: 'Asia/Tokyo', screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          executablePath: '/usr/bin/chromium',
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            // As a visitor's browser: what says that it is driven, or headless, is marked as a bot. The user agent is set at
            // launch, since one that is set on a context is taken back while a page unloads.
            '--disable-blink-features=AutomationControlled',
            '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
          ],
        },
      },
    },
    {
      name: 'firefox',
      // It starts a headed Chromium of its own.
      testIgnore: 'headed.spec.mjs',
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        timezoneId: undefined,
        colorScheme: null,
        reducedMotion: null,
        forcedColors: null,
        contrast: null,
        launchOptions: { executablePath: '/usr/bin/firefox-esr' },
      },
    },
  ],
});
