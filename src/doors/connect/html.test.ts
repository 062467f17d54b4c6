import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { html } from './html.ts';

describe('markup', () => {
  it('escapes every value, in text and in attributes', () => {
    const hostile = `<a href="x" onclick='y'>&`;
    const escaped = '&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;';
    assert.equal(html`<p title="${hostile}">${hostile}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`);
  });

  it('keeps markup that was made by it, alone and in lists', () => {
    assert.equal(
      html`<ul>${['a', '<'].map(text => html`<li>${text}</li>`)}</ul>`.toString(),
      '<ul><li>a</li><li>&lt;</li></ul>',
    );
  });
});
