// What is on the screen. Text from anywhere is set by textContent only.

import { isPicture } from './files.js';
import { readAloudButton } from './speech.js';
import { text } from './texts.js';

// Alone: not in a longer number or code, and no amount, age or house number.
const LINES = /(^|[^\w.:¥￥-])(110|119|120|12110|12338|12345|12348|12355|12356|12388)(?![\w.:-]*\w|\s*[元块万千百多%％岁号栋室楼米平])/g;

// Of the card, and nothing that the dialogue asks for again.
const NOT_CHANGED_BY_NAME = ['service'];

/**
 * The conversation on screen: each message once, in the order of its number; words on their way stay last.
 * resend(id, words): try again. change(label): the citizen wants this item of what was read back put right.
 * picture(file): promises the address of a thumbnail.
 */
export function conversationLog(box, { resend, change, picture }) {
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
    if (shown.has(frame.seq)) return null;
    settleCards();
    const element = bubble(frame, { change, picture });
    element.dataset.seq = frame.seq;
    shown.set(frame.seq, element);
    place(element, frame.seq);
    if (frame.from !== 'citizen') offerReading(element);
    return element;
  }

  /** Only what was read back last can be corrected, and only until the citizen speaks. */
  function settleCards() {
    box.querySelectorAll('.change').forEach((one) => one.remove());
  }

  function unsettled() {
    return Array.from(mine.values()).filter(onItsWay);
  }

  function release() {
    if (unsettled().length) return;
    held.forEach(show);
    held.clear();
  }

  /** `reason`: why it was refused; `isFinal`: another try would be refused as well. */
  function mark(element, state, reason, isFinal) {
    element.dataset.state = state;
    const line = element.querySelector('.mark');
    line.textContent = state === 'sending' || state === 'stored' ? text('mark_' + state) : reason || '';
    if (isFinal || (state !== 'late' && state !== 'refused')) return;
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = text('mark_failed');
    again.onclick = () => resend(element.dataset.message, wordsOf(element));
    line.append(again);
  }

  return {
    last: () => last,
    empty: () => !box.children.length,

    /** The new bubble; null where there is none. */
    receive(frame) {
      last = Math.max(last, frame.seq);
      if (frame.from !== 'citizen' || !unsettled().length) return show(frame);
      held.set(frame.seq, frame);
      return null;
    },

    /** `file`: {kind, address} of a photo or document in place of words. */
    sending(id, words, file) {
      let element = mine.get(id);
      if (!element) {
        settleCards();
        element = bubble({ from: 'citizen', text: words, file }, { change, picture });
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

    refused(id, reason, isFinal) {
      const element = mine.get(id);
      if (element) mark(element, 'refused', reason, isFinal);
      if (isFinal) mine.delete(id);
      release();
    },

    isUnsent: () => mine.size > 0,
    unsent: () => Array.from(mine.values()).filter((one) => !one.dataset.file).map(wordsOf),

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

/** What a bubble says, as it is read aloud: 标签：内容 for each row of a card. */
export function spokenWords(element) {
  const words = [];
  element.querySelectorAll('.text, .card-title, dl > div').forEach((part) => {
    const label = part.querySelector('dt');
    words.push(label ? label.textContent + '：' + part.querySelector('.value').textContent : part.textContent);
  });
  return words.join('\n');
}

/** One button an answer, at its last bubble; it reads the whole answer. */
function offerReading(element) {
  const answer = [element];
  for (let other = element.previousElementSibling; belongsTo(other, element); other = other.previousElementSibling) {
    other.querySelectorAll('.aloud').forEach((one) => one.remove());
    answer.unshift(other);
  }
  const button = readAloudButton(() => answer.map(spokenWords).join('\n'));
  if (button) element.querySelector('.foot').append(button);
}

function belongsTo(other, element) {
  return other !== null && !other.classList.contains('citizen')
    && other.classList.contains('human') === element.classList.contains('human');
}

function bubble(frame, { change, picture }) {
  const element = document.createElement('article');
  element.className = 'message ' + sender(frame.from) + (frame.card ? ' wide' : '');
  element.append(paragraph(text('from_' + sender(frame.from)), 'from'));
  if (frame.file) element.append(...shownFile(frame.file, picture, element));
  else element.append(...shownWords(frame, change));
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

function shownWords(frame, change) {
  const [before, after] = frame.card ? wordsBesideCard(frame.text, frame.card) : [frame.text, ''];
  const said = frame.from === 'citizen' ? paragraph : withLines;
  return [
    before && said(before, 'text'),
    frame.card && card(frame.card, change),
    after && said(after, 'text'),
  ].filter(Boolean);
}

function shownFile(file, picture, element) {
  element.dataset.file = file.kind;
  const caption = paragraph(text(isPicture(file.kind) ? 'file_picture' : 'file_document'), 'text');
  if (!isPicture(file.kind)) return [caption];
  const image = document.createElement('img');
  image.className = 'thumbnail';
  image.alt = text('picture_alt');
  image.onerror = () => { image.hidden = true; }; // the caption says what it is
  picture(file).then((address) => { image.src = address; }, image.onerror);
  return [image, caption];
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

function card({ kind, rows }, change) {
  const box = document.createElement('div');
  box.className = 'card ' + (kind === 'receipt' ? 'receipt' : 'read-back');
  box.append(paragraph(text('card_' + kind), 'card-title'));
  const list = document.createElement('dl');
  rows.forEach((row) => list.append(item(row, kind === 'read_back' ? change : null)));
  box.append(list);
  return box;
}

function item(row, change) {
  const pair = document.createElement('div');
  pair.dataset.field = row.field;
  const label = document.createElement('dt');
  label.textContent = row.label;
  const value = document.createElement('dd');
  value.className = 'value';
  value.textContent = row.value;
  pair.append(label, value);
  if (change && !NOT_CHANGED_BY_NAME.includes(row.field)) pair.append(changeButton(row.label, change));
  return pair;
}

/** The item's name is what the conversation understands at the read-back: see the menu of corrections. */
function changeButton(label, change) {
  const cell = document.createElement('dd');
  cell.className = 'change';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text('change');
  button.setAttribute('aria-label', text('change') + ' ' + label);
  button.onclick = () => change(label);
  cell.append(button);
  return cell;
}
