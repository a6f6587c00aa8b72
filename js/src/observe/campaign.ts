// SPDX-License-Identifier: Apache-2.0
// Campaign tags of an address: source, medium and name. A click id only says which network was paid, or which one the link
// was on; the id itself is let go here.

/** By the parameter that each network adds to links. What Facebook adds says nothing of payment. */
const CLICK_IDS: { [parameter: string]: string } = {
  gclid: 'google',
  gbraid: 'google',
  wbraid: 'google',
  dclid: 'google',
  msclkid: 'bing',
  yclid: 'yahoo',
  ldtag_cl: 'line',
  ttclid: 'tiktok',
  twclid: 'twitter',
  li_fat_id: 'linkedin',
  fbclid: 'facebook',
};

/** @param search the query of the address. Tags that are stated go before what a click id tells; null = none */
export const campaignTags = (search: string) => {
  const query = new URLSearchParams(search);
  const clickId = Object.keys(CLICK_IDS).find((parameter) => query.get(parameter));
  const tag = (name: string, otherwise?: string) => query.get('utm_' + name) || otherwise || null;
  return {
    source: tag('source', clickId && CLICK_IDS[clickId]),
    medium: tag('medium', clickId && (clickId == 'fbclid' ? 'social' : 'cpc')),
    campaign: tag('campaign'),
  };
};
