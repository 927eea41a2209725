/** `npm run fuzz`: requests to the live page's server, as bytes and as JSON. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ANIMALS, serveBench } from '../helpers/live.js';
import { Chance } from './chance.js';
import { LIMITS } from './commands.js';
import { mutateBytes, mutateText } from './mutate.js';
import { SETTINGS } from './settings.js';
import { SUBJECTS } from './subjects.js';

const NAME = 'http';
const wanted = SETTINGS.only === null || SETTINGS.only === NAME;
const SILENCE = 300;

describe.runIf(wanted)(NAME, async () => {
  const served = wanted ? await serveBench({ animals: ANIMALS }) : null;

  it('is answered or refused', async () => {
    if (served === null) return;
    const { ask, port, token } = served;
    const image = readFileSync(`${ANIMALS}images/scene_00.jpg`);
    expect((await ask('/api/upload?name=a.jpg', { method: 'POST', body: image })).status).toBe(200);
    const requests = soundRequests(port, token, image);
    const found: string[] = [];
    const statuses: Record<string, number> = {};
    let cases = 0;
    const end = performance.now() + (SETTINGS.minutes * 60_000) / (SUBJECTS.length + 1);
    const last = SETTINGS.number ?? Infinity;
    for (let number = SETTINGS.number ?? 0; number <= last && performance.now() < end; number++) {
      const chance = new Chance(SETTINGS.seed, number);
      const answer = await exchange(port, damaged(chance, chance.of(requests)));
      cases++;
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'none';
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === '500' || /a bug in datum|^\s+at /m.test(answer)) {
        found.push(`npm run fuzz -- --only ${NAME} --seed ${SETTINGS.seed} --case ${number}: ${answer.slice(0, 900)}`);
      }
      if (number % 50 === 0) {
        const began = performance.now();
        expect((await ask('/api/options')).status, `after case ${number}`).toBe(200);
        expect(performance.now() - began, `after case ${number}`).toBeLessThan(LIMITS.milliseconds);
        expect(process.memoryUsage().rss, `after case ${number}`).toBeLessThan(LIMITS.bytes);
        expect(JSON.stringify(served.bench.state)).not.toContain('a bug in datum');
      }
    }
    console.log(
      `${NAME}: seed ${SETTINGS.seed}, ${cases} cases, answers ${JSON.stringify(statuses)}, ${found.length} failures`,
    );
    expect(found).toEqual([]);
  });
});

/** A request in its parts. */
interface Parts {
  readonly head: string;
  readonly body: Uint8Array;
}

function soundRequests(port: number, token: string, image: Uint8Array): Parts[] {
  const request = (method: string, path: string, body: Uint8Array | string = ''): Parts => ({
    head: `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx-datum-token: ${token}\r\nConnection: close\r\n`,
    body: Buffer.from(body),
  });
  const json = (path: string, value: object): Parts => request('POST', path, JSON.stringify(value));
  return [
    request('GET', '/'),
    request('GET', '/live'),
    request('GET', '/api/options'),
    request('GET', '/api/sources/animals?search=a&first=0'),
    request('GET', '/api/sources/animals/thumbnail?item=scene_00'),
    request('GET', '/api/images/0123456789abcdef'),
    request('GET', '/api/jobs/job-0-1/maps/0/saliency'),
    request('GET', '/api/jobs/job-0-1/files/a.json'),
    request('POST', '/api/upload?name=b.jpg', image),
    json('/api/image', { image: '0123456789abcdef' }),
    json('/api/item', { source: 'animals', item: 'scene_00' }),
    json('/api/model', { pane: 0, model: 'clean' }),
    json('/api/panes', { count: 1 }),
    json('/api/cancel', { pane: 0 }),
    json('/api/explain', { pane: 0, options: { maxSamples: 8, seed: 3, classes: ['cat'] }, metrics: 'none' }),
    json('/api/explain', { pane: 0, method: 'occlusion', options: {}, metrics: 'fast' }),
  ];
}

function damaged(chance: Chance, { head, body }: Parts): Uint8Array {
  if (chance.is(0.25)) {
    const whole = Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
    return mutateBytes(chance, whole);
  }
  const [line = '', ...headers] = head.split('\r\n');
  const [method, path = '/', version] = line.split(' ');
  const isText = body.length < 2000;
  const sent = chance.is(0.7) && body.length > 0 ? changedBody(chance, body, isText) : body;
  const where = chance.is(0.4)
    ? encodeURI(mutateText(chance, decodeURI(path)).replaceAll(/[\ud800-\udfff]/g, '\ufffd')).replaceAll('#', '%23')
    : path;
  const first = `${method} ${where === '' ? '/' : where} ${version}`;
  return Buffer.concat([
    Buffer.from([first, ...headers].join('\r\n')),
    Buffer.from(`Content-Length: ${sent.length}\r\n\r\n`),
    sent,
  ]);
}

function changedBody(chance: Chance, body: Uint8Array, isText: boolean): Uint8Array {
  return isText ? Buffer.from(mutateText(chance, Buffer.from(body).toString('utf8'))) : mutateBytes(chance, body);
}

/** Sends bytes, and gives what comes back until the other side ends or falls silent. */
function exchange(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes);
    });
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    // What is half a request is not waited for; what is whole has been answered by then, or goes on.
    socket.setTimeout(SILENCE, done);
    socket.on('data', (data) => (answer = (answer + data.toString('latin1')).slice(0, 20_000)));
    socket.on('error', done);
    socket.on('close', done);
  });
}
