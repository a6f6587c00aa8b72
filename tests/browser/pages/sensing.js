// SPDX-License-Identifier: Apache-2.0
// A page that grants everything, and remembers what its runtime tells.
import { createClient } from '/dist/omotenashi.mjs';

const granted = Object.fromEntries(
  ['storage', 'functional', 'measurement', 'personalization', 'marketing', 'sharing'].map((key) => [key, 'granted']),
);

// What is prerendered and never shown can say so by storage alone.
if (document.prerendering) localStorage.setItem('prerendered', 'true');
window.events = [];
window.errors = [];
window.client = createClient({ playbook: '/playbook.omo', collector: '/' });
window.client.on('error', (error) => window.errors.push(error.message));
window.client.on('event', ({ name, params }) => window.events.push({ name, ...params }));
window.client.consent(granted);
