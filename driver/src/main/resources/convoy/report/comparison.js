'use strict';
const found = data.comparison;
const names = found.classes;
const signedPoints = value => (value >= 0 ? '+' : '−') + Math.abs(100 * value).toFixed(2);
const points = value => signedPoints(value) + ' points';
const better = found.mcnemar < 0.05;
const p = found.mcnemar < 1e-12 ? 'p < 1e-12' : `p = ${found.mcnemar.toPrecision(2)}`;

document.getElementById('title').textContent = `Comparison on ${found.data.name}`;
document.getElementById('summary').textContent = better
  ? `The candidate is ${found.difference > 0 ? 'better' : 'worse'} by ${Math.abs(100 * found.difference).toFixed(2)} points, more than chance explains (${p}).`
  : `The difference of ${points(found.difference)} is no more than chance explains (${p}).`;

section('figures', 'Figures', element('div', { class: 'tiles' },
  tile('baseline', percent(found.baseline.accuracy), `${count(found.baseline.correct)} of ${count(found.count)}`),
  tile('candidate', percent(found.candidate.accuracy), `${count(found.candidate.correct)} of ${count(found.count)}`),
  tile('difference', signedPoints(found.difference), 'points'),
  tile('95 % interval', `${signedPoints(found.differenceInterval.low)} to ${signedPoints(found.differenceInterval.high)}`, 'points, paired bootstrap'),
  tile('exact McNemar test', p, `${count(found.onlyBaseline)} lost, ${count(found.onlyCandidate)} won`),
  tile('loss', `${fixed(found.baseline.loss)} → ${fixed(found.candidate.loss)}`)));

const signed = value => element('span', { class: value < 0 ? 'bad' : value > 0 ? 'good' : '' }, points(value));
section('classes', 'Classes', table('Recall by class; press a title to sort', [
  { title: 'class', of: row => row.name, text: true },
  { title: 'baseline', of: row => row.baselineRecall, show: value => percent(value) },
  { title: 'candidate', of: row => row.candidateRecall, show: value => percent(value) },
  { title: 'change', of: row => row.candidateRecall - row.baselineRecall, show: signed },
  { title: 'lost', of: row => row.onlyBaseline, show: count },
  { title: 'won', of: row => row.onlyCandidate, show: count },
  { title: 'images', of: row => row.support, show: count },
], found.perClass, { id: 'per-class' }));

function flipped(id, title, note, shown) {
  if (shown.length > 0) section(id, title, element('p', { class: 'faint' }, note), gallery(shown));
}
flipped('lost', 'Lost', 'The baseline has these right; P: what the candidate takes them for. The most confident first.', data.lost);
flipped('won', 'Won', 'The candidate has these right; P: what the baseline took them for. The most confident first.', data.won);

const side = (run, where) => list([['run', where.uri], ['run id', run.id], ['trained', run.created], ['on', `${workers(run.cluster.slots)}, ${run.cluster.master}`], ['network', run.settings.model], ['images', `${run.dataset.name}, SHA-256 ${run.dataset.checksum}`], ...Object.entries(run.versions)]);
section('provenance', 'Provenance', element('h3', {}, 'Baseline'), side(data.baseline, found.baseline.run), element('h3', {}, 'Candidate'), side(data.candidate, found.candidate.run),
  element('h3', {}, 'Comparison'), list([['made', found.provenance.made], ['in', `${found.seconds.toFixed(1)} s on ${workers(found.provenance.slots)}, ${found.provenance.master}`], ['images', `${found.data.name}, ${found.data.uri}`], ['SHA-256', found.data.checksum], ...Object.entries(found.provenance.versions)]),
  element('details', {}, element('summary', {}, 'Settings that differ'), table('Settings that differ', [
    { title: 'setting', of: key => key, text: true },
    { title: 'baseline', of: key => String(data.baseline.settings[key]), text: true },
    { title: 'candidate', of: key => String(data.candidate.settings[key]), text: true },
  ], Object.keys({ ...data.baseline.settings, ...data.candidate.settings }).filter(key => String(data.baseline.settings[key]) !== String(data.candidate.settings[key])))));
start();
