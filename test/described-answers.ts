import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>
  >;
}

/** An answer of the admin API, as it came. */
export interface GivenAnswer {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Throws when an answer is not what the description of the API says of it. What is not described passes. */
export function createAnswerCheck(document: object): (answer: GivenAnswer) => void {
  const { paths } = document as Described;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');
  const templates = Object.keys(paths).map(path => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

  return ({ method, path, status, contentType, text }) => {
    const found = templates.find(({ pattern }) => pattern.test(path))?.path;
    const operation = found === undefined ? undefined : paths[found]?.[method.toLowerCase()];
    if (found === undefined || operation === undefined) return;
    const called = `${method} ${path} → ${status}`;
    if (status >= 400) {
      assert.match(contentType, /^application\/problem\+json/, called);
      return conforms('api#/components/schemas/Problem', text, called);
    }
    const described = operation.responses[status] as { content?: Record<string, { schema?: object }> } | undefined;
    assert.ok(described, `${called} is not described`);
    if (described.content === undefined) return assert.equal(text, '', called);
    const isJson = contentType.startsWith('application/json');
    if (!isJson || described.content['application/json']?.schema === undefined) return;
    const at = [
      'paths',
      found,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      'application/json',
      'schema',
    ];
    conforms(`api#/${at.map(part => encodeURIComponent(part.replaceAll('/', '~1'))).join('/')}`, text, called);
  };

  function conforms(reference: string, text: string, called: string): void {
    const validate = ajv.getSchema(reference);
    assert.ok(validate, reference);
    const valid = validate(JSON.parse(text));
    assert.ok(valid, `${called}: ${ajv.errorsText(validate.errors)}\n${text.slice(0, 500)}`);
  }
}
