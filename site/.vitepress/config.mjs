/**
 * The documentation site: the Markdown of docs/, as it stands on GitHub, made into pages by VitePress. `npm run site` builds it
 * into site/dist. A link that leads nowhere fails the build.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { DOCS_PAGES } from '../../scripts/docs-pages.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCS = join(ROOT, 'docs');
const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const REPOSITORY = repository.url.replace(/^git\+|\.git$/g, '');

/** A page's address within the site, without its ending. */
const addressOf = (path) => `/${path.replace(/(^|\/)README\.md$/, '$1').replace(/\.md$/, '')}`;

export default {
  srcDir: '../docs',
  outDir: './dist',
  cacheDir: './.vitepress/cache',
  // Pages are opened from any folder of a server, or of none.
  base: process.env.DATUM_SITE_BASE ?? '/',
  lang: 'en',
  title: 'datum explain',
  description: 'Why a vision model answered what it answered, whether the map can be trusted, and what to do.',
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: slug, getTokensText: (tokens) => tokens.map(({ content }) => content).join('') },
    config: (md) => md.use(linksAsOnGitHub),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Tutorials', link: '/tutorials/cheating' },
      { text: 'Guides', link: '/guides/picture' },
      { text: 'Commands', link: '/reference/' },
      { text: 'Words', link: '/glossary' },
    ],
    sidebar: DOCS_PAGES.map(({ heading, pages }) => ({
      text: heading,
      collapsed: heading === 'Research' ? true : undefined,
      items: pages.map(({ path, title }) => ({ text: title, link: addressOf(path) })),
    })),
  },
  /** The pages as Markdown, and the list of them for programs that read. */
  buildEnd({ outDir, pages }) {
    for (const page of pages) cpSync(join(DOCS, page), join(outDir, page));
    const list = readFileSync(join(ROOT, 'llms.txt'), 'utf8');
    const within = (_, link) => `](${link.startsWith('docs/') ? link.slice('docs/'.length) : inRepository(link)})`;
    writeFileSync(join(outDir, 'llms.txt'), list.replaceAll(/\]\(([^):]+)\)/g, within));
  },
};

/** The address of a file or folder of the repository. */
function inRepository(path) {
  return `${REPOSITORY}/blob/HEAD/${path}`;
}

/** Links as GitHub takes them: to README.md for a folder's page, and out of docs/ to the repository. */
function linksAsOnGitHub(md) {
  md.core.ruler.push('links-as-on-github', ({ tokens, env }) => {
    const folder = dirname(relative(DOCS, env.realPath ?? env.path));
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null || /^([a-z]+:|#)/.test(href)) continue;
      const [, path = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
      const target = posix.normalize(posix.join('docs', folder, path));
      if (target.startsWith('docs/'))
        token.attrSet('href', `${path.replace(/(^|\/)README\.md$/, '$1index.md')}${anchor}`);
      else if (existsSync(join(ROOT, target))) token.attrSet('href', `${inRepository(target)}${anchor}`);
    }
  });
}
