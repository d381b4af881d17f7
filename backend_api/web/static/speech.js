// Reading aloud, where the browser can. Only the words on the screen leave for the phone's own voice.

import { text } from './texts.js';

const LANGUAGE = 'zh-CN'; // the service answers in Chinese, whatever the page's own words are in
const can = 'speechSynthesis' in window && 'SpeechSynthesisUtterance' in window;
let speaking = null; // the button whose words are being read

/** A button that reads what words() gives; null where the browser has no voice. */
export function readAloudButton(words) {
  if (!can) return null;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'aloud';
  show(button, false);
  button.onclick = () => {
    const again = speaking !== button;
    hush();
    if (again) read(button, words());
  };
  return button;
}

export function hush() {
  if (!can) return;
  if (speaking) show(speaking, false);
  speaking = null;
  window.speechSynthesis.cancel();
}

function read(button, words) {
  const said = new SpeechSynthesisUtterance(words);
  said.lang = LANGUAGE;
  said.rate = 0.9;
  said.onend = () => { if (speaking === button) hush(); };
  said.onerror = said.onend;
  speaking = button;
  show(button, true);
  window.speechSynthesis.speak(said);
}

function show(button, on) {
  button.textContent = text(on ? 'aloud_stop' : 'aloud');
  button.setAttribute('aria-pressed', String(on));
}
