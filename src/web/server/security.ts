import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';

/** What a request must show before anything is answered. */
export interface Guard {
  /** Random, in the page's address. */
  readonly token: string;
  /** Values of the Host header that mean this server: others come from a rebound name. */
  readonly hosts: ReadonlySet<string>;
}

/** A token that cannot be guessed. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Refuses what does not come from this server's own page: a foreign Host (DNS rebinding), a foreign Origin or
 * cross-site fetch (another site's script), a missing or wrong token. Adds headers that keep the page to itself.
 */
export function guarded({ token, hosts }: Guard): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host');
    if (host === undefined || !hosts.has(host.toLowerCase())) return refuse(context, 'this address is not served here');
    const origin = context.req.header('origin');
    if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^https?:\/\//, ''))) {
      return refuse(context, 'another site may not ask');
    }
    const site = context.req.header('sec-fetch-site');
    const opening = context.req.path === '/' && context.req.method === 'GET';
    if (site === 'cross-site' && !opening) return refuse(context, 'another site may not ask');
    if (!sameToken(context.req.header('x-datum-token') ?? context.req.query('token') ?? '', token)) {
      return refuse(context, 'the address lacks its token: use the one that datum printed');
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
    return undefined;
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

function refuse(context: Context, error: string): Response {
  return context.json({ error }, 403, HEADERS);
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
