// SPDX-License-Identifier: Apache-2.0
import { applyCoupon, readCart, setQuantity } from '../cart.js';
import { language, say, yen } from '../locale.js';
import { removeFromCart, addToCart, viewCart } from '../shop.js';
import { byId, make, orderLine, showTotals } from '../show.js';

function change(product, quantity) {
  const difference = setQuantity(product.id, quantity);
  if (difference < 0) removeFromCart(product, -difference);
  if (difference > 0) addToCart(product, difference);
}

function controls({ product, quantity }) {
  const name = product.name[language];
  const options = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) =>
    make('option', { value: count, selected: count === quantity }, String(count)),
  );
  const select = make(
    'select',
    { 'aria-label': say(`${name}の数量`, `Quantity of ${name}`), 'data-testid': `quantity-${product.id}` },
    ...options,
  );
  select.addEventListener('change', () => {
    change(product, Number(select.value));
    show(`quantity-${product.id}`);
  });
  const remove = make(
    'button',
    {
      type: 'button',
      class: 'as-link',
      'aria-label': say(`${name}をカートから出す`, `Remove ${name}`),
      'data-testid': `remove-${product.id}`,
    },
    say('取り消す', 'Remove'),
  );
  remove.addEventListener('click', () => {
    change(product, 0);
    show('to-checkout');
  });
  return make('span', { class: 'controls' }, select, remove);
}

/** Shows the cart anew; `focus` names the control that keeps the keyboard's place. */
function show(focus) {
  const cart = readCart();
  byId('cart-empty').hidden = cart.count > 0;
  byId('cart-full').hidden = cart.count === 0;
  byId('lines').replaceChildren(...cart.lines.map((line) => orderLine(line, controls(line))));
  byId('coupon').value = cart.coupon;
  if (cart.coupon)
    byId('coupon-message').textContent = say(
      `「${cart.coupon}」で ${yen(cart.discount)} お安くなりました。`,
      `${cart.coupon} takes ${yen(cart.discount)} off.`,
    );
  showTotals(cart);
  if (focus) (document.querySelector(`[data-testid="${focus}"]:not(:disabled)`) ?? byId('main')).focus();
}

byId('coupon-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = byId('coupon');
  const message = byId('coupon-message');
  const known = applyCoupon(field.value);
  field.setAttribute('aria-invalid', String(!known));
  message.classList.toggle('bad', !known);
  message.textContent = known
    ? say('クーポンを外しました。', 'The coupon was taken off.')
    : say('このコードはお使いいただけません。', 'This code cannot be used.');
  if (known) show();
});

addEventListener('storage', (event) => event.key === 'hanaichi.cart' && show());
addEventListener('pageshow', (event) => event.persisted && show());
show();
if (readCart().count) viewCart(readCart());
