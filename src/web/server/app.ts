import { Hono, type Context } from 'hono';
import { DatumError, messageOf } from '../../errors.js';
import {
  MAP_HEIGHT,
  MAP_KINDS,
  MAP_WIDTH,
  MAX_MODEL_BYTES,
  MAX_UPLOAD_BYTES,
  PAGE_PATH,
  type Failure,
  type WorkbenchState,
} from '../protocol.js';
import type { Changes } from './changes.js';
import { EventStreams } from './event-stream.js';
import type { Job } from './job.js';
import { nameOnPage, optionsForms } from './option-names.js';
import { PAGE_HTML, type PageFiles } from './page.js';
import type { Images } from './images.js';
import { readJson, Refused } from './read-body.js';
import {
  cancelSchema,
  chooseItemSchema,
  chooseModelSchema,
  choosePanesSchema,
  chooseImageSchema,
  chooseSampleSchema,
  explainSchema,
  linkSchema,
  showAgainSchema,
} from './requests.js';
import { ResultFiles } from './result-files.js';
import { sameSite, withToken } from './security.js';
import { Turns } from '../../models/turns.js';
import { Uploads } from './uploads.js';
import { Workbench } from './workbench.js';
import type { WatchedRun } from './watched-run.js';

/** Uploads decoded at once. */
const DECODED = 2;
/** Model files that are received at once. */
const MODELS_AT_ONCE = 1;
/** Items of a source that are sent at once. */
const ITEMS = 60;

/** What pages are about. */
export type Shown = Workbench | WatchedRun;

/** What is common to both. */
interface Viewed {
  readonly state: WorkbenchState;
  readonly changes: Changes;
  readonly images: Images;
  job(id: string): Job | null;
}

export interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Ends all streams and removes what was made for downloads. */
  close(): Promise<void>;
}

export interface AppParts {
  readonly shown: Shown;
  readonly files: PageFiles;
  readonly token: string;
  readonly hosts: ReadonlySet<string>;
}

/** Answers the page's requests. */
export function createApp({ shown, files, token, hosts }: AppParts): App {
  const app = new Hono();
  const streams = new EventStreams(shown);
  const results = new ResultFiles();
  app.onError(failed);
  app.notFound((context) => context.json({ error: 'there is nothing here' } satisfies Failure, 404));
  app.use(sameSite(hosts));
  app.get('/live.js', (context) => context.body(files.script, 200, { 'content-type': 'text/javascript' }));
  app.get('/live.css', (context) => context.body(files.style, 200, { 'content-type': 'text/css' }));
  // Where the page goes when it has read its token from the address; like its program, it holds no secrets.
  app.get(PAGE_PATH, (context) => context.html(PAGE_HTML));
  app.use(withToken(token));
  app.get('/', (context) => context.html(PAGE_HTML));
  app.get('/api/events', (context) => streams.follow(context));
  app.get('/api/options', async (context) => context.json(await optionsForms()));
  addViews(app, shown, results);
  if (shown instanceof Workbench) addWork(app, shown);
  else {
    app.post('/api/cancel', (context) => {
      shown.cancel();
      return context.json({});
    });
  }
  return {
    fetch: (request) => app.fetch(request),
    async close() {
      streams.close();
      await results.close();
    },
  };
}

/** Images, maps and files. */
function addViews(app: Hono, shown: Viewed, results: ResultFiles): void {
  app.get('/api/images/:id', async (context) => {
    const bytes = await shown.images.shown(context.req.param('id'));
    return bytes === undefined ? missing(context, 'image') : binary(context, bytes, { 'content-type': 'image/webp' });
  });
  app.get('/api/jobs/:id/maps/:target/:kind', (context) => {
    const kind = MAP_KINDS.find((one) => one === context.req.param('kind'));
    const map = kind && shown.job(context.req.param('id'))?.map(Number(context.req.param('target')), kind);
    if (map === undefined) return missing(context, 'map');
    return binary(context, new Uint8Array(map.values.buffer), {
      'content-type': 'application/octet-stream',
      [MAP_WIDTH]: String(map.width),
      [MAP_HEIGHT]: String(map.height),
    });
  });
  const finished = (id: string) => {
    const job = shown.job(id);
    if (job?.measured == null) return null;
    return { measured: job.measured, name: shown.images.get(job.state.image)?.state.name ?? 'image' };
  };
  app.get('/api/jobs/:id/files', async (context) => {
    const found = finished(context.req.param('id'));
    if (found === null) return missing(context, 'finished explanation');
    return context.json(await results.list(found.measured, found.name));
  });
  app.get('/api/jobs/:id/files/:name', async (context) => {
    const found = finished(context.req.param('id'));
    const name = context.req.param('name');
    const bytes = found === null ? undefined : await results.read(found.measured, found.name, name);
    if (bytes === undefined) return missing(context, 'file');
    return binary(context, bytes, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
  });
}

/** What can be asked of a workbench. */
function addWork(app: Hono, bench: Workbench): void {
  const uploads = new Uploads(MAX_UPLOAD_BYTES);
  const decoding = new Turns(DECODED);
  app.post('/api/upload', async (context) => {
    const bytes = await uploads.receive(context);
    const name = context.req.query('name') ?? 'image';
    return context.json(await decoding.take(() => bench.upload(bytes, name, paneIn(context))));
  });
  const modelUploads = new Uploads(MAX_MODEL_BYTES, MODELS_AT_ONCE);
  app.post('/api/model-file', async (context) => {
    const bytes = await modelUploads.receive(context);
    await bench.uploadModel(bytes, context.req.query('name') ?? 'model.onnx', paneIn(context));
    return context.json({});
  });
  app.get('/api/samples/:id/picture', async (context) => {
    const bytes = await bench.samplePicture(context.req.param('id'));
    return bytes === undefined ? missing(context, 'sample') : binary(context, bytes, { 'content-type': 'image/webp' });
  });
  app.post('/api/sample', async (context) => {
    await bench.chooseSample((await readJson(context, chooseSampleSchema)).sample);
    return context.json({});
  });
  app.post('/api/again', async (context) => {
    const { pane, job } = await readJson(context, showAgainSchema);
    bench.showAgain(pane, job);
    return context.json({});
  });
  app.post('/api/link', async (context) => {
    bench.link((await readJson(context, linkSchema)).linked);
    return context.json({});
  });
  app.post('/api/image', async (context) => {
    const { image, pane } = await readJson(context, chooseImageSchema);
    bench.chooseImage(image, pane);
    return context.json({});
  });
  app.get('/api/sources/:name', async (context) => {
    const first = Math.max(0, Math.trunc(Number(context.req.query('first') ?? 0))) || 0;
    return context.json(await bench.browse(context.req.param('name'), context.req.query('search') ?? '', first, ITEMS));
  });
  app.get('/api/sources/:name/thumbnail', async (context) => {
    const bytes = await bench.thumbnail(context.req.param('name'), context.req.query('item') ?? '');
    return binary(context, bytes, { 'content-type': 'image/webp' });
  });
  app.post('/api/item', async (context) => {
    const { source, item, pane } = await readJson(context, chooseItemSchema);
    return context.json(await bench.chooseItem(source, item, pane));
  });
  app.post('/api/model', async (context) => {
    const { pane, model } = await readJson(context, chooseModelSchema);
    bench.chooseModel(pane, model);
    return context.json({});
  });
  app.post('/api/panes', async (context) => {
    bench.choosePanes((await readJson(context, choosePanesSchema)).count);
    return context.json({});
  });
  app.post('/api/explain', async (context) => {
    const job = await bench.explain(await readJson(context, explainSchema));
    return context.json({ id: job.id });
  });
  app.post('/api/cancel', async (context) => {
    bench.cancel((await readJson(context, cancelSchema)).pane);
    return context.json({});
  });
}

/** The pane that an upload is for. */
function paneIn(context: Context): 0 | 1 {
  return context.req.query('pane') === '1' ? 1 : 0;
}

function failed(error: Error, context: Context): Response {
  if (error instanceof Refused) {
    // What was not read of the body is not waited for.
    return context.json({ error: error.message } satisfies Failure, error.status, { connection: 'close' });
  }
  if (error instanceof DatumError) return context.json({ error: error.say(nameOnPage) } satisfies Failure, 400);
  const failure: Failure = { error: `this is a bug in datum, please report it: ${messageOf(error)}` };
  return context.json(failure, 500);
}

function missing(context: Context, what: string): Response {
  return context.json({ error: `there is no such ${what}` } satisfies Failure, 404);
}

function binary(context: Context, bytes: Uint8Array, headers: Record<string, string>): Response {
  return context.body(new Uint8Array(bytes), 200, headers);
}
