import assert from 'node:assert/strict';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { type Consent, type Shown, titleOf } from './browser.ts';
import type { Connecting } from './connecting.ts';

/** A person with a workspace of their own. */
export async function connectNew(at: Connecting, given: Consent = {}) {
  const person = await at.aPerson();
  const done = await person.browser.answer(await person.browser.reach(null, given));
  assert.equal(done.status, 303, done.text);
  const workspaceId = new URL(done.location).pathname.split('/').at(-1) as WorkspaceId;
  return { ...person, workspaceId };
}

/** What the database knows of all connections. */
export async function rowsOf({ database: { system } }: Connecting) {
  return {
    workspaces: await system.selectFrom('workspace').selectAll().execute(),
    connections: await system.selectFrom('connection').selectAll().execute(),
    secrets: await system.selectFrom('connection_secret').selectAll().execute(),
  };
}

/** What was posted to one path at Notion. */
export async function requestsTo({ control }: Connecting, path: string) {
  return (await control.requests()).filter(request => request.path === path && request.method === 'POST');
}

export function assertPage(shown: Shown, status: number, title: string): void {
  assert.equal(shown.status, status, shown.text);
  assert.equal(titleOf(shown), title);
}
