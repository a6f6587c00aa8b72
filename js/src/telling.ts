// SPDX-License-Identifier: Apache-2.0
// What the client tells the page: its events, and what goes wrong, once each and never as an exception.
import type { On } from './observe/on';
import type { Client, Listeners } from './types';

export const createTelling = () => {
  const listeners: { [type: string]: Set<(value: never) => void> } = {};
  const said = new Set<string>();

  /** Everything that goes wrong ends here: said once, never thrown into the page. */
  const fail = (reason: unknown) => {
    const error = reason instanceof Error ? reason : Error(reason as string);
    if (said.has(error.message)) return;
    said.add(error.message);
    console.warn('omotenashi: ' + error.message);
    emit('error', error);
  };
  const attempt = <T>(action: () => T): T | void => {
    try {
      return action();
    } catch (error) {
      fail(error);
    }
  };
  const emit = <T extends keyof Listeners>(type: T, value: Parameters<Listeners[T]>[0]) =>
    listeners[type]?.forEach((listener) => attempt(() => listener(value as never)));
  const on: On = (types, action) =>
    types
      .split(' ')
      .forEach((type) =>
        addEventListener(type, (event) => attempt(() => action(event as never)), { capture: true, passive: true }),
      );
  const listen: Client['on'] = (type, listener) => {
    (listeners[type] ||= new Set()).add(listener as never);
    return () => {
      listeners[type]!.delete(listener as never);
    };
  };
  return {
    _fail: fail,
    _attempt: attempt,
    _emit: emit,
    /** Listens to the window. */
    _on: on,
    /** Lets the page listen. Answers a function that unsubscribes. */
    _listen: listen,
    _hears: (type: keyof Listeners) => listeners[type],
  };
};
