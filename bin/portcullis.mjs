#!/usr/bin/env node
// Runs the source in a checkout, and what was built from it in an installed package: Node strips types only outside of
// node_modules. Plain JavaScript that old versions of Node can read, so that they can be told what is missing.
import { existsSync } from 'node:fs';

const needed = [24, 16];
const here = process.versions.node.split('.').map(Number);
if (here[0] < needed[0] || (here[0] === needed[0] && here[1] < needed[1])) {
  console.error(`error: Portcullis needs Node ${needed.join('.')} or later, and this is Node ${process.versions.node}`);
  console.error('hint:  install it (https://nodejs.org). In a checkout "npm ci" brings one along for "npm start" and');
  console.error('       "npx portcullis"; "npm ci --omit=dev" does not');
  process.exit(1);
}

const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/src/cli/main.js', import.meta.url);
const { main } = await import(existsSync(source) ? source : built);
process.exitCode = await main(process.argv.slice(2));
