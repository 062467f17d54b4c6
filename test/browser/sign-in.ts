import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';

/** Signs in by a link, without a page; answers with what a browser keeps of it. */
export async function signInBy(browser: Browser, link: string) {
  const { origin, hash } = new URL(link);
  const context = await browser.newContext();
  const answer = await context.request.post(`${origin}/api/sign-in/link`, {
    headers: { 'x-portcullis': '1', origin },
    data: { token: new URLSearchParams(hash.slice(1)).get('token') },
  });
  assert.equal(answer.status(), 200);
  const state = await context.storageState();
  await context.close();
  return state;
}
