/** `npm run notices`: installs when needed, builds, writes THIRD-PARTY-NOTICES.md; a test says when it is stale. */
import { writeFileSync } from 'node:fs';
import { NOTICES, noticesText } from './notice-texts.mjs';
import { build, installIfNeeded } from './setup.mjs';

installIfNeeded();
build();
writeFileSync(NOTICES, noticesText());
