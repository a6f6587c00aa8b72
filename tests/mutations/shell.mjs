// SPDX-License-Identifier: Apache-2.0
// What checks consent and labels in the shell; labels.mjs says how they are listed. `binary` is the file of the tests.
const inFile =
  (binary) =>
  (name, file, at, put, tests, more = {}) => ({
    name,
    file: `js/src/${file}`,
    at,
    put,
    tests,
    binary,
    ...more,
  });
const record = inFile('tests/js/consent.test.mjs');
const adapter = inFile('tests/js/adapters.test.mjs');
const policy = inFile('tests/js/policy.test.mjs');
const explain = inFile('tests/js/explain.test.mjs');
const sink = inFile('tests/browser/sinks.spec.mjs');
const provisional = inFile('tests/browser/consent/provisional.spec.mjs');
const withdrawal = inFile('tests/browser/withdrawal.spec.mjs');
const found = inFile('tests/browser/consent/found.spec.mjs');
const waits = inFile('tests/browser/consent/pending.spec.mjs');
const signedOut = inFile('tests/browser/consent/signout.spec.mjs');
const erased = inFile('tests/browser/consent/erase.spec.mjs');

const of = (row) => `privacy 15, 59b, sink: ${row}`;
const STORED = of('storage: snapshot, journals, items, clock, leader, sign-out');
const ASKED = of('`segments()`, `scores()`, `decide()`, `explain()`');
const TOLD = of('callbacks: `event`, `segment`, `decision`');
const EXPORTED = of('`export()`');
const PANEL = of('page: `<omo-privacy>`');
const UNTIL = 'until the consent manager has confirmed it, what was kept shows, and nothing is written or sent';
const GLOBAL =
  'the scripted global tells nothing of what a segment rests on, but for scores that are exposed themselves';
const GPC = 'Global Privacy Control denies marketing and sharing over any grant';
const NEEDS = 'privacy, the purpose model: each purpose needs its TCF purposes, all of them';
const EVENTS = 'privacy 3: cmpuishown never grants, nor does any event status but tcloaded and useractioncomplete';
const TC_DATA = 'no TC data whatever grant a purpose without its TCF purposes, or throw';
const REFUSALS = 'bad input: a malformed TC string, no data, or no success is a refusal with one reason';
const WAITS = 'while a source is waited for nothing is granted, and a refusal counts at once';
const CONFLICT = 'sources that conflict deny: what any denies is denied, what none grants is denied';
const TABS =
  "another tab's grant grants nothing here, and its refusal outlives a manager that only says again what it said";
const LAPSED =
  'privacy 59c: where a page cannot keep a sign-out, since its consent has lapsed, the next page carries it out';
const READ = (how) =>
  `privacy 1: before a decision nothing is read but the consent record, ${how} Web Locks, also by a tab that could lead`;

export const inShell = [
  // The record of a choice, and what sources say.
  record('only a word grants', 'consent/record.ts', "state[purpose] === 'granted' ? bits | bit", 'state[purpose]', ['only the exact word grants'], { find: "state[purpose] === 'granted'" }), // prettier-ignore
  record('a refusal takes away', 'consent/record.ts', "state[purpose] === 'denied' ?", 'false', ['a purpose that a state does not name stays as it was'], { find: "state[purpose] === 'denied'" }), // prettier-ignore
  record('Global Privacy Control denies what was granted', 'consent/record.ts', '}, before) & ~denies;', '~0', [GPC], { find: '~denies' }), // prettier-ignore
  record('Global Privacy Control denies marketing and sharing', 'consent/gpc.ts', 'PurposeBit.Marketing | PurposeBit.Sharing | also', 'also', [GPC]), // prettier-ignore
  record('what a record does not name is denied', 'consent/record.ts', 'grantedBy(partsOf(text).state || {}, 0)', 'grantedBy(partsOf(text).state || {}, 63)', ['a record without a purpose denies it', 'a corrupt record grants nothing, throws nothing, and says that it was edited']), // prettier-ignore
  record('nothing of an edited record is believed', 'consent/record.ts', 'text == seal(read) && read', 'read', ['bad input: of a record edited by hand, well-formed though it be, nothing is believed']), // prettier-ignore
  record('a choice ends', 'consent/record.ts', 'Math.abs(Date.now() - parts.time!) < Limit.MaxKeptDays * Duration.DayMs', 'true', ['a choice counts for 13 months, and without a time not at all']), // prettier-ignore
  record('a default for a region grants nothing', 'consent/consentMode.ts', "word === 'granted' && !values.region", "word === 'granted'", ['a default for some regions can deny but not grant']), // prettier-ignore
  record('marketing needs both keys', 'consent/consentMode.ts', "mode.ad_storage == mode.ad_personalization ? mode.ad_storage : 'denied'", 'mode.ad_storage', ['marketing needs both of its keys']), // prettier-ignore
  adapter('Do Not Track denies', 'consent/dnt.ts', "navigator.doNotTrack === '1'", 'false', ['Do Not Track denies what the playbook says, and its absence says nothing']), // prettier-ignore
  adapter('TCF: only true grants', 'consent/tcf.ts', 'vector?.[number] === true', 'vector?.[number]', [TC_DATA]),
  adapter('TCF: measurement needs purpose 8', 'consent/tcf.ts', 'all(purposes, [1, 8])', 'all(purposes, [1])', [NEEDS]),
  adapter('TCF: personalization needs purpose 6', 'consent/tcf.ts', 'all(purposes, [1, 5, 6])', 'all(purposes, [1, 5])', [NEEDS]), // prettier-ignore
  adapter('TCF: marketing needs purpose 4', 'consent/tcf.ts', 'all(purposes, [1, 3, 4])', 'all(purposes, [1, 3])', [NEEDS]), // prettier-ignore
  adapter('TCF: sharing needs the vendors', 'consent/tcf.ts', 'all(data.vendor?.consents, vendors)', "'granted'", ['privacy, the purpose model: sharing needs each vendor that the playbook names']), // prettier-ignore
  adapter('TCF: an open window is no decision', 'consent/tcf.ts', "!action && data.eventStatus != 'tcloaded'", 'false', [EVENTS]), // prettier-ignore
  adapter('TCF: without success nothing is believed', 'consent/tcf.ts', 'if (!success || !data)', '!data', [REFUSALS], { find: '!success || !data' }), // prettier-ignore
  adapter('TCF: a malformed string is a refusal', 'consent/tcf.ts', "(tcString || data.gdprApplies) && !/^C[\\w-]{35,}(\\.[\\w-]+)*$/.test('' + tcString)", 'false', [REFUSALS]), // prettier-ignore
  adapter('GPP: only 2 grants', 'consent/gpp.ts', 'value === 2', 'value !== 1', ['no GPP data whatever grant without 2 in every field that the section has']), // prettier-ignore
  adapter('GPP: its own Gpc denies', 'consent/gpp.ts', '&& !section.Gpc ?', 'true', ['privacy, the purpose model: GPP grants marketing and sharing where 2, did not opt out, is said; 0 is unknown'], { find: '!section.Gpc' }), // prettier-ignore
  adapter('GPP: nothing counts before it is ready', 'consent/gpp.ts', "pingData.signalStatus != 'ready'", 'false', ['privacy 6: GPP is ignored until its signal is ready']), // prettier-ignore
  adapter('GPP: a malformed string is a refusal', 'consent/gpp.ts', "pingData.gppString && !/^DB[\\w-]*(~[\\w.-]+)*$/.test('' + pingData.gppString)", 'false', ['bad input: a malformed GPP string, no data, no success or a section that throws is a refusal']), // prettier-ignore
  // How they are combined.
  policy('what one denies is denied', 'consent/consent.ts', "votes.includes('denied') ?", 'false', [CONFLICT], { find: "votes.includes('denied')" }), // prettier-ignore
  policy('what nobody grants is denied', 'consent/consent.ts', "base[purpose] === 'granted' ?", 'true', [CONFLICT], { find: "base[purpose] === 'granted'" }), // prettier-ignore
  policy('Consent Mode counts where it is listed', 'consent/consent.ts', "source == 'consent_mode' && !settings[source]", 'false', ['Consent Mode that the playbook does not list counts for nothing']), // prettier-ignore
  policy('a decision that was recorded ends what is exempt', 'consent/consent.ts', 'settings.exempt && !decided', 'settings.exempt', ['privacy 14: where a decision was recorded, nothing is exempt']), // prettier-ignore
  policy('what was known without consent goes with the first decision', 'consent/consent.ts', "apply((applied = stateBy(() => 'denied')), '', version, Standing.Confirmed)", 'void 0', ['privacy 14: exempt measurement lasts until the first decision, whatever that says, and is no decision itself']), // prettier-ignore
  policy('all are waited for', 'consent/consent.ts', 'awaited.some((name) => !words[name])', 'false', [WAITS]),
  policy('a grant waits', 'consent/consent.ts', "(said[purpose] == 'denied' ? 'denied' : undefined)", 'said[purpose]', [WAITS]), // prettier-ignore
  policy('calls of a site that is not listed only deny', 'consent/consent.ts', 'settings.site ? own : denialsOf(own)', 'own', ['where the playbook does not list the site, its calls deny and do not grant']), // prettier-ignore
  policy('another tab only denies', 'consent/consent.ts', 'words.tabs = denialsOf(state)', 'words.tabs = state', [
    TABS,
  ]),
  policy('a refusal of another tab stays', 'consent/consent.ts', "(isAction || before[purpose] != 'granted')", 'true', [TABS]), // prettier-ignore
  policy('grants are a second apart', 'consent/consent.ts', 'if (now < nextGrant)', 'false', ['consent that flaps ten times a second: granted at most once a second, denied at once, and the last word wins'], { find: 'now < nextGrant' }), // prettier-ignore
  policy('a source that fails has not spoken', 'consent/consent.ts', 'words[name] = undefined;', 'void 0', ['a consent manager that throws counts as a refusal, says so once, and may speak later'], { find: 'words[name] = undefined' }), // prettier-ignore
  provisional('when the time is up nothing is granted', 'consent/chooser.ts', 'isLapsed ? 0 : grantedBy(state, host._granted(), denies & ~despite)', 'grantedBy(state, host._granted(), denies & ~despite)', ['privacy 2: a consent manager that never answers is a refusal once the wait is over, and a late grant applies']), // prettier-ignore
  provisional('a record is provisional where others are asked', 'consent/chooser.ts', 'hasPolicy ? Standing.Waiting : Standing.Confirmed', 'Standing.Confirmed', [UNTIL]), // prettier-ignore
  withdrawal("the site's defaults do not count before the others have spoken", 'consent/chooser.ts', 'text || hasPolicy ?', 'text', ["privacy 2: while a consent manager is waited for, what the site's code grants by default counts for nothing"], { find: 'text || hasPolicy' }), // prettier-ignore
  withdrawal('nor does a default of the dataLayer', 'consent/chooser.ts', '!hasPolicy && !recordIn()', '!recordIn()', ["privacy 2: while a consent manager is waited for, what the site's code grants by default counts for nothing"]), // prettier-ignore
  withdrawal('only the visitor overrules Global Privacy Control', 'consent/chooser.ts', "source === 'despite_gpc'", 'true', ['privacy 8: no call of the site overrules Global Privacy Control by itself']), // prettier-ignore
  // What is kept.
  sink('nothing is kept without storage', 'client.ts', '!detached && granted() & PurposeBit.Storage', '!detached', [STORED]), // prettier-ignore
  withdrawal('nothing is kept while consent is provisional', 'client.ts', '!chooser._standing() && mayKeep()', 'mayKeep()', ['privacy 40: items that a page shows are not kept while consent is provisional']), // prettier-ignore
  provisional('nor journaled', 'client.ts', 'if (chooser._standing() && kind != InputKind.Reset)\n', 'false', [UNTIL], { find: 'chooser._standing()' }), // prettier-ignore
  withdrawal('what was held is let go with a refusal', 'client.ts', '~after) held = [];', 'void 0', ['privacy 16: what a page held while it waited is not written once a purpose of it is refused'], { find: 'held = []' }), // prettier-ignore
  sink('a withdrawal of storage removes everything', 'client.ts', 'PurposeBit.Storage) forget()', 'void 0', [STORED], { find: 'forget()' }), // prettier-ignore
  sink(
    'a withdrawal of personalization removes the items',
    'client.ts',
    'if (denied & PurposeBit.Personalization) remove(ITEMS)',
    'void 0',
    [STORED],
    { find: 'remove(ITEMS)' },
  ),
  found('what a page finds denied goes too', 'client.ts', '(chooser._standing() || !recordIn() ? before : ALL_PURPOSES)', 'before', ['privacy 16, 18: a record that was edited denies, deletes what is kept, and the next grant brings nothing back']), // prettier-ignore
  found('what no word allowed is not taken up again', 'consent/chooser.ts', 'if (~(host._granted() | recorded) & PurposeBit.Storage) removeAll()', 'void 0', ['privacy 16, 18: where only the record has gone, nothing is touched before a decision, and granted begins anew'], { find: 'removeAll()' }), // prettier-ignore
  withdrawal('a withdrawal removes what tabs that are gone have left', 'client.ts', 'store(true);\n    if', 'store()', ['privacy 16: a withdrawal leaves no byte of its facts in storage, not in journals of tabs that are gone either'], { find: 'store(true)' }), // prettier-ignore
  withdrawal('what was seen before measurement is let go', 'client.ts', 'if (isMeasured) input(InputKind.Edge, Edge.Hidden)', 'void 0', ['privacy 1: what was seen of a page before measurement was granted is not measured'], { find: 'input(InputKind.Edge, Edge.Hidden)' }), // prettier-ignore
  sink('the clock is kept under storage', 'client.ts', 'if (isKept() && (read(CLOCK)', 'true', [STORED], { find: 'isKept()' }), // prettier-ignore
  sink('and read under storage', 'client.ts', "if (state.storage == 'granted')", 'true', [READ('with')], { find: "state.storage == 'granted'" }), // prettier-ignore
  sink("another tab's snapshot is read under storage", 'client.ts', 'else if (text && isKept())', 'true', [READ('with')], { find: 'isKept()' }), // prettier-ignore
  withdrawal('items are kept once consent is confirmed', 'client.ts', 'mayKeep: () => !!isKept()', 'true', ['privacy 40: items that a page shows are not kept while consent is provisional'], { find: '!!isKept()' }), // prettier-ignore
  sink('items are kept under personalization', 'recommend/recommend.ts', "storage == 'granted' && personalization == 'granted'", "storage == 'granted'", [STORED]), // prettier-ignore
  sink('items are read under storage', 'recommend/recommend.ts', "storage == 'granted' && personalization", 'true', [STORED], { find: "storage == 'granted'" }), // prettier-ignore
  found('of a snapshot of before a withdrawal nothing is taken', 'persistence.ts', 'renewedAfter(engine._time()) & engine._word(Word.Consent)', '0', ['privacy 18: what is withdrawn where storage has failed, and granted again, comes back on no later page', 'privacy 18: nor what a tab that does not lead withdraws while no other does'], { find: 'renewedAfter(engine._time())' }), // prettier-ignore
  withdrawal('frames of before a withdrawal are not merged', 'persistence.ts', 'if (_time < validSince(_label)) return', 'false', ['privacy 18: a journal that comes to light after a withdrawal, and after the next grant, brings nothing back'], { find: '_time < validSince(_label)' }), // prettier-ignore
  withdrawal('the record says since when', 'consent/record.ts', 'granted & ~grantedIn(earlier)', '0', ['privacy 18: a journal that comes to light after a withdrawal, and after the next grant, brings nothing back']), // prettier-ignore
  withdrawal('an event that was to be sent needs measurement', 'journal.ts', 'bytes[6]! & LabelBit.Queued ? bytes[6]! | PurposeBit.Measurement : bytes[6]!', 'bytes[6]!', ['privacy 18: a journal that comes to light after a withdrawal, and after the next grant, brings nothing back']), // prettier-ignore
  sink('the leader is looked for under storage', 'persistence.ts', 'isKept() && read(LEADER)', 'true', [READ('without')], { find: 'isKept()' }), // prettier-ignore
  sink('a tab that may lead looks at snapshots under storage', 'persistence.ts', 'while (isKept() && !_isCurrent()', 'true', [READ('with')], { find: 'isKept()' }), // prettier-ignore
  sink('a withdrawal leaves only the record', 'storage.ts', 'name == CONSENT || remove(name)', 'true', [STORED], { find: 'name == CONSENT' }), // prettier-ignore
  // What is sent.
  provisional('nothing is sent while consent is provisional', 'client.ts', 'return !chooser._standing() && (leading || !isKept())', 'true', [UNTIL], { find: '!chooser._standing()' }), // prettier-ignore
  // What other scripts hear.
  sink('of a denied event nothing is said', 'client.ts', '!(engine.omo_label(Table.Event, engine._find(Table.Event, name)) & ALL_PURPOSES & ~granted())', 'true', [of('console')]), // prettier-ignore
  sink('the tag is restricted', 'tag.ts', '    true,\n', 'false', [EXPORTED, ASKED], { find: 'true' }),
  sink('what waited in the queue is taken out', 'tag.ts', 'queue.splice(0)', 'queue', [of('dataLayer, queue of the tag')]), // prettier-ignore
  sink('what is told is what is exposed', 'client.ts', 'report = createReport(engine, restricted)', 'false', [ASKED, TOLD], { find: 'restricted' }), // prettier-ignore
  sink('the global exports nothing', 'client.ts', 'export: () => (restricted ?', 'false', [EXPORTED], { find: 'restricted' }), // prettier-ignore
  sink('events are told where they are exposed', 'client.ts', "type != 'event' || report._tells((value as { name: string }).name)", 'true', [TOLD]), // prettier-ignore
  sink('a row is told of where it is exposed', 'report.ts', '(label >= LabelBit.Exposed && !missing(label).length)', 'true', [ASKED], { find: 'label >= LabelBit.Exposed' }), // prettier-ignore
  explain('and while it is granted', 'report.ts', '&& !missing(label).length)', 'true', [GLOBAL], { find: '!missing(label).length' }), // prettier-ignore
  explain('what a row rests on is told where it is exposed itself', 'explain.ts', 'needed! < LabelBit.Exposed || without.length', 'without.length', [GLOBAL]), // prettier-ignore
  explain('and is granted itself', 'explain.ts', '|| without.length)', 'false', [GLOBAL], { find: 'without.length' }), // prettier-ignore
  explain('a row that is not told of is not explained', 'explain.ts', '!(isCampaign ? isTold(Table.Slot, engine.omo_slot_of(row)) : isTold(table, row))', 'false', [GLOBAL]), // prettier-ignore
  sink('no script opens the panel', 'render/door.ts', 'navigator.userActivation?.isActive === false', 'false', [PANEL]), // prettier-ignore
  sink('the panel is closed to scripts', 'render/privacy.ts', "mode: 'closed'", "'open'", [PANEL], {
    find: "'closed'",
  }),
  // Further ones, each beside one above.
  adapter('TCF: sharing without vendors is none', 'consent/tcf.ts', "vendors.length && all(purposes, [1]) == 'granted'", 'true', ['privacy, the purpose model: sharing needs each vendor that the playbook names']), // prettier-ignore
  adapter('GPP: every section must grant', 'consent/gpp.ts', "one(section) == 'granted'", 'true', ['privacy, the purpose model: GPP grants marketing and sharing where 2, did not opt out, is said; 0 is unknown']), // prettier-ignore
  policy('only words of purposes are kept', 'consent/consent.ts', "word === 'granted' || word === 'denied'", 'true', ['what the site said on an earlier page still counts, and only words of purposes are kept']), // prettier-ignore
  provisional('a tab that is not answered deletes only what is its own', 'client.ts', 'chooser._standing() != Standing.Lapsed', 'true', ['a tab whose consent manager is silent deletes nothing of a tab whose manager has confirmed']), // prettier-ignore
  sink('nothing is merged without storage', 'client.ts', 'leading && isKept() && persistence._isBehind()', 'true', [READ('with')], { find: 'isKept()' }), // prettier-ignore
  sink('nothing is stored without storage', 'client.ts', 'leading && isKept() && !persistence._save(all)', 'true', [], { find: 'isKept()', equivalent: 'the engine gives no snapshot without storage, and while consent is provisional the tab does not lead' }), // prettier-ignore
  sink('an input reads nothing without storage', 'client.ts', 'if (mayKeep()) {', 'true', [READ('with')], { find: 'mayKeep()' }), // prettier-ignore
  sink('a tab that leads reads nothing without storage', 'client.ts', 'if (isKept()) attempt(reload)', 'true', [READ('with')], { find: 'isKept()' }), // prettier-ignore
  sink('a page that comes back reads nothing without storage', 'client.ts', 'if (isKept()) reload(true)', 'true', [READ('with')], { find: 'isKept()' }), // prettier-ignore
  signedOut('a sign-out that is not kept stays to be carried out', 'client.ts', 'if (mayKeep()) remove(SIGNOUT)', 'true', ['privacy 59c: a sign-out that storage has no room for is carried out by the next page that has'], { find: 'mayKeep()' }), // prettier-ignore
  signedOut('and the page that asked knows', 'client.ts', 'remove(SIGNOUT);\n    return mayKeep();', 'true', [LAPSED], { find: 'mayKeep()' }), // prettier-ignore
  signedOut('a sign-out of a page that is not seen writes nothing', 'client.ts', 'isKnown ||= isSeen()', 'true', ['privacy 59c: a prerendered page, which may never be seen, neither signs out nor refuses until it is'], { find: 'isSeen()' }), // prettier-ignore
  signedOut('a sign-out writes nothing without storage', 'client.ts', 'grantedIn(recordIn()) & PurposeBit.Storage && write', 'true', ['privacy 1: where storage is not granted a sign-out writes nothing'], { find: 'grantedIn(recordIn()) & PurposeBit.Storage' }), // prettier-ignore
  waits('a refusal is kept before the engine runs', 'consent/record.ts', '~grantedBy(state, ~pending())', 'pending()', ['privacy 1, 16: a refusal on a page that leaves before its engine runs holds on the next, and deletes there']), // prettier-ignore
  waits('and until it is recorded', 'consent/chooser.ts', "source == 'site' && !isLapsed ? 0", "source == 'site'", ['privacy 1, 16: one that is said before the chunk of the policy fails outlasts what a consent manager confirms'], { find: "source == 'site' && !isLapsed" }), // prettier-ignore
  erased('other tabs are told that all was erased', 'consent/record.ts', "write(CONSENT, '');", "''", ['privacy 18: what a tab that does not lead erases no other tab brings back, and the choice stays as it was'], { find: "write(CONSENT, '')" }), // prettier-ignore
  sink('a tab writes that it leads under storage', 'persistence.ts', 'if (isKept() && (leads ||', 'true', [READ('without')], { find: 'isKept()' }), // prettier-ignore
  withdrawal('a page that was seen before measurement is told of anew', 'client.ts', 'slots && after & ~before & PurposeBit.Measurement', 'false', ['privacy 1: what was seen of a page before measurement was granted is not measured']), // prettier-ignore
  provisional('what waits is held until it is confirmed', 'client.ts', 'if (chooser._standing()) return;\n    held', 'false', [UNTIL], { find: 'chooser._standing()' }), // prettier-ignore
  withdrawal('items are kept where they may be', 'recommend/recommend.ts', 'mayKeep && host.mayKeep()', 'true', ['privacy 40: items that a page shows are not kept while consent is provisional'], { find: 'host.mayKeep()' }), // prettier-ignore
  sink('values are told of rows that are told of', 'report.ts', 'if (isTold(table, row)) all.push', 'true', [ASKED], { find: 'isTold(table, row)' }), // prettier-ignore
  sink('a restricted report is restricted', 'report.ts', 'return !restricted ||', 'true', [ASKED], { find: '!restricted' }), // prettier-ignore
  explain('its explanations too', 'report.ts', 'createExplain(engine, restricted, isTold, missing)', 'false', [GLOBAL], { find: 'restricted' }), // prettier-ignore
  explain('what a row rests on is not told to everyone', 'explain.ts', 'if (restricted && (needed!', 'false', [GLOBAL], { find: 'restricted' }), // prettier-ignore
  sink('an event is told of where it is exposed', 'report.ts', '=> isTold(Table.Event, engine._find(Table.Event, event))', 'true', [TOLD], { find: 'isTold(Table.Event, engine._find(Table.Event, event))' }), // prettier-ignore
];
