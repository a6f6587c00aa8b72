// SPDX-License-Identifier: Apache-2.0
// A queue stub as the GPP's CMP API 1.1 describes it: calls wait for the consent manager, which takes them over.
(function () {
  const queue = [];
  const events = [];
  window.__gpp = function (command, callback, parameter) {
    const ping = { gppVersion: '1.1', cmpStatus: 'stub', cmpDisplayStatus: 'hidden', signalStatus: 'not ready' };
    const all = {
      ...ping,
      supportedAPIs: ['7:usnat'],
      cmpId: 31,
      sectionList: [],
      applicableSections: [],
      gppString: '',
    };
    const pingData = { ...all, parsedSections: {} };
    if (!command) return queue;
    if (command === 'events') return events;
    if (command === 'ping') callback(pingData, true);
    else if (command === 'addEventListener') {
      const id = events.length + 1;
      events.push({ id, callback, parameter });
      callback({ eventName: 'listenerRegistered', listenerId: id, data: true, pingData }, true);
    } else queue.push([command, callback, parameter]);
    return undefined;
  };
})();
