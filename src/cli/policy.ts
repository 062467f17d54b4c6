import { z } from 'zod';
import { errorTable } from '../domain/errors.ts';
import { printable, printableJson } from '../domain/printable.ts';
import { type Command, type Invocation, type Option, type Terminal, UsageError } from './command.ts';
import { type PolicyFile, readPolicyFile } from './policy-file.ts';
import type { ApiPath, Remote } from './remote.ts';
import { remoteOf, remoteOptions } from './remote-options.ts';
import { textOf, workspaceOf, workspaceOption } from './workspace-option.ts';

export const policyOptions: Readonly<Record<string, Option>> = { ...remoteOptions, ...workspaceOption };
export const policyNotes = 'Asks a running gateway, as the holder of a key with the action `grants`. docs/policy.md';

/** Where the policy of the workspace is, that an invocation names. */
export async function policyAt(invocation: Invocation): Promise<{ readonly remote: Remote; readonly path: ApiPath }> {
  const remote = remoteOf(invocation);
  return { remote, path: `/api/workspaces/${await workspaceOf(invocation, remote)}` };
}

const difference = z.object({ name: z.string(), actions: z.array(z.string()), on: z.string() }).loose();
const plan = z
  .object({
    revision: z.number(),
    changes: z.array(
      z.object({
        change: z.enum(['added', 'removed', 'changed']),
        of: z.string(),
        was: z.string().nullable(),
        becomes: z.string().nullable(),
      }),
    ),
    gains: z.array(difference),
    losses: z.array(difference),
    missingActions: z.array(z.string()),
    failed: z.array(z.string()),
  })
  .loose();
type Plan = z.infer<typeof plan>;

const formats = ['yaml', 'json'] as const;

export const policyExport: Command = {
  name: 'policy export',
  summary: 'Print the policy of a workspace as a document.',
  parameters: [],
  options: { ...policyOptions, format: { takes: 'FORMAT', doc: `${formats.join(', ')}; default yaml` } },
  notes: policyNotes,
  async run(invocation) {
    const format = textOf(invocation.options.format) ?? 'yaml';
    if (!(formats as readonly string[]).includes(format))
      throw new UsageError('--format is not known', `give ${formats.join(', ')}`);
    const { remote, path } = await policyAt(invocation);
    invocation.terminal.out((await remote.text(`${path}/policy/export`, { format })).trimEnd());
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
    const planned = await planOf(invocation, await fileOf(invocation));
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
    const file = await fileOf(invocation);
    const { remote, path } = await policyAt(invocation);
    const planned = await planOf(invocation, file);
    const named = textOf(invocation.options.revision) ?? file.revision;
    const ifMatch = named === null ? `"${planned.revision}"` : `"${named}"`;
    await remote.send('PUT', `${path}/policy`, { ...file.sent, ifMatch });
    printPlan(planned, invocation.terminal);
    invocation.terminal.err(`applied: revision ${(await remote.tag(`${path}/policy`))?.replaceAll('"', '')}`);
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
    const { failed } = await planOf(invocation, await fileOf(invocation));
    for (const line of failed) invocation.terminal.out(printable(line));
    if (failed.length === 0) invocation.terminal.err('All of them hold.');
    return failed.length === 0 ? 0 : errorTable.conflict.exitCode;
  },
};

export function fileOf({ parameters }: Invocation): Promise<PolicyFile> {
  return readPolicyFile(parameters.FILE ?? '-');
}

async function planOf(invocation: Invocation, file: PolicyFile): Promise<Plan> {
  const { remote, path } = await policyAt(invocation);
  return plan.parse(await remote.send('POST', `${path}/policy/plan`, file.sent));
}

const signs = { added: '+', removed: '-', changed: '~' };

/** Changes by what they are about, then who gains and who loses. */
function printPlan({ changes, gains, losses, missingActions, failed }: Plan, { out }: Terminal): void {
  if (changes.length === 0) out('No changes.');
  for (const { change, of, was, becomes } of changes) {
    const what = change === 'changed' ? `${was} → ${becomes}` : (becomes ?? was ?? '');
    out(printable(`${signs[change]} ${of}  ${what}`));
  }
  for (const { name, actions, on } of gains) out(printable(`gains  ${name}  ${actions.join(', ')}  on ${on}`));
  for (const { name, actions, on } of losses) out(printable(`loses  ${name}  ${actions.join(', ')}  on ${on}`));
  if (missingActions.length > 0) out(`refused: you do not hold what this gives: ${missingActions.join(', ')}`);
  for (const line of failed) out(printable(`refused: ${line}`));
}

function exitCodeOf({ missingActions, failed }: Plan): number {
  if (missingActions.length > 0) return errorTable.restricted.exitCode;
  return failed.length > 0 ? errorTable.conflict.exitCode : 0;
}
