// What is on the screen. Text from anywhere is set by textContent only.

import { text } from './texts.js';

// Alone: not in a longer number or code, and no amount, age or house number.
const LINES = /(^|[^\w.:¥￥-])(110|119|120|12110|12338|12345|12348|12355|12356|12388)(?![\w.:-]*\w|\s*[元块万千百多%％岁号栋室楼米平])/g;

/** The conversation on screen: each message once, in the order of its number; words on their way stay last. */
export function conversationLog(box, resend) {
  const shown = new Map(); // seq → element
  const mine = new Map(); // message_id → element, for words written on this page
  const held = new Map(); // seq → frame: own words coming back while some are still unconfirmed
  let last = 0;

  function place(element, seq) {
    const next = Array.from(box.children).find((other) => other !== element
      && (onItsWay(other) || Number(other.dataset.seq) > seq));
    if (element.parentNode !== box || element.nextElementSibling !== (next || null)) box.insertBefore(element, next || null);
  }

  function show(frame) {
    if (shown.has(frame.seq)) return;
    const element = bubble(frame);
    element.dataset.seq = frame.seq;
    shown.set(frame.seq, element);
    place(element, frame.seq);
  }

  function unsettled() {
    return Array.from(mine.values()).filter(onItsWay);
  }

  function release() {
    if (unsettled().length) return;
    held.forEach(show);
    held.clear();
  }

  function mark(element, state, reason) {
    element.dataset.state = state;
    const line = element.querySelector('.mark');
    line.textContent = state === 'sending' || state === 'stored' ? text('mark_' + state) : reason || '';
    if (state !== 'late' && state !== 'refused') return;
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = text('mark_failed');
    again.onclick = () => resend(element.dataset.message, wordsOf(element));
    line.append(again);
  }

  return {
    last: () => last,
    empty: () => !box.children.length,

    receive(frame) {
      last = Math.max(last, frame.seq);
      if (frame.from === 'citizen' && unsettled().length) held.set(frame.seq, frame);
      else show(frame);
    },

    sending(id, words) {
      let element = mine.get(id);
      if (!element) {
        element = bubble({ from: 'citizen', text: words });
        element.dataset.message = id;
        mine.set(id, element);
        box.append(element);
      }
      mark(element, 'sending');
    },

    stored(id, seq) {
      const element = mine.get(id);
      if (!element) return;
      mine.delete(id);
      if (shown.has(seq)) {
        element.remove();
      } else {
        mark(element, 'stored');
        element.dataset.seq = seq;
        shown.set(seq, element);
        place(element, seq);
      }
      release();
    },

    /** Not confirmed for a while: still sent by itself as soon as there is a line. */
    late(id) {
      const element = mine.get(id);
      if (element && element.dataset.state === 'sending') mark(element, 'late');
    },

    refused(id, reason) {
      const element = mine.get(id);
      if (element) mark(element, 'refused', reason);
      release();
    },

    unsent: () => Array.from(mine.values()).map(wordsOf),

    clear() {
      box.textContent = '';
      [shown, mine, held].forEach((map) => map.clear());
      last = 0;
    },
  };
}

function onItsWay(element) {
  return element.dataset.state === 'sending' || element.dataset.state === 'late';
}

function wordsOf(element) {
  return element.querySelector('.text').textContent;
}

function bubble(frame) {
  const element = document.createElement('article');
  element.className = 'message ' + sender(frame.from) + (frame.card ? ' wide' : '');
  element.append(paragraph(text('from_' + sender(frame.from)), 'from'));
  const [before, after] = frame.card ? wordsBesideCard(frame.text, frame.card) : [frame.text, ''];
  const said = frame.from === 'citizen' ? paragraph : withLines;
  if (before) element.append(said(before, 'text'));
  if (frame.card) element.append(card(frame.card));
  if (after) element.append(said(after, 'text'));
  const foot = paragraph('', 'foot');
  const time = document.createElement('time');
  const at = frame.at ? new Date(frame.at) : new Date();
  time.dateTime = at.toISOString();
  time.textContent = clock(at);
  const delivery = document.createElement('span');
  delivery.className = 'mark';
  foot.append(time, delivery);
  element.append(foot);
  return element;
}

function sender(from) {
  return ['citizen', 'bot', 'human'].includes(from) ? from : 'system';
}

function clock(at) {
  const minutes = ('0' + at.getHours()).slice(-2) + ':' + ('0' + at.getMinutes()).slice(-2);
  const today = at.toDateString() === new Date().toDateString();
  return today ? minutes : (at.getMonth() + 1) + '/' + at.getDate() + ' ' + minutes;
}

function paragraph(words, name) {
  const element = document.createElement('p');
  element.className = name;
  element.textContent = words;
  return element;
}

/** The short lines that a reply names can be dialled; other numbers, amounts and codes stay text. */
function withLines(words, name) {
  const element = paragraph('', name);
  let from = 0;
  words.replace(LINES, (found, before, line, at) => {
    const start = at + before.length;
    element.append(words.slice(from, start), dial(line));
    from = start + line.length;
    return found;
  });
  element.append(words.slice(from));
  return element;
}

function dial(line) {
  const link = document.createElement('a');
  link.href = 'tel:' + line;
  link.textContent = line;
  return link;
}

/** A card's text repeats its rows for channels without cards: here the rows are shown once, as a list. */
function wordsBesideCard(words, { rows }) {
  const before = [];
  const after = [];
  let met = false;
  words.split('\n').forEach((line) => {
    if (rows.some((row) => tells(line, row))) met = true;
    else (met ? after : before).push(line);
  });
  return [before.join('\n').trim(), after.join('\n').trim()];
}

function tells(line, row) {
  const [first, ...more] = String(row.value).split('\n');
  return (line.includes(row.label) && line.includes(first)) || (line.trim() !== '' && more.includes(line));
}

function card({ kind, rows }) {
  const box = document.createElement('div');
  box.className = 'card ' + (kind === 'receipt' ? 'receipt' : 'read-back');
  box.append(paragraph(text('card_' + kind), 'card-title'));
  const list = document.createElement('dl');
  rows.forEach((row) => {
    const pair = document.createElement('div');
    pair.dataset.field = row.field;
    const label = document.createElement('dt');
    label.textContent = row.label;
    const value = document.createElement('dd');
    value.textContent = row.value;
    pair.append(label, value);
    list.append(pair);
  });
  box.append(list);
  return box;
}
