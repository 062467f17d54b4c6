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
    `<a b="https://example.com/ <page url=${hex}>`,
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
    `[Title](<https://www.notion.so/A title ${hex}>)`,
    `[Title](/A title (with brackets) ${hex})`,
    `[Title][x]\n\n[x]: https://www.notion.so/${hex}`,
    `<https://www.notion.so/${hex}>`,
    `<a href='https://www.notion.so./${hex}'>x</a>`,
    `<user url="https://www.notion.so/${hex}">x</user>`,
    `<mention-user url="collection://${hex}"/>`,
    `<unheard-of source=${hex}>`,
    `<unheard-of ${hex}>`,
    `[Title](/${[...hex].map(digit => `&#${digit.charCodeAt(0)};`).join('')})`,
    `[Title](/${[...hex].map(digit => `%${digit.charCodeAt(0).toString(16)}`).join('')})`,
    `[Title](https://www.notion.so/?v=${hex})`,
    `[Title](https://www.notion.so/x?peekPageId=${hex})`,
    // One parser may see this as the inside of something else; another may not.
    `<a b="https://example.com [x](/${hex})`,
    `<a b="https://example.com/ <mention-page url=${hex}>`,
    `[a](https://example.com/(x [b](/${hex})`,
    `<https://example.com [x](/${hex})`,
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

  it('are found in work that grows with the text, and no faster, even a hostile one', () => {
    const pieces = [
      ...[
        '<page ',
        '<page a',
        '<page a = ',
        ' ',
        'url=',
        '](/',
        '](',
        ']:',
        '<user ',
        'https://',
        '://',
        '<page a="',
        "{{'",
      ],
      ...[
        '{{',
        '}}',
        '"',
        "'",
        '<',
        '<a>',
        '](<a>',
        '\\',
        '(',
        ')',
        '&#',
        '&amp;',
        '%',
        '%30',
        '-',
        '0-',
        'a',
        '[',
        '\n',
        '<a ',
      ],
      ...['](<a', '<a b="](', '<a b=\'<page url="{{', 'notion://', '<page url={{', '<page url="{{x}} '],
    ];
    const msFor = (piece: string, length: number) => {
      const text = `<page ${piece.repeat(length / piece.length)}`;
      const started = performance.now();
      markdownReferences(text);
      return performance.now() - started;
    };
    for (const piece of pieces) {
      // Eight times the text takes some eight times as long; work that grows with the square takes sixty-four times.
      const short = Math.min(msFor(piece, 62_500), msFor(piece, 62_500));
      const long = msFor(piece, 500_000);
      assert.ok(long < Math.max(short, 50) * 32, `${JSON.stringify(piece)}: ${short} ms, then ${long} ms`);
    }
  });
});
