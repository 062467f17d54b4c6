import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownPath } from '../../web/src/own-path.ts';

describe('where the page goes after signing in', () => {
  const origin = 'https://portcullis.test';
  for (const path of ['/', '/workspaces/x?y=1#z', '/auth/notion?workspace=wsp_1']) {
    it(`${path} is ours`, () => assert.equal(ownPath(path, origin), path));
  }
  for (const path of [
    null,
    '',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    'evil',
    '/\r\n\\evil.example',
  ]) {
    it(`${JSON.stringify(path)} leads to the first page`, () => assert.equal(ownPath(path, origin), '/'));
  }
});
