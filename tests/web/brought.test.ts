/** Models that pages bring, samples, and what was explained: bounded, kept apart, and asked for with the token alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ModelFiles } from '../../src/web/server/model-files.js';
import { ANIMALS, serveBench } from '../helpers/live.js';

const SOON = { timeout: 60_000 };
const { ask, bench, send } = await serveBench({ animals: ANIMALS }, { models: [] });
const said = (body: Buffer): string => /"error":"(.*?)"[,}]/.exec(body.toString())?.[1] ?? '';
const post = (path: string, body: object | Buffer) =>
  ask(path, { method: 'POST', body: Buffer.isBuffer(body) ? body : JSON.stringify(body) });

describe('a model that a page brings', () => {
  it('is kept under its own name, wherever that seems to lead', async () => {
    const model = readFileSync(`${ANIMALS}classifier-clean.onnx`);
    expect((await post('/api/model-file?name=..%2F..%2Fetc%2Fmy%20model.onnx', model)).status).toBe(200);
    expect(bench.state.models).toEqual(['my model.onnx']);
    expect(bench.state.panes[0]?.model).toBe('my model.onnx');
    const image = readFileSync(`${ANIMALS}images/watermark_on_cow.jpg`);
    await post('/api/upload?name=cow.jpg', image);
    await expect.poll(() => bench.state.panes[0]?.prediction?.phase, SOON).toBe('done');
  });

  it.each(['model.pt', 'model.py', 'model', '.onnx.sh'])('is no %s: nothing that runs code is taken', async (name) => {
    const { status, body } = await post(`/api/model-file?name=${name}`, Buffer.from('import os'));
    expect(status).toBe(400);
    expect(said(body)).toContain('is no model');
  });

  it('is no larger than what is taken, and comes with the token', async () => {
    const declared = { 'content-length': String(300 * 2 ** 20) };
    const { status } = await ask('/api/model-file?name=a.onnx', { method: 'POST', headers: declared });
    expect(status).toBe(413);
    for (const path of ['/api/model-file?name=a.onnx', '/api/sample', '/api/again', '/api/link']) {
      expect((await send(path, { method: 'POST', body: '{}' })).status, path).toBe(403);
    }
    expect((await send('/api/samples/missed/picture')).status).toBe(403);
  });

  it('is one of twenty files at most, which go with the server', async () => {
    const before = new Set(readdirSync(tmpdir()).filter((name) => name.startsWith('datum-models-')));
    const files = new ModelFiles();
    for (let i = 0; i < 20; i++) await files.add(Buffer.from('x'), `m${i}.onnx`);
    await expect(files.add(Buffer.from('x'), 'one-more.onnx')).rejects.toThrow('20 model files');
    const path = files.path('m3.onnx') ?? '';
    expect(existsSync(path)).toBe(true);
    await files.close();
    expect(existsSync(path)).toBe(false);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('datum-models-'));
    expect(after.filter((name) => !before.has(name))).toEqual([]);
  });

  it('has its weights beside it', async () => {
    const files = new ModelFiles();
    expect(await files.add(Buffer.from('w'), 'net.bin')).toBeNull();
    expect(await files.add(Buffer.from('<net/>'), 'net.xml')).toBe('net.xml');
    expect(existsSync((files.path('net.xml') ?? '').replace(/xml$/, 'bin'))).toBe(true);
    await files.close();
  });
});

describe('a sample', () => {
  it('that there is not is refused in words', async () => {
    const { status, body } = await post('/api/sample', { sample: '../../etc' });
    expect([status, said(body)]).toEqual([400, "there is no sample '../../etc'."]);
    expect((await ask('/api/samples/..%2F..%2Fetc/picture')).status).toBe(404);
  });

  it('is explained at once, against what is annotated', async () => {
    expect((await post('/api/sample', { sample: 'cheating' })).status).toBe(200);
    await expect.poll(() => bench.state.panes.map(({ job }) => job?.phase), SOON).toEqual(['done', 'done']);
    const targets = bench.state.panes.map(({ job }) => job?.targets[0]);
    expect(targets.map((target) => [target?.label?.name, target?.outcome])).toEqual([
      ['horse', 'wrong-class'],
      ['duck', 'true-positive'],
    ]);
    expect(targets[1]?.summary).toMatch(/^duck 77 %: depends on /);
    expect(bench.state.linked).toBe(false);
    expect(bench.state.history.map(({ name }) => name).sort()).toEqual(['duck', 'horse']);
  });

  it('that was explained is shown again; what is no longer kept is said', async () => {
    const horse = bench.state.history.find(({ name }) => name === 'horse')?.job ?? '';
    await post('/api/sample', { sample: 'trust' });
    expect((await post('/api/again', { pane: 0, job: horse })).status).toBe(200);
    expect(bench.state.panes[0]?.job?.id).toBe(horse);
    expect((await post('/api/again', { pane: 0, job: 'job-none' })).status).toBe(400);
  });
});
