// A queue of items answered by keyboard. The browser holds the next items and every answer that the server has not
// acknowledged; an answer has an id, so that the server may get it twice and still count it once.
const RESEND_MS = 4000;
const AT_ONCE = 200;
const REMEMBERED = 20;
const LEAVES_MS = 500;

const queues = window.simtierQueues || (window.simtierQueues = new Map());

function queueOf(place) {
  if (!queues.has(place)) {
    queues.set(place, {place, pending: load(place), past: remembered(place), front: null, sentAt: 0, turn: null, messages: []});
  }
  return queues.get(place);
}

function load(place) {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(`${place}/`)) found.push(JSON.parse(localStorage.getItem(name)));
    }
  } catch { /* a browser that stores nothing keeps its answers until it is closed */ }
  return new Map(found.filter((one) => one && one.id).sort((a, b) => a.seq - b.seq).map((one) => [one.id, one]));
}

function remembered(place) {
  try {
    const past = JSON.parse(localStorage.getItem(`${place}#past`));
    return Array.isArray(past) ? past : [];
  } catch { return []; }
}

function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* as above */ }
}

let last = 0;
function sequence() {
  last = Math.max(last + 1, Date.now() * 100);
  return last;
}

function identity() {
  if (window.crypto.randomUUID) return crypto.randomUUID();  // not there where the address is plain http
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function consumed(queue) {
  const keys = new Set();
  for (const answer of queue.pending.values()) {
    if (answer.action === 'undo') keys.delete(answer.key);
    else if (answer.action !== 'note') keys.add(answer.key);
  }
  return keys;
}

function current(queue, data) {
  if (queue.front) return queue.front;
  const gone = consumed(queue);
  return data.items.find((item) => !gone.has(item.key)) || null;
}

function add(queue, answer) {
  const whole = {id: identity(), seq: sequence(), note: '', value: null, ...answer};
  queue.pending.set(whole.id, whole);
  store(`${queue.place}/${whole.id}`, whole);
  return whole;
}

function send(queue) {
  if (!queue.pending.size || Date.now() - queue.sentAt < RESEND_MS) return;
  queue.sentAt = Date.now();
  const answers = [...queue.pending.values()].slice(0, AT_ONCE);
  try {
    queue.trigger('answers', answers.map(({id, key, action, value, note}) => ({id, key, action, value, note})));
  } catch { /* no connection now: it is tried again */ }
}

function acknowledge(queue, data) {
  if (queue.turn === data.turn) return;
  queue.turn = data.turn;
  queue.sentAt = 0;
  for (const id of [...data.kept, ...data.refused.map(([refused]) => refused)]) {
    queue.pending.delete(id);
    store(`${queue.place}/${id}`, null);
  }
  queue.messages = [...data.refused.map(([, message]) => message), ...queue.messages].slice(0, 3);
}

// One listener for as long as the queue is on a page: every run takes the component down and puts it up again, and a key
// pressed in between is an answer all the same.
function listen(queue, onKey) {
  clearTimeout(queue.leaving);
  queue.onKey = onKey;
  if (queue.stop) return;
  const heard = (event) => queue.onKey(event);
  document.addEventListener('keydown', heard, true);
  const timer = setInterval(() => send(queue), 1000);
  queue.stop = () => {
    document.removeEventListener('keydown', heard, true);
    clearInterval(timer);
    queue.stop = null;
  };
}

function leave(queue, onKey) {
  if (queue.onKey !== onKey) return;  // put up again already
  clearTimeout(queue.leaving);
  queue.leaving = setTimeout(() => { if (queue.stop) queue.stop(); }, LEAVES_MS);
}

export default function ({data, parentElement, setTriggerValue}) {
  const queue = queueOf(data.place);
  const find = (name) => parentElement.querySelector(`.${name}`);
  queue.trigger = setTriggerValue;
  acknowledge(queue, data);

  const decide = (key) => {
    const item = current(queue, data);
    if (!item || (item.off || []).includes(key.key)) return;
    queue.front = null;
    const answer = add(queue, {key: item.key, action: key.action, value: key.value ?? null});
    queue.past = [...queue.past, {item: {...item, before: key.name}, id: answer.id}].slice(-REMEMBERED);
    store(`${queue.place}#past`, queue.past);
    queue.messages = [];
    draw();
    send(queue);
  };

  const back = () => {
    const before = queue.past.pop();
    if (!before) {
      queue.messages = [data.words.nothing_before];
      draw();
      return;
    }
    store(`${queue.place}#past`, queue.past);
    queue.front = before.item;
    if (data.back.undo) add(queue, {key: before.item.key, action: 'undo', value: before.id});
    queue.messages = [];
    draw();
    send(queue);
  };

  const keepNote = () => {
    const item = current(queue, data), field = find('note-text');
    if (item && field.value !== (item.note || '')) {
      add(queue, {key: item.key, action: 'note', note: field.value});
      item.note = field.value;
      send(queue);
    }
    field.blur();
    draw();
  };

  const press = (name) => {
    const key = data.keys.find((one) => one.key.toLowerCase() === name);
    if (key) decide(key);
    else if (name === data.back.key.toLowerCase()) back();
    else if (data.note && name === data.note.key.toLowerCase()) find('note-text').focus();
    else return false;
    return true;
  };

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.composedPath()[0];
    if (target.matches && target.matches('input, textarea, select, [contenteditable=true], [role=combobox]')) {
      if (target === find('note-text') && (event.key === 'Enter' || event.key === 'Escape')) {
        event.preventDefault();
        keepNote();
      }
      return;
    }
    if (event.repeat) return;  // a key that is held down is one answer
    if (press(event.key.toLowerCase())) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const spans = (place, parts) => {
    place.replaceChildren(...parts.map(([text, mark]) => {
      const part = document.createElement(mark ? 'mark' : 'span');
      part.textContent = text;
      if (mark) part.className = `mark-${mark}`;
      return part;
    }));
  };

  const lines = (place, given) => {
    place.replaceChildren(...(given || []).map(([text, tone]) => {
      const line = document.createElement('div');
      line.textContent = text;
      line.className = `tone-${tone || 'plain'}`;
      return line;
    }));
  };

  const buttons = (place, keys, item, act) => {
    place.replaceChildren(...keys.map((key) => {
      const button = document.createElement('button');
      const shown = document.createElement('kbd');
      shown.textContent = key.key;
      button.append(shown, ` ${key.name}`);
      button.type = 'button';
      button.className = key.tone ? `tone-${key.tone}` : '';
      button.disabled = !item || (item.off || []).includes(key.key);
      button.onclick = () => act(key);
      return button;
    }));
  };

  const draw = () => {
    const item = current(queue, data);
    const root = find('queue');
    root.dataset.item = item ? item.key : '';
    root.dataset.pending = queue.pending.size;
    find('card').hidden = !item;
    find('empty').hidden = Boolean(item);
    if (item) {
      find('head').textContent = item.head;
      spans(find('text-a'), item.a);
      spans(find('text-b'), item.b);
      lines(find('lines'), [...(item.lines || []), ...(item.before ? [[data.words.before.replace('{answer}', item.before), 'warn']] : [])]);
    } else {
      const waits = queue.pending.size > 0;
      find('empty-text').textContent = waits ? data.words.waiting : data.empty;
      find('look-again').hidden = waits || !data.words.look_again;
      find('look-again').textContent = data.words.look_again || '';
      find('look-again').onclick = () => setTriggerValue('more', Date.now());
    }
    buttons(find('keys-main'), data.keys.filter((key) => key.tone !== 'quiet'), item, decide);
    buttons(find('keys-more'), data.keys.filter((key) => key.tone === 'quiet'), item, decide);
    buttons(find('keys-back'), [data.back], {}, back);
    find('note').hidden = !data.note || !item;
    if (data.note && item) {
      const field = find('note-text');
      find('note-key').textContent = data.note.key;
      find('note-name').textContent = data.note.name;
      field.placeholder = data.note.placeholder;
      if (field.getRootNode().activeElement !== field) field.value = item.note || '';
      field.onblur = keepNote;
    }
    const open = new Set(data.items.map((one) => one.key));
    const fresh = new Set([...queue.pending.values()].filter((one) => data.counted.includes(one.action) && open.has(one.key)).map((one) => one.key));
    const done = Math.min(data.total, data.done + fresh.size);
    find('fill').style.width = data.total ? `${(100 * done) / data.total}%` : '0';
    find('count').textContent = data.words.count.replace('{done}', done.toLocaleString()).replace('{total}', data.total.toLocaleString());
    find('state').textContent = queue.pending.size ? data.words.pending.replace('{count}', queue.pending.size) : data.words.kept;
    find('state').className = queue.pending.size ? 'state waits' : 'state';
    lines(find('messages'), queue.messages.map((message) => [message, 'warn']));
  };

  listen(queue, onKey);
  draw();
  send(queue);
  return () => leave(queue, onKey);
}
