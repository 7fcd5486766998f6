'use strict';
const found = data.evaluation;
const names = found.classes;

document.getElementById('title').textContent = `${data.run.settings.model} on ${found.data.name}`;
document.getElementById('summary').textContent =
  `${percent(found.accuracy)} of ${count(found.count)} test images are right; with 95 % confidence between ${percent(found.accuracyInterval.low)} and ${percent(found.accuracyInterval.high)}.`;

section('figures', 'Figures', element('div', { class: 'tiles' },
  tile('accuracy', percent(found.accuracy), `${count(found.correct)} of ${count(found.count)}`),
  tile('95 % interval', `${fixed(100 * found.accuracyInterval.low, 2)} – ${percent(found.accuracyInterval.high)}`, 'Wilson'),
  found.topK.slice(1).map((share, index) => tile(`top ${index + 2}`, percent(share))),
  tile('macro F1', fixed(found.macro.f1)),
  tile('mean average precision', fixed(found.macro.averagePrecision)),
  tile('negative log-likelihood', fixed(found.loss)),
  tile('Brier score', fixed(found.brier)),
  tile('calibration error', percent(found.calibration.expectedError), '15 bins'),
  tile('images/s', count(found.imagesPerSecond), `${found.seconds.toFixed(1)} s on ${workers(found.provenance.slots)}`)));

const whole = { ticks: { precision: 0 } };
if (data.epochs.length > 0) {
  const curve = (key, label) => ({ label, data: data.epochs.filter(epoch => typeof epoch[key] === 'number').map(epoch => [epoch.epoch, epoch[key]]) });
  const both = (train, validation) => [curve(train, 'training'), curve(validation, 'validation')].filter(one => one.data.length > 0);
  section('training', 'Training', element('div', { class: 'charts' },
    lines('Loss by epoch', axis('epoch', whole), axis('loss'), both('loss', 'validationLoss')),
    lines('Accuracy by epoch', axis('epoch', whole), axis('accuracy'), both('trainAccuracy', 'validationAccuracy'))));
}

function confusion(shares) {
  const head = element('tr', {}, element('th', {}, 'right \\ predicted'), names.map(name => element('th', { scope: 'col' }, name)));
  return element('table', { class: 'confusion' }, element('caption', {}, shares ? 'Shares of the images of each class' : 'Images'),
    element('thead', {}, head),
    element('tbody', {}, found.confusion.map((row, actual) => {
      const total = row.reduce((sum, value) => sum + value, 0);
      return element('tr', {}, element('th', { scope: 'row' }, names[actual]), row.map((value, predicted) => {
        const share = total === 0 ? 0 : value / total;
        // Few mistakes should be seen too, so the shade grows with the root.
        const shade = Math.round(100 * Math.sqrt(share));
        const ground = `color-mix(in srgb, var(${actual === predicted ? '--right' : '--wrong'}) ${shade}%, transparent)`;
        return element('td', { style: value === 0 ? '' : `background: ${ground}` }, value === 0 ? '·' : shares ? percent(share, 1) : count(value));
      }));
    })));
}

const pairs = found.confusion.flatMap((row, actual) => row.map((value, predicted) => ({ actual, predicted, value })))
  .filter(pair => pair.actual !== pair.predicted && pair.value > 0)
  .sort((a, b) => b.value - a.value).slice(0, 10);
const mixedUp = table('Most frequent mistakes', [
  { title: 'right', of: pair => names[pair.actual], text: true },
  { title: 'predicted', of: pair => names[pair.predicted], text: true },
  { title: 'images', of: pair => pair.value, show: count },
], pairs);
if (names.length <= 60) {
  const place = scrolling('Confusion matrix');
  const fill = index => place.replaceChildren(confusion(index === 1));
  fill(0);
  section('confusion', 'Confusion matrix', choices(['counts', 'row percentages'], fill), place, mixedUp);
} else {
  section('confusion', 'Mistakes by class', element('p', { class: 'faint' }, 'The matrix is too large for a page; evaluation.json has it.'), mixedUp);
}

section('classes', 'Classes', table('Press a title to sort', [
  { title: 'class', of: row => row.name, text: true },
  { title: 'precision', of: row => row.precision, show: fixed },
  { title: 'recall', of: row => row.recall, show: fixed },
  { title: 'F1', of: row => row.f1, show: fixed },
  { title: 'average precision', of: row => row.averagePrecision, show: fixed },
  { title: 'images', of: row => row.support, show: count },
  { title: 'predicted', of: row => row.predicted, show: count },
], found.perClass, { id: 'per-class' }),
list([
  ['macro', `precision ${fixed(found.macro.precision)}, recall ${fixed(found.macro.recall)}, F1 ${fixed(found.macro.f1)}`],
  ['micro', `precision ${fixed(found.micro.precision)}, recall ${fixed(found.micro.recall)}, F1 ${fixed(found.micro.f1)}`],
]));

const bins = found.calibration.bins.filter(bin => bin.count > 0);
section('confidence', 'Confidence', element('div', { class: 'charts' },
  chart('Reliability: accuracy by confidence. On the dashed line the network is as often right as it says.', () => ({
    type: 'scatter',
    data: { datasets: [
      { label: 'images', backgroundColor: colour(0), data: bins.map(bin => ({ x: bin.confidence, y: bin.accuracy, count: bin.count })), pointRadius: bins.map(bin => 3 + 12 * Math.sqrt(bin.count / found.count)) },
      { label: 'as it says', showLine: true, pointRadius: 0, pointHitRadius: 0, borderDash: [5, 5], borderColor: Chart.defaults.color, borderWidth: 1, data: [{ x: 0, y: 0 }, { x: 1, y: 1 }] },
    ] },
    options: {
      scales: { x: axis('confidence', { min: 0, max: 1 }), y: axis('accuracy', { min: 0, max: 1 }) },
      plugins: { legend: { display: false }, tooltip: { callbacks: { label: point => `${count(point.raw.count)} images: ${percent(point.raw.x)} confident, ${percent(point.raw.y)} right` } } },
    },
  })),
  lines('Risk against coverage: mistakes among the images answered, if the least confident are left to a person', axis('coverage', { min: 0, max: 1 }), axis('risk', { min: 0 }),
    [{ label: 'risk', data: found.riskCoverage.map(point => [point.coverage, point.risk]) }])));

section('batches', 'Batches',
  element('p', {}, `${count(found.batches.length)} batches of up to ${count(found.batchSize)} images: accuracy ${percent(found.batchAccuracy.mean)} on average, standard deviation ${percent(found.batchAccuracy.standardDeviation)}, from ${percent(found.batchAccuracy.least)} to ${percent(found.batchAccuracy.most)}.`),
  lines('Accuracy of each batch, in the order of the images', axis('batch', whole), axis('accuracy'),
    [{ label: 'accuracy', data: found.batches.map(batch => [batch.index, batch.accuracy]) }]));

if (data.mistakes.length > 0) {
  section('mistakes', 'Mistakes', element('p', { class: 'faint' }, 'The most confident first, without those whose label may be wrong. R: the right class, P: the predicted one, and how sure the network was.'), gallery(data.mistakes));
}
if (data.suspects.length > 0) {
  section('suspects', 'Suspected labels', element('p', { class: 'faint' },
    'Mistakes in which the network is at least as sure of its class as it is of that class\'s own images on average: the label may be the mistake (confident learning, Northcutt et al. 2021). Look before you correct.'), gallery(data.suspects));
}

if (found.robustness.length > 0) {
  const kinds = [...new Set(found.robustness.map(one => one.kind))];
  section('robustness', 'Robustness',
    lines('Accuracy by the strength of a change to the images; 0 is the unchanged image', axis('strength', whole), axis('accuracy'),
      kinds.map(kind => ({ label: kind, data: [[0, found.accuracy], ...found.robustness.filter(one => one.kind === kind).map(one => [one.strength, one.accuracy])] }))),
    table('Accuracy', [{ title: 'change', of: kind => kind, text: true },
      ...[1, 2, 3, 4, 5].map(strength => ({ title: String(strength), of: kind => found.robustness.find(one => one.kind === kind && one.strength === strength).accuracy, show: value => percent(value) }))], kinds));
}

if (data.layers.length > 0) {
  const [one] = data.shown;
  section('inside', 'Inside the network', element('p', { class: 'faint' }, `Kernels of the first convolution, and what each convolution makes of test image ${one.id}, a ${names[one.right]}.`),
    element('div', { class: 'strip' }, element('figure', {}, element('img', { src: one.image, alt: `image ${one.id}, ${names[one.right]}` }))), data.layers.map(layer => [
    element('h3', {}, layer.title),
    element('div', { class: 'strip small' }, layer.images.map((image, index) => element('figure', {}, element('img', { src: image, alt: `${layer.title}, channel ${index}` }))))]));
}
if (data.augmented.length > 0) {
  section('augmentation', 'Augmentation', element('p', { class: 'faint' }, data.augmentation), element('div', { class: 'strip' },
    data.augmented.map(one => element('figure', {}, element('img', { src: one.before, alt: `image ${one.id} as it is` }), element('img', { src: one.after, alt: `image ${one.id} as trained on` })))));
}

section('provenance', 'Provenance', list([
  ['run', found.run.uri], ['run id', data.run.id], ['trained', data.run.created], ['on', `${workers(data.run.cluster.slots)}, ${data.run.cluster.master}`],
  ['trained on', `${data.run.dataset.name}, ${data.run.dataset.uri}`], ['SHA-256 of the images', data.run.dataset.checksum],
  ['evaluated on', `${found.data.name}, ${found.data.uri}`], ['SHA-256', found.data.checksum],
  ['evaluated', found.provenance.made], ['in', `${found.seconds.toFixed(1)} s on ${workers(found.provenance.slots)}, ${found.provenance.master}`],
  ['batch size', found.batchSize], ['views', found.testTimeAugmentation],
]), element('h3', {}, 'Versions'), table('Of what trained and of what evaluated', [
  { title: 'of', of: name => name, text: true },
  { title: 'training', of: name => data.run.versions[name] || '–', text: true },
  { title: 'evaluation', of: name => found.provenance.versions[name] || '–', text: true },
], Object.keys({ ...data.run.versions, ...found.provenance.versions }), { id: 'versions' }), element('details', {}, element('summary', {}, 'Settings'), list(Object.entries(data.run.settings))));
start();
