import type { operations } from '../domain/admin-api.ts';
import { errorTable } from '../domain/errors.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { dayMs } from '../domain/units.ts';
import { type Command, type Invocation, type Option, type Terminal, UsageError } from './command.ts';
import { fileAsSent, type PolicyFile, readPolicyFile, type SentDocument } from './policy-file.ts';
import { answerOf, type BodyOf, type Remote, type Shapes } from './remote.ts';
import { remoteOptions } from './remote-options.ts';
import { textOf, workspaceAt, workspaceOption } from './workspace-option.ts';

export const policyOptions: Readonly<Record<string, Option>> = { ...remoteOptions, ...workspaceOption };
export const policyNotes = 'Asks a running gateway, as the holder of a key with the action `grants`. docs/policy.md';

type Simulation = BodyOf<operations['policy.simulate']>;

const formats = ['yaml', 'json', 'cedar', 'cedar-schema'] as const;

export const policyExport: Command = {
  name: 'policy export',
  summary: 'Print the policy of a workspace as a document.',
  parameters: [],
  options: { ...policyOptions, format: { takes: 'FORMAT', doc: `${formats.join(', ')}; default yaml` } },
  notes: policyNotes,
  async run(invocation) {
    const named = textOf(invocation.options.format) ?? 'yaml';
    const format = formats.find(known => known === named);
    if (format === undefined) throw new UsageError('--format is not known', `give ${formats.join(', ')}`);
    const { remote, path } = await workspaceAt(invocation);
    const exported = await answerOf(
      remote.GET('/api/workspaces/{workspace}/policy/export', {
        params: { path, query: { format } },
        parseAs: 'text',
      }),
    );
    invocation.terminal.out(exported.trimEnd());
    return 0;
  },
};

export const policyPlan: Command = {
  name: 'policy plan',
  summary: 'Say what a document would change, and who would gain and lose what. Nothing is saved.',
  parameters: ['FILE'],
  options: { ...policyOptions, json: { takes: null, doc: 'the whole plan as JSON' } },
  notes: `${policyNotes} The exit code is 6 where the document would be refused.`,
  async run(invocation) {
    const file = await readPolicyFile(invocation.parameters.FILE ?? '-');
    const planned = await planOf(invocation, fileAsSent(file));
    if (invocation.options.json === true) invocation.terminal.out(printableJson(planned));
    else printPlan(planned, invocation.terminal);
    return exitCodeOf(planned);
  },
};

export const policyApply: Command = {
  name: 'policy apply',
  summary: 'Replace the policy of a workspace by a document, on the revision that it was exported at.',
  parameters: ['FILE'],
  options: {
    ...policyOptions,
    revision: { takes: 'NUMBER', doc: 'the revision that the document was made on; else that in its first lines' },
  },
  notes: `${policyNotes} A document that names no revision is applied to the policy as it is now.`,
  async run(invocation) {
    const file = await readPolicyFile(invocation.parameters.FILE ?? '-');
    const { remote, path } = await workspaceAt(invocation);
    const sent = fileAsSent(file);
    const planned = await planOf(invocation, sent);
    const named = textOf(invocation.options.revision) ?? file.revision ?? planned.revision;
    const header = { 'if-match': `"${named}"` };
    await remote.PUT('/api/workspaces/{workspace}/policy', { params: { path, header }, ...sent });
    printPlan(planned, invocation.terminal);
    invocation.terminal.err(`applied: revision ${await revisionOf(remote, path)}`);
    return 0;
  },
};

export const policyTest: Command = {
  name: 'policy test',
  summary: 'Check the tests and the invariants in a document, against the members of the workspace.',
  parameters: ['FILE'],
  options: policyOptions,
  notes: `${policyNotes} Nothing is saved. The exit code is 6 where one fails.`,
  async run(invocation) {
    const file = await readPolicyFile(invocation.parameters.FILE ?? '-');
    const { failed } = await planOf(invocation, fileAsSent(file));
    for (const line of failed) invocation.terminal.out(printable(line));
    if (failed.length === 0) invocation.terminal.err('All of them hold.');
    return failed.length === 0 ? 0 : errorTable.conflict.exitCode;
  },
};

export const policySimulate: Command = {
  name: 'policy simulate',
  summary: 'List the calls of the past that a document would decide differently. Nothing is saved.',
  parameters: ['FILE'],
  options: {
    ...policyOptions,
    since: { takes: 'TIME', doc: 'from when on; the last 7 days unless given' },
    until: { takes: 'TIME', doc: 'until when; now unless given' },
    as: { takes: 'MOMENT', doc: 'when conditions are judged: then (the default) or now' },
    json: { takes: null, doc: 'the whole answer as JSON' },
  },
  notes: 'Asks a running gateway, as the holder of a key with the actions `grants` and `audit`. docs/policy.md',
  async run(invocation) {
    const { options, terminal } = invocation;
    const file = await readPolicyFile(invocation.parameters.FILE ?? '-');
    const { remote, path } = await workspaceAt(invocation);
    const until = textOf(options.until);
    const asked = {
      policy: await documentIn(file),
      since: timeOf('--since', textOf(options.since) ?? new Date(Date.now() - 7 * dayMs).toISOString()),
      ...(until !== undefined && { until: timeOf('--until', until) }),
      ...(options.as !== undefined && { as: options.as }),
    };
    const body = asked as Simulation;
    const found = await answerOf(
      remote.POST('/api/workspaces/{workspace}/policy/simulate', { params: { path }, body }),
    );
    if (options.json === true) terminal.out(printableJson(found));
    else {
      for (const { time, operation, principal, becomes, because, decision } of found.flips)
        terminal.out(
          printable(`${time}  ${principal.name}  ${operation}  would be ${becomes} (${because})  ${decision}`),
        );
      terminal.err(`${found.calls} calls: ${found.lost} would be denied, ${found.gained} would be allowed.`);
      if (!found.complete) terminal.err('There are more calls in that time: these are the newest.');
    }
    return 0;
  },
};

/** As plain data. The gateway says what is wrong inside the document. */
export async function documentIn({ type, text }: PolicyFile): Promise<unknown> {
  try {
    return type === 'application/json' ? JSON.parse(text) : (await import('yaml')).parse(text, { maxAliasCount: 0 });
  } catch {
    throw new UsageError('the document cannot be read', 'portcullis policy plan says where it is wrong');
  }
}

export function timeOf(option: string, text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(`${option} is no time`, 'give one such as 2027-01-31T12:00Z');
  return time.toISOString();
}

/** What a document would change. */
export async function planOf(invocation: Invocation, sent: SentDocument) {
  const { remote, path } = await workspaceAt(invocation);
  return answerOf(remote.POST('/api/workspaces/{workspace}/policy/plan', { params: { path }, ...sent }));
}

type Plan = Awaited<ReturnType<typeof planOf>>;

/** The revision that the policy has by now. */
export async function revisionOf(remote: Remote, path: { readonly workspace: string }): Promise<string | undefined> {
  const { response } = await remote.GET('/api/workspaces/{workspace}/policy', { params: { path } });
  return response.headers.get('etag')?.replaceAll('"', '');
}

const signs = { added: '+', removed: '-', changed: '~' };

/** First the changes, by subject, then who gains and who loses. */
export function printPlan({ changes, gains, losses, missingActions, failed }: Plan, { out }: Terminal): void {
  if (changes.length === 0) out('No changes.');
  for (const { change, of, was, becomes } of changes) {
    const what = change === 'changed' ? `${was} → ${becomes}` : (becomes ?? was ?? '');
    out(printable(`${signs[change]} ${of}  ${what}`));
  }
  for (const one of gains) out(printable(`gains  ${sayDifference(one)}`));
  for (const one of losses) out(printable(`loses  ${sayDifference(one)}`));
  if (missingActions.length > 0) out(`refused: you do not hold what this gives: ${missingActions.join(', ')}`);
  for (const line of failed) out(printable(`refused: ${line}`));
}

/** `ada@acme.example  read, update  on page:…  (12 pages)` */
function sayDifference({ name, actions, on, pages }: Shapes['PolicyDifference']): string {
  return `${name}  ${actions.join(', ')}  on ${on.join(', ')}  (${pages} ${pages === 1 ? 'page' : 'pages'})`;
}

function exitCodeOf({ missingActions, failed }: Plan): number {
  if (missingActions.length > 0) return errorTable.restricted.exitCode;
  return failed.length > 0 ? errorTable.conflict.exitCode : 0;
}
