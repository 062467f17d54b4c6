import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readForm } from './form.ts';

describe('readForm', () => {
  it('gives hidden fields and ticked boxes of the form that is sent by POST', () => {
    const html = `<form method="get" action="/x"><input type="hidden" name="a" value="0"></form>
<form method="post" action="/y?a=1&amp;b=2">
<input type="hidden" name="name" value="&quot;A&quot; &amp;lt;">
<label><input type="checkbox" name="page" value="1" checked></label><label><input type="checkbox" name="page" value="2"></label>
<label><input type="checkbox" name="page" value="3" checked></label><button name="decision" value="allow">Allow</button></form>`;
    const { action, fields } = readForm(html);
    assert.equal(action, '/y?a=1&b=2');
    assert.deepEqual(
      [...fields],
      [
        ['name', '"A" &lt;'],
        ['page', '1'],
        ['page', '3'],
      ],
    );
  });

  it('says so when the page has none', () => {
    assert.throws(() => readForm('<p>sorry</p>'), /sorry/);
  });
});
