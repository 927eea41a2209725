/** Who stalls, or holds connections, keeps nobody else from being served; what was made for downloads goes with the server. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BIN, start, type Running } from '../helpers/built.js';
import { ANIMALS, sendTo, serveBench } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';

const { ask, port, token } = await serveBench();
const IMAGE = readFileSync(`${ANIMALS}images/scene_00.jpg`);

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection that says something, and what it heard until it was closed. */
function open(text: string): {
  readonly socket: Socket;
  readonly connected: Promise<void>;
  readonly closed: Promise<string>;
} {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(heard);
    });
  });
  const connected = new Promise<void>((resolve) => {
    socket.on('connect', () => {
      if (text !== '') socket.write(text);
      resolve();
    });
  });
  return { socket, connected, closed };
}

const upload = (): string =>
  `POST /api/upload?name=x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx-datum-token: ${token}\r\nContent-Length: 100000\r\n\r\nbegin`;

describe('uploads that stall', () => {
  it('do not keep another from its turn, and are told why they ended', async () => {
    const stalled = Array.from({ length: 8 }, () => open(upload()));
    await Promise.all(stalled.map(({ connected }) => connected));
    await delay(300);
    const { status } = await ask('/api/upload?name=fine.jpg', { method: 'POST', body: IMAGE });
    expect(status).toBe(200);
    const [first = ''] = await Promise.all([stalled[0]?.closed]);
    expect(first).toContain('408');
    expect(first).toContain('nothing came of the upload for too long');
  });

  it('a byte now and then does not keep a place either', async () => {
    const dripping = Array.from({ length: 8 }, () => open(upload()));
    await Promise.all(dripping.map(({ connected }) => connected));
    const drip = setInterval(() => {
      for (const { socket } of dripping) if (socket.writable) socket.write('x');
    }, 200);
    try {
      await delay(300);
      const { status } = await ask('/api/upload?name=fine.jpg', { method: 'POST', body: IMAGE });
      expect(status).toBe(200);
    } finally {
      clearInterval(drip);
    }
  });

  it('of the head of a request are closed, and so is a connection that asks nothing', async () => {
    const [silent, half] = [open(''), open('GET / HTTP/1.1\r\nHost: x')];
    const began = performance.now();
    await Promise.all([silent.closed, half.closed]);
    expect(performance.now() - began).toBeLessThan(60_000);
  });
});

describe('connections', () => {
  it('beyond 256 are closed at once, and taken again when some are gone', async () => {
    const many = Array.from({ length: 300 }, () => open(''));
    await Promise.all(many.map(({ connected }) => connected));
    const refused = (): number => many.filter(({ socket }) => socket.closed || socket.readableEnded).length;
    await expect.poll(refused, { timeout: 5000 }).toBeGreaterThanOrEqual(300 - 256);
    expect(refused()).toBeLessThanOrEqual(300 - 256 + 4);
    for (const { socket } of many) socket.destroy();
    await expect.poll(async () => (await ask('/api/options').catch(() => ({ status: 0 }))).status).toBe(200);
  });
});

describe('a server that is ended', () => {
  const temp = tempFolder();
  const running: Running[] = [];
  afterAll(() => {
    for (const { child } of running) child.kill('SIGKILL');
  });

  /** `datum serve` with a project of its own and temporary files in a folder of their own. */
  async function served(name: string): Promise<{ readonly served: Running; readonly tmp: string }> {
    const tmp = temp.at(`tmp-${name}`);
    mkdirSync(tmp);
    const run = (...args: string[]): Running =>
      start('env', [`TMPDIR=${tmp}`, 'BROWSER=none', process.execPath, BIN, ...args]);
    expect((await run('create', '-o', temp.at(name)).ended).code).toBe(0);
    const model = `${ANIMALS}classifier-clean.onnx`;
    const added = await run('model', 'add', 'm', '-p', temp.at(name), '-l', 'onnx', '--', '-d', model).ended;
    expect(added.code, added.stderr).toBe(0);
    const server = run('serve', '-p', temp.at(name));
    running.push(server);
    await server.wrote('Ctrl-C ends it.');
    return { served: server, tmp };
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('by %s leaves no temporary file', async (signal) => {
    const { served: server, tmp } = await served(signal);
    const address = new URL(/http:\S+/.exec(server.stderr())?.[0] ?? '');
    const headers = { 'x-datum-token': address.searchParams.get('token') ?? '' };
    const at = (path: string, sent: object = {}) => sendTo(Number(address.port), path, { headers, ...sent });
    expect((await at('/api/upload?name=a.jpg', { method: 'POST', body: IMAGE })).status).toBe(200);
    const body = JSON.stringify({ pane: 0, options: { maxSamples: 32 }, metrics: 'none' });
    const asked = await at('/api/explain', { method: 'POST', body });
    const { id } = JSON.parse(asked.body.toString()) as { id: string };
    await expect.poll(async () => (await at(`/api/jobs/${id}/files`)).status, { timeout: 60_000 }).toBe(200);
    expect(readdirSync(tmp).filter((name) => name.startsWith('datum-'))).toHaveLength(1);
    // One more explanation is under way, and its files are asked for, when the end comes.
    await at('/api/explain', { method: 'POST', body: JSON.stringify({ pane: 0, options: {}, metrics: 'none' }) });
    server.child.kill(signal);
    const { code, stderr } = await server.ended;
    expect(stderr).not.toMatch(/a bug|^ +at /m);
    expect(code).toBe(0);
    expect(existsSync(tmp) ? readdirSync(tmp) : []).toEqual([]);
  });
});
