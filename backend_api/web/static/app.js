// The composition root of the citizen's page: what the buttons do and what each frame changes.

import { connect } from './connection.js';
import { conversationLog } from './log.js';
import { beginSession, forgetSession, largeType, rememberType, storedSession, wipe } from './session.js';
import { fillPage, text } from './texts.js';

const LIMIT = 10000; // characters the server takes in one message
const LATE_AFTER = 12000;
const LEAVE_TO = 'about:blank';
const SESSION_REFUSED = 4401;

const part = (id) => document.getElementById(id);
const [scroller, words, choices, typing] = ['scroller', 'words', 'choices', 'typing'].map(part);
const log = conversationLog(part('log'), transmit);
let line = null;
let typingTimer = 0;
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
    typing: ({ on }) => showTyping(on),
    status: ({ status }) => showStatus(status),
  }[frame.type];
  if (act) act(frame);
}

function ready({ status }) {
  showStatus(status);
  part('intro').hidden = !log.empty();
  setTimeout(() => part('log').setAttribute('aria-busy', 'false'), 600); // history is not read aloud
}

function receive(frame) {
  const follow = nearEnd();
  log.receive(frame);
  part('intro').hidden = true;
  if (frame.from === 'citizen') {
    showChoices([]);
  } else {
    showTyping(false);
    if (frame.choices && frame.choices.length) showChoices(frame.choices, confirms(frame));
  }
  if (follow) toEnd();
  else part('newer').hidden = false;
}

function refused({ message_id: id, code, text: reason }) {
  if (id) log.refused(id, reason);
  else if (code === 'unknown_session') failed({ status: SESSION_REFUSED, reason });
  else notify(reason);
}

function say(said) {
  transmit(newId(), said);
  showChoices([]);
  part('intro').hidden = true;
  toEnd();
}

function transmit(id, said) {
  log.sending(id, said);
  line.say(id, said);
  setTimeout(() => log.late(id), LATE_AFTER);
}

function connectionChanged(state) {
  if (state === 'open') {
    notify('');
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
  part('newer').hidden = true;
  if (status === SESSION_REFUSED) {
    forgetSession();
    endWith(reason || text('over_session'), true);
  } else {
    endWith(text(status === 404 ? 'over_site' : 'over_elsewhere'), status !== 404);
  }
  showStatus('none');
}

function endWith(reason, mayBegin) {
  part('foot').hidden = true;
  part('over_text').textContent = reason;
  part('again').hidden = !mayBegin;
  part('over').hidden = false;
  toEnd();
}

function beginAgain() {
  const unsent = log.unsent().join('\n');
  line.stop();
  forgetSession();
  log.clear();
  start();
  words.value = words.value || unsent; // nothing the citizen wrote is lost
  wordsChanged();
  words.focus();
}

function leave() {
  leaving = true;
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

// ---- what is seen

function showStatus(status) {
  part('who').textContent = text('status_' + status);
  part('who').dataset.status = status;
  part('human').hidden = status !== 'bot';
}

function showTyping(on) {
  clearTimeout(typingTimer);
  const follow = on && nearEnd();
  typing.hidden = !on;
  if (on) typingTimer = setTimeout(() => showTyping(false), 30000);
  if (follow) toEnd();
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
    button.onclick = () => {
      say(choice);
      words.focus({ preventScroll: true });
    };
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

function nearEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  part('newer').hidden = true;
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
part('newer').addEventListener('click', toEnd);
part('size').addEventListener('click', () => {
  const large = !document.documentElement.classList.contains('large');
  rememberType(large);
  showSize(large);
  wordsChanged();
  toEnd();
});
scroller.addEventListener('scroll', () => { if (nearEnd()) part('newer').hidden = true; });
document.addEventListener('visibilitychange', visibilityChanged);
window.addEventListener('online', () => { if (line) line.now(); });
window.addEventListener('offline', () => notify(text('offline')));
window.addEventListener('resize', () => { if (document.activeElement === words) toEnd(); });
window.addEventListener('beforeunload', (event) => {
  if (!leaving && log.unsent().length) event.preventDefault();
});

fillPage();
showSize(largeType());
part('loading').remove();
start();
