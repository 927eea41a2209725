import { readFileSync, symlinkSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { serveLive, type LiveServer, type ServeOptions } from '../../src/web/server/live-server.js';
import { png, speckled } from '../helpers/images.js';
import { ANIMALS, serveBench, type ServedBench } from '../helpers/live.js';
import { tempFolder } from '../helpers/temp-folder.js';

const folder = tempFolder();
const secret = folder.write('secret/private.png', await png(speckled(16, 16)));
folder.write('source/images/open.png', await png(speckled(24, 16)));
symlinkSync(secret, folder.at('source/images/link.png'));

const served = await serveBench({ images: folder.at('source') });
const { ask, send, port, token, bench } = served;

const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.destroy();
});

function json(body: unknown): { method: string; body: string } {
  return { method: 'POST', body: JSON.stringify(body) };
}

function errorOf({ body }: { body: Buffer }): string {
  const answer: unknown = JSON.parse(body.toString());
  return typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : '';
}

describe('who may ask', () => {
  it('a foreign Host is refused, also with the token: a rebound name', async () => {
    const { status, body } = await ask('/', { headers: { host: 'evil.example' } });
    expect(status).toBe(403);
    expect(errorOf({ body })).toContain('not served here');
    expect((await ask('/', { headers: { host: `127.0.0.1:${port + 1}` } })).status).toBe(403);
  });

  it('a foreign Origin is refused, also with the token', async () => {
    for (const origin of [
      'http://evil.example',
      `https://127.0.0.1:${port}`,
      'null',
      `http://127.0.0.1:${port}.evil`,
    ]) {
      const { status } = await ask('/api/cancel', { ...json({ pane: 0 }), headers: { origin } });
      expect(status, origin).toBe(403);
    }
    const own = await ask('/api/cancel', { ...json({ pane: 0 }), headers: { origin: `http://127.0.0.1:${port}` } });
    expect(own.status).toBe(200);
  });

  it('a fetch or a frame of another site is refused; a link to the page is not', async () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect((await ask('/', { headers: { ...cross, 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
    expect((await ask('/api/options', { headers: cross })).status).toBe(403);
    expect((await ask('/', { headers: { ...cross, 'sec-fetch-dest': 'document' } })).status).toBe(200);
  });

  it('nothing but the page program is answered without the token, or with a wrong one', async () => {
    const paths = ['/', '/api/events', '/api/options', '/api/images/x', '/api/jobs/job-1/maps/0/saliency', '/nowhere'];
    for (const path of paths) expect((await send(path)).status, path).toBe(403);
    expect((await send(`/?token=${token.slice(1)}a`)).status).toBe(403);
    expect((await send('/api/upload', { method: 'POST', body: 'x' })).status).toBe(403);
    expect((await send(`/?token=${token}`)).status).toBe(200);
    const script = await send('/live.js');
    expect(script.status).toBe(200);
    expect(script.body.toString()).not.toContain(token);
  });

  it('every answer forbids scripts, frames and connections of others', async () => {
    for (const answer of [
      await ask('/'),
      await send('/'),
      await ask('/nowhere'),
      await ask('/', { headers: { host: 'x' } }),
    ]) {
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('addresses', () => {
  const opened: LiveServer[] = [];
  afterAll(() => Promise.all(opened.map((server) => server.close())));
  async function serve(options: ServeOptions): Promise<{ server: LiveServer; port: number; token: string }> {
    const server = await serveLive(bench, options);
    opened.push(server);
    const url = new URL(server.address);
    return { server, port: Number(url.port), token: url.searchParams.get('token') ?? '' };
  }
  const statusOf = (port: number, token: string, host: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { host: `${host}:${port}`, 'x-datum-token': token };
      const asked = request({ host: '127.0.0.1', port, path: '/api/options', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end();
    });

  it('the server listens on the loopback address alone unless it is told otherwise', async () => {
    const outside = outsideAddress();
    if (outside === null) return;
    const own = await serve({});
    await expect(fetch(`http://${outside}:${own.port}/?token=${own.token}`)).rejects.toThrow();
    const open = await serve({ host: '0.0.0.0' });
    expect(new URL(open.server.address).hostname).toBe('127.0.0.1');
    expect((await fetch(`http://${outside}:${open.port}/?token=${open.token}`)).status).toBe(200);
    expect((await fetch(`http://${outside}:${open.port}/`)).status).toBe(403);
  });

  it('on every address, still only its own names are served: a rebound name is not', async () => {
    const { port, token } = await serve({ host: '0.0.0.0' });
    for (const host of ['127.0.0.1', 'localhost', hostname().toLowerCase()]) {
      expect(await statusOf(port, token, host), host).toBe(200);
    }
    for (const host of ['evil.example', '0.0.0.0.evil.example', '192.0.2.7']) {
      expect(await statusOf(port, token, host), host).toBe(403);
    }
    expect(await statusOf(port, `${token}x`, 'localhost')).toBe(403);
  });

  it('a token can be given, so that a server that is started again is found again; not one that can be guessed', async () => {
    const token = 'a'.repeat(30);
    const first = await serve({ token });
    await first.server.close();
    const second = await serve({ token, port: first.port });
    expect(second.server.address).toBe(first.server.address);
    for (const weak of ['', 'secret', 'a'.repeat(30) + '&x=1', 'ä'.repeat(30)]) {
      await expect(serveLive(bench, { token: weak })).rejects.toThrow('a token has 22 or more');
    }
  });

  it('what cannot be listened on is said in words', async () => {
    const { port } = await serve({});
    await expect(serveLive(bench, { port })).rejects.toThrow(`port ${port} of 127.0.0.1 is in use`);
    await expect(serveLive(bench, { host: '192.0.2.7' })).rejects.toThrow('no address of this machine');
  });
});

/** An address of this machine that is not the loopback; null where it has none. */
function outsideAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null;
}

describe('what may be read', () => {
  it('paths lead nowhere', async () => {
    const paths = [
      '/../package.json',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/live.js/../../../package.json',
      '/api/images/..%2f..%2f..%2fetc%2fpasswd',
      '/api/jobs/job-1/files/..%2f..%2fetc%2fpasswd',
      '/api/sources/..%2f..%2fetc',
    ];
    for (const path of paths) {
      const { status, body } = await ask(path);
      expect([400, 404], path).toContain(status);
      expect(body.toString()).not.toContain('root:');
    }
  });

  it('an image of a source is shown, a link out of it is not', async () => {
    const list = await ask('/api/sources/images');
    expect(list.body.toString()).toContain('link');
    expect((await ask('/api/item', json({ source: 'images', item: 'images/open' }))).status).toBe(200);
    const { status, body } = await ask('/api/item', json({ source: 'images', item: 'images/link' }));
    expect(status).toBe(400);
    expect(errorOf({ body })).toContain('lies outside of');
    expect((await ask('/api/item', json({ source: 'images', item: '../secret/private' }))).status).toBe(400);
    expect((await ask('/api/item', json({ source: '/etc', item: 'passwd' }))).status).toBe(400);
  });

  it('small versions are made of the same images, and of no others', async () => {
    const thumbnail = (item: string, source = 'images') =>
      ask(`/api/sources/${encodeURIComponent(source)}/thumbnail?${new URLSearchParams({ item }).toString()}`);
    const { status, headers, body } = await thumbnail('images/open');
    expect([status, headers['content-type']]).toEqual([200, 'image/webp']);
    expect(body.toString('latin1', 8, 12)).toBe('WEBP');
    for (const item of ['images/link', '../secret/private', '/etc/passwd', '']) {
      expect((await thumbnail(item)).status, item).toBe(400);
    }
    expect((await thumbnail('passwd', '/etc')).status).toBe(400);
    expect((await send('/api/sources/images/thumbnail?item=images/open')).status).toBe(403);
  });
});

describe('what may be sent', () => {
  it('100 MB are refused before they are read, declared or not', async () => {
    const before = process.memoryUsage().rss;
    const declared = await upload(100 * 2 ** 20, true);
    expect(declared.status).toBe(413);
    const streamed = await upload(100 * 2 ** 20, false);
    expect([413, 0]).toContain(streamed.status);
    // Less was taken in than was sent: the limit is 32 MB, the rest is buffers on both sides of the test.
    expect(streamed.sent).toBeLessThan(90 * 2 ** 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 2 ** 20);
    expect((await ask('/api/options')).status).toBe(200);
  });

  it('an image of many pixels in few bytes is refused before it is decoded', async () => {
    const bomb = await sharp({
      create: { width: 11_600, height: 11_600, channels: 3, background: '#000' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect(bomb.length).toBeLessThan(8 * 2 ** 20);
    const { status, body } = await ask('/api/upload?name=bomb.png', { method: 'POST', body: bomb });
    expect(status).toBe(400);
    expect(errorOf({ body })).toContain('megapixels');
  });

  it('what is no image is refused in words, and its name is no path', async () => {
    const { status, body } = await ask('/api/upload?name=..%2F..%2Fetc%2Fpasswd', { method: 'POST', body: 'hello' });
    expect(status).toBe(400);
    expect(errorOf({ body })).toContain('passwd is not an image');
    const image = readFileSync(`${ANIMALS}images/scene_00.jpg`);
    const fine = await ask('/api/upload?name=..%2F..%2Ffine.jpg', { method: 'POST', body: image });
    expect(fine.status).toBe(200);
    expect(bench.state.images.map(({ name }) => name)).toContain('fine.jpg');
  });

  it('malformed JSON, and JSON of another form, are errors in words', async () => {
    for (const body of [
      '',
      '{',
      '[]',
      'null',
      '{"pane":7}',
      '{"pane":0,"more":1}',
      '"x"',
      `{"pane":0,"x":"${'y'.repeat(100_000)}"}`,
    ]) {
      const answer = await ask('/api/cancel', { method: 'POST', body });
      expect([400, 413], body.slice(0, 20)).toContain(answer.status);
      expect(errorOf(answer)).not.toBe('');
      expect(errorOf(answer)).not.toContain('bug');
    }
    const options = { pane: 0, options: { maxSamples: -1 }, metrics: 'none' };
    expect((await ask('/api/explain', json(options))).status).toBe(400);
    const unknown = { pane: 0, options: { __proto__: null, constructor: 1 }, metrics: 'none' };
    expect((await ask('/api/explain', json(unknown))).status).toBe(400);
  });
});

describe('how much may be asked', () => {
  it('50 connections at once are all answered', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(i % 2 === 0 ? '/' : '/api/options')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('clients that never read cost a bounded amount of memory, and others are served', async () => {
    // A state of about a megabyte: ten readers of thirty states would hold 300 MB, if states were queued.
    const large = await serveBench({}, { models: Array.from({ length: 5000 }, (_, i) => `${i}`.padEnd(200, 'm')) });
    sockets.push(...(await Promise.all(Array.from({ length: 10 }, () => silentReader(large)))));
    await delay(300);
    const before = process.memoryUsage();
    for (let i = 0; i < 300; i++) {
      large.bench.changes.announce();
      await delay(10);
    }
    const after = process.memoryUsage();
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(80 * 2 ** 20);
    expect((await large.ask('/api/options')).status).toBe(200);
  });

  it('more than 64 followers are refused until one leaves', async () => {
    const agent = new Agent({ maxSockets: 100 });
    const follow = (): Promise<{ status: number; leave: () => void }> =>
      new Promise((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, path: `/api/events?token=${token}`, agent }, (response) => {
          response.on('error', () => undefined);
          response.resume();
          resolve({
            status: response.statusCode ?? 0,
            leave: () => {
              asked.destroy();
            },
          });
        });
        asked.on('error', reject);
        asked.end();
      });
    const followers = await Promise.all(Array.from({ length: 70 }, follow));
    const statuses = followers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(503);
    for (const { leave } of followers) leave();
    await expect
      .poll(
        async () => {
          const again = await follow();
          again.leave();
          return again.status;
        },
        { timeout: 10_000 },
      )
      .toBe(200);
    agent.destroy();
  });
});

/** Follows the state and never reads a byte of it. */
function silentReader({ port, token }: ServedBench): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.pause();
      socket.write(`GET /api/events?token=${token} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** Uploads zeros until all are sent or the server has had enough; status 0 where it hung up. */
function upload(bytes: number, declared: boolean): Promise<{ status: number; sent: number }> {
  return new Promise((resolve) => {
    let sent = 0;
    let over = false;
    const end = (status: number): void => {
      over = true;
      resolve({ status, sent });
    };
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/api/upload?name=zeros',
        method: 'POST',
        headers: { 'x-datum-token': token, ...(declared ? { 'content-length': bytes } : {}) },
      },
      (response) => {
        response.on('error', () => undefined);
        response.resume();
        end(response.statusCode ?? 0);
        asked.destroy();
      },
    );
    asked.on('error', () => {
      if (!over) end(0);
    });
    const chunk = Buffer.alloc(256 * 1024);
    const pump = (): void => {
      while (!over && sent < bytes) {
        sent += chunk.length;
        if (!asked.write(chunk)) {
          asked.once('drain', pump);
          return;
        }
      }
      if (!over) asked.end();
    };
    pump();
  });
}
