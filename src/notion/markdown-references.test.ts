import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markdownReferences } from './markdown-references.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const hex = id.replaceAll('-', '');

function actions(markdown: string): string {
  const demands = markdownReferences(markdown);
  for (const { object } of demands) assert.deepEqual(object, { kind: 'page', id });
  return demands.map(demand => demand.action).join(' ');
}

describe('references in Markdown', () => {
  const placing = [
    `<page url="https://www.notion.so/${hex}">Title</page>`,
    `<page url="{{https://www.notion.so/Title-${hex}}}" color="red">Title</page>`,
    `<page title="a > b < c" url="${id}">Title</page>`,
    `<page\n  icon='x' url='${hex}' />`,
    `<database url=https://app.notion.com/p/${hex} inline="true">`,
    `<DATABASE inline url="{{${id}}}">`,
  ];
  for (const markdown of placing) {
    it(`${JSON.stringify(markdown)} moves and reads`, () => assert.equal(actions(markdown), 'move read'));
  }

  const reading = [
    `<mention-page url="https://www.notion.so/${hex}"/>`,
    `<mention-page title="a > b" url="${id}">`,
    `<data-source url="collection://${id}">`,
    `<mention-page url="{{${hex}}}">`,
    `[Title](https://acme.notion.site/Title-${hex})`,
    `[Title](/${hex})`,
    `https://www.notion.so/${hex}`,
  ];
  for (const markdown of reading) {
    it(`${JSON.stringify(markdown)} reads`, () => assert.equal(actions(markdown), 'read'));
  }

  const text = [
    `Build ${hex} of \`${id}\``,
    `<mention-user url="user://${id}"/>`,
    `<mention-agent url="${id}"/>`,
    `[Title](https://example.com/${hex})`,
    '<page>Title</page> <page url="">Title</page>',
  ];
  for (const markdown of text) it(`${JSON.stringify(markdown)} is text`, () => assert.equal(actions(markdown), ''));

  it('are found in time that grows with the text, even a hostile one', () => {
    const started = performance.now();
    for (const piece of [
      '<page ',
      '<page a',
      '<page a = ',
      ' ',
      'url=',
      '](/',
      '<user ',
      'https://',
      '<page a="',
      "{{'",
    ]) {
      markdownReferences(`<page ${piece.repeat(400_000 / piece.length)}`);
    }
    assert.ok(performance.now() - started < 5_000);
  });
});
