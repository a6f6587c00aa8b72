// SPDX-License-Identifier: Apache-2.0
// How sources of consent are combined (docs/consent.md), and consent managers that misbehave.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';
import { grantedIn, ping, PURPOSES, section, setNavigator, tcData } from './lib/consent.mjs';

const { start } = await shell('consent/consent');

const CONFIRMED = 0;
const WAITING = 1;
const LAPSED = 2;

/** A policy over these sources; `calls` holds what it applied. */
function policy(settings, { site, decided = false, defaults = {} } = {}) {
  const calls = [];
  const failures = [];
  let lapse;
  const late = new Promise((resolve) => (lapse = resolve));
  const say = start({
    settings: { wait: [0, '2000'], ...settings },
    site,
    decided,
    defaults,
    late,
    apply: (state, source, version, standing, own) =>
      calls.push({ granted: grantedIn(state), state, source, version, standing, own: { ...own } }),
    fail: (message) => failures.push(message),
  });
  return { say, calls, failures, last: () => calls.at(-1), lapse: async () => (lapse(), await late, await null) };
}
const all = (word) => Object.fromEntries(PURPOSES.map((purpose) => [purpose, word]));
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  setNavigator({});
  globalThis.window = globalThis;
});
afterEach(() => {
  delete globalThis.window;
  delete globalThis.__tcfapi;
  delete globalThis.__gpp;
  mock.timers.reset();
});

test('while a source is waited for nothing is granted, and a refusal counts at once', () => {
  const { say, last } = policy({ site: [0], consent_mode: [0] });
  assert.deepEqual([last().standing, last().granted], [WAITING, []]);
  say('site', all('granted'), 'v1', true);
  assert.deepEqual([last().standing, last().granted], [WAITING, []]);
  say('site', { sharing: 'denied' }, 'v1', true);
  assert.equal(last().state.sharing, 'denied');
  say('consent_mode', all('granted'));
  assert.equal(last().standing, CONFIRMED);
  assert.deepEqual(last().granted, PURPOSES.slice(0, 5));
});

test('privacy 2: a consent manager that has not spoken in time leaves everything denied, and a late grant applies', async () => {
  const { say, last, lapse } = policy({ consent_mode: [0] });
  await lapse();
  say('site', { storage: 'denied' });
  assert.equal(last().standing, LAPSED);
  say('consent_mode', all('granted'));
  assert.deepEqual([last().standing, last().granted], [CONFIRMED, PURPOSES.slice(1)]);
});

test('Consent Mode that the playbook does not list counts for nothing', () => {
  const { say, calls } = policy({ site: [0] });
  const before = calls.length;
  say('consent_mode', all('granted'));
  assert.equal(calls.length, before);
  say('site', { storage: 'granted' }, '', true);
  assert.deepEqual(calls.at(-1).granted, ['storage']);
  say('consent_mode', all('denied'));
  assert.deepEqual(calls.at(-1).granted, ['storage']);
});

test('privacy 14: exempt measurement lasts until the first decision, whatever that says, and is no decision itself', () => {
  for (const [source, state] of [
    ['site', { measurement: 'granted' }],
    ['site', { functional: 'granted' }],
    ['site', { measurement: 'denied' }],
    ['tabs', all('denied')],
  ]) {
    const { say, calls } = policy({ exempt: [4], site: [0] });
    assert.deepEqual(
      [calls.length, calls[0].granted, calls[0].source, calls[0].standing],
      [1, ['measurement'], '', CONFIRMED],
    );
    say(source, state, 'v1', true);
    // All that was known is let go first; then the decision counts, and nothing else.
    assert.deepEqual([calls[1].granted, calls[1].source], [[], '']);
    assert.equal(calls[2].granted.includes('measurement'), state.measurement == 'granted' && source == 'site');
    const before = calls.length;
    say('site', { functional: 'denied' }, 'v1', true);
    assert.equal(calls.length, before + 1);
    assert.ok(!calls.at(-1).granted.includes('functional'));
  }
});

test('privacy 14: a signal of the browser, or the site, can deny exempt measurement', async () => {
  const site = policy({ exempt: [4], site: [0] }, { defaults: { measurement: 'denied' } });
  assert.deepEqual(site.last().granted, []);
  for (const doNotTrack of ['1', null]) {
    setNavigator({ doNotTrack });
    const browser = policy({ exempt: [4], site: [0], dnt: [60] });
    assert.deepEqual(browser.last().granted, []);
    while (browser.last().standing != CONFIRMED) await settle();
    assert.deepEqual(browser.last().granted, doNotTrack ? [] : ['measurement']);
  }
});

test('privacy 14: where a decision was recorded, nothing is exempt', () => {
  assert.deepEqual(policy({ exempt: [4], site: [0] }, { decided: true }).last().granted, []);
});

test('sources that conflict deny: what any denies is denied, what none grants is denied', () => {
  const word = fc.constantFrom('granted', 'denied', undefined);
  const state = fc.record(Object.fromEntries(PURPOSES.map((purpose) => [purpose, word])));
  fc.assert(
    fc.property(state, state, (site, mode) => {
      const { say, last } = policy({ site: [0], consent_mode: [0] });
      say('site', site, '', true);
      say('consent_mode', mode);
      for (const purpose of PURPOSES) {
        const words = [site[purpose], mode[purpose]];
        const expected = !words.includes('denied') && words.includes('granted') ? 'granted' : 'denied';
        assert.equal(last().state[purpose], expected);
      }
    }),
  );
});

test('where the playbook does not list the site, its calls deny and do not grant', () => {
  const { say, last } = policy({ consent_mode: [0] }, { site: all('granted') });
  say('consent_mode', { measurement: 'granted' });
  assert.deepEqual(last().granted, ['measurement']);
  say('site', { measurement: 'denied', storage: 'granted' }, '', true);
  assert.deepEqual(last().granted, []);
});

test('what the site said on an earlier page still counts, and only words of purposes are kept', () => {
  const { say, last } = policy({ site: [0], consent_mode: [0] }, { site: { measurement: 'denied', email: 'a@b.c' } });
  say('consent_mode', all('granted'));
  assert.ok(!last().granted.includes('measurement'));
  say('site', { personalization: 'granted', name: 'Hanako', marketing: 'yes' }, '', true);
  assert.deepEqual(last().own, { measurement: 'denied', personalization: 'granted' });
});

test("the site's defaults count where nobody says anything, and only once all have spoken", () => {
  const { say, last } = policy({ consent_mode: [0] }, { defaults: { functional: 'granted', marketing: 'granted' } });
  assert.deepEqual(last().granted, []);
  say('consent_mode', { storage: 'granted', marketing: 'denied' });
  assert.deepEqual(last().granted, ['storage', 'functional']);
});

test("another tab's refusal holds until this tab's visitor decides again", () => {
  const { say, last } = policy({ site: [0], consent_mode: [0] });
  say('consent_mode', all('granted'));
  say('tabs', all('denied'));
  assert.deepEqual(last().granted, []);
  assert.equal(last().source, '', 'what another tab has recorded is not recorded again');
  say('consent_mode', all('granted'));
  assert.deepEqual(last().granted, [], 'grants are a second apart');
  say('tabs', all('granted'));
  say('tabs', { measurement: 'denied' });
  assert.ok(!last().granted.includes('measurement'));
});

test("another tab's grant grants nothing here, and its refusal outlives a manager that only says again what it said", async () => {
  let listener;
  globalThis.__tcfapi = (command, version, callback) => (listener = callback);
  // Grants are never too soon here.
  let now = 0;
  mock.method(performance, 'now', () => (now += 2000));
  const { say, last } = policy({ tcf: [0, '0'] });
  await settle();
  listener(tcData([1]), true);
  say('tabs', all('granted'));
  assert.deepEqual(last().granted, ['storage']);
  say('tabs', all('denied'));
  listener(tcData([1]), true);
  assert.deepEqual(last().granted, []);
  listener(tcData([1], { eventStatus: 'useractioncomplete' }), true);
  assert.deepEqual(last().granted, ['storage']);
  mock.restoreAll();
});

test('consent that flaps ten times a second: granted at most once a second, denied at once, and the last word wins', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  mock.method(performance, 'now', () => now);
  const { say, calls, last } = policy({ consent_mode: [0] });
  for (let i = 0; i < 100; i += 1) {
    say('consent_mode', all(i % 2 ? 'denied' : 'granted'));
    if (i % 2) assert.deepEqual(last().granted, [], 'a refusal counts at once');
    now += 100;
    mock.timers.tick(100);
  }
  say('consent_mode', all('granted'));
  now += 1000;
  mock.timers.tick(1000);
  assert.deepEqual(last().granted, PURPOSES);
  const grants = calls.filter(({ granted }, i) => granted.length && !calls[i - 1]?.granted.length);
  assert.ok(grants.length >= 5 && grants.length <= 12, `${grants.length} grants in 11 s`);
  mock.restoreAll();
});

test('a consent manager that throws counts as a refusal, says so once, and may speak later', async () => {
  let listener;
  globalThis.__tcfapi = (command, version, callback) => {
    assert.deepEqual([command, version], ['addEventListener', 2]);
    listener = callback;
    throw new Error('broken');
  };
  const { last, failures } = policy({ tcf: [0, '0'] });
  await settle();
  assert.deepEqual([last().standing, failures], [LAPSED, ['tcf: broken']]);
  listener(tcData([1]), true);
  assert.deepEqual([last().standing, last().granted, last().source], [CONFIRMED, ['storage'], 'tcf']);
  listener(tcData([1]), false);
  assert.deepEqual([last().standing, last().granted], [LAPSED, []]);
});

test('a consent manager that comes late is found, and one that calls back twice changes nothing', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { calls, last } = policy({ tcf: [0, '0'] });
  await settle();
  mock.timers.tick(5000);
  globalThis.__tcfapi = (command, version, callback) => {
    callback(tcData([1]), true);
    callback(tcData([1]), true);
  };
  mock.timers.tick(2000);
  assert.deepEqual([last().standing, last().granted], [CONFIRMED, ['storage']]);
  const [before, after] = calls.slice(-2);
  assert.deepEqual(before, after);
});

test('two consent managers are both waited for', async () => {
  globalThis.__tcfapi = (command, version, callback) => callback(tcData([], { gdprApplies: false }), true);
  globalThis.__gpp = (command, callback) => (globalThis.gpp = callback);
  const { last } = policy({ site: [0], tcf: [0, '0'], gpp: [0] }, { site: all('granted') });
  await settle();
  assert.deepEqual([last().standing, last().granted], [WAITING, []]);
  globalThis.gpp({ pingData: ping({ usnat: section({ SaleOptOut: 1 }) }) }, true);
  assert.deepEqual([last().standing, last().granted], [CONFIRMED, PURPOSES.slice(0, 5)]);
});
