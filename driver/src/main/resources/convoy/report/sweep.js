'use strict';
const found = data.result;
const goal = found.objective;
const trials = found.trials.map((trial, index) => ({ ...trial, places: data.places[index] }));
const known = value => typeof value === 'number';

// Scores are the higher the better; people read a loss as it is, and an accuracy in per cent.
const lossy = goal.measure === 'loss';
const plain = !lossy && goal.costWeight === 0;
const figure = lossy ? 'loss' : plain ? 'accuracy' : 'score';
const figured = score => lossy ? 0 - score : score;
const say = value => plain ? percent(value) : fixed(value);
const sayScore = score => known(score) ? say(figured(score)) : '–';
const direction = `${figure}, the ${lossy ? 'lower' : 'higher'} the better`;

/** A setting's value; of numbers that are not whole, four digits. */
function worth(value) {
  if (!known(value) || Number.isInteger(value)) return String(value);
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) < 1e-4 ? rounded.toExponential() : String(rounded);
}
const settingsOf = trial => found.settings.filter(one => one.name in trial.point).map(one => `${one.name} ${worth(trial.point[one.name])}`).join(', ');
const time = seconds => seconds < 120 ? `${seconds.toFixed(1)} s` : seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
const many = (number, one, more) => `${count(number)} ${number === 1 ? one : more}`;
const of = state => trials.filter(trial => trial.state === state);

const rank = ['finished', 'stopped', 'paused', 'unfinished', 'failed'];
const standing = [...trials].sort((a, b) => (a.state !== 'finished') - (b.state !== 'finished') || known(b.score) - known(a.score)
  || (known(a.score) ? b.score - a.score : 0) || rank.indexOf(a.state) - rank.indexOf(b.state) || a.number - b.number);
const scored = standing.filter(trial => known(trial.score));
const finalists = found.finalists.map(one => one.number);
const best = finalists.length > 0 ? trials.find(trial => trial.number === finalists[0]) : of('finished').length > 0 ? standing[0] : null;
const isBest = trial => best !== null && trial.number === best.number;
const called = trial => `trial ${trial.number}: ${sayScore(trial.score)}, ${trial.state}`;

// By rank, so that one bad trial does not make all others look alike.
const byScore = [...scored].sort((a, b) => a.score - b.score);
const goodness = new Map(byScore.map((trial, index) => [trial.number, byScore.length < 2 ? 1 : index / (byScore.length - 1)]));
const tone = trial => `color-mix(in oklab, var(--accent) ${Math.round(100 * goodness.get(trial.number))}%, var(--low))`;

function head() {
  document.getElementById('title').textContent = document.title;
  const at = best === null ? null : [`accuracy ${percent(best.accuracy)}`, `loss ${fixed(best.loss)}`];
  document.getElementById('summary').textContent = best === null
    ? `Looked for ${goal.words}; of ${many(trials.length, 'trial', 'trials')}, none finished.`
    : `Trial ${best.number} is the best of ${count(trials.length)} by ${goal.words}: on held-out images ${at.join(' and ')}, with ${settingsOf(best)}.`;
  const test = found.test, verdict = found.verdict;
  section('figures', 'Figures',
    best !== null && verdict ? element('p', {}, verdict.words) : null,
    found.boundaries.map(warning => element('p', { class: 'bad' }, `At a boundary: ${warning}`)),
    element('div', { class: 'tiles' },
      best === null ? null : tile(`best ${figure}`, sayScore(best.score), `trial ${best.number}, held-out images`),
      test ? [tile('test accuracy', percent(test.accuracy), `${count(test.correct)} of ${count(test.count)}, looked at once`), tile('test loss', fixed(test.loss), 'of the best trial')] : null,
      verdict && known(verdict.difference) ? tile('lead over runner-up', plain ? `${(100 * verdict.difference).toFixed(2)} points` : fixed(verdict.difference), verdict.beyondNoise ? 'beyond noise' : 'within noise') : null,
      verdict && known(verdict.p) ? tile('Welch\'s t-test', verdict.p < 1e-4 ? 'p < 0.0001' : `p = ${verdict.p.toPrecision(2)}`, 'over further seeds') : null,
      tile('trials', count(trials.length), rank.filter(state => of(state).length > 0).map(state => `${of(state).length} ${state}`).join(', ')),
      tile('time', time(found.cost.seconds), `${percent(found.cost.busy, 0)} of ${many(found.cost.slots, 'slot', 'slots')} busy`)),
    found.finalists.length === 0 ? null : table('The best trained again with further seeds', [
      { title: 'trial', of: one => one.number },
      { title: 'first seed', of: one => one.firstScore, show: sayScore },
      { title: 'further seeds', of: one => one.scores.map(sayScore).join(', ') || '–', text: true },
      { title: 'mean', of: one => one.mean, show: sayScore },
      { title: 'standard deviation', of: one => one.spread, show: say },
    ], found.finalists, { id: 'finalists' }));
}

function leaderboard() {
  const badges = new Map(finalists.map((number, index) => [number, index === 0 ? 'best' : 'runner-up']));
  const badge = number => badges.has(number) ? element('span', { class: 'badge' }, badges.get(number)) : null;
  const columns = [
    { title: 'trial', of: trial => trial.number, show: number => element('span', {}, String(number), badge(number)) },
    { title: 'state', of: trial => trial.state, text: true },
    ...plain || lossy ? [] : [{ title: 'score', of: trial => known(trial.score) ? trial.score : null, show: value => fixed(value) }],
    { title: 'accuracy', of: trial => known(trial.accuracy) ? trial.accuracy : null, show: value => percent(value) },
    { title: 'loss', of: trial => known(trial.loss) ? trial.loss : null, show: value => fixed(value) },
    { title: 'epochs', of: trial => trial.epochs.length },
    { title: 'slot seconds', of: trial => trial.slotSeconds, show: value => fixed(value, 1) },
    { title: 'parameters', of: trial => trial.parameters || null, show: value => value === null ? '–' : count(value) },
    { title: 'multiply-adds', of: trial => trial.multiplyAdds || null, show: value => value === null ? '–' : count(value) },
    ...found.settings.map(setting => ({ title: setting.name, of: trial => setting.name in trial.point ? trial.point[setting.name] : null, show: value => value === null ? '–' : worth(value) })),
    { title: 'directory', of: trial => trial.directory, text: true },
    { title: 'reason', of: trial => trial.reason, show: value => value ? element('span', { class: 'reason' }, value) : '', text: true },
  ];
  section('leaderboard', 'Leaderboard', trials.length === 0 ? element('p', {}, 'There was no trial.')
    : table('Finished trials first, the best at the top; press a title to sort', columns, standing, { id: 'trials' }));
}

function command() {
  if (!found.command) {
    section('command', 'Command', element('p', {}, 'No trial finished, so there is none to repeat.'));
    return;
  }
  const text = element('pre', { tabindex: '0', 'aria-label': 'Command' }, found.command);
  const told = element('span', { role: 'status' });
  const button = element('button', { type: 'button' }, 'copy');
  button.addEventListener('click', async () => {
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(found.command);
      told.textContent = ' Copied.';
    } catch (refused) {
      told.textContent = ' Selected: copy it by the keyboard.';
    }
  });
  section('command', 'Command', element('p', {}, `Trains trial ${best.number} again: `, button, told), text);
}

const tint = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const whole = { ticks: { precision: 0 } };

function curves() {
  const started = standing.filter(trial => trial.epochs.length > 0);
  if (started.length === 0) {
    section('curves', 'Learning curves', element('p', {}, 'No trial has finished an epoch.'));
    return;
  }
  const measures = lossy ? ['loss', 'accuracy'] : ['accuracy', 'loss'];
  let measure = measures[0], shown = started;
  const looks = trial => isBest(trial) ? { borderColor: tint('--accent'), borderWidth: 4, order: 0 }
    : trial.state === 'finished' ? { borderColor: tint('--faint'), borderWidth: 1.5, order: 1 }
      : { borderColor: tint('--faint') + 'b3', borderWidth: 1.5, borderDash: [4, 4], order: 2 };
  section('curves', 'Learning curves',
    choices(measures, index => {
      measure = measures[index];
      draw();
    }),
    scored.length < 4 ? null : choices(['all trials', 'the better half'], index => {
      shown = index === 0 ? started : started.filter(trial => goodness.get(trial.number) >= 0.5);
      draw();
    }),
    chart('Accuracy or loss on held-out images by epoch, a line a trial: the best thick, stopped and failed ones dashed.', () => ({
      type: 'scatter',
      data: { datasets: shown.map(trial => ({
        label: called(trial), showLine: true, ...looks(trial), backgroundColor: looks(trial).borderColor,
        pointRadius: trial.epochs.length === 1 || isBest(trial) ? 3 : 1.5, pointHitRadius: 8,
        data: trial.epochs.filter(epoch => known(epoch[measure])).map(epoch => ({ x: epoch.epoch, y: epoch[measure] })),
      })) },
      options: {
        scales: { x: axis('epoch', whole), y: axis(measure) },
        interaction: { mode: 'nearest', intersect: false },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: at => `trial ${shown[at.datasetIndex].number}, epoch ${at.raw.x}: ${measure === 'accuracy' ? percent(at.raw.y) : fixed(at.raw.y)}` } } },
      },
    })));
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat(Infinity).filter(child => child !== null));
  return made;
}
const write = (x, y, text, more = {}) => svg('text', { x, y, ...more }, text);
const rule = (x1, y1, x2, y2) => svg('line', { class: 'rule', x1, y1, x2, y2 });
const plot = (width, height, label, more, ...children) => svg('svg', { class: 'plot', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-label': label, ...more }, children);
const short = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;
const room = () => document.getElementById('main').clientWidth;

/** From the least to the most shown figure, as places from 0 to 1, with a few round ticks between. */
function figures(shown) {
  const values = shown.map(trial => figured(trial.score));
  const low = Math.min(...values), high = Math.max(...values);
  const span = high > low ? high - low : Math.abs(high) || 1;
  const from = high > low ? low : low - span / 2;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * [1, 2, 5, 10].find(times => times * power >= span / 4);
  const ticks = [];
  for (let at = Math.ceil(from / step); at * step <= from + span * 1.0001; at++) ticks.push(at * step);
  const digits = Math.max(0, -Math.floor(Math.log10(plain ? 100 * step : step) + 1e-9));
  return {
    place: value => (value - from) / span,
    ticks: ticks.map(value => ({ unit: (value - from) / span, label: plain ? percent(value, Math.min(digits, 6)) : Math.abs(value) >= 1e6 ? value.toExponential(1) : value.toFixed(Math.min(digits, 6)) })),
  };
}

/** Draws scored trials, all or the better half of them, whichever is pressed; `make` gives a list. */
function ofScored(id, title, note, make) {
  if (scored.length === 0) {
    section(id, title, element('p', {}, 'No trial has a score.'));
    return;
  }
  const place = element('div');
  const fill = index => place.replaceChildren(...make(index === 0 ? scored : scored.filter(trial => goodness.get(trial.number) >= 0.5)));
  section(id, title, element('p', { class: 'faint' }, note), scored.length < 4 ? null : choices(['all trials', 'the better half'], fill), place);
  fill(0);
}

function parallel(shown) {
  const gap = Math.min(260, Math.max(96, Math.floor(room() / (data.axes.length + 1))));
  const width = gap * (data.axes.length + 1), top = 40, bottom = 300, absent = 330;
  const scale = figures(shown);
  const x = index => (index + 0.58) * gap;
  const y = unit => bottom - unit * (bottom - top);
  const last = data.axes.length;
  const letters = Math.floor(gap / 7.5);
  const axes = [...data.axes, { name: figure, ticks: scale.ticks, conditional: false }];
  const rules = axes.map((one, index) => [rule(x(index), top, x(index), bottom),
    one.ticks.map(tick => rule(x(index) - 4, y(tick.unit), x(index), y(tick.unit))),
    one.conditional ? rule(x(index) - 14, absent, x(index) + 14, absent) : null]);
  const labels = axes.map((one, index) => [write(x(index), 18, short(one.name, letters), { class: 'title', 'text-anchor': 'middle' }),
    one.ticks.map(tick => write(x(index) - 7, y(tick.unit) + 4, short(tick.label, letters - 3), { class: 'faint over', 'text-anchor': 'end' })),
    one.conditional ? write(x(index), absent + 18, 'not set', { class: 'faint over', 'text-anchor': 'middle' }) : null]);
  const readout = element('p', { 'aria-live': 'polite' }, 'Point at a line, or move from one to the next by the arrow keys.');
  // The best is drawn last, on top.
  const groups = [...shown].reverse().map(trial => {
    const points = [...data.axes.map((one, index) => [x(index), one.name in trial.places ? y(trial.places[one.name]) : absent]), [x(last), y(scale.place(figured(trial.score)))]];
    const d = 'M' + points.map(([across, down]) => `${across.toFixed(1)},${down.toFixed(1)}`).join('L');
    return svg('g', { class: isBest(trial) ? 'trial best' : 'trial', tabindex: '-1', role: 'img', 'aria-label': `${called(trial)}; ${settingsOf(trial)}` },
      svg('path', { class: 'reach', d }), svg('path', { class: 'seen', d, style: `stroke: ${tone(trial)}`, ...trial.state === 'finished' ? {} : { 'stroke-dasharray': '5 4' } }));
  });
  const drawing = plot(width, absent + 30, 'Parallel coordinates', { role: 'group' }, rules, groups, labels);
  const light = group => {
    groups.forEach(other => other.classList.toggle('on', other === group));
    drawing.classList.toggle('some', group !== null);
    if (group !== null) readout.textContent = group.getAttribute('aria-label');
  };
  const order = [...groups].reverse();
  order[0].setAttribute('tabindex', '0');
  order.forEach((group, index) => {
    group.addEventListener('pointerenter', () => light(group));
    group.addEventListener('pointerleave', () => light(null));
    group.addEventListener('focus', () => light(group));
    group.addEventListener('blur', () => light(null));
    group.addEventListener('keydown', event => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      group.setAttribute('tabindex', '-1');
      const next = order[(index + step + order.length) % order.length];
      next.setAttribute('tabindex', '0');
      next.focus();
    });
  });
  return [scrolling('Parallel coordinates', drawing), readout];
}

function bars(caption, rows) {
  return element('table', { class: 'bars' }, element('caption', {}, caption), element('tbody', {}, rows.map(([label, share, text]) =>
    element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, text), element('td', {}, element('div', { style: `width: ${Math.max(0, Math.min(100, 100 * share)).toFixed(2)}%` }))))));
}

function importance() {
  section('importance', 'Importance', found.importance.length === 0
    ? element('p', {}, `Importance takes at least ${data.leastScored} trials with a score; there ${scored.length === 1 ? 'is' : 'are'} ${scored.length}.`)
    : [element('p', { class: 'faint' }, 'The share of the variance of scores over the space that each setting explains by itself; the rest is due to settings together, or to chance. Estimated by a random forest (functional analysis of variance, Hutter et al. 2014) from all trials with a score, stopped ones too: a guide, not a proof.'),
      bars('Share of the variance', found.importance.map(one => [one.name, one.share, percent(one.share, 1)]))]);
}

/** Whether a setting's values are too many or too long to stand beside each other. */
const crowded = (one, wide) => 7.5 * one.ticks.reduce((sum, tick) => sum + Math.min(tick.label.length, 14) + 1, 0) > wide;

/** A setting's values under a drawing. */
function below(one, across, down) {
  const slanted = crowded(one, across(1) - across(0));
  return one.ticks.map(tick => [rule(across(tick.unit), down, across(tick.unit), down + 4),
    write(across(tick.unit), down + 17, short(tick.label, 14), slanted
      ? { class: 'faint', 'text-anchor': 'end', transform: `rotate(-30 ${across(tick.unit)} ${down + 12})` }
      : { class: 'faint', 'text-anchor': 'middle' })]);
}

/** A trial: the best a star, those that did not finish hollow. */
function mark(trial, x, y) {
  const title = svg('title', {}, `${called(trial)}; ${settingsOf(trial)}`);
  if (!isBest(trial)) return svg('circle', { class: trial.state === 'finished' ? 'dot' : 'other', cx: x, cy: y, r: 4 }, title);
  const corners = [...Array(10).keys()].map(i => [i % 2 === 0 ? 9 : 4, i * Math.PI / 5]).map(([far, turn]) => `${(x + far * Math.sin(turn)).toFixed(1)},${(y - far * Math.cos(turn)).toFixed(1)}`);
  return svg('path', { class: 'star', d: `M${corners.join('L')}Z` }, title);
}

// What matters is on top.
const bestOnTop = shown => [...shown].sort((a, b) => isBest(a) - isBest(b) || (a.state === 'finished') - (b.state === 'finished'));

function slices(shown) {
  const scale = figures(shown);
  const width = 280, left = 58, right = 262, top = 32, bottom = 178;
  const across = unit => left + unit * (right - left);
  const down = unit => bottom - unit * (bottom - top);
  return [element('div', { class: 'slices' }, data.axes.map(one => {
    const having = shown.filter(trial => one.name in trial.places);
    const height = bottom + (crowded(one, right - left) ? 72 : 32);
    return element('figure', {}, plot(width, height, `${figure} by ${one.name}`, { role: 'img' },
      write(left, 16, short(one.name, 32), { class: 'title' }),
      scale.ticks.map(tick => [rule(left, down(tick.unit), right, down(tick.unit)), write(left - 6, down(tick.unit) + 4, tick.label, { class: 'faint', 'text-anchor': 'end' })]),
      rule(left, bottom + 8, right, bottom + 8), below(one, across, bottom + 8),
      bestOnTop(having).map(trial => mark(trial, across(trial.places[one.name]), down(scale.place(figured(trial.score)))))),
    having.length < shown.length ? element('figcaption', {}, `${count(shown.length - having.length)} without it not shown`) : null);
  }))];
}

function contour() {
  const map = data.contour;
  if (!map) {
    section('contour', 'Contour', element('p', {}, found.settings.length < 2 ? 'A contour takes two settings.'
      : scored.length < data.leastScored ? `A contour takes at least ${data.leastScored} trials with a score; there ${scored.length === 1 ? 'is' : 'are'} ${scored.length}.` : 'A contour takes two settings that are not both choices.'));
    return;
  }
  const [one, two] = [map.x, map.y].map(name => data.axes.find(axis => axis.name === name));
  const width = Math.min(640, Math.max(300, room())), left = 78, top = 34, right = width - 18, bottom = Math.round(width * 0.66), height = bottom + (crowded(one, right - left) ? 88 : 44);
  const across = unit => left + unit * (right - left);
  const down = unit => bottom - unit * (bottom - top);
  const means = map.means.flat().filter(known);
  const low = Math.min(...means), high = Math.max(...means);
  const good = mean => high > low ? (mean - low) / (high - low) : 0.5;
  const cells = map.means.map((row, j) => row.map((mean, i) => !known(mean) ? null : svg('rect', {
    x: across(i / row.length), y: down((j + 1) / map.means.length), width: (right - left) / row.length + 0.5, height: (bottom - top) / map.means.length + 0.5,
    'shape-rendering': 'crispEdges', style: `fill: color-mix(in oklab, var(--accent) ${Math.round(100 * good(mean))}%, var(--panel))`,
  })));
  const shown = scored.filter(trial => map.x in trial.places && map.y in trial.places);
  section('contour', 'Contour',
    element('p', { class: 'faint' }, `The ${figure} that the forest expects by ${map.x} and ${map.y}, on average over the other settings: from ${sayScore(low)}, palest, to ${sayScore(high)}, strongest. Dots are trials; hollow ones did not finish, the star is the best.`),
    scrolling('Contour', plot(width, height, `Expected ${figure} by ${map.x} and ${map.y}`, { role: 'img' },
      cells, svg('rect', { class: 'rule', x: left, y: top, width: right - left, height: bottom - top }),
      write(left - 6, 18, map.y, { class: 'title' }), write(right, height - 6, map.x, { class: 'title', 'text-anchor': 'end' }),
      two.ticks.map(tick => [rule(left - 4, down(tick.unit), left, down(tick.unit)), write(left - 7, down(tick.unit) + 4, short(tick.label, 10), { class: 'faint', 'text-anchor': 'end' })]),
      below(one, across, bottom), bestOnTop(shown).map(trial => mark(trial, across(trial.places[map.x]), down(trial.places[map.y]))))));
}

function budget() {
  const cost = found.cost;
  const kinds = ['finished', 'stopped', 'failed', 'repeats'];
  const total = kinds.reduce((sum, kind) => sum + cost[kind], 0);
  let spent = 0, top = null;
  const steps = [];
  for (const trial of trials) {
    spent += trial.slotSeconds;
    if (trial.state === 'finished' && known(trial.score) && (top === null || trial.score > top)) top = trial.score;
    if (top !== null) steps.push({ x: spent, y: figured(top) });
  }
  section('budget', 'Where time went',
    total > 0 ? bars('Slot seconds', kinds.map(kind => [kind === 'repeats' ? 'further seeds of the best' : `${kind} trials`, cost[kind] / total, `${time(cost[kind])}, ${percent(cost[kind] / total, 0)}`]))
      : element('p', {}, 'No trial took any time.'),
    element('p', {}, `The search took ${time(cost.seconds)}; its ${many(cost.slots, 'slot was', 'slots were')} busy with trials for ${percent(cost.busy, 0)} of that.`),
    steps.length === 0 ? element('p', {}, 'No trial finished, so there is no best so far.')
      : chart(`Best ${direction}, of the finished trials so far, in the order of their numbers`, () => ({
        type: 'scatter',
        data: { datasets: [{ label: 'best so far', showLine: true, stepped: 'before', borderWidth: 2, pointRadius: steps.length < 40 ? 3 : 0, borderColor: tint('--accent'), backgroundColor: tint('--accent'), data: steps }] },
        options: {
          scales: { x: axis('slot seconds', { min: 0 }), y: axis(figure) },
          plugins: { legend: { display: false }, tooltip: { callbacks: { label: at => `${time(at.raw.x)}: ${say(at.raw.y)}` } } },
        },
      })));
}

head();
leaderboard();
command();
curves();
ofScored('parallel', 'Parallel coordinates', `A line a trial through its settings to its ${direction}: blue ranks high, orange low; the best is thick, trials that did not finish are dashed.`, parallel);
importance();
ofScored('slices', 'Slices', `The ${direction}, by each setting. The star is the best trial; hollow dots did not finish.`, slices);
contour();
budget();
section('provenance', 'Provenance', list([['began', found.created], ['objective', goal.words]]),
  table('Settings searched', [
    { title: 'setting', of: one => one.name, text: true },
    { title: 'values', of: one => one.values ? one.values.map(worth).join(', ') : `${worth(one.low)} to ${worth(one.high)}${one.kind === 'whole' ? ', whole' : ''}${one.log ? ', by factors' : ''}`, text: true },
    { title: 'only when', of: one => one.when || '', text: true },
  ], found.settings, { id: 'settings' }),
  element('details', {}, element('summary', {}, 'Specification'), element('pre', {}, JSON.stringify(found.spec, null, 2))));
start();
