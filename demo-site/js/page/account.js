// SPDX-License-Identifier: Apache-2.0
import { find } from '../cart.js';
import { check, report, watch } from '../form.js';
import { recall } from '../keep.js';
import { day, language, say, yen } from '../locale.js';
import { signIn, signOut, signedIn } from '../login.js';
import { identify } from '../shop.js';
import { byId, make, toast } from '../show.js';

const form = byId('account');
const ranks = [
  { id: 'bud', from: 0, name: { ja: 'つぼみ', en: 'Bud' } },
  { id: 'bloom', from: 100, name: { ja: 'はな', en: 'Bloom' } },
  { id: 'full_bloom', from: 300, name: { ja: '満開', en: 'Full bloom' } },
];

const two = (number) => String(number).padStart(2, '0');

/**
 * The runtime gets the day and month only: the year is never asked for. 2000 was a leap year, so 29 February fits. The
 * orders bring back what it knew of them where the browser has deleted what it had stored.
 */
function traitsOf(account) {
  const { month, day: dayOfMonth } = account;
  const orders = recall('orders', []);
  return {
    member: true,
    orders: orders.length,
    last_order: orders[0]?.placed ?? null,
    rank: rankOf(account.points).id,
    spouse_birthday: month && dayOfMonth ? `2000-${two(month)}-${two(dayOfMonth)}` : null,
  };
}

const rankOf = (points) => ranks.findLast(({ from }) => points >= from) ?? ranks[0];

function showMember(account) {
  byId('member').hidden = !account;
  byId('sign-out').hidden = !account;
  byId('save').textContent = account ? byId('save').dataset.save : byId('save').dataset.join;
  byId('intro').hidden = Boolean(account);
  if (!account) return;
  byId('hello').textContent = account.name + byId('hello').dataset.hello;
  const rank = rankOf(account.points);
  const next = ranks.find(({ from }) => from > account.points);
  byId('rank').textContent = rank.name[language];
  byId('points').textContent = account.points.toLocaleString('en');
  byId('progress').value = next ? (100 * (account.points - rank.from)) / (next.from - rank.from) : 100;
}

function showOrders() {
  const orders = recall('orders', []);
  byId('no-orders').hidden = orders.length > 0;
  const rows = orders.map((order) => {
    const names = order.lines
      .map(({ id }) => find(id)?.name[language])
      .filter(Boolean)
      .join(say('、', ', '));
    return make(
      'li',
      {},
      make('strong', {}, order.number),
      make('span', {}, names),
      make('span', {}, `${day(new Date(order.placed + 'T00:00'))} · ${yen(order.total)}`),
    );
  });
  byId('orders').replaceChildren(...rows);
}

function fill(account) {
  byId('name').value = account?.name ?? '';
  for (const name of ['month', 'day', 'flower']) byId(name).value = account?.[name] ?? '';
  byId('letters').checked = account?.letters ?? false;
}

/** Both or neither of month and day, and a day that exists. */
function birthdayComplaint({ month, day: dayOfMonth }) {
  if (!month !== !dayOfMonth) return say('月と日の両方をお選びください。', 'Please choose both month and day.');
  if (month && new Date(2000, month - 1, dayOfMonth).getMonth() !== month - 1)
    return say('この日は暦にございません。', 'There is no such day.');
  return '';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!check(form, {})) return;
  const values = Object.fromEntries(new FormData(form));
  const complaint = birthdayComplaint(values);
  byId('birthday-error').textContent = complaint;
  if (complaint) return byId('month').focus();
  const account = {
    name: values.name.trim(),
    month: values.month,
    day: values.day,
    flower: values.flower,
    letters: 'letters' in values,
    points: signedIn()?.points ?? 0,
  };
  signIn(account);
  identify(traitsOf(account));
  showMember(account);
  toast(say('保存いたしました。', 'Saved.'));
});

byId('sign-out').addEventListener('click', () => {
  signOut();
  location.reload();
});

watch(form, {});
for (const name of ['month', 'day'])
  byId(name).addEventListener('change', () => (byId('birthday-error').textContent = ''));
report(byId('name'), '');
const account = signedIn();
fill(account);
showMember(account);
showOrders();
if (account) identify(traitsOf(account));
