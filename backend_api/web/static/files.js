// Photos and documents: chosen, sent with the session key, and their thumbnails fetched with it.

const LIMIT = 10 * 1024 * 1024; // bytes the server takes
const PATIENCE = 120000;
const ADDRESS = '/v1/web/files';

export class UploadError extends Error {
  /** reason: the server's words why it is refused for good; none: worth another try. */
  constructor(status, reason) {
    super('not uploaded: ' + status);
    this.status = status;
    this.reason = reason;
  }
}

export function isTooLarge(file) {
  return file.size > LIMIT;
}

export function isPicture(kind) {
  return /^image\//.test(kind || '');
}

/** Promises {seq, file}. The same id again has no second effect. XMLHttpRequest: it has a time limit on every phone. */
export function upload({ id, file, keepPlace, session }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', ADDRESS + '?message_id=' + encodeURIComponent(id) + '&keep_place=' + Boolean(keepPlace));
    request.setRequestHeader('Authorization', 'Bearer ' + session);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.timeout = PATIENCE;
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 201) resolve(body);
      else reject(new UploadError(request.status, isFinal(request.status) ? body.detail : ''));
    };
    request.onerror = () => reject(new UploadError(0));
    request.ontimeout = request.onerror;
    request.send(file);
  });
}

/** Promises an address for <img>; the key is not in any address. */
export async function thumbnail(id, session) {
  const response = await fetch(ADDRESS + '/' + encodeURIComponent(id) + '/thumbnail', {
    headers: { Authorization: 'Bearer ' + session },
  });
  if (!response.ok) throw new UploadError(response.status);
  return URL.createObjectURL(await response.blob());
}

function isFinal(status) {
  return status >= 400 && status < 500;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch (error) {
    return {}; // a proxy's own page
  }
}
