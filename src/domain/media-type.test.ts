import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formBoundary, formType, isJson, parseMediaType } from './media-type.ts';

describe('a media type (RFC 9110 section 8.3.1)', () => {
  for (const header of [
    'application/json',
    'Application/JSON',
    ' application/json ',
    'application/json;',
    'application/json; ',
    'application/json;;',
    'application/json ; ; charset=utf-8',
    'application/json; charset=utf-8',
    'application/json;charset=UTF8',
    'application/json; charset="utf-8"',
    'application/json; CHARSET="UTF\\-8"',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json; version=1; charset=utf-8',
    'application/json; charset=utf-8; profile="https://example.com/a;b, c"',
    'application/json; odata=verbose',
  ]) {
    it(`${JSON.stringify(header)} is JSON`, () => assert.equal(isJson(header), true));
  }

  for (const header of [
    undefined,
    '',
    ';',
    'json',
    'application/',
    'application/jsonp',
    'application/problem+json',
    'text/json',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=""',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; charset="utf-8',
    'application/json, text/plain',
    'application/json; charset=utf-8, text/plain',
    'application/json charset=utf-8',
    'application/json; charset utf-8',
    'application/json\u00a0',
  ]) {
    it(`${JSON.stringify(header)} is not`, () => assert.equal(isJson(header), false));
  }

  const forms: Record<string, string | null> = {
    'multipart/form-data; boundary=abc': 'abc',
    'multipart/form-data; charset=UTF-8; boundary=abc': 'abc',
    'multipart/form-data;boundary="a b";charset=utf-8': 'a b',
    'Multipart/Form-Data; BOUNDARY=Abc;': 'Abc',
    'multipart/form-data; boundary===============0123456789==': '==============0123456789==',
    'multipart/form-data; boundary=----=_Part_1/2:3?': '----=_Part_1/2:3?',
    "multipart/form-data; boundary='+_,-./:=?": null,
    'multipart/form-data; boundary="\'()+_,-./:=?"': "'()+_,-./:=?",
    'multipart/form-data': null,
    'multipart/form-data; boundary=': null,
    'multipart/form-data; boundary=""': null,
    'multipart/form-data; boundary="a "': null,
    'multipart/form-data; boundary="a\\"b"': null,
    'multipart/form-data; boundary=a; boundary=b': null,
    'multipart/form-data; x="; boundary=a"': null,
    'multipart/mixed; boundary=a': null,
    [`multipart/form-data; boundary=${'x'.repeat(71)}`]: null,
    [`multipart/form-data; boundary="${'x'.repeat(69)}${String.fromCharCode(13, 10)}"`]: null,
  };
  for (const [header, boundary] of Object.entries(forms)) {
    it(`${JSON.stringify(header)}: ${boundary ?? 'no form'}`, () => {
      assert.equal(formBoundary(header), boundary);
      if (boundary !== null) assert.equal(formBoundary(formType(boundary)), boundary);
    });
  }

  it('is read in one go, however it is written', () => {
    for (const piece of ['; a="', '; a=b', ';', '; a="\\', ' ', '\\"']) {
      const msFor = (chars: number) => {
        const header = `application/json${piece.repeat(chars / piece.length)}`;
        const started = performance.now();
        parseMediaType(header);
        return performance.now() - started;
      };
      const short = Math.min(msFor(50_000), msFor(50_000));
      const long = msFor(400_000);
      assert.ok(long < Math.max(short, 10) * 40, `${JSON.stringify(piece)}: ${short} ms, then ${long} ms`);
    }
  });
});
