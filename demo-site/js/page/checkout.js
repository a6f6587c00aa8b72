// SPDX-License-Identifier: Apache-2.0
import { emptyCart, readCart } from '../cart.js';
import { check, watch } from '../form.js';
import { keep, recall } from '../keep.js';
import { earliestDelivery, isoDay, link, say } from '../locale.js';
import { signIn, signedIn } from '../login.js';
import { beginCheckout } from '../shop.js';
import { byId, orderLine, showTotals } from '../show.js';

const form = byId('checkout');
const cart = readCart();
const first = isoDay(earliestDelivery());
const last = isoDay(new Date(Date.now() + 60 * 24 * 3600 * 1000));

const digits = (text) => text.normalize('NFKC').replace(/[^0-9]/g, '');
const rules = {
  postal: (text) => (digits(text).length === 7 ? '' : say('7桁の数字でご入力ください。', 'Please enter 7 digits.')),
  phone: (text) =>
    /^\d{10,11}$/.test(digits(text)) ? '' : say('10桁か11桁の番号をご入力ください。', 'Please enter 10 or 11 digits.'),
  email: (text) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
      ? ''
      : say('メールアドレスをお確かめください。', 'Please check the address.'),
  'delivery-date': (text) =>
    text >= first && text <= last
      ? ''
      : say('お届けできる日をお選びください。', 'Please choose a day on which we deliver.'),
};

/** An order number that tells nothing: the day and five random letters. */
function orderNumber() {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
  const picked = [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => letters[byte % letters.length]).join('');
  return `HN-${isoDay(new Date()).replaceAll('-', '').slice(2)}-${picked}`;
}

function placeOrder() {
  const now = readCart(); // another tab may have changed it
  if (!now.count) return location.reload();
  const lines = now.lines.map(({ product, quantity }) => ({ id: product.id, quantity }));
  const order = {
    number: orderNumber(),
    placed: isoDay(new Date()),
    arrives: byId('delivery-date').value,
    time: byId('delivery-time').value,
    total: now.total,
    delivery: now.delivery,
    coupon: now.coupon,
    lines,
  };
  keep('orders', [order, ...recall('orders', [])].slice(0, 20));
  const account = signedIn();
  if (account) signIn({ ...account, points: (account.points ?? 0) + Math.floor(now.goods / 100) });
  emptyCart();
  location.assign(link('/thanks.html'));
}

function start() {
  byId('cart-empty').hidden = cart.count > 0;
  form.hidden = cart.count === 0;
  if (!cart.count) return;
  byId('lines').replaceChildren(...cart.lines.map((line) => orderLine(line)));
  showTotals(cart);
  const date = byId('delivery-date');
  date.min = date.value = first;
  date.max = last;
  const account = signedIn();
  if (account) byId('sender').value = account.name;
  beginCheckout(cart);
}

function showCard() {
  const text = byId('message').value;
  const preview = byId('card-preview');
  preview.textContent = text || preview.dataset.sample;
  preview.classList.toggle('written', Boolean(text));
  byId('message-left').textContent = 80 - text.length;
}

byId('message').addEventListener('input', showCard);
watch(form, rules, byId('errors'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (check(form, rules, byId('errors'))) placeOrder();
});
start();
showCard();
