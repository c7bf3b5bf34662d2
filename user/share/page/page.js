/* SPDX-License-Identifier: BSD-2-Clause */
/* The status page: asks /api/... in turn, again and again, and shows what comes. Texts of the box go into the page as
   text alone. Without an answer the last one stays, with a line that says so. */
'use strict';

const INTERVAL = 2000, HIDDEN_INTERVAL = 30000, PATIENCE = 10000; // ms
const PAGE_ROWS = 50, SAMPLES = 30;

const $ = id => document.getElementById(id);
const box = {};                       // the latest answers, by name
const view = { order: 'rate', filter: '', offset: 0, selected: '', open: '' };
const samples = new Map();            // rates of the channels that are shown, by key
let lastAnswer = 0, timer = 0;

/* The document */

function make(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {}))
    key in element ? element[key] = value : element.setAttribute(key, value);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

function draw(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes || {}))
    element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const sign = verdict => draw('svg', { class: 'sign ' + verdict, 'aria-hidden': 'true' }, draw('use', { href: '#sign-' + verdict }));

function setText(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

/* Rebuilds only what has changed, so that what is selected or read aloud stays. */
function show(element, state, build) {
  const key = JSON.stringify(state);
  if (element.shown === key)
    return;
  element.shown = key;
  element.replaceChildren(...build());
}

/* Values as people write them */

function scaled(value, units) {
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(unit ? digits : Math.min(digits, 1)).replace(/\.0+$/, '') + ' ' + units[unit];
}

const bitRate = value => scaled(value || 0, ['b/s', 'kb/s', 'Mb/s', 'Gb/s', 'Tb/s']);
const packetRate = value => scaled(value || 0, ['packets/s', 'k packets/s', 'M packets/s']);
const count = value => value === null || value === undefined ? '–' : Math.round(value).toLocaleString('en');
const plural = (number, word) => count(number) + ' ' + word + (number === 1 ? '' : 's');

function duration(seconds) {
  if (seconds < 60)
    return Math.max(0, Math.round(seconds)) + ' s';
  if (seconds < 3600)
    return Math.floor(seconds / 60) + ' min';
  if (seconds < 86400)
    return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
  return Math.floor(seconds / 86400) + ' d ' + Math.floor(seconds % 86400 / 3600) + ' h';
}

function milliseconds(value) {
  if (value === null || value === undefined)
    return '–';
  if (value >= 10000)
    return duration(value / 1000);
  return value >= 1000 ? (value / 1000).toFixed(2) + ' s' : value.toFixed(value < 10 ? 1 : 0) + ' ms';
}

const age = since => duration((box.at - Date.parse(since)) / 1000);
const keyOf = channel => channel.source + ' ' + channel.group;
const sum = object => Object.values(object || {}).reduce((a, b) => a + b, 0);
const isUp = tunnel => [tunnel.igmp, tunnel.mld].some(cycle => ['active', 'refreshing'].includes(cycle.state));

/* Verdicts */

const WORDS = { ok: 'works', warn: 'look', fail: 'broken', unknown: 'idle' };
const RANK = { fail: 0, warn: 1, ok: 2 };
const HOPS = [
  ['dns', 'DNS'], ['source', 'Sources'], ['relay', 'Relays'], ['tunnel', 'Tunnels'],
  ['box', 'This box'], ['lan', 'LANs'], ['router', 'Routers, hosts'],
];
const hopName = hop => (HOPS.find(([key]) => key === hop) || [hop, hop])[1];

/* A channel that fails is not the fault of a hop which others pass. A silent resolver concerns all that come. */
function weighed(check) {
  const other = check.check === 'channels' && check.verdict === 'fail' && box.status.channels.receiving > 0 && !check.what.includes('DNS server');
  return other ? { ...check, verdict: 'warn' } : check;
}

function findings() {
  return ((box.doctor || {}).checks || []).map(weighed).filter(check => check.verdict !== 'ok')
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

/* What is not used is neither well nor ill. */
function verdictOf(hop) {
  const own = findings().filter(check => check.hop === hop);
  if (own.length)
    return own[0].verdict;
  const states = (box.status || {}).channels || {}, channels = sum(states);
  const used = {
    dns: channels > 0, source: states.receiving > 0,
    relay: tunnels().some(isUp), tunnel: tunnels().some(isUp), box: true,
    lan: lans().length > 0, router: routersAndHosts() > 0,
  };
  return used[hop] ? 'ok' : 'unknown';
}

const tunnels = () => (box.tunnels || {}).tunnels || [];
const heldDown = () => (box.tunnels || {}).held_down || [];
const interfaces = role => ((box.status || {}).interfaces || []).filter(one => one.role === role);
const lans = () => interfaces('downstream');
const memberships = () => lans().reduce((n, lan) => n + ((lan.igmp || {}).memberships || 0) + ((lan.mld || {}).memberships || 0), 0);
const routersAndHosts = () => lans().reduce((n, lan) => n + (lan.neighbors || 0), 0) + memberships();

/* Each hop: a figure, what belongs to it, and more */

const describe = {
  dns() {
    const waiting = box.status.waiting.discoveries;
    const times = box.joins.joins.map(join => join.trace.dns_answered).filter(time => time >= .5).sort((a, b) => a - b); // others were known
    return [times.length ? milliseconds(times[Math.floor(times.length / 2)]) : '–', times.length ? 'to an answer' : 'asked lately',
      waiting ? plural(waiting, 'source') + ' wait to be looked up' : 'finds the relay of a source'];
  },
  source() {
    const states = box.status.channels;
    return [count(states.receiving), 'of ' + plural(sum(states), 'channel') + ' send',
      states.joined ? count(states.joined) + ' silent' : ''];
  },
  relay() {
    const up = tunnels().filter(isUp);
    return [count(new Set(up.map(tunnel => tunnel.relay)).size), 'answer',
      heldDown().length ? count(heldDown().length) + ' held down' : up.slice(0, 2).map(tunnel => tunnel.relay).join(', ')];
  },
  tunnel() {
    const times = tunnels().map(tunnel => tunnel.round_trip_ms).filter(time => time !== null);
    return [count(box.status.tunnels), box.status.tunnels === 1 ? 'tunnel' : 'tunnels',
      times.length ? 'round trip ' + milliseconds(Math.min(...times)) + (times.length > 1 ? ' to ' + milliseconds(Math.max(...times)) : '') : ''];
  },
  box() {
    const modes = interfaces('upstream').map(one => one.name + ' ' + (one.mode || 'nothing').toUpperCase());
    const slow = box.status.slow_path.packets_per_s;
    return [bitRate(box.status.bits_per_s), '', modes.join(', ') + (slow ? '; slow path ' + packetRate(slow) : '')];
  },
  lan() {
    const refused = lans().reduce((n, lan) => n + (lan.refused || 0), 0);
    return [lans().map(lan => lan.name).join(', ') || 'none', '',
      lans().map(lan => (lan.mode || 'nothing').toUpperCase()).join(', ') + (refused ? '; ' + count(refused) + ' not taken' : '')];
  },
  router() {
    const routers = lans().reduce((n, lan) => n + (lan.neighbors || 0), 0), hosts = memberships();
    const names = ((box.neighbors || {}).neighbors || []).map(one => one.address);
    return [count(routers), routers === 1 ? 'router' : 'routers',
      names.slice(0, 2).join(', ') + (names.length > 2 ? ' …' : '') + (hosts ? (names.length ? '; ' : '') + plural(hosts, 'membership') + ' of hosts' : '')];
  },
};

function arrow(down) {
  return down
    ? draw('svg', { class: 'way', viewBox: '0 0 12 24', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, draw('line', { x1: 6, y1: 1, x2: 6, y2: 16 }), draw('path', { d: 'M1 15h10l-5 8z' }))
    : draw('svg', { class: 'way', viewBox: '0 0 34 12', 'aria-hidden': 'true' }, draw('line', { x1: 2, y1: 6, x2: 24, y2: 6 }), draw('path', { d: 'M22 1v10l10-5z' }));
}

function hop([key, name], i) {
  const verdict = verdictOf(key), first = findings().find(check => check.hop === key);
  const [big, of, more] = describe[key]();
  const flows = key !== 'dns' && key !== 'router' && box.status.packets_per_s > 0;
  return make('li', { className: ['hop', key, verdict, flows ? 'flows' : ''].join(' ').trim() },
    make('div', { className: 'head' }, sign(verdict), make('span', { className: 'name' }, name), make('span', { className: 'word' }, WORDS[verdict])),
    make('div', { className: 'big' }, big, ' ', make('small', {}, of)),
    make('div', { className: 'more' }, more || '\u00a0'),
    first ? make('div', { className: 'say', title: first.what }, first.what) : null,
    i < HOPS.length - 1 ? arrow(key === 'dns') : null);
}

function figures() {
  const states = box.status.channels;
  const one = (big, small, verdict) => make('div', { className: 'figure ' + (verdict || '') }, make('b', {}, big), make('span', {}, small));
  return make('li', { className: 'figures' },
    one(bitRate(box.status.bits_per_s), 'forwarded'),
    one(packetRate(box.status.packets_per_s).replace(/ ?packets/, ''), 'packets'),
    one(count(states.receiving), 'of ' + plural(sum(states), 'channel') + ' receive'),
    one(count(states.failed), 'failed', states.failed ? 'fail' : ''));
}

function showPath() {
  show($('path'), [HOPS.map(([key]) => [verdictOf(key), describe[key]()]), findings(), box.status.channels, box.status.bits_per_s],
    () => [hop(HOPS[0], 0), figures(), ...HOPS.slice(1).map((entry, i) => hop(entry, i + 1))]);
}

function showVerdict() {
  const list = findings(), worst = list.length ? list[0].verdict : 'ok', broken = list.filter(check => check.verdict === 'fail').length;
  const text = box.status.draining ? 'Being drained' : broken ? plural(broken, 'thing') + ' broken' : list.length ? plural(list.length, 'thing') + ' to look at' : 'All hops work';
  const verdict = $('verdict');
  verdict.className = 'verdict ' + worst;
  show(verdict, [worst, text], () => [sign(worst), make('span', {}, text)]);
  document.title = (worst === 'ok' ? '' : text + ' – ') + box.status.host;
}

function showFindings() {
  const list = findings();
  show($('findings'), list, () => list.length ? list.map(check => make('li', { className: 'finding ' + check.verdict },
    sign(check.verdict), make('span', { className: 'where' }, hopName(check.hop)), make('span', { className: 'what' }, check.what),
    check.cure ? make('code', { className: 'cure' }, check.cure) : null))
    : [make('li', { className: 'finding ok' }, sign('ok'), make('span', { className: 'where' }, 'Nothing'),
      make('span', { className: 'what' }, sum(box.status.channels) ? 'Each hop works as far as this box can see. mcingest doctor also asks resolvers and relays.' : 'No router or host on a LAN has joined a channel.'))]);
}

/* Rates */

function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(step => step * power).find(top => top >= value) || 1;
}

/* Points of 180 places, the newest at the right side; heights from 0 to `top`. */
function curve(values, top, height) {
  const x = i => 180 - values.length + i + .5, y = value => height - value / top * (height - 6);
  return values.map((value, i) => (i ? 'L' : 'M') + x(i).toFixed(1) + ' ' + y(value).toFixed(2)).join('');
}

function area(values, top, height) {
  const line = curve(values, top, height);
  return line && line + 'L' + '179.5 ' + height + 'L' + (180.5 - values.length).toFixed(1) + ' ' + height + 'z';
}

function showRates() {
  const values = box.rates.bits_per_s, highest = Math.max(0, ...values), top = ceiling(Math.max(1000, highest)), svg = $('rates');
  svg.setAttribute('viewBox', '0 0 180 100');
  svg.setAttribute('preserveAspectRatio', 'none');
  show(svg, values, () => [...[0.5, 1].map(part => draw('line', { class: 'grid', x1: 0, x2: 180, y1: 100 - part * 94, y2: 100 - part * 94 })),
    draw('path', { class: 'area', d: area(values, top, 100) }), draw('path', { class: 'curve', d: curve(values, top, 100) })]);
  for (const tick of svg.parentNode.querySelectorAll('.tick'))
    tick.remove();
  for (const part of [0.5, 1]) {
    const tick = make('span', { className: 'tick', ariaHidden: 'true' }, bitRate(top * part));
    tick.style.top = 'calc(9.5rem * ' + (1 - part * .94) + ' + 1.1em)';
    svg.parentNode.append(tick);
  }
  show($('rates-text'), [box.status.bits_per_s, highest, box.status.packets_per_s], () => [
    make('span', {}, '15 minutes ago'),
    make('span', {}, 'now ' + bitRate(box.status.bits_per_s) + ', ' + packetRate(box.status.packets_per_s) + '; highest ' + bitRate(highest)),
    make('span', {}, 'now')]);
}

const USUAL = { not_joined: 'usual after a leave', other_tunnel: 'usual after a move', duplicate: 'usual while moving' };

function showDrops() {
  const drops = box.rates.drops_per_s, seconds = box.rates.interval_s;
  const rows = Object.entries(drops).map(([reason, values]) => ({ reason, values, total: values.reduce((a, b) => a + b, 0) * seconds }))
    .sort((a, b) => (a.reason in USUAL) - (b.reason in USUAL) || b.total - a.total);
  show($('drops'), rows, () => rows.length ? rows.map(({ reason, values, total }) => make('div', { className: 'drop' + (reason in USUAL ? ' usual' : ''), title: USUAL[reason] || '' },
    make('span', { className: 'code' }, reason),
    draw('svg', { viewBox: '0 0 180 30', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, draw('path', { d: area(values, Math.max(...values), 30) })),
    make('span', { className: 'sum' }, count(total) + ', now ' + scaled(values[values.length - 1], ['/s', 'k/s', 'M/s']).replace(' /', '/'))))
    : [make('p', { className: 'quiet' }, 'Nothing was dropped.')]);
}

/* Joins */

const STEPS = [['dns_answered', 'DNS', 'dns-step'], ['tunnel_up', 'tunnel', 'tunnel-step'], ['update_sent', 'Update', 'update-step'], ['first_packet', 'first packet', 'packet-step']];

function lastStep(trace) {
  return Math.max(0, ...STEPS.map(([key]) => trace[key] || 0));
}

/* Most joins fit; what takes longer is cut, and its number says how long it was. */
function scaleOf(joins) {
  const times = joins.filter(join => join.state !== 'failed').map(join => lastStep(join.trace)).sort((a, b) => a - b);
  return ceiling(Math.max(10, times[Math.ceil((times.length - 1) * .8)] || 0));
}

/* Each step from the end of the one before it to its own. */
function bars(trace, scale) {
  let from = 0;
  const line = make('div', { className: 'bars' });
  for (const [key, , className] of STEPS) {
    const to = trace[key];
    if (to === null || to < from)
      continue;
    const bar = make('i', { className, title: key.replace('_', ' ') + ': ' + milliseconds(to) });
    bar.style.left = Math.min(100, from / scale * 100) + '%';
    bar.style.width = Math.max(0, Math.min(100, to / scale * 100) - Math.min(100, from / scale * 100)) + '%';
    if (from < scale)
      line.append(bar);
    from = to;
  }
  if (from > scale)
    line.append(make('span', { className: 'cut', ariaHidden: 'true' }, '»'));
  return line;
}

const STATE_VERDICT = { discovering: 'unknown', connecting: 'unknown', joined: 'warn', receiving: 'ok', failed: 'fail', closed: 'unknown' };

function verdictOfChannel(channel) {
  return channel.state === 'joined' && !channel.reason ? 'unknown' : STATE_VERDICT[channel.state] || 'unknown';
}

function spoken(trace) {
  return STEPS.map(([key, name]) => name + ' ' + milliseconds(trace[key])).join(', ');
}

function showJoins() {
  const joins = box.joins.joins, scale = scaleOf(joins);
  setText($('joins-scale'), joins.length ? '0 to ' + milliseconds(scale) + ' since the Join' : '');
  show($('joins-legend'), 1, () => STEPS.map(([, name, className]) => make('li', {}, make('i', { className }), name)));
  show($('joins'), joins.map(join => [keyOf(join), join.state, join.trace, scale]), () => joins.length ? joins.map(join => make('li', { className: 'join', title: join.reason || '' },
    make('span', { className: 'who' }, join.source + ', ' + join.group),
    join.state === 'failed' ? make('span', { className: 'why' }, join.reason || '') : bars(join.trace, scale),
    make('span', { className: 'time ' + (join.state === 'failed' ? 'fail' : '') }, join.state === 'failed' ? 'failed' : join.trace.first_packet === null ? (join.state === 'closed' ? 'closed' : 'no data yet') : milliseconds(join.trace.first_packet)),
    make('span', { className: 'spoken' }, spoken(join.trace))))
    : [make('li', { className: 'quiet' }, 'Nothing was joined since the daemon started.')]);
}

/* Relays */

function meter(value, top) {
  const fill = make('i', {});
  fill.style.width = Math.min(100, value / top * 100) + '%';
  return make('span', { className: 'meter', ariaHidden: 'true' }, fill);
}

function relayRow(tunnel, slowest) {
  const verdict = tunnel.full ? 'warn' : isUp(tunnel) ? 'ok' : 'unknown';
  const state = tunnel.full ? 'full' : isUp(tunnel) ? 'up' : tunnel.igmp.state !== 'idle' ? tunnel.igmp.state : tunnel.mld.state;
  return make('tr', {}, make('td', {}, tunnel.relay), make('td', { className: 'state ' + verdict }, make('span', {}, sign(verdict), state)),
    make('td', { className: 'number' }, count(tunnel.channels)),
    make('td', {}, tunnel.round_trip_ms === null ? '–' : meter(tunnel.round_trip_ms, slowest), tunnel.round_trip_ms === null ? null : milliseconds(tunnel.round_trip_ms)));
}

function heldRow(hold) {
  return make('tr', { className: 'held' }, make('td', {}, hold.relay), make('td', { className: 'state fail' }, make('span', {}, sign('fail'), hold.full ? 'full' : 'held down')),
    make('td', { className: 'number' }, '–'), make('td', { className: 'reason' }, hold.reason + ', tried last for ' + duration(hold.ends_s)));
}

function showRelays() {
  const held = heldDown(), list = tunnels().filter(tunnel => !held.some(hold => hold.relay === tunnel.relay));
  const slowest = ceiling(Math.max(1, ...list.map(tunnel => tunnel.round_trip_ms || 0)));
  setText($('relays-count'), box.tunnels.of > tunnels().length ? 'the ' + tunnels().length + ' with most channels of ' + count(box.tunnels.of) : '');
  show($('relays').tBodies[0], [held.map(hold => [hold.relay, Math.round(hold.ends_s)]), list.map(tunnel => [tunnel.relay, tunnel.channels, tunnel.round_trip_ms, tunnel.igmp.state, tunnel.mld.state, tunnel.full])],
    () => held.length + list.length ? [...held.slice(0, 20).map(heldRow), ...list.map(tunnel => relayRow(tunnel, slowest))]
      : [make('tr', {}, make('td', { colSpan: 4, className: 'quiet' }, 'No relay is needed at present.'))]);
}

/* Channels */

function sparkOf(channel) {
  const list = samples.get(keyOf(channel)) || [];
  list.push(channel.bits_per_s);
  samples.set(keyOf(channel), list.slice(-SAMPLES));
}

function forgetSamples(shown) {
  for (const key of samples.keys())
    if (!shown.has(key) && key !== view.open)
      samples.delete(key);
}

function cellsOf(channel) {
  const verdict = verdictOfChannel(channel), state = make('td', { className: 'state ' + verdict }, make('span', {}, sign(verdict), channel.state));
  const first = [state, make('td', {}, channel.source), make('td', {}, channel.group)];
  if (channel.state === 'failed' || !channel.relay)
    return [...first, make('td', { className: 'reason', colSpan: 4 }, channel.reason || '–'), make('td', { className: 'number' }, age(channel.since))];
  const way = [make('td', {}, channel.relay + (channel.other_relay ? ' → ' + channel.other_relay : '')), make('td', {}, channel.interfaces.join(' '))];
  const data = channel.reason && !channel.bits_per_s ? [make('td', { className: 'reason silent', colSpan: 2 }, channel.reason)]
    : [make('td', { className: 'number' }, channel.bits_per_s ? bitRate(channel.bits_per_s) : '–'), make('td', { className: 'number' }, channel.rtp_lost === null ? '–' : count(channel.rtp_lost))];
  return [...first, ...way, ...data, make('td', { className: 'number' }, age(channel.since))];
}

function rowOf(body, i) {
  if (body.rows[i])
    return body.rows[i];
  const row = make('tr', { tabIndex: -1 });
  row.addEventListener('click', () => openChannel(row.key));
  row.addEventListener('focus', () => { view.selected = row.key; });
  body.append(row);
  return row;
}

function fillRow(row, channel) {
  const cells = cellsOf(channel), key = cells.map(cell => cell.className + cell.textContent).join('|');
  row.key = keyOf(channel);
  row.setAttribute('aria-label', channel.state + ' ' + row.key + ', ' + (channel.reason || bitRate(channel.bits_per_s)));
  if (row.shown !== key)
    row.replaceChildren(...cells);
  row.shown = key;
}

function showChannels() {
  const list = box.channels.channels, body = $('list').tBodies[0], focused = body.contains(document.activeElement) ? document.activeElement.key : '';
  while (body.rows.length > list.length)
    body.rows[body.rows.length - 1].remove();
  list.forEach((channel, i) => { sparkOf(channel); fillRow(rowOf(body, i), channel); });
  forgetSamples(new Set(list.map(keyOf)));
  const chosen = [...body.rows].find(row => row.key === (focused || view.selected)) || body.rows[0];
  for (const row of body.rows)
    row.tabIndex = row === chosen ? 0 : -1;
  if (focused && chosen && chosen !== document.activeElement)
    chosen.focus({ preventScroll: true });
  showPlace(list.length);
  if (view.open)
    showDetail();
}

function showPlace(rows) {
  const { offset, matching, of } = box.channels;
  setText($('channels-count'), count(of) + ', failed ones first');
  setText($('place'), matching ? count(offset + 1) + ' to ' + count(offset + rows) + ' of ' + count(matching) : 'none');
  $('first').disabled = $('previous').disabled = offset === 0;
  $('next').disabled = offset + rows >= matching;
  $('none').hidden = rows > 0;
  setText($('none'), view.filter ? 'No channel passes the filter.' : 'No router or host on a LAN has joined a channel.');
  for (const button of document.querySelectorAll('[data-order]'))
    button.closest('th').setAttribute('aria-sort', button.dataset.order !== view.order ? 'none' : ['source', 'group', 'age'].includes(view.order) ? 'ascending' : 'descending');
}

/* One channel */

function openChannel(key) {
  view.open = view.selected = key;
  showDetail();
  if (!$('detail').open)
    $('detail').showModal();
}

function spark(values) {
  const top = Math.max(...values, 1), step = 100 / SAMPLES;
  return draw('svg', { class: 'spark', viewBox: '0 0 100 30', preserveAspectRatio: 'none', role: 'img', 'aria-label': 'rates of the last minute, up to ' + bitRate(top) },
    draw('path', { d: values.map((value, i) => 'M' + (100 - (values.length - i) * step) + ' 30h' + step * .85 + 'v-' + (value / top * 28).toFixed(2) + 'h-' + step * .85 + 'z').join('') }));
}

function keeper(one) {
  return one.interface + ': ' + (one.by === 'pim' ? 'router ' + one.neighbor : one.by === 'static' ? 'static' : 'hosts by ' + one.by.toUpperCase()) + ', ' + one.state + (one.expires_s === null ? '' : ', expires in ' + duration(one.expires_s));
}

function listOf(pairs) {
  return make('dl', {}, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

function detailOf(channel) {
  const scale = ceiling(Math.max(10, lastStep(channel.trace))), dropped = Object.entries(channel.dropped).map(([reason, packets]) => reason + ' ' + count(packets)).join(', ');
  return [
    listOf([['state', channel.state + ' for ' + age(channel.since) + (channel.retry_s === null ? '' : '; next attempt in ' + duration(channel.retry_s))],
      ['reason', channel.reason], ['relay', channel.relay && channel.relay + (channel.other_relay ? ', moving to ' + channel.other_relay : '')], ['LANs', channel.interfaces.join(', ')],
      ['traffic', bitRate(channel.bits_per_s) + ', ' + count(channel.packets) + ' packets'], ['lost before us', channel.rtp_lost === null ? '' : count(channel.rtp_lost) + ' RTP packets'],
      ['dropped', dropped], ['last drop', channel.last_drop && channel.last_drop.reason + ', ' + age(channel.last_drop.at) + ' ago'],
      ['kept by', channel.wanted.map(keeper).join('; ') || 'nobody any more']]),
    make('h3', {}, 'The last minute'), spark(samples.get(keyOf(channel)) || [0]),
    make('h3', {}, 'The join'),
    make('ol', {}, ...STEPS.map(([key, name], i) => make('li', { className: 'join' }, make('span', {}, name), channel.trace[key] === null ? make('div', { className: 'bars' }) : bars(Object.fromEntries(STEPS.map(([other], j) => [other, j <= i ? channel.trace[other] : null])), scale), make('span', { className: 'time' }, milliseconds(channel.trace[key]))))),
    make('h3', {}, 'Its latest changes'),
    make('ol', {}, ...channel.history.slice(-8).reverse().map(change => make('li', {}, age(change.at) + ' ago: ' + change.state + (change.relay ? ' by ' + change.relay : '') + (change.reason ? ', ' + change.reason : '') + (change.move === 'staying' ? '' : ' (' + change.move + ')')))),
  ];
}

function showDetail() {
  const channel = box.channels.channels.find(one => keyOf(one) === view.open);
  setText($('detail-title'), '(' + view.open.replace(' ', ', ') + ')');
  if (channel)
    $('detail-body').replaceChildren(...detailOf(channel));
  else
    $('detail-body').replaceChildren(make('p', {}, 'Not among the channels that the list shows now.'));
}

/* Asking */

async function ask(name, query) {
  const answer = await fetch('api/' + name + (query ? '?' + query : ''), { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok)
    throw new Error(name + ': ' + answer.status);
  box[name] = await answer.json();
}

function askChannels() {
  return ask('channels', new URLSearchParams({ order: view.order, filter: view.filter, offset: view.offset, limit: PAGE_ROWS }));
}

function showAll() {
  const { status } = box;
  setText($('host'), status.host);
  setText($('about'), 'up ' + duration(status.uptime_s) + (status.draining ? ', being drained' : ''));
  setText($('version'), 'mcingestd ' + status.version);
  setText($('clock'), new Date(box.at).toLocaleTimeString('en-GB'));
  showVerdict();
  showPath();
  showFindings();
  showRates();
  showDrops();
  showJoins();
  showRelays();
  showChannels();
}

function showLoss(error) {
  const lost = $('lost');
  lost.hidden = false;
  setText(lost, 'The box does not answer (' + error.message + ').' + (lastAnswer ? ' What is shown is of ' + new Date(lastAnswer).toLocaleTimeString('en-GB') + '.' : ''));
  $('verdict').className = 'verdict unknown';
  show($('verdict'), 'lost', () => [sign('unknown'), make('span', {}, 'No answer')]);
  document.title = 'No answer – mcingest';
}

async function look() {
  clearTimeout(timer);
  try {
    for (const name of ['status', 'doctor', 'tunnels', 'neighbors', 'rates', 'joins'])
      await ask(name);
    await askChannels();
    box.at = lastAnswer = Date.now();
    $('lost').hidden = true;
    showAll();
    document.body.dataset.looks = Number(document.body.dataset.looks || 0) + 1;
  } catch (error) {
    showLoss(error);
  }
  timer = setTimeout(look, document.hidden ? HIDDEN_INTERVAL : INTERVAL);
}

/* A turn over to other channels does not wait for the next look. */
let turning = 0;
async function turn() {
  const mine = ++turning;
  try {
    await askChannels();
    if (mine === turning && box.status)
      showChannels();
  } catch (error) {
    showLoss(error);
  }
}

/* Keys, buttons, theme */

function goTo(offset) {
  view.offset = Math.max(0, offset);
  turn();
}

function moveRow(step) {
  const rows = [...$('list').tBodies[0].rows], at = rows.findIndex(row => row === document.activeElement);
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  if (next)
    next.focus();
}

const THEMES = ['system', 'light', 'dark'];

function setTheme(theme) {
  if (theme === 'system')
    delete document.documentElement.dataset.theme;
  else
    document.documentElement.dataset.theme = theme;
  setText($('theme'), 'Theme: ' + theme);
  try { localStorage.setItem('theme', theme); } catch { /* a browser that keeps nothing */ }
}

function storedTheme() {
  try { return THEMES.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'system'; } catch { return 'system'; }
}

const nextTheme = () => setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || 'system') + 1) % THEMES.length]);

const KEYS = {
  '/': () => $('filter').focus(), t: nextTheme,
  n: () => $('next').disabled || goTo(view.offset + PAGE_ROWS), p: () => $('previous').disabled || goTo(view.offset - PAGE_ROWS),
  ArrowDown: () => moveRow(1), ArrowUp: () => moveRow(-1), j: () => moveRow(1), k: () => moveRow(-1),
  PageDown: () => moveRow(10), PageUp: () => moveRow(-10), Home: () => moveRow(-PAGE_ROWS), End: () => moveRow(PAGE_ROWS),
  Enter: () => openChannel(document.activeElement.key),
};
const ONLY_IN_LIST = ['PageDown', 'PageUp', 'Home', 'End', 'Enter'];

document.addEventListener('keydown', event => {
  const typing = document.activeElement === $('filter'), inList = $('list').tBodies[0].contains(document.activeElement);
  if (event.ctrlKey || event.altKey || event.metaKey || $('detail').open)
    return;
  if (typing && (event.key === 'Escape' || event.key === 'Enter')) {
    if (event.key === 'Escape')
      setFilter('');
    moveRow(0);
    event.preventDefault();
  } else if (!typing && KEYS[event.key] && (inList || !ONLY_IN_LIST.includes(event.key)) && (inList || document.activeElement.tagName !== 'BUTTON' || event.key.length === 1)) {
    KEYS[event.key]();
    event.preventDefault();
  }
});

function setFilter(text) {
  $('filter').value = view.filter = text;
  goTo(0);
}

$('filter').addEventListener('input', () => { view.filter = $('filter').value.trim(); goTo(0); });
$('first').addEventListener('click', () => goTo(0));
$('previous').addEventListener('click', () => goTo(view.offset - PAGE_ROWS));
$('next').addEventListener('click', () => goTo(view.offset + PAGE_ROWS));
$('theme').addEventListener('click', nextTheme);
$('close').addEventListener('click', () => $('detail').close());
$('detail').addEventListener('close', () => { view.open = ''; const row = [...$('list').tBodies[0].rows].find(one => one.key === view.selected); if (row) row.focus(); });
for (const button of document.querySelectorAll('[data-order]'))
  button.addEventListener('click', () => { view.order = button.dataset.order; goTo(0); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });

setTheme(storedTheme());
look();
