import { request, type IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { openDataset } from '../../src/datasets/index.js';
import { openModel } from '../../src/models/open.js';
import { serveLive, type LiveServer } from '../../src/web/server/live-server.js';
import { pageCommands } from '../../src/cli/page-command.js';
import { Workbench, type WorkbenchParts } from '../../src/web/server/workbench.js';

/** The example models and images. */
export const ANIMALS = fileURLToPath(new URL('../../examples/animals/', import.meta.url));

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as no browser would send it: any Host, Origin and body. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A workbench that is served, closed after the last test of the file. */
export interface ServedBench {
  readonly bench: Workbench;
  readonly server: LiveServer;
  readonly port: number;
  readonly token: string;
  /** Sends a request with the token. */
  readonly ask: (path: string, sent?: Sent) => Promise<Answer>;
  /** Sends a request as it stands. */
  readonly send: (path: string, sent?: Sent) => Promise<Answer>;
}

/** Serves a workbench with the example models, whose sources are folders by name. */
export async function serveBench(
  sources: Readonly<Record<string, string>> = {},
  parts: Partial<WorkbenchParts> = {},
): Promise<ServedBench> {
  const bench = new Workbench({
    models: ['clean', 'detector'],
    openModel: (name) => openModel(modelSource(name), { workers: 1, name }),
    sources: {
      names: Object.keys(sources),
      roots: [],
      open: (name) => openDataset(sources[name] ?? ''),
    },
    samples: ANIMALS,
    commandOf: pageCommands('.'),
    ...parts,
  });
  const server = await serveLive(bench);
  const { port, searchParams } = new URL(server.address);
  const token = searchParams.get('token') ?? '';
  afterAll(async () => {
    await server.close();
    await bench.close();
  });
  const send = (path: string, sent: Sent = {}): Promise<Answer> => sendTo(Number(port), path, sent);
  return {
    bench,
    server,
    port: Number(port),
    token,
    send,
    ask: (path, sent = {}) => send(path, { ...sent, headers: { 'x-datum-token': token, ...sent.headers } }),
  };
}

export function modelSource(name: string): { description: string; labels: string } {
  const file = name === 'detector' ? 'detector.onnx' : 'classifier-clean.onnx';
  return { description: `${ANIMALS}${file}`, labels: `${ANIMALS}labels.txt` };
}

/** Sends a request to a port of this machine. */
export function sendTo(port: number, path: string, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
