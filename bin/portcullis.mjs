#!/usr/bin/env node
// Runs the source in a checkout, and what was built from it in an installed package: Node strips types only outside of
// node_modules. Plain JavaScript that old versions of Node can read, so that they can be told what is missing.
import { existsSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`error: Portcullis needs Node 24 or later, and this is Node ${process.versions.node}`);
  console.error('hint:  in a checkout run "npm ci" and then "npm start" or "npx portcullis": they bring Node 24 along');
  process.exit(1);
}

const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/src/cli/main.js', import.meta.url);
const { main } = await import(existsSync(source) ? source : built);
process.exitCode = await main(process.argv.slice(2));
