import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changedPlace, isKnownEvent, readHandshake, readWebhookEvent } from './webhook-events.ts';

const id = 'a1b2c3d4-e5f6-4111-8111-abcdefabcdef';
const anEvent = (given: Record<string, unknown> = {}) => ({
  id,
  timestamp: '2026-11-22T10:00:00.000Z',
  workspace_id: id,
  integration_id: id,
  type: 'page.moved',
  attempt_number: 2,
  entity: { id, type: 'page' },
  ...given,
});
const placeOf = (given: Record<string, unknown>) => {
  const event = readWebhookEvent(anEvent(given));
  return event && changedPlace(event);
};

describe("Notion's webhook events", () => {
  it('change the place of pages, databases and data sources that were moved, deleted or brought back', () => {
    for (const kind of ['page', 'database', 'data_source'])
      for (const change of ['moved', 'deleted', 'undeleted'])
        assert.deepEqual(placeOf({ type: `${kind}.${change}`, entity: { id, type: kind } }), { kind, id });
  });

  it('of versions without data sources name them as databases: what the object is counts', () => {
    const place = placeOf({ type: 'database.deleted', entity: { id, type: 'data_source' } });
    assert.deepEqual(place, { kind: 'data_source', id });
    assert.deepEqual(placeOf({ entity: { id, type: 'something_new' } }), { kind: 'page', id });
  });

  it('of every other type change no place', () => {
    for (const type of ['page.created', 'page.content_updated', 'comment.deleted', 'view.deleted', 'page.teleported'])
      assert.equal(placeOf({ type }), null, type);
    assert.equal(placeOf({ entity: null }), null);
    assert.equal(isKnownEvent('page.teleported'), false);
  });

  it('are nothing without what everything depends on, or with something else in its place', () => {
    assert.notEqual(readWebhookEvent(anEvent()), null);
    for (const given of [
      { id: 'x' },
      { workspace_id: undefined },
      { timestamp: 'yesterday' },
      { timestamp: 0 },
      { type: 'Page Moved' },
      { type: `page.${'x'.repeat(80)}` },
      { integration_id: 7 },
      { integration_id: 'x'.repeat(101) },
    ]) {
      assert.equal(readWebhookEvent(anEvent(given)), null, JSON.stringify(given));
    }
  });

  it('name ids in one spelling', () => {
    const upper = id.toUpperCase().replaceAll('-', '');
    const event = readWebhookEvent(
      anEvent({ workspace_id: upper, integration_id: upper, entity: { id: upper, type: 'page' } }),
    );
    assert.deepEqual([event?.notionWorkspaceId, event?.integrationId, event?.entity?.id], [id, id, id]);
  });

  it('begin with a handshake, which is one token and nothing else', () => {
    const token = `secret_${'a'.repeat(40)}`;
    assert.equal(readHandshake({ verification_token: token }), token);
    assert.equal(readHandshake({ verification_token: token, id }), null);
    assert.equal(readHandshake({ verification_token: `${token}\n` }), null);
    assert.equal(readHandshake({}), null);
  });
});
