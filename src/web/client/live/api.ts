import { PAGE_PATH, TOKEN_HEADER, type Failure } from '../../protocol.js';

/** Where this tab keeps the token: no other site, port or tab reads it there, as they would a cookie. */
const KEPT = 'datum-token';

const TOKEN = ownToken();

/** The token from the page's own address, out of which it is taken, or what this tab has kept of it. */
function ownToken(): string {
  const given = new URLSearchParams(location.search).get('token');
  try {
    if (given === null) return sessionStorage.getItem(KEPT) ?? '';
    sessionStorage.setItem(KEPT, given);
  } catch {
    // Nothing may be kept: the address stays, so that the page can be loaded again.
    return given ?? '';
  }
  history.replaceState(null, '', PAGE_PATH);
  return given;
}

/** What went wrong, in the server's words. */
export class RequestError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

/** An address with the token in it, for what can send no header: images and events. */
export function addressOf(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(TOKEN)}`;
}

/** @throws RequestError */
export async function get(path: string, signal?: AbortSignal): Promise<Response> {
  return checked(fetch(path, { headers: { [TOKEN_HEADER]: TOKEN }, ...(signal === undefined ? {} : { signal }) }));
}

/** @throws RequestError */
export async function post(path: string, body: object): Promise<void> {
  await checked(
    fetch(path, {
      method: 'POST',
      headers: { [TOKEN_HEADER]: TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

/** Sends a picture. @throws RequestError */
export function upload(file: File, pane: number): Promise<void> {
  return send('/api/upload', file, pane);
}

/** Sends a model, or the weights that belong to one. @throws RequestError */
export function uploadModel(file: File, pane: number): Promise<void> {
  return send('/api/model-file', file, pane);
}

async function send(path: string, file: File, pane: number): Promise<void> {
  const query = new URLSearchParams({ name: file.name, pane: String(pane) });
  await checked(
    fetch(`${path}?${query.toString()}`, { method: 'POST', headers: { [TOKEN_HEADER]: TOKEN }, body: file }),
  );
}

async function checked(request: Promise<Response>): Promise<Response> {
  const response = await request;
  if (response.ok) return response;
  const failure = (await response.json().catch(() => ({}))) as Partial<Failure>;
  throw new RequestError(failure.error ?? `the server answered ${response.status}`, response.status);
}
