/**
 * What the package contains of others' work and on which terms, as texts: THIRD-PARTY-NOTICES.md, and the comment in the
 * scripts of pages and reports.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the bundles of pages contain, as `build-client.mjs` notes it: name, version, license and its text. */
export const BUNDLED = join(root, 'dist/web/.bundled.json');

/** Where THIRD-PARTY-NOTICES.md lies. */
export const NOTICES = join(root, 'THIRD-PARTY-NOTICES.md');

/** The notices of packages as a comment of JavaScript that minifiers keep; those of one text share it. */
export function noticeComment(packages) {
  const texts = new Map();
  for (const one of packages) texts.set(one.text, [...(texts.get(one.text) ?? []), one]);
  const parts = [...texts].map(([text, those]) => {
    const names = those.map(({ name, version, identifier }) => `${name} ${version} (${identifier})`);
    return `${names.join(', ')}\n\n${text.trim()}`;
  });
  const comment = `/*!\nThis page contains:\n\n${parts.join('\n\n----\n\n')}\n*/\n`;
  if (/\*\/(?!\n$)|<\/script/i.test(comment))
    throw new Error('A license text would end the comment that it stands in.');
  return comment;
}

/** THIRD-PARTY-NOTICES.md as what was built and what is carried make it. */
export function noticesText() {
  const bundled = JSON.parse(readFileSync(BUNDLED, 'utf8'));
  const { version } = JSON.parse(readFileSync(join(root, 'vendor/onnxruntime-node/package.json'), 'utf8'));
  const runtime = readFileSync(join(root, 'licenses/onnxruntime/LICENSE'), 'utf8');
  return `# Third-party notices

datum-explain is licensed under [Apache-2.0](LICENSE). The package contains the following works of others. What npm installs beside
it is in packages of its own, each with its own terms. Made by \`npm run notices\`.

## ONNX Runtime ${version}

In \`vendor/onnxruntime-node\`: the JavaScript of onnxruntime-node and onnxruntime-common, and libraries of ONNX Runtime. The notices of
what these contain are in \`vendor/onnxruntime-node/ThirdPartyNotices.txt\`.

${quoted(runtime)}
## In the pages

In \`dist/web\`, and in every report that is written:

${bundled.map(({ name, version, identifier, text }) => `### ${name} ${version} (${identifier})\n\n${quoted(text)}`).join('\n')}
## In images of the documentation

The animals of \`examples/animals\`, which the images of README and docs show, are [Noto Color Emoji](https://github.com/googlefonts/noto-emoji),
copyright Google Inc., under the [SIL Open Font License 1.1](https://openfontlicense.org).
`;
}

function quoted(text) {
  return `\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}
