import { UnopenableError } from '../../domain/unopenable-error.ts';

/**
 * The bytes behind a text, if the text is their one canonical spelling: decoders ignore spare bits and white space (RFC 4648
 * section 3.5), and services decode that way too. Throws `UnopenableError`.
 */
export function exactBytes(text: string, encoding: 'base64' | 'base64url'): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length > 0 && bytes.toString(encoding) === text) return bytes;
  throw new UnopenableError('its encoding is not canonical');
}
