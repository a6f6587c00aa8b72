// SPDX-License-Identifier: Apache-2.0
// Every cell of the table in docs/consent.md: what each framework's answers mean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shell } from './lib/bundle.mjs';
import { CORE, consents, grantedIn, ping, section, setNavigator, tcData } from './lib/consent.mjs';

const { tcfState, watch: watchTcf } = await shell('consent/tcf');
const { gppState, watch: watchGpp } = await shell('consent/gpp');
const { watch: watchDnt } = await shell('consent/dnt');
const { gpcDenies } = await shell('consent/gpc');

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
    // Where GDPR applies there is one.
    [tcData([1], { tcString: '' }), true],
    [tcData([1], { tcString: undefined }), true],
    [tcData([1], { tcString: null }), true],
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
  // The old string of section 6 has no fields of its own here, and takes none of a section with a name near it.
  assert.equal(gppState(ping({ usky: section() }, { applicableSections: [6] })).sharing, 'denied');
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
