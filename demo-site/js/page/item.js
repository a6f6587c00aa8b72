// SPDX-License-Identifier: Apache-2.0
import { find, put } from '../cart.js';
import { language, say } from '../locale.js';
import { addToCart, viewItem } from '../shop.js';
import { byId, toast } from '../show.js';

const product = find(document.body.dataset.item);
viewItem(product);

byId('buy').addEventListener('submit', (event) => {
  event.preventDefault();
  if (product.stock === 'none') return;
  const added = put(product.id, Number(new FormData(event.target).get('quantity')));
  if (!added) {
    toast(say('おひとつの花は、九つまで承ります。', 'Nine of a kind is the most that one order can hold.'));
    return;
  }
  addToCart(product, added);
  const name = product.name[language];
  toast(
    say(`「${name}」をカートに入れました。`, `${name} is in your cart.`),
    '/cart.html',
    say('カートを見る', 'View cart'),
  );
});
