// SPDX-License-Identifier: Apache-2.0
// A TCF consent manager on the IAB's own libraries: a window, a cookie of its own, and __tcfapi. `?never` in the address keeps
// it away, `?delay=MS` delays it, `?region=us` is where GDPR does not apply.
import { CmpApi } from '@iabtechlabtcf/cmpapi';
import { GVL, TCModel, TCString } from '@iabtechlabtcf/core';
import { createWindow } from './ui.mjs';

const query = new URLSearchParams(location.search);
const PURPOSES = Array.from({ length: 11 }, (_, i) => i + 1);
const VENDORS = [7, 9];
const vendor = (id) => ({
  ...{ id, name: `Vendor ${id}`, policyUrl: '', usesCookies: true, cookieMaxAgeSeconds: 1, cookieRefresh: true },
  ...{ purposes: [1, 3, 4, 5, 6, 8], legIntPurposes: [], flexiblePurposes: [], specialPurposes: [], features: [] },
  ...{ specialFeatures: [], usesNonCookieAccess: false, urls: [], dataDeclaration: [] },
  dataRetention: { stdRetention: 1, purposes: {}, specialPurposes: {} },
});
const gvl = new GVL({
  ...{ gvlSpecificationVersion: 3, vendorListVersion: 100, tcfPolicyVersion: 5, lastUpdated: '2026-11-01T00:00:00Z' },
  purposes: Object.fromEntries(PURPOSES.map((id) => [id, { id, name: `${id}`, description: '', illustrations: [] }])),
  ...{ specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {} },
  vendors: Object.fromEntries(VENDORS.map((id) => [id, vendor(id)])),
});

function encode(accepted) {
  const model = new TCModel(gvl);
  Object.assign(model, {
    cmpId: 31,
    cmpVersion: 1,
    consentLanguage: 'EN',
    isServiceSpecific: true,
    numCustomPurposes: 2,
  });
  model.vendorsDisclosed.set(VENDORS);
  if (accepted) {
    model.purposeConsents.set(PURPOSES);
    model.vendorConsents.set(VENDORS);
    model.publisherConsents.set(PURPOSES);
    model.publisherCustomConsents.set([2]);
  }
  return TCString.encode(model);
}

function run() {
  const stored = /(?:^|; )tcf=([^;]+)/.exec(document.cookie)?.[1];
  const api = new CmpApi(31, 1, true);
  const { show, button, dialog } = createWindow((choice) => {
    const text = encode(choice === 'accept');
    document.cookie = `tcf=${text}; path=/; max-age=999999`;
    api.update(text, false);
  });
  const reopen = () => {
    // As its users see it: what was chosen stays in force while the window is open.
    api.update(/(?:^|; )tcf=([^;]+)/.exec(document.cookie)?.[1] ?? '', true);
    show();
  };
  dialog.after(button('preferences', 'preferences', reopen));
  if (query.get('region') === 'us') api.update(null);
  else if (stored) api.update(stored, false);
  else {
    api.update('', true);
    show();
  }
}
if (!query.has('never')) setTimeout(run, Number(query.get('delay') ?? 0));
