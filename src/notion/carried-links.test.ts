import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCarriedLinks } from './carried-links.ts';

const ticket = 'A'.repeat(32);
const other = 'b_-c'.repeat(8);
const link = `https://gate.example/v1/portcullis/files/${ticket}/a%20b.png`;
const otherLink = `https://gate.example/w/wsp_0190-a/v1/portcullis/files/${other}/c.pdf`;
const urls = new Map([
  [ticket, 'https://s3/one'],
  [other, 'https://s3/two'],
]);

function carried(json: object, markdown: string[] = []) {
  const text = JSON.stringify(json);
  return findCarriedLinks(Buffer.from(text), JSON.parse(text), new Set(markdown));
}

function sent(json: object, markdown: string[] = []) {
  const found = carried(json, markdown);
  assert.ok(found, 'no link was found');
  return JSON.parse(String(found.links.bodyWith(urls)));
}

describe('links to files in a body', () => {
  it('become what they stand for in every place where Notion keeps a URL', () => {
    const body = {
      icon: { type: 'external', external: { url: link } },
      cover: { type: 'file', file: { url: link, expiry_time: 'x' } },
      properties: { Link: { url: otherLink }, Text: { rich_text: [{ text: { content: 'x', link: { url: link } } }] } },
      children: [{ image: { external: { url: link } } }, { embed: { url: otherLink } }],
      external_url: link,
    };
    assert.deepEqual(sent(body), {
      icon: { type: 'external', external: { url: 'https://s3/one' } },
      cover: { type: 'file', file: { url: 'https://s3/one', expiry_time: 'x' } },
      properties: {
        Link: { url: 'https://s3/two' },
        Text: { rich_text: [{ text: { content: 'x', link: { url: 'https://s3/one' } } }] },
      },
      children: [{ image: { external: { url: 'https://s3/one' } } }, { embed: { url: 'https://s3/two' } }],
      external_url: 'https://s3/one',
    });
    assert.deepEqual(new Set(carried(body)?.links.tickets), new Set([ticket, other]));
  });

  it("are Notion's own files again in a property, also where a client made them external", () => {
    const files = (file: object) => ({ properties: { Files: { files: [{ name: 'a', ...file }] } } });
    const own = files({ type: 'file', file: { url: 'https://s3/one' } });
    assert.deepEqual(sent(files({ type: 'file', file: { url: link } })), own);
    assert.deepEqual(sent(files({ type: 'external', external: { url: link } })), own);
    assert.deepEqual(sent(files({ external: { url: link } })), own);
    assert.deepEqual(sent({ properties: { Files: [{ name: 'a', external: { url: link } }] } }), {
      properties: { Files: [{ name: 'a', type: 'file', file: { url: 'https://s3/one' } }] },
    });
    const mixed = { name: 'b', type: 'external', external: { url: 'https://example.com' } };
    const both = { properties: { Files: { files: [{ name: 'a', file: { url: link } }, mixed] } } };
    assert.deepEqual(sent(both).properties.Files.files[1], mixed);
  });

  it('are found in Markdown, and what stands around them stays', () => {
    const content = `![a](${link}) <file src="${otherLink}"> see ${link}, or ${link}. [x](https://example.com/portcullis)`;
    const body = { insert_content: { content } };
    assert.equal(
      sent(body, ['insert_content.content']).insert_content.content,
      '![a](https://s3/one) <file src="https://s3/two"> see https://s3/one, or https://s3/one. [x](https://example.com/portcullis)',
    );
    const found = sent({ update_content: { content_updates: [{ old_str: `![](${link})`, new_str: 'x' }] } });
    assert.equal(
      found.update_content.content_updates[0].old_str,
      '![](https://s3/one)',
      'also where Notion looks for it',
    );
  });

  it('are found however they are spelled', () => {
    for (const spelled of [
      `https://gate.example/v1/portcullis/files/${ticket}`,
      `HTTPS://GATE.example:443/V1/portcullis/files/${ticket}/other name.png?download=1#x`,
      `http://127.0.0.1:8420/v1/portcullis/files/${ticket}/a.png`,
      ` ${link} `,
    ]) {
      assert.deepEqual(sent({ cover: { external: { url: spelled } } }).cover.external.url, 'https://s3/one', spelled);
    }
    const escaped = Buffer.from(JSON.stringify({ cover: { external: { url: link } } }).replaceAll('/', '\\/'));
    const found = findCarriedLinks(escaped, JSON.parse(String(escaped)), new Set());
    assert.deepEqual(found?.links.tickets, [ticket], 'as PHP writes it');
  });

  it('of no shape that is ours are found too: they are refused, not kept', () => {
    const found = carried({ cover: { external: { url: 'https://gate.example/v1/portcullis/files/eyJhbGciOi.x.y' } } });
    assert.deepEqual(found?.links.tickets, ['eyJhbGciOi.x.y']);
    const cut = carried({ m: `![](https://gate.example/v1/portcullis/files/${ticket.slice(1)}/a.png)` }, ['m']);
    assert.deepEqual(cut?.links.tickets, [ticket.slice(1)]);
  });

  it('in text that people write are text', () => {
    assert.equal(carried({ children: [{ paragraph: { rich_text: [{ text: { content: link } }] } }] }), null);
    assert.equal(carried({ url: 'https://example.com/portcullis/files' }), null);
  });

  it('are judged as what says nothing, and everything else as it is', () => {
    const body = { cover: { external: { url: link } }, n: 1.5, ['__proto__']: { url: otherLink }, m: `a ${link} b` };
    const text = JSON.stringify(body).replace('"m"', '"__proto__":{"url":"x"},"m"');
    const found = findCarriedLinks(Buffer.from(text), JSON.parse(text), new Set(['m']));
    assert.equal(
      JSON.stringify(found?.judged),
      '{"cover":{"external":{"url":"https://file.invalid/"}},"n":1.5,"__proto__":{"url":"x"},"m":"a https://file.invalid/ b"}',
    );
  });

  it('cost no more than reading them, whatever is sent', () => {
    const grow = (opener: string, size: number) => {
      const text = opener.repeat(Math.ceil(size / opener.length));
      const json = { m: text, url: text };
      const bytes = Buffer.from('portcullis');
      const started = performance.now();
      findCarriedLinks(bytes, json, new Set(['m']));
      return performance.now() - started;
    };
    for (const opener of [
      'https://',
      'https://a',
      'https://a/v1/portcullis/files/',
      `${link}.`,
      'https://a/w/',
      '/.',
    ]) {
      grow(opener, 100_000);
      const small = Math.min(...[0, 1, 2].map(() => grow(opener, 100_000)));
      const large = Math.min(...[0, 1, 2].map(() => grow(opener, 800_000)));
      assert.ok(large < 64 * Math.max(small, 1), `${opener}: ${small} ms, then ${large} ms for eight times as much`);
    }
  });
});
