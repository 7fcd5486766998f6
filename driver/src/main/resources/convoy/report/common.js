'use strict';
// Builds pages out of the data inside them. All text is set as text, never as markup: class names and paths are the user's.
const data = JSON.parse(document.getElementById('data').textContent);
const drawn = [];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) made.append(child);
  return made;
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const count = value => numbers.format(value);
const percent = (value, digits = 2) => typeof value === 'number' ? (100 * value).toFixed(digits) + ' %' : '–';
const fixed = (value, digits = 4) => typeof value === 'number' ? value.toFixed(digits) : '–';
const workers = slots => `${count(slots)} ${slots === 1 ? 'worker' : 'workers'}`;

function section(id, title, ...children) {
  const made = element('section', { id }, element('h2', {}, title), children);
  document.getElementById('main').append(made);
  document.getElementById('contents').append(element('a', { href: '#' + id }, title));
  return made;
}

function tile(label, value, note) {
  return element('div', { class: 'tile' }, element('span', { class: 'faint' }, label), element('b', {}, value), note ? element('span', { class: 'faint' }, note) : null);
}

/** What is wider than the screen scrolls by itself, by keyboard too. */
function scrolling(label, ...children) {
  return element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label }, children);
}

/** A table of rows; columns are {title, of: row => value, show: value => text}, and sort when their titles are pressed. */
function table(caption, columns, rows, attributes = {}) {
  const body = element('tbody');
  const fill = sorted => body.replaceChildren(...sorted.map(row => element('tr', {}, columns.map(column => {
    const value = column.of(row);
    return element('td', column.text ? { class: 'text' } : {}, (column.show || String)(value));
  }))));
  const heads = columns.map(column => {
    const button = element('button', { type: 'button' }, column.title);
    const head = element('th', { scope: 'col', class: column.text ? 'text' : '' }, button);
    button.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const order = (a, b) => column.of(a) < column.of(b) ? -1 : column.of(a) > column.of(b) ? 1 : 0;
      // What is missing comes last, whichever way.
      const missing = row => column.of(row) === null || column.of(row) === undefined;
      fill([...rows].sort((a, b) => missing(a) - missing(b) || (up ? order(a, b) : order(b, a))));
    });
    return head;
  });
  fill(rows);
  return scrolling(caption, element('table', attributes, element('caption', {}, caption), element('thead', {}, element('tr', {}, heads)), body));
}

/** Buttons of which one is pressed, at first the first; `choose` is told which, by number. */
function choices(titles, choose) {
  const buttons = titles.map((title, index) => {
    const button = element('button', { type: 'button', 'aria-pressed': String(index === 0) }, title);
    button.addEventListener('click', () => {
      buttons.forEach(other => other.setAttribute('aria-pressed', String(other === button)));
      choose(index);
    });
    return button;
  });
  return element('p', {}, buttons);
}

/** A chart with a line that says what it shows, for those who cannot see it; settings are Chart.js' own, made anew whenever it is drawn. */
function chart(label, settings) {
  const canvas = element('canvas', { role: 'img', 'aria-label': label });
  drawn.push({ canvas, settings });
  return element('figure', {}, element('div', { class: 'chart' }, canvas), element('figcaption', {}, label));
}

const axis = (title, more = {}) => ({ type: 'linear', title: { display: true, text: title }, ...more });

/** Series are {label, data: [[x, y]...]}. */
function lines(label, x, y, series) {
  return chart(label, () => ({
    type: 'scatter',
    data: { datasets: series.map((one, index) => ({
      showLine: true, borderWidth: 2, pointRadius: one.data.length < 40 ? 4 : 0, pointStyle: shape(index), borderColor: colour(index), backgroundColor: colour(index),
      label: one.label, data: one.data.map(([left, up]) => ({ x: left, y: up })),
    })) },
    options: {
      scales: { x, y },
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      plugins: { legend: { display: series.length > 1, labels: { usePointStyle: true } } },
    },
  }));
}

const palette = ['#3b82f6', '#f97316', '#22a55b', '#d946ef', '#eab308', '#14b8a6', '#ef4444', '#8b5cf6'];
const colour = index => palette[index % palette.length];

// So that lines can be told apart without their colours.
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'cross'];
const shape = index => shapes[index % shapes.length];

/** Draws all charts; again when the page turns dark or light. */
function draw() {
  const style = getComputedStyle(document.documentElement);
  Object.assign(Chart.defaults, { animation: false, maintainAspectRatio: false, color: style.getPropertyValue('--text').trim(), borderColor: style.getPropertyValue('--line').trim() });
  for (const one of drawn) {
    if (one.chart) one.chart.destroy();
    one.chart = new Chart(one.canvas, one.settings());
  }
}

function start() {
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  // Paper is light, and nobody can open anything on it.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    closed.forEach(details => { details.open = true; });
    document.documentElement.classList.add('paper');
    draw();
  });
  addEventListener('afterprint', () => {
    closed.forEach(details => { details.open = false; });
    document.documentElement.classList.remove('paper');
    draw();
  });
}

/** Scored images, each titled with its right class and the predicted one; `names` of classes come from the page's own script. */
function gallery(shown) {
  return element('div', { class: 'gallery' }, shown.map(one => {
    const title = `R: ${names[one.right]}  P: ${names[one.predicted]}`;
    return element('figure', {}, element('img', { src: one.image, alt: `image ${one.id}, ${title}` }), element('figcaption', {}, title),
      element('span', { class: 'faint' }, `${percent(one.confidence, 1)}, no. ${one.id}`));
  }));
}

function list(entries) {
  return element('dl', {}, entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([key, value]) => [element('dt', {}, key), element('dd', {}, String(value))]));
}
