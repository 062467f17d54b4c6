import { denyReasons } from '../../src/domain/decision-reasons.ts';
import { type ErrorCode, errorTable } from '../../src/domain/errors.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

/** `docs/errors.md`. */
export function errorsPage(): string {
  const codes = Object.keys(errorTable) as ErrorCode[];
  return page(
    generatedFrom('src/domain/errors.ts'),
    '# Errors',
    "Every error has one meaning and several dialects. On the REST door it is an error of Notion's kind, with a code that " +
      'official clients recognise. The admin API answers with problem details (RFC 9457, `application/problem+json`): ' +
      '`type` and `code` name the error, `detail` says what is wrong, `hint` what to do about it, and `instance` and ' +
      '`requestId` find the call in the log. Calls about content in Notion may have a closer `code` and an `action` for ' +
      'programs. The command line prints `error: …` and `hint: …` and exits with the code in the last column.',
    table(
      ['error', 'status', "Notion's code", 'what to do', 'exit code'],
      codes.map(name => {
        const { status, notion, hint, exitCode } = errorTable[name];
        return [code(name), String(status), code(notion), hint, String(exitCode)];
      }),
    ),
    '## Why a call is denied',
    'Each denial has one reason, which is logged. The caller gets the error beside it.',
    table(
      ['reason', 'meaning', 'error'],
      Object.entries(denyReasons).map(([name, { says, error }]) => [code(name), says, code(error)]),
    ),
    '## What a caller may learn',
    [
      "- Who may not read an object gets Notion's own 404 `object_not_found`, in the same words as for an object that does not exist.",
      '- Who may read it but not do this gets 403 `restricted_resource`, with the reason and the id of the decision in `additional_data`.',
      '- No key, a wrong one, an expired one and a revoked one are all the same 401 `unauthorized`.',
      '- After `outcome_unrecorded` and `upstream_unknown` a change may have been made. Read the object before repeating the write.',
    ].join('\n'),
  );
}
