// One WebSocket kept alive: back-off, resume, and words sent again under their own id until the server has stored them.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
const SESSION_REFUSED = 4401;
const CONFIRM_WITHIN = 8000; // without `stored` by then the line is taken for dead

/**
 * session(): promises a key, or throws. after(): the last number shown. heard(frame): every frame of the server.
 * changed(state): 'open', 'lost' or 'busy'. failed(error): trying again is of no use.
 */
export function connect({ session, after, heard, changed, failed }) {
  const unconfirmed = new Map(); // message_id → text, in the order of writing
  let socket = null;
  let ready = false;
  let stopped = false;
  let wait = FIRST_WAIT;
  let retryTimer = 0;
  let confirmTimer = 0;

  async function open() {
    clearTimeout(retryTimer);
    if (stopped || socket) return;
    const mine = { readyState: WebSocket.CONNECTING, close() {} };
    socket = mine; // holds the place while the key is fetched
    let key;
    try {
      key = await session();
    } catch (error) {
      if (socket === mine) socket = null;
      return refused(error);
    }
    if (stopped || socket !== mine) return;
    dial(key);
  }

  function dial(key) {
    const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
    const line = new WebSocket(scheme + location.host + '/v1/web/chat');
    socket = line;
    const patience = setTimeout(() => drop(line), 2 * CONFIRM_WITHIN);
    line.onopen = () => line.send(JSON.stringify({ type: 'hello', session: key, after: after() }));
    line.onmessage = (event) => {
      if (line !== socket) return;
      const frame = JSON.parse(event.data);
      if (frame.type === 'ready') {
        clearTimeout(patience);
        begin();
      }
      if (frame.type === 'stored' || frame.type === 'refused') settle(frame.message_id);
      heard(frame);
    };
    line.onclose = (event) => {
      clearTimeout(patience);
      if (line === socket && event.code === SESSION_REFUSED) refused({ status: SESSION_REFUSED });
      else drop(line);
    };
  }

  function begin() {
    ready = true;
    wait = FIRST_WAIT;
    changed('open');
    unconfirmed.forEach((text, id) => transmit(id, text));
  }

  function drop(line) {
    if (line !== socket) return;
    socket = null;
    ready = false;
    line.onclose = null;
    line.close();
    clearTimeout(confirmTimer);
    if (!stopped) later('lost');
  }

  function refused(error) {
    if (stopped) return undefined;
    const final = error.status === SESSION_REFUSED || (error.status >= 400 && error.status < 500 && error.status !== 429);
    if (final) {
      stop();
      return failed(error);
    }
    return later(error.status === 429 ? 'busy' : 'lost');
  }

  function later(state) {
    changed(state);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  function transmit(id, text) {
    socket.send(JSON.stringify({ type: 'say', message_id: id, text }));
    expectConfirmation();
  }

  function expectConfirmation() {
    clearTimeout(confirmTimer);
    if (unconfirmed.size) confirmTimer = setTimeout(() => drop(socket), CONFIRM_WITHIN);
  }

  function settle(id) {
    if (unconfirmed.delete(id)) expectConfirmation();
  }

  function now() {
    if (stopped || ready) return;
    if (socket && socket.readyState === WebSocket.OPEN) return;
    wait = FIRST_WAIT;
    open();
  }

  function stop() {
    stopped = true;
    clearTimeout(retryTimer);
    clearTimeout(confirmTimer);
    if (socket) socket.close();
    socket = null;
    ready = false;
  }

  return {
    open,
    now,
    stop,
    renew() {
      if (ready) drop(socket);
      now();
    },
    say(id, text) {
      unconfirmed.set(id, text);
      if (ready) transmit(id, text);
      else now();
    },
  };
}
