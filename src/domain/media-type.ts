/** A media type as a Content-Type header names it (RFC 9110 section 8.3.1). */
export interface MediaType {
  /** `application/json`: lower case, without parameters. */
  readonly essence: string;
  /** Values without quotes, by lower-case names. */
  readonly parameters: ReadonlyMap<string, string>;
}

const essence = /^[ \t]*([!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+)[ \t]*/i;
/**
 * A semicolon and the parameter after it, which RFC 9110 allows to be missing. A value without quotes may have any
 * characters that end no parameter: boundaries in use are full of slashes and equals signs.
 */
const parameter = /;[ \t]*(?:([!#$%&'*+\-.^_`|~0-9a-z]+)=(?:([^\s;,"\\]+)|"((?:[^"\\]|\\.)*)"))?[ \t]*/giy;

/** Reads a Content-Type header. Null if it has no clear meaning: two types, or a parameter with two values. */
export function parseMediaType(header: string | undefined): MediaType | null {
  const [start = '', name = ''] = essence.exec(header ?? '') ?? [];
  if (header === undefined || start === '') return null;
  const parameters = new Map<string, string>();
  let end = start.length;
  for (const [whole, key, bare, quoted] of header.slice(end).matchAll(parameter)) {
    end += whole.length;
    if (key === undefined) continue;
    const value = bare ?? (quoted ?? '').replace(/\\(.)/g, '$1');
    if ((parameters.get(key.toLowerCase()) ?? value) !== value) return null;
    parameters.set(key.toLowerCase(), value);
  }
  return end === header.length ? { essence: name.toLowerCase(), parameters } : null;
}

/** Whether a header says that a body is JSON. The only encoding that JSON may have is UTF-8 (RFC 8259 section 8.1). */
export function isJson(header: string | undefined): boolean {
  const type = parseMediaType(header);
  return type?.essence === 'application/json' && /^utf-?8$/i.test(type.parameters.get('charset') ?? 'utf-8');
}

/** RFC 2046 section 5.1.1. Quotes and backslashes are refused, because two parsers may undo them differently. */
const boundaryShape = /^(?!.* $)[\x20-\x21\x23-\x5b\x5d-\x7e]{1,70}$/;

/** The boundary of a form, if the form can be streamed on (RFC 7578 section 4.1); otherwise null. */
export function formBoundary(header: string | undefined): string | null {
  const type = parseMediaType(header);
  const boundary = type?.essence === 'multipart/form-data' ? type.parameters.get('boundary') : undefined;
  return boundary !== undefined && boundaryShape.test(boundary) ? boundary : null;
}

/** The Content-Type header of a form with this boundary. It is always spelled the same way. */
export function formType(boundary: string): string {
  const needsQuotes = /[^!#$%&'*+\-.^_`|~0-9a-z]/i.test(boundary);
  return `multipart/form-data; boundary=${needsQuotes ? `"${boundary}"` : boundary}`;
}
