import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileNameOf } from './file-name.ts';

const named = (segment: string) => fileNameOf(`https://files.example/space/id/${segment}?X-Amz-Signature=x`);

describe('the name of a hosted file', () => {
  it('is the end of its address, as people wrote it', () => {
    assert.equal(named('report.pdf'), 'report.pdf');
    assert.equal(named('Quarterly%20report%20(final).PDF'), 'Quarterly report (final).PDF');
    assert.equal(named('%E8%A8%88%E7%94%BB.xlsx'), '計画.xlsx');
    assert.equal(named('archive.tar.gz'), 'archive.tar.gz');
    assert.equal(named('100%.txt'), '100%.txt', 'what is not encoded stays');
  });

  it('holds nothing that turns text around, breaks a header or leads to another folder', () => {
    assert.equal(named('..%2F..%2Fetc%2Fpasswd'), 'etcpasswd');
    assert.equal(named('a%0D%0ASet-Cookie:%20x.png'), 'aSet-Cookie x.png');
    assert.equal(named('photo%E2%80%AEgnp.exe'), 'photognp.exe');
    assert.equal(named('a%00b%7F.png'), 'ab.png');
    assert.equal(named('"<b>".html'), 'b.html');
    assert.equal(named('%ED%A0%80.png').isWellFormed(), true);
  });

  it('is never empty, hidden or longer than a file system takes', () => {
    for (const nothing of ['', '.', '..', '%20', '...']) assert.equal(named(nothing), 'file');
    assert.equal(named('.bashrc'), 'bashrc');
    const long = named(`${'%E8%A8%88'.repeat(200)}.png`);
    assert.ok(encodeURIComponent(long).length <= 255, String(encodeURIComponent(long).length));
    assert.match(long, /^計+\.png$/);
    assert.ok(named(`a.${'b'.repeat(300)}`).length <= 80);
    assert.equal(fileNameOf('nonsense'), 'file');
  });
});
