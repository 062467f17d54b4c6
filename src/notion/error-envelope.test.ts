import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ErrorCode, errorTable, PortcullisError } from '../domain/errors.ts';
import { renderError } from './error-envelope.ts';

const requestId = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
/** `APIErrorCode` of the official SDK. For any other code the SDK loses the message. */
const sdkCodes = [
  ...['unauthorized', 'restricted_resource', 'object_not_found', 'rate_limited', 'invalid_json', 'invalid_request_url'],
  ...['invalid_request', 'validation_error', 'conflict_error', 'internal_server_error', 'service_unavailable'],
  ...['gateway_timeout', 'missing_version'],
];

describe('errors in the dialect of Notion', () => {
  it('have codes that official clients know, whatever went wrong', () => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const { status, headers, body } = renderError(new PortcullisError(code), requestId);
      const envelope = JSON.parse(body.toString());
      assert.equal(envelope.object, 'error');
      assert.equal(envelope.status, status);
      assert.equal(envelope.request_id, requestId);
      assert.ok(sdkCodes.includes(envelope.code), envelope.code);
      assert.equal(headers['x-notion-request-id'], requestId);
    }
  });

  it('show additional data and how long to wait', () => {
    const error = new PortcullisError('rate_limited', undefined, {
      additionalData: { a: ['b'] },
      retryAfterSeconds: 7,
    });
    const { headers, body } = renderError(error, requestId);
    assert.equal(headers['retry-after'], '7');
    assert.deepEqual(JSON.parse(body.toString()).additional_data, { a: ['b'] });
  });

  it('say nothing of a defect of ours, and nothing that is for the log', () => {
    const defect = renderError(new Error('connect ECONNREFUSED with pcl_secret'), requestId).body.toString();
    assert.doesNotMatch(defect, /pcl_secret|ECONNREFUSED/);
    const logged = renderError(new PortcullisError('unavailable', undefined, { log: 'pcl_secret' }), requestId);
    assert.doesNotMatch(logged.body.toString(), /pcl_secret/);
  });

  it('word a missing object as Notion does, without the name of an integration', () => {
    const error = new PortcullisError('not_found', undefined, { notFound: { kind: 'data_source', id: requestId } });
    const { status, body } = renderError(error, requestId);
    assert.equal(status, 404);
    assert.deepEqual(JSON.parse(body.toString()), {
      object: 'error',
      status: 404,
      code: 'object_not_found',
      message: `Could not find data source with ID: ${requestId}. Make sure the relevant pages and databases are shared with your integration.`,
      request_id: requestId,
    });
  });
});
