import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { createAdaptorServer } from '@hono/node-server';
import { codeOf, DatumError, messageOf, option } from '../../errors.js';
import { createApp, type App, type Shown } from './app.js';
import { readPageFiles } from './page.js';
import { checkedToken, newToken } from './security.js';

/** Connections at once; a browser holds six. */
const MOST_CONNECTIONS = 256;

/**
 * Milliseconds for the head of a request, and for all of it: a connection that asks nothing gives its place to others. An
 * image of 32 MB over a slow network takes minutes.
 */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 300_000, connectionsCheckingInterval: 1000 };

export interface ServeOptions {
  /** Name or address to listen on; only this machine can reach the default. */
  readonly host?: string | undefined;
  /** A free one where absent. */
  readonly port?: number | undefined;
  /** Of the address; a new one where absent. A server that is started again with the same port and token is found again. */
  readonly token?: string | undefined;
}

/** A page that is served. */
export interface LiveServer {
  /** Where to open it, with its token. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves a workbench or a watched run to browsers, on the loopback address unless a host is given.
 *
 * @throws DatumError (`output`) where the port is taken or the host is not this machine's.
 */
export async function serveLive(
  shown: Shown,
  { host = '127.0.0.1', port = 0, token: given }: ServeOptions = {},
): Promise<LiveServer> {
  const files = await readPageFiles();
  const token = given === undefined ? newToken() : checkedToken(given);
  const hosts = new Set<string>();
  const app = createApp({ shown, files, token, hosts });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: PATIENCE });
  server.maxConnections = MOST_CONNECTIONS;
  const bound = await listening(server, host, port);
  for (const name of namesOf(host)) hosts.add(`${name}:${bound}`);
  const shownHost = isAny(host) ? '127.0.0.1' : bracketed(host);
  return {
    address: `http://${shownHost}:${bound}/?token=${token}`,
    close: () => closed(server, app),
  };
}

type Server = ReturnType<typeof createAdaptorServer>;

async function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new DatumError('output', cannotListen(host, port, cause), { cause }));
    });
    server.listen(port, host, () => {
      resolve(portOf(server.address()) ?? port);
    });
  });
}

function portOf(address: AddressInfo | string | null): number | null {
  return address === null || typeof address === 'string' ? null : address.port;
}

function cannotListen(host: string, port: number, cause: unknown): string {
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use: choose another with ${option('port')}, or leave it out.`;
    case 'EACCES':
      return `port ${port} needs more rights: choose one above 1023 with ${option('port')}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine: leave ${option('host')} out, or name one of its own.`;
    default:
      return `the page cannot be served on ${host}:${port} (${messageOf(cause)}).`;
  }
}

async function closed(server: Server, app: App): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  await app.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await ended;
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Names by which a browser may call the server. */
function namesOf(host: string): string[] {
  const own = ['127.0.0.1', 'localhost', '[::1]'];
  if (!isAny(host)) return own.includes(host) ? own : [bracketed(host.toLowerCase())];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
  return [...own, hostname().toLowerCase(), ...addresses.map(bracketed)];
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
