import type { Emulation } from '../emulation.ts';
import { canonicalId } from '../identifiers.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';

const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/**
 * `/_files/<workspace>/<upload>/<name>`: stands for Notion's file storage, which is another host and knows nothing of
 * tokens. Whoever has an address may read the file until it expires, so these addresses are secrets.
 */
export function filesEndpoint({ world }: Emulation, exchange: Exchange): Answer {
  const id = canonicalId(exchange.path.split('/')[3] ?? '') ?? '';
  const query = new URLSearchParams(exchange.query);
  const expiresAt = Number(query.get('expires'));
  const upload = world.fileUploads.get(id);
  const bytes = world.files.get(id);
  const signed = world.files.verify(id, expiresAt, query.get('signature') ?? '');
  if (!signed || expiresAt <= world.clock.now() || upload === undefined || bytes === null) {
    return { status: 403, contentType: 'application/xml', body: DENIED };
  }
  return {
    status: 200,
    contentType: upload.contentType ?? 'application/octet-stream',
    body: bytes,
    headers: { 'content-disposition': 'attachment', 'x-content-type-options': 'nosniff' },
  };
}
