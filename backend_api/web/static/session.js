// The only place that keeps anything on the phone: one session key for each site code. Beside it the server keeps a
// mark that the page was counted: a cookie that is the same for everybody and ends with the browser or at quick exit.

const KEY = 'hualiao.session.';
const OPENED = 'opened'; // the server's mark that this page was counted; it names nobody
const memory = {}; // where a browser forbids storage, the key lives as long as the page

export const site = decodeURIComponent(location.pathname.split('/').filter(Boolean).pop() || '');

export class BeginError extends Error {
  constructor(status) {
    super('no session: ' + status);
    this.status = status;
  }
}

export function storedSession() {
  return read(KEY + site);
}

export function forgetSession() {
  remove(KEY + site);
}

/** A new key from the server. Throws BeginError with the HTTP status, or TypeError without network. */
export async function beginSession() {
  const response = await fetch('/v1/web/sessions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ site }),
  });
  if (!response.ok) throw new BeginError(response.status);
  const { session } = await response.json();
  write(KEY + site, session);
  return session;
}

/** Quick exit: the keys die on the server (the request outlives the page) and on the phone at once. */
export function wipe() {
  const names = Object.keys(memory).concat(storedNames()).filter((name) => name.startsWith(KEY));
  new Set(names.map(read)).forEach(endSession);
  Object.keys(memory).forEach((name) => delete memory[name]);
  [() => localStorage, () => sessionStorage].forEach((storage) => attempt(() => storage().clear()));
  attempt(() => { document.cookie = OPENED + '=; max-age=0; path=' + location.pathname; });
}

function endSession(session) {
  if (!session) return;
  fetch('/v1/web/sessions', {
    method: 'DELETE',
    keepalive: true,
    headers: { Authorization: 'Bearer ' + session },
  }).catch(() => {});
}

function storedNames() {
  return attempt(() => Object.keys(localStorage)) || [];
}

function read(name) {
  return attempt(() => localStorage.getItem(name)) || memory[name] || null;
}

function write(name, value) {
  memory[name] = value;
  attempt(() => localStorage.setItem(name, value));
}

function remove(name) {
  delete memory[name];
  attempt(() => localStorage.removeItem(name));
}

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return null; // storage is forbidden or full
  }
}
