/**
 * What stands in the documentation between `<!-- name -->` and `<!-- /name -->`: tables of what the registries say, and the
 * example modules in full. `npm run tables` writes them; a test says when they are stale.
 */

import { z } from 'zod';

/** Markdown table. */
function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |');
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text) => `\`${text}\``;
const codes = (texts) => texts.map(code).join(', ');

/** Rows of a method's options: name, default, meaning; from its JSON Schema. */
function optionRows(schema) {
  return Object.entries(schema.properties ?? {}).map(([name, { default: value, description = '' }]) => [
    code(name),
    value === undefined ? '' : code(String(value)),
    description.replaceAll('|', '\\|'),
  ]);
}

/**
 * @param registries the arrays of entries: { launchers, interpreters, formats, methods, glossary }
 * @param example text of a file of examples/plugins.
 */
export async function sectionsOf({ launchers, formats, glossary, ...loading }, example) {
  const interpreters = await Promise.all(
    loading.interpreters.map(async (entry) => ({ ...entry, loaded: await entry.load() })),
  );
  const methods = await Promise.all(
    loading.methods.map(async (entry) => ({
      ...entry,
      schema: z.toJSONSchema((await entry.load()).options, { io: 'input' }),
    })),
  );
  const included = (name, language) => [`example ${name}`, `\`\`\`${language}\n${example(name).trimEnd()}\n\`\`\``];
  return new Map([
    [
      'launchers',
      table(
        ['`-l`', 'what it opens', 'files', 'its own options'],
        launchers.map(({ name, title, extensions, options }) => [
          code(name),
          title,
          codes(Object.keys(extensions)),
          Object.entries(options)
            .map(([option, info]) => `${code(option)}: ${info.title}`)
            .join('; '),
        ]),
      ),
    ],
    [
      'families',
      table(
        ['`-i`', 'outputs', 'boxes', 'preprocessing', 'cut'],
        interpreters.map(({ name, title, boxes, input, loaded }) => [
          code(name),
          title,
          boxes ?? '',
          input,
          loaded.truncated ? 'cut' : '',
        ]),
      ),
    ],
    [
      'formats',
      [
        table(
          ['format', 'what is read', 'known by'],
          formats.map(({ name, reads, knownBy }) => [code(name), reads, knownBy]),
        ),
        `Also understood: ${codes(formats.flatMap(({ aliases }) => aliases).sort())}.`,
        `Also written (\`datum model run\`, \`writeDataset\`): ${codes(formats.filter(({ writable }) => writable).map(({ name }) => name))}.`,
      ].join('\n\n'),
    ],
    [
      'places',
      table(
        ['format', 'annotations', 'images'],
        formats.flatMap(({ name, places }) =>
          places === null ? [] : [[code(name), places.annotations, places.images]],
        ),
      ),
    ],
    [
      'methods',
      methods
        .map(({ name, title, schema }) =>
          [`${code(name)}: ${title}.`, table(['option', 'default', 'meaning'], optionRows(schema))].join('\n\n'),
        )
        .join('\n\n'),
    ],
    [
      'glossary',
      glossary
        .map(({ heading, entries }) =>
          [
            `## ${heading}`,
            table(
              ['word', 'what it means', 'in JSON'],
              entries.map(({ term, also = [], meaning, json }) => [
                also.length === 0 ? `**${term}**` : `**${term}** (${also.join(', ')})`,
                meaning.replaceAll(/--[a-z-]+(?: fast| [\d.]+)?/g, code),
                codes(json ?? []),
              ]),
            ),
          ].join('\n\n'),
        )
        .join('\n\n'),
    ],
    included('launcher.js', 'js'),
    included('interpreter.js', 'js'),
    included('format.js', 'js'),
    included('method.js', 'js'),
  ]);
}

/** A page with its sections written anew; throws for a section that there is not. */
export function withSections(page, sections) {
  return page.replaceAll(/<!-- ([\w. ]+) -->\n[\s\S]*?<!-- \/\1 -->/g, (_, name) => {
    const text = sections.get(name);
    if (text === undefined) throw new Error(`there is no section '${name}'`);
    return `<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->`;
  });
}

/** Pages that have sections. */
export const PAGES = [
  'docs/launchers.md',
  'docs/interpreters.md',
  'docs/datasets.md',
  'docs/methods.md',
  'docs/glossary.md',
];
