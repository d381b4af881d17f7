// The composition root of the citizen's page: what the buttons do and what each frame changes.

import { connect } from './connection.js';
import { isPicture, isTooLarge, thumbnail, upload } from './files.js';
import { conversationLog, spokenWords } from './log.js';
import { beginSession, forgetSession, storedSession, wipe } from './session.js';
import { hush } from './speech.js';
import { fillPage, rememberType, startsLarge, text } from './texts.js';
import { viewOf } from './view.js';

const LIMIT = 10000; // characters the server takes in one message
const LATE_AFTER = 12000;
const ANSWER_IS_WHOLE = 700; // ms after its last bubble
const LEAVE_TO = 'about:blank';
const SESSION_REFUSED = 4401;

const part = (id) => document.getElementById(id);
const [scroller, words, choices, typing] = ['scroller', 'words', 'choices', 'typing'].map(part);
const view = viewOf(scroller, part('newer'));
const log = conversationLog(part('log'), { resend: transmit, change: answerWith, picture });
const uploads = new Map(); // message_id → {file, keepPlace, busy}: photos and files the server does not have yet
const unheard = []; // bubbles of an answer that is announced as a whole
let line = null;
let chosen = null;
let loading = true; // what was said before is neither announced nor read in order
let typingTimer = 0;
let announceTimer = 0;
let hiddenSince = 0;
let leaving = false;

// ---- talking with the server

function start() {
  part('over').hidden = true;
  part('foot').hidden = false;
  showStatus('connecting');
  line = connect({
    session: async () => storedSession() || beginSession(),
    after: log.last,
    heard,
    changed: connectionChanged,
    failed,
  });
  line.open();
}

function heard(frame) {
  const act = {
    ready,
    message: receive,
    stored: ({ message_id: id, seq }) => log.stored(id, seq),
    refused,
    typing: ({ on, seconds }) => showTyping(on, seconds),
    status: ({ status }) => showStatus(status),
  }[frame.type];
  if (act) act(frame);
}

function ready({ status }) {
  showStatus(status);
  part('intro').hidden = !log.empty();
  setTimeout(() => {
    loading = false;
    part('log').setAttribute('aria-busy', 'false');
  }, 600);
}

function receive(frame) {
  const follow = loading || view.follows();
  const bubble = log.receive(frame);
  part('intro').hidden = true;
  if (frame.from === 'citizen') {
    showChoices([]);
    view.spoken();
  } else {
    showTyping(false);
    if (frame.choices && frame.choices.length) showChoices(frame.choices, confirms(frame));
    if (bubble) answered(bubble);
  }
  if (follow) view.settle();
  else view.hint();
}

function answered(bubble) {
  view.heard(bubble);
  if (loading) return;
  unheard.push(bubble);
  clearTimeout(announceTimer);
  announceTimer = setTimeout(announce, ANSWER_IS_WHOLE);
}

/** A screen reader is told an answer once, whole: marks, times and buttons are no news. */
function announce() {
  const from = unheard[0].querySelector('.from').textContent;
  part('announcer').textContent = from + '：' + unheard.splice(0).map(spokenWords).join('\n');
}

function refused({ message_id: id, code, text: reason }) {
  if (id) log.refused(id, reason);
  else if (code === 'unknown_session') failed({ status: SESSION_REFUSED, reason });
  else notify(reason);
}

function say(said) {
  transmit(newId(), said);
  spoken();
}

function spoken() {
  hush();
  showChoices([]);
  part('intro').hidden = true;
  view.spoken();
  view.toEnd();
}

/** A choice or an item of the card was tapped: its words are said. */
function answerWith(said) {
  say(said);
  words.focus({ preventScroll: true });
}

function transmit(id, said) {
  if (uploads.has(id)) {
    deliver(id);
    return;
  }
  log.sending(id, said);
  line.say(id, said);
  setTimeout(() => log.late(id), LATE_AFTER);
}

function connectionChanged(state) {
  if (state === 'open') {
    notify('');
    uploads.forEach((_, id) => deliver(id));
    return;
  }
  showTyping(false);
  part('who').textContent = text('status_lost');
  part('who').dataset.status = 'lost';
  notify(text(state === 'busy' ? 'busy' : navigator.onLine === false ? 'offline' : 'reconnecting'));
}

/** Trying again is of no use: say why, and offer a new conversation where that helps. */
function failed({ status, reason }) {
  line.stop();
  notify('');
  showTyping(false);
  showChoices([]);
  part('intro').hidden = true;
  if (status === SESSION_REFUSED) {
    forgetSession();
    endWith(reason || text('over_session'), true);
  } else {
    const over = { 404: 'over_site', 410: 'over_withdrawn' }[status];
    endWith(text(over || 'over_elsewhere'), !over);
  }
  showStatus('none');
}

function endWith(reason, mayBegin) {
  part('foot').hidden = true;
  part('over_text').textContent = reason;
  part('again').hidden = !mayBegin;
  part('over').hidden = false;
  view.toEnd();
}

function beginAgain() {
  const unsent = log.unsent().join('\n');
  line.stop();
  forgetSession();
  clearScreen();
  start();
  words.value = words.value || unsent; // nothing the citizen wrote is lost
  wordsChanged();
  words.focus();
}

function clearScreen() {
  hush();
  uploads.clear();
  choose(null);
  log.clear();
  part('announcer').textContent = '';
}

function wipePhone() {
  if (!window.confirm(text('wipe_ask'))) return;
  line.stop();
  wipe();
  clearScreen();
  showTyping(false);
  showChoices([]);
  notify('');
  part('intro').hidden = true;
  endWith(text('wiped'), true);
  showStatus('none');
  part('again').focus();
}

function leave() {
  leaving = true;
  hush();
  wipe();
  if (line) line.stop();
  document.body.textContent = '';
  location.replace(LEAVE_TO);
}

/** crypto.randomUUID is missing on old phones and on plain http. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// ---- photos and files

/** Shows what was chosen, before it is sent; null: nothing. */
function choose(file) {
  chosen = file && !isTooLarge(file) ? file : null;
  notify(file && !chosen ? text('file_too_large') : '');
  part('file').value = '';
  part('chosen').hidden = !chosen;
  if (!chosen) return;
  part('chosen_name').textContent = chosen.name;
  part('place').checked = false;
  part('place_row').hidden = !isPicture(chosen.type);
  part('chosen_send').focus();
}

function sendChosen() {
  const id = newId();
  uploads.set(id, { file: chosen, keepPlace: part('place').checked, busy: false });
  choose(null);
  deliver(id);
  spoken();
  words.focus({ preventScroll: true });
}

async function deliver(id) {
  const one = uploads.get(id);
  if (one.busy) return;
  one.busy = true;
  const shown = { kind: one.file.type, local: one.file };
  log.sending(id, '', shown);
  try {
    const { seq } = await upload({ id, file: one.file, keepPlace: one.keepPlace, session: storedSession() });
    uploads.delete(id);
    log.stored(id, seq);
    if (!part('human').hidden) showTyping(true);
  } catch (error) {
    one.busy = false;
    if (error.reason) uploads.delete(id);
    if (error.reason) log.refused(id, error.reason, true);
    else log.late(id);
  }
}

function picture(file) {
  return file.local ? Promise.resolve(URL.createObjectURL(file.local)) : thumbnail(file.id, storedSession());
}

// ---- what is seen

function showStatus(status) {
  part('who').textContent = text('status_' + status);
  part('who').dataset.status = status;
  part('human').hidden = status !== 'bot';
}

function showTyping(on, seconds) {
  clearTimeout(typingTimer);
  const follow = on && view.follows();
  typing.hidden = !on;
  if (on) typingTimer = setTimeout(() => showTyping(false), (seconds || 30) * 1000);
  if (follow) view.settle();
}

/** On what was read back, the first choice says that it is right. */
function confirms({ card }) {
  return Boolean(card) && card.kind === 'read_back';
}

function showChoices(list, firstStandsOut) {
  choices.textContent = '';
  choices.hidden = !list.length;
  list.forEach((choice, place) => {
    const button = document.createElement('button');
    button.type = 'button';
    if (firstStandsOut && place === 0) button.className = 'main';
    button.textContent = choice;
    button.onclick = () => answerWith(choice);
    choices.append(button);
  });
}

function notify(said) {
  part('notice').textContent = said;
  part('notice').hidden = !said;
}

function showSize(large) {
  document.documentElement.classList.toggle('large', large);
  part('size').setAttribute('aria-pressed', String(large));
}

function wordsChanged() {
  const count = Array.from(words.value.trim()).length;
  part('send').disabled = count === 0 || count > LIMIT;
  words.style.height = 'auto';
  words.style.height = Math.min(words.scrollHeight + 2, window.innerHeight / 3) + 'px';
  const long = count > LIMIT;
  if (long) notify(text('too_long', { count, limit: LIMIT }));
  else if (words.dataset.long) notify('');
  words.dataset.long = long ? 'yes' : '';
  words.setAttribute('aria-invalid', String(long));
}

// ---- what the citizen does

function submit(event) {
  event.preventDefault();
  if (part('send').disabled) return;
  const said = words.value.trim();
  words.value = '';
  wordsChanged();
  say(said);
  words.focus();
}

function keyPressed(event) {
  const composing = event.isComposing || event.keyCode === 229; // choosing characters, not sending
  if (event.key === 'Enter' && !event.shiftKey && !composing) submit(event);
}

function visibilityChanged() {
  const slept = hiddenSince && Date.now() - hiddenSince > 30000;
  hiddenSince = document.hidden ? Date.now() : 0;
  if (document.hidden || !line) return;
  if (slept) line.renew(); // a phone that slept may hold a dead line that looks alive
  else line.now();
}

part('form').addEventListener('submit', submit);
words.addEventListener('input', wordsChanged);
words.addEventListener('keydown', keyPressed);
part('human').addEventListener('click', () => say(text('human_text')));
part('exit').addEventListener('click', leave);
part('again').addEventListener('click', beginAgain);
part('newer').addEventListener('click', view.toEnd);
part('wipe').addEventListener('click', wipePhone);
part('attach').addEventListener('click', () => part('file').click());
part('file').addEventListener('change', () => { if (part('file').files[0]) choose(part('file').files[0]); });
part('chosen_cancel').addEventListener('click', () => {
  choose(null);
  part('attach').focus();
});
part('chosen_send').addEventListener('click', sendChosen);
part('size').addEventListener('click', () => {
  const large = !document.documentElement.classList.contains('large');
  rememberType(large);
  showSize(large);
  wordsChanged();
  view.settle();
});
scroller.addEventListener('scroll', view.hint);
document.addEventListener('visibilitychange', visibilityChanged);
window.addEventListener('online', () => { if (line) line.now(); });
window.addEventListener('offline', () => notify(text('offline')));
window.addEventListener('resize', () => { if (document.activeElement === words) view.settle(); });
window.addEventListener('pagehide', hush);
window.addEventListener('beforeunload', (event) => {
  if (!leaving && log.isUnsent()) event.preventDefault();
});

fillPage();
showSize(startsLarge);
part('loading').remove();
part('phone').hidden = false;
start();
