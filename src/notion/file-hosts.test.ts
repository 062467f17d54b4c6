import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNotionFileUrl } from './file-hosts.ts';

describe("rule 17: a URL of a file in Notion's keeping", () => {
  for (const url of [
    'https://prod-files-secure.s3.us-west-2.amazonaws.com/space/a.png?X-Amz-Signature=x',
    'https://s3.us-west-2.amazonaws.com/secure.notion-static.com/a.png',
    'https://s3-us-west-2.amazonaws.com/secure.notion-static.com/a.png',
    'https://file.notion.so/f/f/a.png',
    'https://img.notionusercontent.com/s3/a.png',
  ]) {
    it(`is ${url}`, () => assert.equal(isNotionFileUrl(new URL(url)), true));
  }

  for (const url of [
    'http://prod-files-secure.s3.us-west-2.amazonaws.com/a',
    'https://prod-files-secure.s3.us-west-2.amazonaws.com:444/a',
    'https://user@prod-files-secure.s3.us-west-2.amazonaws.com/a',
    'https://evil.s3.us-west-2.amazonaws.com/a',
    'https://s3.us-west-2.amazonaws.com/evil/secure.notion-static.com/a',
    'https://file.notion.so.example.com/a',
    'https://169.254.169.254/latest/meta-data',
  ]) {
    it(`is not ${url}`, () => assert.equal(isNotionFileUrl(new URL(url)), false));
  }
});
