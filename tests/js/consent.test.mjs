// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import fc from 'fast-check';
import { sealed } from '../lib/record.mjs';
import { shell } from './lib/bundle.mjs';
import { withStorage } from './lib/localStorage.mjs';

const { grantedBy, grantedIn, keepRefusal, partsOf, pending, stateOf, purposesOf, record, recordIn, renew } =
  await shell('consent/record');
const { createConsentMode } = await shell('consent/consentMode');
const { gpcDenies } = await shell('consent/gpc');

const STORAGE = 1;
const MARKETING = 16;
const SHARING = 32;
const ALL = 63;

// Node 20 has no navigator: this is the browser's, as far as consent asks it.
const setGlobalPrivacyControl = (on) =>
  Object.defineProperty(globalThis, 'navigator', { value: { globalPrivacyControl: on }, configurable: true });
beforeEach(() => setGlobalPrivacyControl(undefined));

test('a purpose that a state does not name stays as it was', () => {
  assert.equal(grantedBy({ storage: 'granted' }, 8), 9);
  assert.equal(grantedBy({ personalization: 'denied' }, 9), 1);
  assert.equal(grantedBy({}, 21), 21);
});

test('only the exact word grants', () => {
  const anything = fc.dictionary(
    fc.constantFrom('storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'),
    fc.anything().filter((word) => word !== 'granted'),
  );
  fc.assert(fc.property(anything, fc.nat({ max: ALL }), (state, before) => (grantedBy(state, before) & ~before) === 0));
});

test('what is no word grants nothing and throws nothing, whatever it pretends to be', () => {
  const hostile = { toString: 0 };
  assert.equal(grantedBy({ storage: hostile, measurement: { toString: () => 'granted' } }, 0), 0);
});

test('Global Privacy Control denies marketing and sharing over any grant', () => {
  assert.equal(gpcDenies(STORAGE), 0);
  setGlobalPrivacyControl(true);
  assert.equal(grantedBy(stateOf(ALL), ALL, gpcDenies()), ALL & ~MARKETING & ~SHARING);
  assert.equal(grantedBy({}, ALL, gpcDenies(STORAGE)), ALL & ~MARKETING & ~SHARING & ~STORAGE);
});

test('states and bits are the same thing', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: ALL }),
      fc.nat({ max: ALL }),
      (granted, before) => grantedBy(stateOf(granted), before) === granted,
    ),
  );
  assert.deepEqual(purposesOf(9), ['storage', 'personalization']);
});

const asked = (text) => {
  let edits = 0;
  partsOf(text, () => edits++);
  return [grantedIn(text), edits];
};

test('a corrupt record grants nothing, throws nothing, and says that it was edited', () => {
  const nested = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  for (const text of ['{', 'null', '1', '"granted"', '[]', '{}', '{"state":null}', '{"state":"granted"}', nested])
    assert.deepEqual(asked(text), [0, 1], text.slice(0, 20));
  fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => assert.deepEqual(asked(text), [0, 1])));
  assert.deepEqual(asked(''), [0, 0]);
});

test('a record that we wrote but that means nothing grants nothing', () => {
  for (const state of [null, undefined, 1, 'granted', [], { storage: true }, { storage: 'Granted' }])
    assert.deepEqual(asked(sealed({ time: Date.now(), state })), [0, 0], JSON.stringify(state));
});

test('a record without a purpose denies it', () => {
  assert.deepEqual(asked(sealed({ state: { storage: 'granted' }, time: Date.now() })), [STORAGE, 0]);
});

test('bad input: of a record edited by hand, well-formed though it be, nothing is believed', () =>
  withStorage((kept) => {
    const write = (granted, version) => {
      record(granted, 5, 'site', version);
      return kept.get('omo.consent');
    };
    const refused = [0, 1];
    // By hand: whatever one would edit to be granted something, or to be granted it for longer.
    const denied = write(0, 'policy 7');
    for (const purpose of purposesOf(ALL))
      assert.deepEqual(asked(denied.replace(`"${purpose}":"denied"`, `"${purpose}":"granted"`)), refused, purpose);
    const parts = JSON.parse(denied);
    for (const more of [{ time: parts.time + 1 }, { since: { storage: 1 } }, { site: stateOf(ALL) }, { source: 'tcf' }])
      assert.deepEqual(asked(JSON.stringify({ ...parts, ...more })), refused, JSON.stringify(more));
    for (const check of [undefined, null, 0, '', `${parts.check}`, parts.check + 2 ** 32, [parts.check], NaN])
      assert.deepEqual(asked(JSON.stringify({ ...parts, state: stateOf(ALL), check })), refused, String(check));
    assert.deepEqual(asked(JSON.stringify(parts, null, 2)), refused, 'laid out anew');
    assert.deepEqual(asked(denied), [0, 0]);

    // Each single character, in records of every kind.
    const anywhere = fc.tuple(fc.nat({ max: ALL }), fc.string({ unit: 'grapheme' }), fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })); // prettier-ignore
    fc.assert(
      fc.property(anywhere, ([granted, version, at, character]) => {
        kept.clear();
        const text = write(granted, version);
        const characters = [...text];
        assert.deepEqual(asked(text), [granted, 0]);
        assert.equal(text, sealed({ ...JSON.parse(text), check: undefined }));
        const place = at % characters.length;
        fc.pre(characters[place] !== character);
        characters[place] = character;
        assert.deepEqual(asked(characters.join('')), refused);
      }),
    );
  }));

test('privacy 12: the record holds time, policy version, source and state, and no visitor id', () =>
  withStorage((kept) => {
    mock.timers.enable({ apis: ['Date'], now: 1_772_000_000_000 });
    try {
      // Two visitors who choose the same at the same time have the same record, to the byte.
      const records = [0, 1].map(() => {
        kept.clear();
        record(STORAGE, 5, 'site', 'policy 7');
        return kept.get('omo.consent');
      });
      assert.equal(records[0], records[1]);
      assert.deepEqual(JSON.parse(records[0]), {
        ...{ time: 1_772_000_000_000, version: 'policy 7', source: 'site', since: {} },
        state: stateOf(STORAGE),
        // Of the rest, and of nothing else.
        check: JSON.parse(sealed({ ...JSON.parse(records[0]), check: undefined })).check,
      });
      assert.deepEqual([...kept.keys()], ['omo.consent']);
    } finally {
      mock.timers.reset();
    }
  }));

test('a refusal that waits stands before the record, takes and never gives, and stays until the site has recorded', () =>
  withStorage((kept) => {
    record(ALL, 5, 'site', 'policy 7');
    const text = kept.get('omo.consent');
    keepRefusal({ marketing: 'denied', storage: 'granted' });
    assert.equal(kept.get('omo.consent'), MARKETING + text);
    assert.deepEqual([pending(), recordIn(), recordIn('63')], [MARKETING, text, '']);
    // Another source that records does not know of it.
    record(ALL, 7, 'tcf');
    assert.equal(pending(), MARKETING);
    keepRefusal({ marketing: 'granted' });
    assert.deepEqual([pending(), kept.get('omo.consent')], [0, recordIn()]);
    keepRefusal({ sharing: 'denied' });
    record(ALL, 9, 'site', '', undefined, undefined, 0);
    assert.deepEqual([pending(), kept.get('omo.consent')], [0, recordIn()]);
    // Without a record: a refusal is a decision, a grant waits for the engine. What is taken back leaves a 0: to other tabs, a
    // text that goes is a refusal of everything.
    kept.delete('omo.consent');
    keepRefusal({ storage: 'granted' });
    assert.equal(kept.size, 0);
    keepRefusal({ storage: 'denied' });
    assert.deepEqual([pending(), recordIn()], [STORAGE, '']);
    keepRefusal({ storage: 'granted' });
    assert.equal(kept.get('omo.consent'), '0');
    for (const edited of ['-64', '1e300', ' 63', 'x1']) {
      kept.set('omo.consent', edited);
      assert.ok(pending() <= 1, edited);
    }
    // Where it cannot be kept, no older grant is left.
    record(ALL, 11, 'site');
    globalThis.localStorage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    keepRefusal({ marketing: 'denied' });
    assert.equal(kept.size, 0);
  }));

test('the date of the first choice stays while something is granted, and goes with a refusal of all, and with an erasure', () =>
  withStorage((kept) => {
    const first = () => JSON.parse(recordIn()).first;
    const day = (number) => Date.now() - number * 86_400_000;
    kept.set('omo.consent', sealed({ time: day(9), state: { storage: 'granted' } }));
    const began = JSON.parse(recordIn()).time;
    record(ALL, 5, 'site');
    record(STORAGE, 6, 'site');
    assert.equal(first(), began);
    record(0, 7, 'site');
    assert.equal(first(), undefined);
    record(STORAGE, 8, 'site');
    record(ALL, 9, 'site');
    assert.ok(first() > began);
    renew(10);
    assert.equal(first(), undefined);
  }));

test('a choice counts for 13 months, and without a time not at all', () => {
  const day = 86_400_000;
  const granted = (time) => grantedIn(sealed({ time, state: { storage: 'granted' } }));
  assert.equal(granted(Date.now() - 394 * day), STORAGE);
  assert.equal(granted(Date.now() - 396 * day), 0);
  // A clock that ran ahead: as long, and no longer.
  assert.equal(granted(Date.now() + 394 * day), STORAGE);
  assert.equal(granted(Date.now() + 396 * day), 0);
  assert.equal(granted(undefined), 0);
  assert.equal(granted('granted'), 0);
});

const named = (state) => Object.fromEntries(Object.entries(state).filter(([, word]) => word));

test('Consent Mode keys map to purposes, and any granted storage key implies storage', () => {
  const mode = createConsentMode();
  assert.deepEqual(
    named(
      mode({
        functionality_storage: 'granted',
        analytics_storage: 'denied',
        personalization_storage: 'granted',
        ad_storage: 'granted',
        ad_personalization: 'granted',
        ad_user_data: 'denied',
      }),
    ),
    {
      functional: 'granted',
      measurement: 'denied',
      personalization: 'granted',
      marketing: 'granted',
      sharing: 'denied',
      storage: 'granted',
    },
  );
});

test('security_storage, which templates grant with every refusal, implies no storage', () => {
  const mode = createConsentMode();
  assert.equal(mode({ security_storage: 'granted' }).storage, undefined);
  assert.equal(mode({ analytics_storage: 'denied', security_storage: 'granted' }).storage, 'denied');
  for (const key of ['ad', 'analytics', 'functionality', 'personalization'])
    assert.equal(createConsentMode()({ [`${key}_storage`]: 'granted', security_storage: 'denied' }).storage, 'granted');
});

test('marketing needs both of its keys', () => {
  const mode = createConsentMode();
  assert.equal(mode({ ad_storage: 'granted' }).marketing, 'denied');
  assert.equal(mode({ ad_personalization: 'granted' }).marketing, 'granted');
  assert.equal(mode({ ad_storage: 'denied' }).marketing, 'denied');
});

test('a purpose of which no key was named is left out', () => {
  assert.deepEqual(named(createConsentMode()({ ad_user_data: 'granted', wait_for_update: 500 })), {
    sharing: 'granted',
  });
});

test('a burst resolves to its last word', () => {
  const mode = createConsentMode();
  const words = ['granted', 'denied', 'granted', 'denied'];
  assert.equal(words.map((word) => mode({ analytics_storage: word }).measurement).at(-1), 'denied');
});

test('a default for some regions can deny but not grant', () => {
  const mode = createConsentMode();
  assert.deepEqual(named(mode({ analytics_storage: 'granted', region: ['US'] })), {});
  mode({ analytics_storage: 'granted' });
  assert.equal(mode({ analytics_storage: 'denied', region: ['ES'] }).measurement, 'denied');
});

test('privacy 7: consent entries of the dataLayer pushed before and after load give the same state, and bursts resolve to the last', async () => {
  const { watchDataLayer } = await shell('observe/dataLayer');
  const key = fc.constantFrom('analytics_storage', 'ad_storage', 'ad_user_data', 'personalization_storage');
  const entry = fc.tuple(
    fc.constantFrom('default', 'update'),
    fc.dictionary(key, fc.constantFrom('granted', 'denied'), { minKeys: 1, noNullPrototype: true }),
  );
  globalThis.window = globalThis;
  /** The state after these entries, the first of which were there before load. */
  const stateAfter = (entries, before) => {
    const push = (values) => globalThis.dataLayer.push(['consent', ...values]);
    globalThis.dataLayer = [];
    entries.slice(0, before).forEach(push);
    const mode = createConsentMode();
    let state = {};
    watchDataLayer((command, name, values) => (state = mode(values)));
    entries.slice(before).forEach(push);
    return named(state);
  };
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), fc.nat({ max: 8 }), (entries, before) => {
      const state = stateAfter(entries, before);
      assert.deepEqual(state, stateAfter(entries, 0));
      const [, last] = entries.at(-1);
      if (last.analytics_storage) assert.equal(state.measurement, last.analytics_storage);
      if (last.ad_user_data) assert.equal(state.sharing, last.ad_user_data);
    }),
  );
  delete globalThis.window;
  delete globalThis.dataLayer;
});
