// SPDX-License-Identifier: Apache-2.0
// Every cell of the table in docs/consent.md: what each framework's answers mean, and how sources are combined.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';

const { tcfState, watch: watchTcf } = await shell('consent/tcf');
const { gppState, watch: watchGpp } = await shell('consent/gpp');
const { watch: watchDnt } = await shell('consent/dnt');
const { start } = await shell('consent/consent');
const { gpcDenies } = await shell('consent/gpc');

const PURPOSES = ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'];
const CONFIRMED = 0;
const WAITING = 1;
const LAPSED = 2;
const CORE = 'CQSbk4AQSbk4AnWAAAENAwCgAAAAAAAAAAYgACPAAAAA';
const TC_STRING = `${CORE}.IAAA.YAAAAAAAAAA`;

const consents = (...numbers) => Object.fromEntries(numbers.map((number) => [number, true]));
const tcData = (purposes, rest = {}) => ({
  tcString: TC_STRING,
  gdprApplies: true,
  eventStatus: 'tcloaded',
  purpose: { consents: consents(...purposes) },
  ...rest,
});
const grantedIn = (state) => PURPOSES.filter((purpose) => state[purpose] === 'granted');

/** What an adapter's watch() does with the calls of an API: what it said, refused and warned of. */
function adapter(watch, name, numbers = []) {
  const heard = { said: [], refused: [], warned: [] };
  let call;
  const guard =
    (action) =>
    (...values) => {
      try {
        action(...values);
      } catch (error) {
        heard.refused.push(error.message);
      }
    };
  watch({
    numbers,
    purposes: [],
    find: (wanted, found) => {
      assert.equal(wanted, name);
      found((...values) => (call = values.find((value) => typeof value === 'function')));
    },
    guard,
    say: (state, isAction) => heard.said.push([state, !!isAction]),
    refuse: (reason) => heard.refused.push(reason),
    warn: (message) => heard.warned.push(message),
  });
  return { heard, call: (...values) => call(...values) };
}

test('privacy, the purpose model: each purpose needs its TCF purposes, all of them', () => {
  const needs = { storage: [1], measurement: [1, 8], personalization: [1, 5, 6], marketing: [1, 3, 4] };
  for (const [purpose, numbers] of Object.entries(needs)) {
    assert.equal(tcfState(tcData(numbers), '0', [])[purpose], 'granted', purpose);
    for (const missing of numbers) {
      const others = Array.from({ length: 24 }, (_, i) => i + 1).filter((number) => number !== missing);
      assert.equal(tcfState(tcData(others), '0', [])[purpose], 'denied', `${purpose} without ${missing}`);
    }
  }
});

test('privacy, the purpose model: functional is a custom purpose of the site, or nothing is said of it', () => {
  const data = tcData([1], { publisher: { customPurpose: { consents: consents(2) } } });
  assert.equal(tcfState(data, '2', []).functional, 'granted');
  assert.equal(tcfState(data, '1', []).functional, 'denied');
  assert.ok(!('functional' in tcfState(data, '0', [])));
});

test('privacy, the purpose model: sharing needs each vendor that the playbook names', () => {
  const data = tcData([1], { vendor: { consents: consents(7, 9) } });
  assert.equal(tcfState(data, '0', ['7', '9']).sharing, 'granted');
  assert.equal(tcfState(data, '0', ['7', '8']).sharing, 'denied');
  assert.equal(tcfState(data, '0', []).sharing, 'denied');
  assert.equal(tcfState({ ...data, purpose: { consents: {} } }, '0', ['7']).sharing, 'denied');
});

test('privacy 4: whatever gdprApplies and purpose are, there is no exception and no accidental grant', () => {
  const purposes = [undefined, null, false, true, {}, { consents: undefined }, { consents: false }, { consents: {} }];
  const vectors = [consents(), { 1: 1 }, { 1: 'true' }, '111111', [true], { 1: false }];
  for (const gdprApplies of [true, false, undefined, null, 0, 'false'])
    for (const purpose of [...purposes, ...vectors.map((vector) => ({ consents: vector }))])
      for (const rest of [{}, { vendor: purpose, publisher: { customPurpose: purpose } }]) {
        const state = tcfState({ ...tcData([]), gdprApplies, purpose, ...rest }, '1', ['1']);
        assert.deepEqual(grantedIn(state), [], JSON.stringify({ gdprApplies, purpose }));
      }
  assert.deepEqual(
    tcfState(tcData([1, 8], { gdprApplies: false }), '0', []),
    {},
    'nothing is said where it does not apply',
  );
  assert.equal(tcfState(tcData([1], { gdprApplies: undefined }), '0', []).storage, 'granted');
});

test('no TC data whatever grant a purpose without its TCF purposes, or throw', () => {
  const word = fc.oneof(fc.boolean(), fc.constantFrom(1, 'true', null, undefined));
  const vector = fc.dictionary(fc.integer({ min: 1, max: 11 }).map(String), word, { maxKeys: 11 });
  const data = fc.record(
    {
      gdprApplies: fc.constantFrom(true, undefined),
      purpose: fc.oneof(fc.record({ consents: vector }), fc.anything()),
      vendor: fc.oneof(fc.record({ consents: vector }), fc.anything()),
      publisher: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(data, (values) => {
      const state = tcfState(values, '1', ['2']);
      const has = (...numbers) => numbers.every((number) => values.purpose?.consents?.[number] === true);
      if (state.storage === 'granted') assert.ok(has(1));
      if (state.measurement === 'granted') assert.ok(has(1, 8));
      if (state.personalization === 'granted') assert.ok(has(1, 5, 6));
      if (state.marketing === 'granted') assert.ok(has(1, 3, 4));
      if (state.sharing === 'granted') assert.ok(has(1) && values.vendor.consents[2] === true);
    }),
  );
});

test('privacy 3: cmpuishown never grants, nor does any event status but tcloaded and useractioncomplete', () => {
  const { heard, call } = adapter(watchTcf, '__tcfapi', ['0']);
  for (const eventStatus of ['cmpuishown', undefined, null, 'TCLOADED', '', 1])
    call(tcData([1, 8], { eventStatus }), true);
  assert.deepEqual(heard.said, []);
  call(tcData([1], { eventStatus: 'tcloaded' }), true);
  call(tcData([1], { eventStatus: 'useractioncomplete' }), true);
  assert.deepEqual(
    heard.said.map(([state, isAction]) => [state.storage, isAction]),
    [
      ['granted', false],
      ['granted', true],
    ],
  );
  assert.deepEqual(heard.refused, []);
});

test('privacy 5: a TC string without the disclosed vendors is flagged, and still counts', () => {
  const { heard, call } = adapter(watchTcf, '__tcfapi', ['0']);
  call(tcData([1], { tcString: `${CORE}.YAAAAAAAAAA` }), true);
  assert.equal(heard.warned.length, 1);
  assert.match(heard.warned[0], /disclosed vendors/);
  assert.equal(heard.said.length, 1);
  for (const first of 'IJKLMNOP') call(tcData([1], { tcString: `${CORE}.${first}AAA` }), true);
  assert.equal(heard.warned.length, 1, 'every first character of a segment of type 1 is one');
});

test('bad input: a malformed TC string, no data, or no success is a refusal with one reason', () => {
  for (const values of [
    [tcData([1], { tcString: 'granted' }), true],
    [tcData([1], { tcString: `${CORE}..` }), true],
    [tcData([1], { tcString: 'BO' + CORE }), true],
    [tcData([1], { tcString: { toString: () => 'x' } }), true],
    [null, true],
    [undefined, true],
    [tcData([1]), false],
    [tcData([1])],
  ]) {
    const { heard, call } = adapter(watchTcf, '__tcfapi', ['0']);
    call(...values);
    assert.deepEqual([heard.said, heard.refused.length], [[], 1]);
  }
});

const section = (fields) => ({ SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2, Gpc: false, ...fields });
const ping = (parsedSections, rest = {}) => ({
  signalStatus: 'ready',
  gppString: 'DBABrw~CAAgAAAAAABA.YA',
  applicableSections: [7],
  parsedSections,
  ...rest,
});

test('privacy, the purpose model: GPP grants marketing and sharing where 2, did not opt out, is said; 0 is unknown', () => {
  assert.deepEqual(gppState(ping({ usnat: section() })), { marketing: 'granted', sharing: 'granted' });
  for (const value of [0, 1, '2', 3, null, true]) {
    const state = (field) => gppState(ping({ usnat: section({ [field]: value }) }));
    assert.deepEqual(state('TargetedAdvertisingOptOut'), { marketing: 'denied', sharing: 'granted' });
    assert.deepEqual(state('SaleOptOut'), { marketing: 'granted', sharing: 'denied' });
    assert.deepEqual(state('SharingOptOut'), { marketing: 'granted', sharing: 'denied' });
  }
  for (const Gpc of [true, 1])
    assert.deepEqual(gppState(ping({ usnat: section({ Gpc }) })), { marketing: 'denied', sharing: 'denied' });
});

test('GPP: a section may come as its parts, and states have the fields that they have', () => {
  const { Gpc, ...core } = section();
  assert.deepEqual(gppState(ping({ usnat: [core, { Gpc }] })), { marketing: 'granted', sharing: 'granted' });
  assert.deepEqual(gppState(ping({ usnat: [core, { Gpc: true }] })), { marketing: 'denied', sharing: 'denied' });
  const state = (id, name, fields) => gppState(ping({ [name]: fields }, { applicableSections: [id] }));
  assert.deepEqual(state(8, 'usca', { SaleOptOut: 2, SharingOptOut: 2 }), { marketing: 'granted', sharing: 'granted' });
  assert.deepEqual(state(8, 'usca', { SaleOptOut: 2, SharingOptOut: 1 }), { marketing: 'denied', sharing: 'denied' });
  assert.deepEqual(state(9, 'usva', { SaleOptOut: 2, TargetedAdvertisingOptOut: 1 }), {
    marketing: 'denied',
    sharing: 'granted',
  });
  assert.deepEqual(state(27, 'usri', { SaleOptOut: 2, TargetedAdvertisingOptOut: 2 }), {
    marketing: 'granted',
    sharing: 'granted',
  });
});

test('privacy 6: GPP says nothing outside of applicableSections, and what applies but cannot be read is denied', () => {
  const sections = { usnat: section(), usca: section({ SaleOptOut: 1 }) };
  assert.equal(gppState(ping(sections)).sharing, 'granted');
  assert.equal(
    gppState(ping(sections, { applicableSections: [7, 8] })).sharing,
    'denied',
    'every section that applies',
  );
  for (const none of [[-1], [2], [5], [2, 5]])
    assert.deepEqual(gppState(ping(sections, { applicableSections: none })), {});
  for (const unknown of [[], [0], undefined, null, '7', [6], [99], [10]])
    assert.deepEqual(gppState(ping(sections, { applicableSections: unknown })), {
      marketing: 'denied',
      sharing: 'denied',
    });
  for (const parsed of [undefined, null, {}, { usnat: null }, { usnat: [] }, { usnat: {} }, { usnat: 'x' }])
    assert.deepEqual(gppState(ping(parsed)), { marketing: 'denied', sharing: 'denied' });
});

test('privacy 6: GPP is ignored until its signal is ready', () => {
  const { heard, call } = adapter(watchGpp, '__gpp');
  const all = { usnat: section() };
  for (const signalStatus of ['not ready', undefined, null, true])
    call({ pingData: ping(all, { signalStatus }) }, true);
  call({ eventName: 'listenerRegistered' }, true);
  assert.deepEqual([heard.said, heard.refused], [[], []]);
  call({ eventName: 'signalStatus', pingData: ping(all) }, true);
  assert.deepEqual(heard.said, [[{ marketing: 'granted', sharing: 'granted' }, false]]);
});

test('bad input: a malformed GPP string, no data, no success or a section that throws is a refusal', () => {
  const hostile = {
    get SaleOptOut() {
      throw new Error('hostile');
    },
  };
  for (const values of [
    [{ pingData: ping({ usnat: section() }, { gppString: 'granted' }) }, true],
    [{ pingData: ping({ usnat: section() }, { gppString: 'DB~~' }) }, true],
    [{ pingData: ping({ usnat: hostile }) }, true],
    [null, true],
    [{ pingData: ping({ usnat: section() }) }, false],
  ]) {
    const { heard, call } = adapter(watchGpp, '__gpp');
    call(...values);
    assert.deepEqual([heard.said, heard.refused.length], [[], 1]);
  }
});

test('no GPP data whatever grant without 2 in every field that the section has', () => {
  const value = fc.constantFrom(0, 1, 2, '2', true, null);
  const fields = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut', 'Gpc'];
  const any = fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] });
  fc.assert(
    fc.property(any, (usnat) => {
      const state = gppState(ping({ usnat }));
      if (state.sharing === 'granted') {
        assert.ok([usnat.SaleOptOut, usnat.SharingOptOut].every((each) => each === 2 || each === undefined));
        assert.ok(usnat.SaleOptOut === 2 || usnat.SharingOptOut === 2);
      }
      if (grantedIn(state).length) assert.ok(!usnat.Gpc);
    }),
  );
});

// Node 20 has no navigator and no window: these are the browser's, as far as consent asks them.
const setNavigator = (value) => Object.defineProperty(globalThis, 'navigator', { value, configurable: true });

test('Do Not Track denies what the playbook says, and its absence says nothing', () => {
  const said = (doNotTrack) => {
    setNavigator({ doNotTrack });
    const states = [];
    watchDnt({ purposes: ['marketing', 'sharing'], say: (state) => states.push(state) });
    return states;
  };
  assert.deepEqual(said('1'), [{ marketing: 'denied', sharing: 'denied' }]);
  for (const off of ['0', null, undefined, 'unspecified', true]) assert.deepEqual(said(off), [{}]);
});

test('privacy, the purpose model: Global Privacy Control denies marketing and sharing, and what the site adds', () => {
  setNavigator({ globalPrivacyControl: true });
  assert.deepEqual([gpcDenies(), gpcDenies(8)], [48, 56]);
  for (const off of [false, undefined]) {
    setNavigator({ globalPrivacyControl: off });
    assert.equal(gpcDenies(8), 0);
  }
});

// The policy over the sources.

/** A policy over these sources; `calls` holds what it applied. */
function policy(settings, { site, defaults = {} } = {}) {
  const calls = [];
  const failures = [];
  let lapse;
  const late = new Promise((resolve) => (lapse = resolve));
  const say = start({
    settings: { wait: [0, '2000'], ...settings },
    site,
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
