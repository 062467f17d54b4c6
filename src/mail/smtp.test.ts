import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Secret } from '../domain/secret.ts';
import { openSmtp } from './smtp.ts';

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

describe('mail by SMTP', () => {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      done(username === 'us er' && password === 'p@ss' ? null : new Error('no'), { user: 'us er' }),
    onData(stream, { envelope }, done) {
      text(stream).then(source => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
        done();
      }, done);
    },
  });
  let port: number;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    port = (server.server.address() as AddressInfo).port;
  });
  after(() => new Promise<void>(resolve => server.close(() => resolve())));

  const from = 'portcullis@acme.test';
  const letter = { to: 'ada@acme.test', subject: 'Hello', text: 'Open https://portcullis.test/#token=x\n' };

  it('goes to one person, with the credentials of the URL', async () => {
    const mail = openSmtp({ url: new Secret(`smtp://us%20er:p%40ss@127.0.0.1:${port}`), from });
    await mail.send(letter);
    mail.close();
    const [last] = received.slice(-1);
    assert.deepEqual([last?.from, last?.to], [from, ['ada@acme.test']]);
    assert.match(last?.source ?? '', /^Subject: Hello$/m);
    assert.match(last?.source ?? '', /https:\/\/portcullis\.test\/#token=x/);
  });

  it('cannot be sent to somebody else by what an address or a subject holds', async () => {
    const mail = openSmtp({ url: new Secret(`smtp://127.0.0.1:${port}`), from });
    const before = received.length;
    const hostile = { ...letter, to: 'ada@acme.test\r\nBcc: eve@evil.test', subject: 'x\r\nBcc: eve@evil.test' };
    await mail.send(hostile).catch(() => undefined);
    await mail.send({ ...letter, to: 'ada@acme.test, eve@evil.test' }).catch(() => undefined);
    mail.close();
    for (const { to, source } of received.slice(before)) {
      assert.equal(to.includes('eve@evil.test'), false);
      assert.doesNotMatch(source, /^Bcc:/im);
    }
  });

  it('that no server takes is said to be so, and names the setting in the log', async () => {
    for (const url of [`smtp://nobody:wrong@127.0.0.1:${port}`, 'smtp://127.0.0.1:1']) {
      const mail = openSmtp({ url: new Secret(url), from });
      await assert.rejects(mail.send(letter), (error: { code?: string; details?: { log?: string } }) => {
        assert.equal(error.code, 'unavailable');
        assert.match(error.details?.log ?? '', /PORTCULLIS_SMTP_URL/);
        return true;
      });
      mail.close();
    }
  });
});
