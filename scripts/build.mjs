import { build, installIfNeeded } from './setup.mjs';

installIfNeeded();
build();
