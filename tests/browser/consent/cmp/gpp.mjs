// SPDX-License-Identifier: Apache-2.0
// A GPP consent manager on the IAB's own library, for the national section of the United States.
import { CmpApi } from '@iabgpp/cmpapi';
import { createWindow } from './ui.mjs';

const USNAT = 7;
const storedChoice = () => /(?:^|; )gpp=([^;]+)/.exec(document.cookie)?.[1];
const api = new CmpApi(31, 1);
api.setApplicableSections([USNAT]);

function state(choice) {
  const optOut = choice === 'accept' ? 2 : 1;
  api.setSignalStatus('not ready');
  for (const name of ['SaleOptOutNotice', 'SharingOptOutNotice', 'TargetedAdvertisingOptOutNotice'])
    api.setFieldValueBySectionId(USNAT, name, 1);
  for (const name of ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'])
    api.setFieldValueBySectionId(USNAT, name, optOut);
  api.setFieldValueBySectionId(USNAT, 'Gpc', navigator.globalPrivacyControl === true);
  api.fireSectionChange('usnat');
  api.setCmpStatus('loaded');
  api.setSignalStatus('ready');
}

const { show, button, dialog } = createWindow((choice) => {
  document.cookie = `gpp=${choice}; path=/; max-age=999999`;
  api.setCmpDisplayStatus('hidden');
  state(choice);
});
const open = () => {
  api.setSignalStatus('not ready');
  api.setCmpDisplayStatus('visible');
  show();
};
dialog.after(button('preferences', 'preferences', open));
if (storedChoice()) state(storedChoice());
else open();
