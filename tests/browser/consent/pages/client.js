// SPDX-License-Identifier: Apache-2.0
import { createClient } from '/dist/omotenashi.mjs';

window.client = createClient({ playbook: '/playbook.omo', collector: '/', ...window.options });
window.errors = [];
window.client.on('error', (error) => window.errors.push(error.message));
(window.told || []).forEach((state) => window.client.consent(state));
