import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { portcullis } from './run.ts';

/** Prints the names of the packages that a process has loaded, as its last line. */
const tellPackages = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({ load(url, context, next) {
    const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
    if (name !== undefined) loaded.add(name);
    return next(url, context);
  } });
  process.on('exit', () => console.log([...loaded].sort().join(' ')));
`;

describe('the start of the command line', () => {
  it('loads no database, no gateway and no log for what needs none of them', async () => {
    const hook = `--import=data:text/javascript,${encodeURIComponent(tellPackages)}`;
    const { out, code } = await portcullis(['--version'], { NODE_OPTIONS: hook });
    assert.equal(code, 0);
    assert.equal(out.trim().split('\n').at(-1), 'commander openapi-fetch zod');
  });
});
