// SPDX-License-Identifier: Apache-2.0
// The shop's own storage: cart, orders and account, under `hanaichi.*`. Strictly necessary for what the visitor asked
// for; nothing of it leaves the device. Where storage is closed (private windows), a page keeps it in memory.

const memory = new Map();

export function keep(name, value) {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    localStorage.setItem('hanaichi.' + name, text);
  } catch (error) {
    console.warn('Hanaichi could not store', name, error);
  }
}

export function recall(name, otherwise) {
  try {
    const text = localStorage.getItem('hanaichi.' + name) ?? memory.get(name);
    return text ? JSON.parse(text) : otherwise;
  } catch (error) {
    console.warn('Hanaichi could not read', name, error);
    return otherwise;
  }
}

export function forget(name) {
  memory.delete(name);
  try {
    localStorage.removeItem('hanaichi.' + name);
  } catch (error) {
    console.warn('Hanaichi could not remove', name, error);
  }
}
