'use strict';
// One page for every model: a canvas for grey images, else a box for text or numbers. A stream over a WebSocket tells the belief step by step.

const MOST_FRAMES = 200; // beliefs that one reading shows; each is an answer of the server's
const MOST_CLASSES = 30; // bars that a screen holds
const at = id => document.getElementById(id);
let model, key = '', frames = [], playing = 0;

const say = (text, wrong) => { at('status').textContent = text; at('status').classList.toggle('wrong', !!wrong); };

async function begin() {
  const answer = await fetch('v1/model', key ? { headers: { Authorization: `Bearer ${key}` } } : {});
  if (answer.status === 401) {
    at('about').textContent = key ? 'That is not the key.' : 'The server answers only who knows its key.';
    at('lock').hidden = false;
    at('key').focus();
    return;
  }
  if (!answer.ok) { at('about').textContent = (await answer.json()).detail; return; }
  model = await answer.json();
  at('lock').hidden = true;
  at('work').hidden = false;
  describe();
}

function describe() {
  const how = model.preprocessing, shape = how.shape;
  const steps = model.steps === 'tokens' ? `tokens 0…${model.width - 1}` : `${model.width} number${model.width > 1 ? 's' : ''} a step`;
  const draws = how.kind === 'image' && shape.channels === 1;
  at('drawing').hidden = !draws;
  at('writing').hidden = draws;
  const kinds = {
    image: () => `images of ${shape.height}×${shape.width} pixels`,
    text: () => 'texts',
    bytes: () => 'files, byte by byte',
    series: () => 'series of numbers',
  };
  at('about').textContent = `It reads ${kinds[how.kind]()} (${steps}) and knows ${model.classes.length} classes.`;
  if (how.kind === 'image') {
    const words = `${shape.height * shape.width * shape.channels} components, row by row, each 0…${shape.levels - 1}`;
    at('numbersLabel').textContent = at('textLabel').textContent = words;
  } else {
    at('textLabel').textContent = how.kind === 'series'
      ? `Numbers, ${model.width} a line` : how.kind === 'bytes' ? 'Text, read as its UTF-8 bytes' : 'Text';
  }
  if (draws) prepareCanvas();
}

// Drawing: white on black, as most sets of digits are.
let pen;
function prepareCanvas() {
  const canvas = at('canvas');
  pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.lineCap = pen.lineJoin = 'round';
  wipe();
  let last = null;
  const place = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  const draw = event => {
    const [x, y] = place(event);
    pen.beginPath();
    pen.moveTo(...(last ?? [x, y]));
    pen.lineTo(x, y);
    pen.stroke();
    last = [x, y];
  };
  canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); last = null; draw(event); });
  canvas.addEventListener('pointermove', event => { if (event.buttons) draw(event); });
  at('clear').addEventListener('click', () => { wipe(); say(''); });
}

function wipe() {
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, 280, 280);
  pen.strokeStyle = '#fff';
  pen.lineWidth = 22;
}

// The components of what is drawn: its box scaled to 20 of 28 pixels and its centre of mass in the middle, as MNIST's makers did.
function drawn() {
  const { height, width, levels } = model.preprocessing.shape;
  const small = document.createElement('canvas');
  [small.width, small.height] = [width, height];
  const to = small.getContext('2d');
  to.fillStyle = '#000';
  to.fillRect(0, 0, width, height);
  to.imageSmoothingQuality = 'high';
  const box = at('centre').checked ? ink() : { x: 0, y: 0, size: 280, cx: 140, cy: 140 };
  if (!box) return null;
  const share = at('centre').checked && Math.min(height, width) >= 20 ? 20 / 28 : 1;
  const scale = share * Math.min(height, width) / box.size;
  to.drawImage(at('canvas'), width / 2 - box.cx * scale, height / 2 - box.cy * scale, 280 * scale, 280 * scale);
  const pixels = to.getImageData(0, 0, width, height).data;
  return Array.from({ length: height * width }, (_, i) => Math.round(pixels[4 * i] * (levels - 1) / 255));
}

function ink() {
  const pixels = pen.getImageData(0, 0, 280, 280).data;
  let [left, top, right, bottom, mass, mx, my] = [280, 280, -1, -1, 0, 0, 0];
  for (let y = 0; y < 280; y++) {
    for (let x = 0; x < 280; x++) {
      const value = pixels[4 * (y * 280 + x)];
      if (value === 0) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      mass += value; mx += value * x; my += value * y;
    }
  }
  if (mass === 0) return null;
  const small = Math.min(model.preprocessing.shape.height, model.preprocessing.shape.width) < 20;
  const [cx, cy] = small ? [(left + right) / 2, (top + bottom) / 2] : [mx / mass, my / mass];
  return { size: Math.max(right - left, bottom - top, 28) + 1, cx, cy };
}

// What is entered, as the server takes it.
function entered() {
  const how = model.preprocessing.kind, numbers = text => text.split(/[\s,;]+/).filter(part => part).map(Number);
  const bad = list => list.find(number => !Number.isFinite(number));
  if (how === 'text') return { text: at('text').value };
  if (how === 'bytes') return { bytes: base64(at('text').value) };
  if (how === 'image') {
    const typed = at('drawing').hidden ? at('text').value : at('numbers').value;
    const image = typed.trim() ? numbers(typed) : at('drawing').hidden ? [] : drawn();
    if (!image) throw new Error('Draw something first.');
    if (bad(image) !== undefined) throw new Error('That is not a list of numbers.');
    return { image };
  }
  const lines = at('text').value.split('\n').filter(line => line.trim()).map(numbers);
  if (lines.some(line => bad(line) !== undefined)) throw new Error('That is not a list of numbers.');
  const flat = lines.flat();
  return { series: model.width === 1 ? flat : lines };
}

function stepsOf(sequence) {
  const how = model.preprocessing;
  if (sequence.image) return sequence.image.length / (how.downscale ** 2);
  if (sequence.text !== undefined) return how.unit === 'words' ? sequence.text.split(/\s+/).length : new TextEncoder().encode(sequence.text).length;
  return sequence.series ? sequence.series.length : atob(sequence.bytes).length;
}

function base64(text) {
  return btoa(Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join(''));
}

function base64url(text) {
  return base64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function read(event) {
  event.preventDefault();
  let sequence;
  try { sequence = entered(); } catch (fault) { say(fault.message, true); return; }
  cancelAnimationFrame(playing);
  frames = [];
  at('read').disabled = true;
  at('belief').hidden = true; // that of an earlier reading
  say('Reading …');
  const address = new URL('v1/socket', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, ['recollect.v1', ...(key ? [`recollect.key.${base64url(key)}`] : [])]);
  let failed = false;
  const asked = { ...sequence, every: Math.max(1, Math.ceil(stepsOf(sequence) / MOST_FRAMES)) };
  socket.onmessage = message => {
    const answer = JSON.parse(message.data);
    if (answer.status) { failed = true; say(answer.detail, true); socket.close(); return; }
    frames.push(answer);
    if (frames.length === 1) socket.send(JSON.stringify(asked)); // the first tells the belief before any step
    else if (answer.done) socket.close(1000);
  };
  socket.onclose = closed => {
    at('read').disabled = false;
    if (failed) return;
    if (frames.length < 2) { say(closed.reason || 'The server could not be reached.', true); return; }
    if (!frames.at(-1).done) { say(closed.reason || 'The answer was cut off before its end. Read it again.', true); return; }
    say('');
    show();
  };
}

function bars(here) {
  const { steps, probabilities } = frames[here];
  at('steps').textContent = steps;
  const final = frames[frames.length - 1].probabilities;
  // In the model's own order where all fit; else those that matter in the end.
  const shown = model.classes.length <= MOST_CLASSES ? model.classes : [...model.classes].sort((a, b) => final[b] - final[a]).slice(0, MOST_CLASSES);
  const best = frames[here].label, list = at('bars');
  if (list.childElementCount !== shown.length || [...list.children].some((row, i) => row.dataset.name !== shown[i])) list.replaceChildren(...shown.map(bar));
  for (const row of list.children) {
    const share = probabilities[row.dataset.name];
    row.classList.toggle('best', row.dataset.name === best);
    row.querySelector('progress').value = share;
    row.querySelector('.share').textContent = `${(100 * share).toFixed(1)}%`;
  }
}

function bar(name) {
  const [row, label, share] = ['div', 'span', 'span'].map(kind => document.createElement(kind)), meter = document.createElement('progress');
  row.className = 'class';
  row.dataset.name = name;
  label.className = 'name';
  label.textContent = label.title = name;
  share.className = 'share';
  meter.max = 1;
  meter.setAttribute('aria-label', name);
  row.append(label, meter, share);
  return row;
}

function show() {
  at('belief').hidden = false;
  const slider = at('at');
  slider.max = frames.length - 1;
  slider.oninput = () => { cancelAnimationFrame(playing); bars(+slider.value); };
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) { slider.value = frames.length - 1; bars(frames.length - 1); return; }
  const began = performance.now(), length = Math.min(4000, frames.length * 30);
  const step = now => {
    const here = Math.max(0, Math.min(frames.length - 1, Math.floor((now - began) / length * frames.length))); // a frame may have begun before
    slider.value = here;
    bars(here);
    if (here < frames.length - 1) playing = requestAnimationFrame(step);
  };
  playing = requestAnimationFrame(step);
}

at('input').addEventListener('submit', read);
at('lock').addEventListener('submit', event => { event.preventDefault(); key = at('key').value; begin(); });
begin().catch(() => { at('about').textContent = 'The server could not be reached.'; });
