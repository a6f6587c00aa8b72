// SPDX-License-Identifier: Apache-2.0
// Campaign tags of an address: source, medium and name. A click id only says which network was paid, or which one the link
// was on; the id itself is let go here.

/** The parameters that networks add to links and, in the same order, the networks. Facebook adds its own to every link. */
const CLICK_IDS = 'gclid gbraid wbraid dclid msclkid yclid ldtag_cl ttclid twclid li_fat_id fbclid'.split(' ');
const NETWORKS = 'google google google google bing yahoo line tiktok twitter linkedin facebook'.split(' ');

/** @param search the query of the address. Tags that are stated go before what a click id tells; null = none */
export const campaignTags = (search: string) => {
  const query = new URLSearchParams(search);
  const network = NETWORKS[CLICK_IDS.findIndex((parameter) => query.get(parameter))];
  const tag = (name: string, otherwise?: string) => query.get('utm_' + name) || otherwise || null;
  return {
    source: tag('source', network),
    medium: tag('medium', network && (network == 'facebook' ? 'social' : 'cpc')),
    campaign: tag('campaign'),
  };
};
