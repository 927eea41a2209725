import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { DatumError } from '../../errors.js';
import { PAGE_PATH, TOKEN_HEADER } from '../protocol.js';

/** A token that cannot be guessed. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Fewest characters of a token that was given: as many bits as an address cannot be guessed with. */
const LEAST_TOKEN = 22;

/**
 * A token that was given, as it may stand in an address.
 *
 * @throws DatumError (`usage`) for one that could be guessed, or has to be escaped.
 */
export function checkedToken(token: string): string {
  if (/^[\w-]+$/.test(token) && token.length >= LEAST_TOKEN) return token;
  throw new DatumError(
    'usage',
    `a token has ${LEAST_TOKEN} or more letters, digits, - and _: take one that cannot be guessed, as 'openssl rand -hex 24' makes them.`,
    { option: 'token' },
  );
}

/**
 * Refuses what does not come from this server's own page: a foreign Host (DNS rebinding), a foreign Origin or
 * cross-site fetch (another site's script). Adds headers that keep the page to itself.
 *
 * @param hosts values of the Host header that mean this server, in lower case
 */
export function sameSite(hosts: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const refused = foreign(context, hosts);
    if (refused === null) await next();
    else context.res = context.json({ error: refused }, 403);
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  };
}

/** Why a request is refused; null for one that is not. */
function foreign({ req }: Context, hosts: ReadonlySet<string>): string | null {
  const host = req.header('host');
  if (host === undefined || !hosts.has(host.toLowerCase())) return 'this address is not served here';
  const origin = req.header('origin');
  if (origin !== undefined && !(origin.startsWith('http://') && hosts.has(origin.slice(7).toLowerCase()))) {
    return 'another site may not ask';
  }
  // A link to the page from elsewhere is fine, as long as it knows the token.
  const opening =
    (req.path === '/' || req.path === PAGE_PATH) && req.method === 'GET' && req.header('sec-fetch-dest') === 'document';
  if (req.header('sec-fetch-site') === 'cross-site' && !opening) return 'another site may not ask';
  return null;
}

/** Refuses a missing or wrong token; it stands in a header, or in the address where a browser can send no header. */
export function withToken(token: string): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.header(TOKEN_HEADER) ?? context.req.query('token') ?? '';
    if (sameToken(given, token)) {
      await next();
      return undefined;
    }
    return context.json({ error: 'the address lacks its token: open the one that datum printed' }, 403);
  };
}

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
