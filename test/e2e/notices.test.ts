import assert from 'node:assert/strict';
import { it } from 'node:test';
import { noticeSecret, startReceiver } from '../connect/notice-receiver.ts';
import { until } from '../until.ts';
import { startDemoInProcess } from './demo-in-process.ts';

it('a running gateway tells the owner’s system when its workspace comes and goes', async () => {
  const receiver = await startReceiver();
  const demo = await startDemoInProcess({
    PORTCULLIS_NOTICE_URL: receiver.url,
    PORTCULLIS_NOTICE_SECRET: noticeSecret.reveal(),
  });
  try {
    await until('the first notice', () => receiver.taken.length === 1);
    const [installation] = (await demo.emulator.installations()).filter(one => one.clientId !== null);
    await demo.emulator.revoke({ botId: installation?.botId ?? '' });
    const headers = { authorization: `Bearer ${demo.ready.keys.admin}` };
    const answer = await fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.public}`, { headers });
    assert.equal(answer.status, 503);
    await until('the second notice', () => receiver.taken.length === 2);
    assert.deepEqual(receiver.lines(), [
      'workspace_authorized active',
      'workspace_deauthorized needs_reauth invalid_grant',
    ]);
    assert.equal(receiver.taken[0]?.data.workspaceId, demo.ready.workspaceId);
    assert.ok(!demo.output().includes(noticeSecret.reveal()));
  } finally {
    await demo.stop();
    await receiver.close();
  }
});
