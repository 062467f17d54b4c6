import type { DecidedCall } from '../../src/domain/decided-call.ts';
import type { Answer, Call, Operation } from '../../src/domain/operation.ts';
import * as fixtures from '../fixtures.ts';

/** An allowed call, decided just now. */
export function aDecidedCall(operation: Operation = fixtures.anOperation(), call: Partial<Call> = {}): DecidedCall {
  return fixtures.aDecidedCall({ call: fixtures.aCall({ operation, ...call }), decidedAt: new Date() });
}

/** A write with a JSON body. */
export function aWrite(): Operation {
  const target = fixtures.aNotionRequest({ method: 'POST', path: '/v1/pages', body: Buffer.from('{"a":1}') });
  return fixtures.anOperation({ name: 'pages.create', effect: 'write', target });
}

/** A read whose answer is streamed. */
export function anOpaqueRead(): Operation {
  return fixtures.anOperation({ response: { ...fixtures.anOperation().response, opaque: true } });
}

/** The whole text of an answer. */
export async function textOf({ body }: Answer): Promise<string> {
  if (body === null) return '';
  return (Buffer.isBuffer(body) ? body : Buffer.concat(await body.toArray())).toString();
}
